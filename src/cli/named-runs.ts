// Which run a person means by a word: a job's, or the one whose id begins so. A
// job of that name comes first, because ids are long and look like no name.
import type { ReadService, RunView } from '../api/service.ts';
import { historyPageMax } from '../api/wire.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { didYouMean, nearest } from './usage-errors.ts';

/** Queued and running runs of the job, newest first; null when there is no such job. */
export function unfinishedRuns(
  service: ReadService,
  job: string,
): Promise<readonly RunView[] | null> {
  return runsOfJob(service, {
    job,
    states: ['queued', 'running'],
    limit: historyPageMax,
  });
}

/**
 * The newest run of the job that has not ended, else its newest one; without such
 * a job, the run whose id begins so.
 */
export async function namedRun(service: ReadService, name: string): Promise<RunView> {
  const unfinished = await unfinishedRuns(service, name);
  if (unfinished === null) return runById(service, name);
  const present = unfinished.filter((run) => !waitsForItsTime(run));
  const [newest] =
    unfinished.length > 0
      ? [...present, ...unfinished]
      : ((await runsOfJob(service, { job: name, limit: 1 })) ?? []);
  if (newest !== undefined) return newest;
  throw operationalError('JM2-R102', {
    detail: `"${name}" has had no run yet.`,
    hint: `jm2 run ${name}`,
  });
}

/** True for a run that was asked for a later time: nothing of it goes on until then. */
export function waitsForItsTime({ state, startAt, attempts }: RunView): boolean {
  if (state !== 'queued' || attempts > 0) return false;
  // A daemon of before, asked right after an upgrade, does not tell.
  return startAt !== null && startAt !== undefined && Date.parse(startAt) > Date.now();
}

/** The run whose id begins so; what is no run at all is answered with jobs of near names. */
export async function runById(service: ReadService, id: string): Promise<RunView> {
  try {
    return await service.getRun(id);
  } catch (error) {
    if (!isCode(error, 'JM2-R102')) throw error;
    const { jobs } = await service.list();
    const near = nearest(
      id,
      jobs.map(({ name }) => name),
    );
    throw operationalError('JM2-R102', {
      detail: `There is no run and no job "${id}".`,
      hint: didYouMean(near) ?? 'jm2 history',
      cause: error,
    });
  }
}

/**
 * The run that a word means where a job's name is wanted; null for jobs, and for what is
 * no run. Only what looks like an id is asked about, so that names cost nothing.
 */
export async function runInsteadOfJob(service: ReadService, word: string): Promise<RunView | null> {
  if (!/^0[0-9a-hjkmnp-tv-z]{3,25}$/.test(word)) return null;
  if ((await runsOfJob(service, { job: word, limit: 1 })) !== null) return null;
  try {
    return await service.getRun(word);
  } catch (error) {
    if (isCode(error, 'JM2-R102')) return null;
    throw error;
  }
}

async function runsOfJob(
  service: ReadService,
  query: Parameters<ReadService['history']>[0],
): Promise<readonly RunView[] | null> {
  try {
    return (await service.history(query)).runs;
  } catch (error) {
    if (isCode(error, 'JM2-R101')) return null;
    throw error;
  }
}

export function isCode(error: unknown, code: string): error is Jm2Error {
  return error instanceof Jm2Error && error.code === code;
}
