// jm2's own settings; the manifest is no part of them.
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { settingsSchema } from '../../settings/settings-schema.ts';
import type { ChangedSettings, SettingsScope } from '../change-settings.ts';
import { confirmed } from '../confirm.ts';
import { didYouMean, nearest, wrongArguments } from '../usage-errors.ts';
import { problemLine, settingsTable, writtenValue } from '../views/settings-table.ts';
import type { ShownSetting } from '../views/settings-table.ts';

/** What an action takes behind its name, at least and at most. */
const actions: Readonly<Record<string, readonly [least: number, most: number, usage: string]>> = {
  list: [0, 0, 'jm2 config list'],
  get: [1, 1, 'jm2 config get sync'],
  set: [2, 2, 'jm2 config set sync manual'],
  unset: [1, 1, 'jm2 config unset sync'],
  reset: [0, 1, 'jm2 config reset'],
};

export const configCommand: CommandDefinition = {
  name: 'config',
  summary: "List and change jm2's own settings",
  description:
    "Values come from flags, then the environment, then the nearest .jm2rc or jm2.config.yaml, then the defaults. Values that are not accepted are shown with what is wrong; other commands refuse to work with them. set, unset and reset change the file that counts here, or the user's where there is none, and keep its comments.",
  arguments: [
    {
      name: '[action]',
      description: 'list (default), get, set, unset or reset',
      offers: Object.keys(actions),
    },
    {
      name: '[setting]',
      description: 'its name as in the list',
      offers: ([action = '']) =>
        ['get', 'set', 'unset'].includes(action)
          ? settingsSchema.map(({ fileKey }) => fileKey)
          : 'nothing',
    },
    { name: '[value]', description: 'for set', offers: valuesOf },
  ],
  options: [
    { flags: '--origin', description: 'list: show what gave each value' },
    { flags: '--user', description: 'change the file in the home' },
    {
      flags: '--project',
      description: 'change the file of the project, beside its manifest when there is none yet',
    },
    { flags: '-y, --yes', description: 'reset: do not ask' },
    { flags: '-f, --force', description: 'the same as --yes', hidden: true },
    { flags: '-s, --show', description: 'the same as list', hidden: true },
    {
      flags: '--level <level>',
      description: 'the same as set log_level LEVEL',
      offers: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
      hidden: true,
    },
    { flags: '--reset', description: 'the same as reset', hidden: true },
  ],
  examples: [
    { command: 'jm2 config list --origin', meaning: 'every setting and its origin' },
    { command: 'jm2 config get keep_runs', meaning: 'one value, for scripts' },
    {
      command: 'jm2 config set log_level debug --user',
      meaning: 'for all projects without a file',
    },
    { command: 'jm2 config unset log_level', meaning: 'back to the default' },
    { command: 'jm2 config reset --yes', meaning: 'every setting of the file' },
  ],
  run: config,
};

/** What a shell offers for `config set SETTING`: what there is to choose from. */
function valuesOf([action, setting]: readonly string[]): readonly string[] | 'files' | 'nothing' {
  const definition = settingsSchema.find(({ fileKey }) => fileKey === setting);
  if (action !== 'set' || definition === undefined) return 'nothing';
  const { type, defaultText } = definition;
  if (type.kind === 'choice') return type.choices;
  if (type.kind === 'path') return 'files';
  return defaultText === null ? 'nothing' : [defaultText];
}

async function config(context: Context, input: Input): Promise<Answer> {
  const words = wordsOf(input);
  const [action = 'list', name = null, value = ''] = words;
  const takes = actions[action];
  if (takes === undefined) {
    const near = didYouMean(nearest(action, Object.keys(actions)));
    throw wrongArguments(`config cannot "${action}".`, near ?? 'jm2 config list');
  }
  requireFitting(input, action, words.length - 1, takes);
  const scope = scopeOf(input);
  switch (action) {
    case 'get':
      return get(context, name ?? '');
    case 'set':
      return set(context, name ?? '', value, scope);
    case 'unset':
    case 'reset':
      return unset(context, input, name, scope);
    default:
      return list(context, input);
  }
}

/** Action, setting and value, also where options stand for them. */
function wordsOf(input: Input): readonly string[] {
  const words = [0, 1, 2].flatMap((index) => input.argument(index) ?? []);
  const level = input.text('level');
  const meant = [
    ...(input.flag('show') ? [['list']] : []),
    ...(input.flag('reset') ? [['reset']] : []),
    ...(level === null ? [] : [['set', 'log_level', level]]),
  ];
  const [first] = meant;
  if (first === undefined) return words;
  if (meant.length > 1 || words.length > 0) {
    throw wrongArguments('config does one thing at a time.', `jm2 config ${first.join(' ')}`);
  }
  return first;
}

