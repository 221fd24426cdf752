// The jobs that a command is about which takes away: names, patterns, tags and words,
// and of these those in a state. There is no --all: whoever takes away says what.
import { operationalError } from '../core/diagnostics/registry.ts';
import type { CommandOption } from './command.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import { selectedJobs, selectionOptions, selectsJobs } from './select-jobs.ts';
import { jobStates } from './views/states.ts';

export const stateSelection: readonly CommandOption[] = [
  ...selectionOptions.filter(({ flags }) => !flags.includes('--all')),
  {
    flags: '-s, --state <state>',
    description: 'of these only jobs in this state, or all that are in it',
    choices: jobStates,
  },
];

/** Names as they were typed where nothing else is said; null where nothing is. Throws JM2-R101. */
export async function jobsByState(
  context: Context,
  input: Input,
): Promise<readonly string[] | null> {
  const state = input.text('state');
  const selects = selectsJobs(input);
  if (state === null && !selects) {
    return input.list(0).length > 0 ? [...new Set(input.list(0))] : null;
  }
  const { jobs } = (await context.read((service) => service.list())).value;
  const isNarrowed = selects || input.list(0).length > 0;
  const chosen = isNarrowed ? (await selectedJobs(context, input, jobs)).names : null;
  const names = jobs
    .filter(
      (job) => (chosen?.includes(job.name) ?? true) && (state === null || job.state === state),
    )
    .map(({ name }) => name);
  if (names.length > 0) return names;
  throw operationalError('JM2-R101', {
    detail: `No job is selected by that. Nothing was changed.`,
    hint: 'jm2 list',
  });
}
