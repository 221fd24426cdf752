// Writes a removed job back into the manifest as it stood there. Its identity, and
// with it history and pause, come back with any job of its name.
import { operationalError } from '../../core/diagnostics/registry.ts';
import { editManifest } from '../../core/manifest/edit/edit-manifest.ts';
import { writtenFields } from '../../core/manifest/edit/find-jobs.ts';
import { jobSnippet } from '../../core/manifest/edit/job-snippet.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { editing } from '../edit-lock.ts';
import type { Input } from '../input.ts';
import { changeManifest, readManifestText, requireAccepted } from '../manifest-change.ts';
import { didYouMean, nearest } from '../usage-errors.ts';
import { removedText } from '../views/removed.ts';

const listedMax = 100;

export const undeleteCommand: CommandDefinition = {
  name: 'undelete',
  summary: 'Bring a removed job back, with its history',
  description:
    'For fourteen days after its removal. Writes the job into the manifest as it was, with its comments, and applies that; history, logs and a pause come back with it, and what would have come due meanwhile is not made up for. Without a name it lists the jobs that can come back.',
  arguments: [{ name: '[job]', description: 'the name that it had', offers: 'nothing' }],
  options: [
    { flags: '--snippet', description: 'only print the job as it was written' },
    { flags: '--dry-run', description: 'show the change and do nothing' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'jm2 undelete', meaning: 'what can come back' },
    { command: 'jm2 undelete dump-shop', meaning: 'show the change, ask, do it' },
    { command: 'jm2 undelete dump-shop --snippet', meaning: 'to be pasted below jobs:' },
  ],
  run: undelete,
};

async function undelete(context: Context, input: Input): Promise<Answer> {
  const place = await context.locations();
  const { readRemoved, readSourceBefore } = await import('../../daemon/read-removed.ts');
  const removed = readRemoved(place, context.terminal.now, listedMax);
  const name = input.argument(0);
  if (name === null) {
    return { data: { removed }, text: (terminal) => removedText(removed, terminal) };
  }
  const found = removed.find(({ job }) => job === name);
  if (found === undefined) {
    throw operationalError('JM2-P226', {
      detail: `No job "${name}" was removed within the last fourteen days, or it is in force again.`,
      hint:
        didYouMean(
          nearest(
            name,
            removed.map(({ job }) => job),
          ),
        ) ?? 'jm2 undelete',
    });
  }
  const source = readSourceBefore(place, found.revision);
  const snippet = source === null ? null : jobSnippet(source, name);
  const fields = source === null ? null : writtenFields(source, name);
  if (snippet === null || fields === null) {
    throw operationalError('JM2-P226', {
      detail: `The text of revision ${found.revision - 1}, which had "${name}", is not kept any more.`,
      hint: `jm2 show ${name}`,
    });
  }
  if (input.flag('snippet')) return { data: { job: name, snippet }, text: () => snippet.trimEnd() };
  const isUnasked = input.flag('yes') && !input.flag('dryRun');
  return editing(context, isUnasked, () => writeBack(context, input, { name, snippet, fields }));
}

async function writeBack(
  context: Context,
  input: Input,
  job: {
    readonly name: string;
    readonly snippet: string;
    readonly fields: NonNullable<ReturnType<typeof writtenFields>>;
  },
): Promise<Answer> {
  const { name, snippet, fields } = job;
  const before = await readManifestText(context, { orUser: false });
  const { refusal } = requireAccepted(context, before);
  if (refusal !== null) return refusal;
  const added = editManifest(before.text, { kind: 'add', name, fields });
  const file = context.shownPath(before.place.manifest);
  if (!added.ok) {
    throw operationalError('JM2-P205', {
      detail: `${file} was not changed: ${added.problem}.`,
      hint: `Write it below jobs: by hand:\n\n${snippet}`,
      data: { job: name, snippet },
    });
  }
  // With the comments that it had, where the text allows it.
  const text = snippet.replace(/^ {2}/gm, '');
  const whole = editManifest(added.text, { kind: 'replace', name, text });
  return changeManifest(context, {
    before,
    after: whole.ok ? whole.text : added.text,
    touched: [name],
    dryRun: input.flag('dryRun'),
    yes: input.flag('yes'),
    question: `Bring ${name} back?`,
    done: `brought ${name} back`,
  });
}