function requireFitting(
  input: Input,
  action: string,
  given: number,
  [least, most, usage]: readonly [number, number, string],
): void {
  if (Math.max(given, 0) < least || given > most) {
    const words = ['a setting', 'a setting and a value'];
    const wants = most === 0 ? 'nothing' : words[Math.max(least, 1) - 1];
    throw wrongArguments(`config ${action} takes ${wants} behind it.`, usage);
  }
  const changes = ['set', 'unset', 'reset'].includes(action);
  if (!changes && (input.flag('user') || input.flag('project'))) {
    throw wrongArguments(`config ${action} changes no file.`, 'Leave --user and --project out.');
  }
  if (action !== 'list' && input.flag('origin')) {
    throw wrongArguments('--origin belongs to config list.', 'jm2 config list --origin');
  }
}

function scopeOf(input: Input): SettingsScope {
  const [user, project] = [input.flag('user'), input.flag('project')];
  if (user && project)
    throw wrongArguments('--user and --project name two files.', 'Leave one out.');
  return user ? 'user' : project ? 'project' : null;
}

async function list(context: Context, input: Input): Promise<Answer> {
  const { values, problems } = await context.inspectSettings();
  const shown = settingsSchema.flatMap((definition): ShownSetting[] => {
    const value = values.find(({ key }) => key === definition.key);
    const own = problems.filter(({ key }) => key === definition.fileKey);
    return value === undefined ? [] : [{ definition, value, problems: own }];
  });
  // Unknown keys and unreadable files belong to no row.
  const known = new Set(settingsSchema.map(({ fileKey }) => fileKey));
  const others = problems.filter(({ key }) => !known.has(key));
  return {
    data: { settings: values, problems },
    text: (terminal) =>
      [
        settingsTable(shown, input.flag('origin'), terminal),
        ...others.map((problem) => problemLine(problem, terminal)),
      ].join('\n'),
  };
}

async function get(context: Context, name: string): Promise<Answer> {
  const { settingNamed } = await import('../change-settings.ts');
  const definition = settingNamed(name);
  const { values, problems } = await context.inspectSettings();
  const setting = values.find(({ key }) => key === definition.key);
  // Of a file that cannot be read nobody knows what it says.
  const refused = problems.find(
    ({ key, source }) =>
      (key === '' && setting?.origin === 'default') ||
      (key === definition.fileKey && source === setting?.source),
  );
  if (setting === undefined || refused !== undefined) {
    const said = [refused?.source ?? '', refused?.key ?? '', refused?.problem ?? ''];
    throw operationalError('JM2-C104', { detail: said.filter((part) => part !== '').join(': ') });
  }
  return { data: { setting }, text: () => writtenValue(setting, definition) };
}

async function set(
  context: Context,
  name: string,
  value: string,
  scope: SettingsScope,
): Promise<Answer> {
  const { setSetting, settingNamed } = await import('../change-settings.ts');
  const definition = settingNamed(name);
  const result = await setSetting(context, definition, value, scope);
  const file = context.shownPath(result.file);
  const done = result.changed ? 'set' : 'was set before';
  return answer(context, result, `${definition.fileKey} ${done}: ${value} (${file})`);
}

async function unset(
  context: Context,
  input: Input,
  name: string | null,
  scope: SettingsScope,
): Promise<Answer> {
  const settings = await import('../change-settings.ts');
  const definition = name === null ? null : settings.settingNamed(name);
  const target = await settings.settingsFile(context, scope);
  const file = context.shownPath(target.path);
  if (definition === null) {
    const keys = settings.keysIn(context, target);
    if (keys.length > 0 && !input.flag('yes') && !input.flag('force')) {
      await confirmed(context, `Take ${keys.join(', ')} out of ${file}?`, { keys });
    }
  }
  const result = await settings.unsetSettings(context, definition, scope);
  const text = result.changed
    ? `${result.removed.join(', ')} taken out of ${file}`
    : `${file} sets ${definition === null ? 'nothing' : `no ${definition.fileKey}`}.`;
  return answer(context, result, text);
}

function answer(context: Context, { notes, ...data }: ChangedSettings, text: string): Answer {
  for (const note of notes) context.output.note(note);
  return { data, confirmation: true, text: () => text };
}
