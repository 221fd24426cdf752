// Keeps logs/NAME.log pointing at the job's newest run log. A convenience for
// people: late by moments, and never a reason for a run to fail or wait.
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { attemptDirectory, logFile } from '../executor/run-directory.ts';
import type { CancelTimer, Clock } from '../system/clock.ts';

/** Starts within this time cost one pass; only a job's newest is linked. */
const gatherMs = 200;
/** While starts keep coming their links stand back, so long at most. */
const standBackMs = 2_000;
/** Links set in one turn of the event loop: about a millisecond's work. */
const linksPerTurn = 25;

export interface LogLinks {
  started(job: string, runId: string, attempt: number): void;
  /** Writes what is still waiting. */
  close(): void;
}

export function createLogLinks(parts: {
  readonly runsDir: string;
  readonly logsDir: string;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}): LogLinks {
  const { runsDir, logsDir, clock, log } = parts;
  /** By job, in the order in which they began to wait. */
  const waiting = new Map<string, string>();
  let timer: CancelTimer | null = null;
  let waitingSince = 0;
  let isQuiet = true;

  const arm = (delayMs: number): void => {
    timer = clock.setTimer(delayMs, look);
  };

  const look = (): void => {
    timer = null;
    if (!isQuiet && clock.monotonic() - waitingSince < standBackMs) {
      isQuiet = true;
      return arm(gatherMs);
    }
    setSome(linksPerTurn);
    if (waiting.size > 0) arm(0);
  };

  const setSome = (linksMax: number): void => {
    let left = linksMax;
    for (const [job, target] of waiting) {
      if (left === 0) return;
      left -= 1;
      waiting.delete(job);
      point(job, target);
    }
  };

  /**
   * By rename: readers find the old or the new link, never none. Synchronous,
   * because two short calls cost a tenth of three trips through the thread pool.
   */
  const point = (job: string, target: string): void => {
    const link = join(logsDir, `${job}.log`);
    const draft = join(logsDir, `.${job}.link`);
    const text = relative(logsDir, target);
    try {
      try {
        symlinkSync(text, draft);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        // A crash between the two calls left it.
        rmSync(draft, { force: true });
        symlinkSync(text, draft);
      }
      renameSync(draft, link);
    } catch (error) {
      log.warn({ err: error, job }, 'the link to the newest run log was not set');
    }
  };

  return {
    started: (job, runId, attempt) => {
      waiting.set(job, join(attemptDirectory(runsDir, runId, attempt), logFile));
      isQuiet = false;
      if (timer !== null) return;
      waitingSince = clock.monotonic();
      // The first look is for the first start alone: it is quiet unless others follow.
      isQuiet = true;
      arm(gatherMs);
    },
    close: () => {
      timer?.();
      timer = null;
      setSome(Infinity);
    },
  };
}
