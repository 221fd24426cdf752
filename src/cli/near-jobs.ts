// An unknown job is answered with what helps: that it waits in the manifest to
// come into force, or the names that are near. The daemon or the store knows
// that it is unknown; the list of jobs and the file say what was meant.
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Context } from './context.ts';
import { didYouMean, nearest } from './usage-errors.ts';
import { oneLine } from './views/foreign.ts';

/** A job that is missed may stand in what was just saved. */
const notAcceptedHint = 'The manifest is not accepted as it is now; jm2 validate says why.';

/** Passes on what `ask` gives; an unknown job gets the way out that fits. */
export async function withNearJobs<T>(
  context: Context,
  job: string | null,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (job === null || !(error instanceof Jm2Error) || error.code !== 'JM2-R101') throw error;
    const { value, live } = await context.read((service) => service.list());
    const { manifest: path } = await context.locations();
    // Loaded for an error alone: reading manifests is most of the program.
    const { judgeManifest } = await import('./manifest-file.ts');
    const { manifest } = await judgeManifest(path, context.shownPath(path));
    const otherwise = manifest === null ? notAcceptedHint : 'jm2 list';
    const declared = (manifest?.jobs ?? []).map(({ name }) => name);
    if (declared.includes(job)) {
      throw operationalError('JM2-R101', {
        detail: `"${job}" is declared in ${context.shownPath(path)}, but not in force yet.`,
        hint: live ? 'jm2 apply' : 'jm2 start',
        cause: error,
      });
    }
    const present = await presentName(context, job);
    if (present !== null) {
      throw operationalError('JM2-R101', {
        detail: error.detail,
        hint: `It is called ${present} now.`,
        cause: error,
      });
    }
    const known = new Set([...value.jobs.map(({ name }) => name), ...declared]);
    throw operationalError('JM2-R101', {
      detail: error.detail,
      hint: didYouMean(nearest(job, known)) ?? otherwise,
      cause: error,
    });
  }
}

/** A command that acts wants the name of now; null where the name was never a job's. */
async function presentName(context: Context, former: string): Promise<string | null> {
  try {
    const { value } = await context.read((service) => service.show(former));
    return value.name.toLowerCase() === former.toLowerCase() ? null : oneLine(value.name);
  } catch (error) {
    if (error instanceof Jm2Error) return null;
    throw error;
  }
}
