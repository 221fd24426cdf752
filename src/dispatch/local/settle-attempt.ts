// What became of an attempt, from its run directory alone: the rules by which a
// daemon settles what an earlier one, or a dead launcher, left behind.
import type { Attempt, AttemptExit } from '../../core/runs/run.ts';
import { hasBegun } from '../../executor/begun-marks.ts';
import { isDiskFull } from '../../executor/disk-full.ts';
import { readExit } from '../../executor/exit-file.ts';
import { claimForRecovery, readToken, type StartToken } from '../../executor/start-token.ts';
import type { Clock } from '../../system/clock.ts';
import { findSessionLeaders, isAlive } from '../../system/process-identity.ts';

export interface Started {
  readonly pid: number;
  readonly processStart: string | null;
  readonly at: number;
}

/** What the files and the process table say at this moment. */
export type Sighting =
  | { readonly kind: 'never_started' }
  | { readonly kind: 'ended'; readonly started: Started | null; readonly exit: AttemptExit }
  | {
      readonly kind: 'running';
      readonly started: Started;
      /** Null when the token does not tell. */
      readonly logMaxBytes: number | null;
      /** Whoever started the command lives and will record its end, and guards its log. */
      readonly launcherAlive: boolean;
    }
  /** It began, no process is left, and its end may still be written. */
  | { readonly kind: 'vanished'; readonly started: Started | null; readonly launcherAlive: boolean }
  /** It is known to have begun, no process is left, and neither is the token. */
  | { readonly kind: 'removed'; readonly started: Started | null }
  /** A living launcher has the token and has not started the command yet. */
  | { readonly kind: 'starting' };

/** A living launcher tries for about two seconds when the machine is short of something. */
const startingMs = 10_000;
/** Between a command's end and its exit file lie microseconds, or a busy machine. */
const endingMs = 5_000;
const pollMs = 50;

/**
 * Looks once; takes nothing. `known` is what is known beyond the files, and holds
 * without them. Null: nothing says that it began.
 */
export function sight(
  directory: string,
  key: { readonly runId: string; readonly attempt: number },
  known: Started | null,
): Sighting | null {
  const exit = readExit(directory);
  const token = readToken(directory);
  const noted = namedBy(token);
  if (exit !== null) return { kind: 'ended', started: noted ?? known, exit };
  if (token === null || token.owner?.kind === 'recovery') {
    // Somebody removed the run directory. A start that is known is not undone by that,
    // not even by a claim on a directory that was made anew.
    const wasRemoved = known === null && token === null && isRemoved(directory, key);
    const begun = wasRemoved ? search(key) : known;
    if (begun !== null) return withoutToken(begun);
    if (wasRemoved) return { kind: 'removed', started: null };
    return token === null ? null : { kind: 'never_started' };
  }
  const launcherAlive = token.owner !== null && isAlive(token.owner.pid, token.owner.start);
  const started = noted ?? known ?? (launcherAlive ? null : search(key));
  if (started === null) {
    return launcherAlive ? { kind: 'starting' } : { kind: 'vanished', started, launcherAlive };
  }
  const logMaxBytes = token.started?.logMaxBytes ?? null;
  return isAlive(started.pid, started.processStart)
    ? { kind: 'running', started, logMaxBytes, launcherAlive }
    : { kind: 'vanished', started, launcherAlive };
}

/** A launcher had the token, and it is not there any more: looked at in this order, as the mark comes after the token. */
function isRemoved(directory: string, key: { runId: string; attempt: number }): boolean {
  return hasBegun(directory, key) && readToken(directory) === null;
}

/** Nobody guards its log and nobody can record its end: both need the directory. */
function withoutToken(started: Started): Sighting {
  return isAlive(started.pid, started.processStart)
    ? { kind: 'running', started, logMaxBytes: null, launcherAlive: false }
    : { kind: 'removed', started };
}

/** The process that the token names. */
function namedBy(token: StartToken | null): Started | null {
  if (token === null || token.started === null) return null;
  const { pid, processStart, at } = token.started;
  return { pid, processStart, at };
}

/** The launcher died between the start and the note of it: the command is found by its environment. */
function search(key: { runId: string; attempt: number }): Started | null {
  const leaders = findSessionLeaders([`JM2_RUN_ID=${key.runId}`, `JM2_ATTEMPT=${key.attempt}`]);
  const leader = leaders[0];
  return leader === undefined
    ? null
    : { pid: leader.pid, processStart: leader.start, at: Date.now() };
}

export type Settled = Exclude<Sighting, { kind: 'vanished' | 'removed' | 'starting' }>;

/**
 * Settles an attempt for good: takes the token when nobody has it, waits, within
 * bounds, for what a living launcher is about to write.
 */
export async function settleAttempt(
  attempt: Pick<Attempt, 'runId' | 'attempt' | 'bootId' | 'pid' | 'processStart' | 'startedAt'>,
  context: { readonly directory: string; readonly bootId: string; readonly clock: Clock },
): Promise<Settled> {
  const { directory, clock } = context;
  const known =
    attempt.pid === null
      ? null
      : {
          pid: attempt.pid,
          processStart: attempt.processStart,
          at: attempt.startedAt ?? clock.now(),
        };
  if (attempt.bootId !== context.bootId) {
    const reason = 'the machine was restarted while it ran';
    const started = namedBy(readToken(directory)) ?? known;
    return { kind: 'ended', started, exit: { kind: 'lost', reason, at: clock.now() } };
  }
  // The exit file first: an attempt that has ended needs no token. Then the token,
  // and only a lost race for it leads to looking at processes. What is known to have
  // begun has no race left: a missing token is a directory that somebody removed.
  // So has one that only the launcher knew of, as long as its mark is there.
  const isOpen = known === null && readExit(directory) === null && !isRemoved(directory, attempt);
  if (isOpen && claimForRecovery(directory)) return { kind: 'never_started' };
  const begin = clock.monotonic();
  for (;;) {
    const seen = sight(directory, attempt, known);
    const waited = clock.monotonic() - begin;
    switch (seen?.kind) {
      case 'never_started':
      case 'ended':
      case 'running':
        return seen;
      case 'starting':
        if (waited >= startingMs) return lost(null, 'its launcher never started it', clock);
        break;
      case 'vanished':
        // A dead launcher writes nothing any more, but may have written since the look.
        if (!seen.launcherAlive || waited >= endingMs) {
          const exit = readExit(directory);
          if (exit !== null) return { kind: 'ended', started: seen.started, exit };
          if (seen.launcherAlive && seen.started !== null && isDiskFull(directory)) {
            // Its launcher goes on trying to write how it ended: that is waited for.
            return {
              kind: 'running',
              started: seen.started,
              logMaxBytes: null,
              launcherAlive: true,
            };
          }
          return lost(seen.started, lostReason(seen.started), clock);
        }
        break;
      case 'removed':
        return lost(seen.started, removedReason, clock);
      case undefined:
        return lost(null, removedReason, clock);
    }
    await new Promise<void>((resolve) => {
      clock.setTimer(pollMs, resolve);
    });
  }
}

/** Of an attempt that began and whose files are gone. */
export const removedReason = 'its run directory was removed';

export function lostReason(started: Started | null): string {
  return started === null
    ? 'its launcher died while starting it; the command may have run'
    : `process ${started.pid} ended while nobody watched it`;
}

function lost(started: Started | null, reason: string, clock: Clock): Settled {
  return { kind: 'ended', started, exit: { kind: 'lost', reason, at: clock.now() } };
}
