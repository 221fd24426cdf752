// Changes a job of the manifest by options, or in an editor.
import { operationalError } from '../../core/diagnostics/registry.ts';
import { editManifest, type ManifestEdit } from '../../core/manifest/edit/edit-manifest.ts';
import { ownZoneOf } from '../../core/manifest/edit/changed-schedule.ts';
import { writtenFields } from '../../core/manifest/edit/find-jobs.ts';
import { isPattern, selectJobs } from '../../core/selection/select-jobs.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { editing } from '../edit-lock.ts';
import { editInEditor } from '../edit-in-editor.ts';
import type { Input } from '../input.ts';
import {
  fieldOptions,
  fieldsOf,
  scheduleOf,
  scheduleOptions,
  zoneOfFields,
} from '../job-fields.ts';
import {
  loadText,
  changeManifest,
  readManifestText,
  requireAccepted,
  type ManifestText,
} from '../manifest-change.ts';
import { readJobFields } from '../read-job-fields.ts';
import { didYouMean, nearest, wrongArguments } from '../usage-errors.ts';
import { count } from '../views/status.ts';

export const editCommand: CommandDefinition = {
  name: 'edit',
  summary: 'Change jobs of the manifest, by options or in an editor',
  description:
    'With options, changes these fields and leaves every other line alone. Without, opens the job in $VISUAL or $EDITOR; without a name, the whole file. Another rule for a schedule leaves its zone, jitter and range as they are. With a pattern or --tagged, all these jobs are changed alike. Nothing takes effect before it is valid and its plan was shown.',
  arguments: [
    { name: '[job]', description: 'name of the job, or a pattern such as "web-*"' },
    {
      name: '[-]',
      description: 'a dash: fields as JSON or YAML from standard input',
      offers: ['-'],
    },
  ],
  options: [
    { flags: '--command <text>', description: 'what to run' },
    { flags: '-n, --name <name>', description: 'rename; history follows' },
    ...scheduleOptions,
    { flags: '-t, --tag <tag>', description: 'replace all tags; may be repeated', repeat: true },
    { flags: '--tag-add <tag>', description: 'add a tag; may be repeated', repeat: true },
    {
      flags: '--tag-append <tag>',
      description: 'the same as --tag-add',
      repeat: true,
      hidden: true,
    },
    { flags: '--tag-remove <tag>', description: 'remove a tag; may be repeated', repeat: true },
    ...fieldOptions,
    {
      flags: '--unset <field>',
      description: 'take a field out, such as timeout or env.NAME; may be repeated',
      repeat: true,
    },
    { flags: '--from <file>', description: 'fields to set as JSON or YAML; - is standard input' },
    {
      flags: '--tagged <tag>',
      description: 'change the jobs that have this tag; may be repeated',
      repeat: true,
    },
    { flags: '--dry-run', description: 'show the change and do nothing' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'jm2 edit dump-shop --cron "0 4 * * *"', meaning: 'an hour later' },
    { command: 'jm2 edit dump-shop --set "retry={limit: 3, delay: 1m}"', meaning: 'any field' },
    { command: 'jm2 edit "web-*" --timeout 10m', meaning: 'several jobs' },
    {
      command: 'jm2 edit --tagged db --tag-add data --tag-remove db',
      meaning: 'another name for a tag',
    },
    { command: 'jm2 edit dump-shop', meaning: 'in the editor' },
  ],
  run: edit,
};

async function edit(context: Context, input: Input): Promise<Answer> {
  const second = input.argument(1);
  if (second !== null && second !== '-') {
    throw wrongArguments(
      `"${second}" stands behind the job.`,
      'Give a command with --command, or - to read fields from standard input.',
    );
  }
  const from =
    input.argument(0) === null && !isSelecting(input) ? null : (input.text('from') ?? second);
  const given = from === null ? {} : await readJobFields(context, from);
  // Not while an editor is open.
  const isSaid = from !== null || hasFieldOptions(input);
  const isUnasked = isSaid && input.flag('yes') && !input.flag('dryRun');
  return editing(context, isUnasked, () => editIn(context, input, given));
}

async function editIn(
  context: Context,
  input: Input,
  given: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const name = input.argument(0);
  const manifest = await readManifestText(context, { orUser: false });
  const { refusal, digests } = requireAccepted(context, manifest);
  if (refusal !== null) return refusal;
  const file = context.shownPath(manifest.place.manifest);
  const names = meantJobs(context, input, { manifest, names: [...digests.keys()] });
  const flags = { dryRun: input.flag('dryRun'), yes: input.flag('yes') };
  const edits = names.flatMap((one) => wantedEdits(context, input, { manifest, name: one, given }));
  if (isSelecting(input)) requireAlike(input, edits.length > 0);
  if (edits.length === 0) {
    if (name === null && hasFieldOptions(input)) {
      throw wrongArguments(
        'These options change a job, and none was named.',
        'jm2 edit JOB --cron …',
      );
    }
    return editInEditor(context, manifest, name, flags);
  }
  let { text } = manifest;
  for (const one of edits) {
    const edited = editManifest(text, one);
    if (!edited.ok) {
      throw operationalError('JM2-P205', { detail: `${file} was not changed: ${edited.problem}.` });
    }
    text = edited.text;
  }
  const newName = input.text('name');
  return changeManifest(context, {
    before: manifest,
    after: text,
    touched: [...names, ...(newName === null ? [] : [newName])],
    ...flags,
    question: `Change ${names.length > 3 ? count(names.length, 'job') : names.join(', ')}?`,
    done: `changed ${newName ?? names.join(', ')}`,
  });
}

