// Waits until a daemon that was asked to end is really gone: its process, not
// only its socket, so that the next command finds the state directory free; and
// until one that a service manager started is really there.
import { isNobodyListening } from '../api/client.ts';
import type { Service } from '../api/service.ts';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { holderOf, notListening, requireReachable } from '../daemon/holder.ts';
import type { Locations } from '../settings/locations.ts';
import { isAlive, processStart } from '../system/process-identity.ts';

const askEveryMs = 50;
/** As long as a start may take until the daemon listens. */
const listensWithinMs = 15_000;

/** After the grace come TERM, each job's own kill grace, and KILL. */
const afterGraceMs = 120_000;

/** Longest time that an end in order takes. */
export function stopWithinMs(graceMs: number): number {
  return graceMs + afterGraceMs;
}

export interface RunningDaemon {
  readonly pid: number | null;
  readonly running: number;
}

/**
 * Null when no daemon runs. One that is starting or ending is waited for.
 * Throws JM2-D101 when one is there and does not answer, or when it cannot be told.
 */
export async function runningDaemon(
  daemon: Service,
  place: Locations,
): Promise<RunningDaemon | null> {
  requireReachable(place);
  const deadline = performance.now() + listensWithinMs;
  for (;;) {
    const answer = await statusOf(daemon);
    if (answer !== null) return answer;
    const pid = holderOf(place);
    if (pid === null) return null;
    if (performance.now() > deadline) throw notListening(place, pid);
    await pause();
  }
}

/** Null when nobody listens. */
async function statusOf(daemon: Service): Promise<RunningDaemon | null> {
  try {
    const status = await daemon.status();
    return { pid: status.daemon.pid, running: status.health.running };
  } catch (error) {
    if (isNobodyListening(error)) return null;
    throw error;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, askEveryMs));
}

/** Throws JM2-R106 (exit code 6) when the daemon is still there after `withinMs`. */
export async function untilGone(
  daemon: Service,
  pid: number | null,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  // A process that has ended but was not reaped yet holds nothing any more.
  const start = pid === null ? null : processStart(pid);
  for (;;) {
    const gone = pid === null ? (await statusOf(daemon)) === null : !isAlive(pid, start);
    if (gone) return;
    if (performance.now() > deadline) {
      throw operationalError('JM2-R106', {
        detail: `The daemon${pid === null ? '' : ` (pid ${pid})`} is still ending after ${Math.round(withinMs / 1000)}s.`,
        hint: 'jm2 stop --now',
        exitCode: ExitCode.timedOut,
      });
    }
    await pause();
  }
}

/**
 * The pid of the daemon that somebody else has just started, as soon as it answers.
 * Throws JM2-D105 when none does within the time a start may take.
 */
export async function untilUp(daemon: Service, place: Locations): Promise<number | null> {
  const deadline = performance.now() + listensWithinMs;
  for (;;) {
    const answer = await statusOf(daemon);
    if (answer !== null) return answer.pid;
    if (performance.now() > deadline) {
      throw operationalError('JM2-D105', {
        detail: `The service manager started it, and it does not answer within ${listensWithinMs / 1000}s. What it says stands in ${place.daemonLog}.`,
        hint: 'jm2 service status',
      });
    }
    await pause();
  }
}
