// Takes jobs out of the manifest. Their history stays until retention takes it.
import { operationalError } from '../../core/diagnostics/registry.ts';
import { editManifest } from '../../core/manifest/edit/edit-manifest.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { editing } from '../edit-lock.ts';
import type { Input } from '../input.ts';
import { changeManifest, readManifestText, requireAccepted } from '../manifest-change.ts';
import { jobsByState, stateSelection } from '../select-by-state.ts';
import { didYouMean, nearest, wrongArguments } from '../usage-errors.ts';

export const removeCommand: CommandDefinition = {
  name: 'remove',
  summary: 'Take jobs out of the manifest',
  description:
    'Removes each job with the comment right above it, and leaves every other line alone. What runs ends by the job’s on_remove; history and logs stay.',
  arguments: [{ name: '[job...]', description: 'names of jobs, or patterns such as "web-*"' }],
  options: [
    ...stateSelection,
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
  const names = await jobsByState(context, input);
  if (names === null) {
    throw wrongArguments('No job is named.', 'Name jobs, or give --tag, --grep or --state.');
  }
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
