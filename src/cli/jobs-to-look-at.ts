// The jobs that a question is about: names, patterns and tags. Unlike commands
// that change something, a question without any of them is about all jobs.
import { operationalError } from '../core/diagnostics/registry.ts';
import { isPattern, selectJobs } from '../core/selection/select-jobs.ts';
import type { Context } from './context.ts';

/** Jobs asked about one by one. */
const jobsMax = 500;

export interface JobsWanted {
  /** Names and shell-style patterns. */
  readonly names: readonly string[];
  /** A job must have all of them. */
  readonly tags: readonly string[];
}

/**
 * Null for all jobs. Names that are no patterns are passed on as they are: they
 * may be those of removed jobs, or former ones. Throws JM2-R101 when nothing matches.
 */
export async function jobsToLookAt(
  context: Context,
  { names, tags }: JobsWanted,
): Promise<readonly string[] | null> {
  if (names.length === 0 && tags.length === 0) return null;
  const plain = names.filter((name) => !isPattern(name));
  if (plain.length === names.length && tags.length === 0) return [...new Set(names)];
  const { value } = await context.read((service) => service.list());
  const selected = selectJobs(value.jobs, { names, tags, grep: null });
  const [idle] = selected.idle;
  if (idle !== undefined) {
    throw operationalError('JM2-R101', {
      detail: `No job matches "${idle}".`,
      hint: 'Patterns are those of a shell, in quotes; jm2 list shows the names.',
    });
  }
  // With a tag only jobs in force are meant: others have no tags that hold.
  const found = [...selected.names, ...(tags.length === 0 ? selected.unknown : [])];
  if (found.length === 0) {
    throw operationalError('JM2-R101', {
      detail: `No job${names.length === 0 ? '' : ' of these'} has the tag ${tags.join(' and ')}.`,
      hint: 'jm2 list',
    });
  }
  if (found.length > jobsMax) {
    context.output.note(`${found.length} jobs match; the first ${jobsMax} are looked at.`);
  }
  return found.slice(0, jobsMax);
}
