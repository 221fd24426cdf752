// An unknown job is answered with the names that are near: the daemon says
// that it does not know the name, the list of jobs says what was meant.
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Context } from './context.ts';
import { didYouMean, nearest } from './usage-errors.ts';

/** Passes on what `ask` gives; an unknown job gets its near names as the way out. */
export async function withNearJobs<T>(
  context: Context,
  job: string | null,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (job === null || !(error instanceof Jm2Error) || error.code !== 'JM2-R101') throw error;
    const { value } = await context.read((service) => service.list());
    const near = nearest(
      job,
      value.jobs.map(({ name }) => name),
    );
    throw operationalError('JM2-R101', {
      detail: error.detail,
      hint: didYouMean(near) ?? 'jm2 list',
      cause: error,
    });
  }
}
