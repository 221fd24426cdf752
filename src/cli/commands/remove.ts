// Takes jobs out of the manifest. Their history stays until retention takes it.
import { operationalError } from '../../core/diagnostics/registry.ts';
import { editManifest } from '../../core/manifest/edit/edit-manifest.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { editing } from '../edit-lock.ts';
import type { Input } from '../input.ts';
import { changeManifest, readManifestText, requireAccepted } from '../manifest-change.ts';
import { selectedJobs, selectsJobs } from '../select-jobs.ts';
import { didYouMean, nearest, wrongArguments } from '../usage-errors.ts';
import { jobStates } from '../views/states.ts';

export const removeCommand: CommandDefinition = {
  name: 'remove',
  summary: 'Take jobs out of the manifest',
  description:
    'Removes each job with the comment right above it, and leaves every other line alone. What runs ends by the job’s on_remove; history and logs stay.',
  arguments: [{ name: '[job...]', description: 'names of jobs, or patterns such as "web-*"' }],
  options: [
    { flags: '-t, --tag <tag>', description: 'jobs with this tag; may be repeated', repeat: true },
    { flags: '--grep <text>', description: 'jobs with this text in name, description or tags' },
    {
      flags: '-s, --state <state>',
      description: 'of these only jobs in this state, or all that are in it',
      choices: jobStates,
    },
    { flags: '--dry-run', description: 'show the change and do nothing' },
    { flags: '-y, --yes', description: 'do not ask' },
    { flags: '-f, --force', description: 'the same as --yes', hidden: true },
  ],
  examples: [
    { command: 'jm2 remove dump-shop', meaning: 'show what goes, ask, do it' },
    { command: 'jm2 remove dump-shop ping --yes', meaning: 'two jobs, unasked' },
    { command: 'jm2 remove --tag trial --dry-run', meaning: 'what would go?' },
    { command: 'jm2 remove --state completed', meaning: 'one-shots that are over' },
  ],
  run: remove,
};

async function remove(context: Context, input: Input): Promise<Answer> {
  const names = await meantJobs(context, input);
  const isUnasked = (input.flag('yes') || input.flag('force')) && !input.flag('dryRun');
  return editing(context, isUnasked, () => removeFrom(context, input, names));
}

async function removeFrom(
  context: Context,
  input: Input,
  names: readonly string[],
): Promise<Answer> {
  const manifest = await readManifestText(context, { orUser: false });
  const { refusal, digests } = requireAccepted(context, manifest);
  if (refusal !== null) return refusal;
  const file = context.shownPath(manifest.place.manifest);
  let { text } = manifest;
  for (const name of names) {
    if (!digests.has(name)) {
      throw operationalError('JM2-R101', {
        detail: `${file} has no job "${name}". Nothing was changed.`,
        hint: didYouMean(nearest(name, digests.keys())) ?? 'jm2 list',
      });
    }
    const edited = editManifest(text, { kind: 'remove', name });
    if (!edited.ok) {
      throw operationalError('JM2-P205', { detail: `${file} was not changed: ${edited.problem}.` });
    }
    text = edited.text;
  }
  return changeManifest(context, {
    before: manifest,
    after: text,
    touched: names,
    dryRun: input.flag('dryRun'),
    yes: input.flag('yes') || input.flag('force'),
    question: names.length === 1 ? `Remove ${names.join()}?` : `Remove these ${names.length} jobs?`,
    done: `removed ${names.join(', ')}`,
  });
}

/** Names as they are; whether the file has them is seen there. */
async function meantJobs(context: Context, input: Input): Promise<readonly string[]> {
  const state = input.text('state');
  const selects = selectsJobs(input);
  if (state === null && !selects) {
    if (input.list(0).length > 0) return [...new Set(input.list(0))];
    throw wrongArguments('No job is named.', 'Name jobs, or give --tag, --grep or --state.');
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
