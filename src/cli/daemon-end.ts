// Waits until a daemon that was asked to end is really gone: its process, not
// only its socket, so that the next command finds the state directory free.
import type { Service } from '../api/service.ts';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { isAlive, processStart } from '../system/process-identity.ts';

const askEveryMs = 50;

/** Null when no daemon answers. */
export async function runningDaemon(
  daemon: Service,
): Promise<{ readonly pid: number | null; readonly running: number } | null> {
  try {
    const status = await daemon.status();
    return { pid: status.daemon.pid, running: status.health.running };
  } catch (error) {
    if (error instanceof Jm2Error && error.code === 'JM2-D101') return null;
    throw error;
  }
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
    const gone = pid === null ? (await runningDaemon(daemon)) === null : !isAlive(pid, start);
    if (gone) return;
    if (performance.now() > deadline) {
      throw operationalError('JM2-R106', {
        detail: `The daemon${pid === null ? '' : ` (pid ${pid})`} is still ending after ${Math.round(withinMs / 1000)} s.`,
        hint: 'jm2 stop --now',
        exitCode: ExitCode.timedOut,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}
