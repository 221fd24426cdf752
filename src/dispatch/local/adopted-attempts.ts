// Watches running commands that are not children of this daemon's launcher: only
// their files and the process table tell about them, so they are polled.
import type { AttemptExit } from '../../core/runs/run.ts';
import { isDiskFull } from '../../executor/disk-full.ts';
import { createLogGuard } from '../../executor/log-guard.ts';
import type { CancelTimer, Clock } from '../../system/clock.ts';
import { lostReason, removedReason, sight, type Started } from './settle-attempt.ts';

export interface AdoptedAttempt {
  readonly runId: string;
  readonly attempt: number;
  readonly directory: string;
  readonly started: Started;
  /** Given only when no living launcher guards the log. */
  readonly guardLogBytes: number | null;
}

export interface AdoptedAttempts {
  watch(attempt: AdoptedAttempt): void;
  stop(): void;
}

const pollMs = 200;
/** How long a living launcher may take to write the exit file of a process that is gone. */
const exitFileMs = 5_000;

export function watchAdopted(
  clock: Clock,
  ended: (attempt: AdoptedAttempt, exit: AttemptExit) => void,
): AdoptedAttempts {
  const watched = new Map<AdoptedAttempt, { goneSince: number | null }>();
  const guard = createLogGuard(clock);
  let cancel: CancelTimer | null = null;

  function arm(): void {
    if (cancel === null && watched.size > 0) cancel = clock.setTimer(pollMs, poll);
  }

  function poll(): void {
    cancel = null;
    for (const [attempt, state] of watched) {
      const exit = look(attempt, state);
      if (exit === null) continue;
      watched.delete(attempt);
      const found = guard.finish(attempt.directory);
      const notes = [...(exit.notes ?? []), ...found];
      ended(attempt, notes.length === 0 ? exit : { ...exit, notes });
    }
    arm();
  }

  function look(attempt: AdoptedAttempt, state: { goneSince: number | null }): AttemptExit | null {
    const seen = sight(attempt.directory, attempt, attempt.started);
    if (seen?.kind === 'ended') return seen.exit;
    if (seen?.kind === 'running') return null;
    // Gone without an exit file. It is looked at once more even when the launcher
    // is dead, because it may have written the file between the two looks.
    const now = clock.monotonic();
    if (state.goneSince === null) {
      state.goneSince = now;
      return null;
    }
    const mayWrite = seen?.kind === 'vanished' && seen.launcherAlive;
    // On a full disk the launcher goes on trying to write it.
    const isWaiting = now - state.goneSince < exitFileMs || isDiskFull(attempt.directory);
    if (mayWrite && isWaiting) return null;
    const reason = seen?.kind === 'removed' ? removedReason : lostReason(attempt.started);
    return { kind: 'lost', reason, at: clock.now() };
  }

  return {
    watch(attempt) {
      watched.set(attempt, { goneSince: null });
      if (attempt.guardLogBytes !== null) guard.watch(attempt.directory, attempt.guardLogBytes);
      arm();
    },
    stop() {
      cancel?.();
      cancel = null;
      watched.clear();
      guard.stop();
    },
  };
}