function isSelecting(input: Input): boolean {
  return input.texts('tagged').length > 0 || isPattern(input.argument(0) ?? '');
}

/** None where the whole file is meant. */
function meantJobs(
  context: Context,
  input: Input,
  { manifest, names }: { readonly manifest: ManifestText; readonly names: readonly string[] },
): readonly string[] {
  const file = context.shownPath(manifest.place.manifest);
  const name = input.argument(0);
  if (name !== null && !isPattern(name) && !names.includes(name)) {
    throw operationalError('JM2-R101', {
      detail: `${file} has no job "${name}". Nothing was changed.`,
      hint: didYouMean(nearest(name, names)) ?? 'jm2 list',
    });
  }
  if (!isSelecting(input)) return name === null ? [] : [name];
  const jobs = loadText(context, manifest.place, manifest.text).manifest?.jobs ?? [];
  const selected = selectJobs(jobs, {
    names: name === null ? [] : [name],
    tags: input.texts('tagged'),
    grep: null,
  });
  if (selected.names.length > 0) return selected.names;
  throw operationalError('JM2-R101', {
    detail: `${file} has no such job. Nothing was changed.`,
    hint: 'jm2 list --tags',
  });
}

/** Several jobs get the same fields; a name or an editor is for one. */
function requireAlike(input: Input, isSaid: boolean): void {
  if (input.text('name') !== null) {
    throw wrongArguments('--name would give several jobs one name.', 'Name one job.');
  }
  if (!isSaid) {
    throw wrongArguments(
      'It is not said what to change of these jobs.',
      'jm2 edit "web-*" --timeout 10m',
    );
  }
}

function hasFieldOptions(input: Input): boolean {
  const texts = [
    'command',
    'name',
    'cron',
    'every',
    'at',
    'in',
    'delay',
    'schedule',
    'tz',
    'cwd',
    'shell',
    'timeout',
    'retry',
    'description',
    'owner',
    'roll',
  ];
  const lists = [
    'tag',
    'tagAdd',
    'tagAppend',
    'tagRemove',
    'env',
    'set',
    'unset',
    'except',
    'only',
  ];
  return (
    texts.some((one) => input.text(one) !== null) ||
    lists.some((one) => input.texts(one).length > 0)
  );
}

function wantedEdits(
  context: Context,
  input: Input,
  about: {
    readonly manifest: ManifestText;
    readonly name: string;
    readonly given: Readonly<Record<string, unknown>>;
  },
): ManifestEdit[] {
  const { manifest, name, given } = about;
  const present = writtenFields(manifest.text, name) ?? {};
  const zone = loadText(context, manifest.place, manifest.text).manifest?.timezone ?? 'UTC';
  const command = input.text('command');
  const fields: Record<string, unknown> = {
    ...given,
    ...fieldsOf(input, present, { cwd: context.cwd, manifest: manifest.place.manifest }),
    ...tagFields(input, present),
    ...(command === null ? {} : { command }),
  };
  const written = 'schedule' in fields ? fields['schedule'] : present['schedule'];
  const ofJob = zoneOfFields({ ...present, ...fields });
  // A time is read, and written, in the zone in which the schedule will be read.
  const schedule = scheduleOf(input, {
    zone: ownZoneOf(written) ?? (input.texts('unset').includes('timezone') ? null : ofJob) ?? zone,
    now: context.terminal.now,
    before: written,
  });
  if (schedule !== undefined) fields['schedule'] = schedule;
  for (const path of input.texts('unset')) unset(fields, present, path);
  const newName = input.text('name');
  const edits: ManifestEdit[] = [];
  if (newName !== null && newName !== name) {
    // History, pauses and the position in time follow by this.
    fields['renamed_from'] ??= name;
    edits.push({ kind: 'rename', name, to: newName });
  }
  if (Object.keys(fields).length > 0) edits.push({ kind: 'set', name: newName ?? name, fields });
  return edits;
}

function tagFields(input: Input, present: Readonly<Record<string, unknown>>): { tags?: unknown } {
  const replaced = input.texts('tag');
  const added = [...input.texts('tagAdd'), ...input.texts('tagAppend')];
  const removed = input.texts('tagRemove');
  if (replaced.length + added.length + removed.length === 0) return {};
  const before = replaced.length > 0 ? replaced : ((present['tags'] ?? []) as readonly string[]);
  const tags = [...new Set([...before, ...added])].filter((tag) => !removed.includes(tag));
  return { tags: tags.length === 0 ? null : tags };
}

function unset(
  fields: Record<string, unknown>,
  present: Readonly<Record<string, unknown>>,
  path: string,
): void {
  const [field = '', key] = path.split(/\.(.*)/s);
  if (key === undefined) {
    fields[field] = null;
    return;
  }
  const map = fields[field] ?? present[field];
  const rest = Object.entries(typeof map === 'object' && map !== null ? map : {}).filter(
    ([name]) => name !== key,
  );
  fields[field] = rest.length === 0 ? null : Object.fromEntries(rest);
}
