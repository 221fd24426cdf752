// Adds a job to the manifest, shows what it will do, and brings it into force.
import { operationalError } from '../../core/diagnostics/registry.ts';
import { editManifest } from '../../core/manifest/edit/edit-manifest.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { editing } from '../edit-lock.ts';
import type { Input } from '../input.ts';
import {
  fieldOptions,
  fieldsOf,
  scheduleOf,
  scheduleOptions,
  zoneOfFields,
} from '../job-fields.ts';
import { directoryMeant, type Place } from '../given-directory.ts';
import { nameFor, uniqueName } from '../../core/exchange/job-names.ts';
import { changeManifest, loadText, readManifestText, requireAccepted } from '../manifest-change.ts';
import { readJobFields } from '../read-job-fields.ts';
import { wrongArguments } from '../usage-errors.ts';

export const addCommand: CommandDefinition = {
  name: 'add',
  summary: 'Add a job to the manifest and bring it into force',
  description:
    'One word is a shell command; several are a program and its arguments. Writes the job behind the others and leaves every other line alone. Outside any project the manifest of this account is used, and begun when it does not exist.',
  arguments: [
    {
      name: '[command...]',
      description: 'what to run; after --, words as they are; - reads fields from standard input',
    },
  ],
  options: [
    { flags: '-n, --name <name>', description: 'name of the job (default: made from the command)' },
    ...scheduleOptions,
    { flags: '-t, --tag <tag>', description: 'a tag; may be repeated', repeat: true },
    ...fieldOptions,
    { flags: '--suspend', description: 'keep it from running by schedule' },
    { flags: '--paused', description: 'the same as --suspend', hidden: true },
    {
      flags: '--from <file>',
      description: 'fields of the job as JSON or YAML; - is standard input',
    },
    { flags: '--examples', description: 'show examples and do nothing' },
    { flags: '--auto-suffix', description: 'number the name when it is taken' },
    { flags: '--dry-run', description: 'show the change and do nothing' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    {
      command: 'jm2 add "pg_dump shop > shop.sql" --cron "0 3 * * *" --name dump-shop',
      meaning: 'every night',
    },
    { command: 'jm2 add ./report.sh --at "tomorrow 14:30" --yes', meaning: 'once, unasked' },
    { command: 'jm2 add --every 5m -- curl -fsS https://example.org', meaning: 'without a shell' },
  ],
  run: add,
};

async function add(context: Context, input: Input): Promise<Answer> {
  if (input.flag('examples')) return shownExamples();
  const from = givenFrom(input);
  const given = from === null ? {} : await readJobFields(context, from);
  const isUnasked = input.flag('yes') && !input.flag('dryRun');
  return editing(context, isUnasked, () => addTo(context, input, given));
}

type Fields = Readonly<Record<string, unknown>>;

async function addTo(context: Context, input: Input, given: Fields): Promise<Answer> {
  const manifest = await readManifestText(context, { orUser: true });
  const { refusal, digests } = requireAccepted(context, manifest);
  if (refusal !== null) return refusal;
  const file = context.shownPath(manifest.place.manifest);
  const loaded = loadText(context, manifest.place, manifest.text);
  const zone = loaded.manifest?.timezone ?? context.terminal.zone;
  const here = { cwd: context.cwd, manifest: manifest.place.manifest };
  const { name: givenName, ...others } = given;
  const isNamed = typeof givenName === 'string';
  const fields = wantedFields(input, isNamed ? others : given, {
    zone,
    now: context.terminal.now,
    ...here,
  });
  const meant = 'cwd' in fields ? null : directoryMeant(fields['command'], here);
  if (meant !== null) {
    fields['cwd'] = meant;
    context.output.note(`It will run in ${meant}, where its program is found.`);
  }
  const taken = new Set([...digests.keys()].map((name) => name.toLowerCase()));
  const wished = input.text('name') ?? (isNamed ? givenName : null);
  const base = wished ?? nameFor(fields['command'] as string | readonly string[]);
  const isFree = wished !== null && !input.flag('autoSuffix');
  if (isFree && taken.has(base.toLowerCase())) {
    throw operationalError('JM2-P207', {
      detail: `${file} has a job "${base}". Nothing was changed.`,
    });
  }
  const name = isFree ? base : uniqueName(base, taken);
  const edited = editManifest(manifest.text, { kind: 'add', name, fields });
  if (!edited.ok) {
    throw operationalError('JM2-P205', {
      detail: `${file} was not changed: ${edited.problem}.`,
      data: { name, fields },
    });
  }
  return changeManifest(context, {
    before: manifest,
    after: edited.text,
    touched: [name],
    dryRun: input.flag('dryRun'),
    yes: input.flag('yes'),
    question: `Add the job ${name}?`,
    done: `added ${name}`,
  });
}

/** More of them than the help page has. */
function shownExamples(): Answer {
  const examples = [
    ...addCommand.examples,
    {
      command: 'jm2 add ./sync.sh --every 15m --timeout 10m --retry 3',
      meaning: 'with a bound, and again when it fails',
    },
    {
      command: 'jm2 add "make -C site" --cron "H 4 * * 1" -t web -e TARGET=live',
      meaning: 'with a tag and a variable',
    },
    { command: 'jm2 add "wall lunch" --in 1h30m --name lunch', meaning: 'once, so far from now' },
    {
      command: 'echo \'{"command": "date", "schedule": "@daily"}\' | jm2 add - --json --yes',
      meaning: 'fields as JSON',
    },
  ];
  return {
    data: { examples },
    text: (terminal) =>
      examples
        .map(({ command, meaning }) => `${terminal.style('dim', `# ${meaning}`)}\n${command}`)
        .join('\n\n'),
  };
}

/** `jm2 add backup "0 3 * * *" ./backup.sh`, as other schedulers have it. */
function refuseScheduleAsWord(words: readonly string[]): void {
  const isCron = (word: string): boolean => /^[\d*?/,LW#-]+( +[\w*?/,#-]+){4,5}$/.test(word.trim());
  const at = words.findIndex(isCron);
  if (at === -1 || words.length > 3) return;
  const others = words.filter((_word, index) => index !== at);
  const command = others.at(-1) ?? 'echo hi';
  const name = others.length > 1 ? ` --name ${quotedWord(others[0] ?? '')}` : '';
  throw wrongArguments(
    `"${words[at]}" stands where the command is, and looks like a schedule.`,
    `jm2 add ${quotedWord(command)} --cron "${words[at]}"${name}`,
  );
}

function quotedWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, '\\$&')}"`;
}

/** A file, or `-` for standard input; null when all is said by the call. */
function givenFrom(input: Input): string | null {
  return input.text('from') ?? (isDash(input) ? '-' : null);
}

function isDash(input: Input): boolean {
  return input.list(0).length === 1 && input.list(0)[0] === '-';
}

function wantedFields(
  input: Input,
  given: Fields,
  reading: { readonly zone: string; readonly now: number } & Place,
): Record<string, unknown> {
  const words = isDash(input) ? [] : input.list(0);
  const [only] = words;
  const command = words.length === 1 ? only : words.length > 1 ? [...words] : given['command'];
  if (command === undefined || command === '') {
    throw wrongArguments('A job needs a command.', 'jm2 add "echo hi" --cron "0 * * * *"');
  }
  const fields = { ...given, ...fieldsOf(input, given, reading) };
  const schedule = scheduleOf(input, { ...reading, zone: zoneOfFields(fields) ?? reading.zone });
  if (schedule === undefined && given['schedule'] === undefined) refuseScheduleAsWord(words);
  const tags = input.texts('tag');
  return {
    ...fields,
    command,
    ...(schedule === undefined ? {} : { schedule }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(input.flag('suspend') || input.flag('paused') ? { suspend: true } : {}),
  };
}
