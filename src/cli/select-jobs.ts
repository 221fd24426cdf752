// The jobs that a command is about, by what its call says: names and patterns,
// --tag, --grep, --all. One way for every command that works on several jobs.
import type { JobView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { isPattern, selectJobs } from '../core/selection/select-jobs.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import { wrongArguments } from './usage-errors.ts';

/** For commands that only look: without names and tags they are about all jobs. */
export const lookedAtJobs = {
  name: '[job...]',
  description: 'only these jobs; patterns such as "web-*" as well',
} as const;

/** Beside `lookedAtJobs`. */
export const lookedAtTag = {
  flags: '-t, --tag <tag>',
  description: 'only jobs with this tag; may be repeated',
  repeat: true,
} as const;

/** For commands that change something and select; `[job...]` is their argument. */
export const selectionOptions = [
  {
    flags: '-t, --tag <tag>',
    description: 'jobs with this tag; may be repeated',
    repeat: true,
  },
  { flags: '--grep <text>', description: 'jobs with this text in name, description or tags' },
  { flags: '-a, --all', description: 'all jobs' },
] as const;

/** True when more is said than plain names: then it takes the list of jobs to know which are meant. */
export function selectsJobs(input: Input): boolean {
  return (
    input.texts('tag').length > 0 ||
    input.text('grep') !== null ||
    input.flag('all') ||
    input.list(0).some(isPattern)
  );
}

export interface SelectedJobs {
  /** Never empty. Former names are among them only where they were typed. */
  readonly names: readonly string[];
  /** Selected by more than their names: a person may not know how many they are. */
  readonly isSweeping: boolean;
}

/** Throws JM2-C102 when nothing or two things are said, JM2-R101 when no job is meant. */
export async function selectedJobs(
  context: Context,
  input: Input,
  jobs?: readonly JobView[],
): Promise<SelectedJobs> {
  const names = [...new Set(input.list(0))];
  const tags = input.texts('tag');
  const grep = input.text('grep');
  const all = input.flag('all');
  const narrows = names.length > 0 || tags.length > 0 || grep !== null;
  if (all && narrows) {
    throw wrongArguments(
      '--all and a selection say two things.',
      'Leave --all out, or everything else.',
    );
  }
  if (!all && !narrows) {
    throw wrongArguments('No job is named.', 'Name jobs, or give --tag, --grep or --all.');
  }
  // Plain names need no list: whoever is asked knows them, former ones as well.
  if (!selectsJobs(input)) {
    return { names, isSweeping: false };
  }
  const known = jobs ?? (await context.read((service) => service.list())).value.jobs;
  const selected = selectJobs(known, { names, tags, grep });
  const [idle] = selected.idle;
  if (idle !== undefined) {
    throw operationalError('JM2-R101', {
      detail: `No job matches "${idle}". Nothing was changed.`,
      hint: 'Patterns are those of a shell, in quotes; jm2 list shows the names.',
    });
  }
  const found = [...selected.names, ...selected.unknown];
  if (found.length > 0) return { names: found, isSweeping: true };
  throw operationalError('JM2-R101', {
    detail: `No job ${all ? 'is in force' : 'is selected by that'}. Nothing was changed.`,
    hint: 'jm2 list',
  });
}
