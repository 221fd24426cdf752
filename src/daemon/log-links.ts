// Keeps logs/NAME.log pointing at the job's newest run log. A convenience for
// people: late by moments, and never a reason for a run to fail or wait.
import { rename, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { attemptDirectory, logFile } from '../executor/run-directory.ts';
import type { CancelTimer, Clock } from '../system/clock.ts';

/** Starts within this time cost one pass; only a job's newest is linked. */
const gatherMs = 200;

export interface LogLinks {
  started(job: string, runId: string, attempt: number): void;
  /** Writes what is still waiting. */
  close(): Promise<void>;
}

export function createLogLinks(parts: {
  readonly runsDir: string;
  readonly logsDir: string;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}): LogLinks {
  const { runsDir, logsDir, clock, log } = parts;
  let waiting = new Map<string, string>();
  let timer: CancelTimer | null = null;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): void => {
    timer = null;
    const links = waiting;
    waiting = new Map();
    writing = writing.then(async () => {
      for (const [job, target] of links) await point(job, target);
    });
  };

  /** By rename: readers find the old or the new link, never none. */
  const point = async (job: string, target: string): Promise<void> => {
    const link = join(logsDir, `${job}.log`);
    const draft = join(logsDir, `.${job}.link`);
    try {
      await rm(draft, { force: true });
      await symlink(relative(logsDir, target), draft);
      await rename(draft, link);
    } catch (error) {
      log.warn({ err: error, job }, 'the link to the newest run log was not set');
    }
  };

  return {
    started: (job, runId, attempt) => {
      waiting.set(job, join(attemptDirectory(runsDir, runId, attempt), logFile));
      timer ??= clock.setTimer(gatherMs, flush);
    },
    close: async () => {
      timer?.();
      flush();
      await writing;
    },
  };
}
