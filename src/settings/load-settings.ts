// Brings flags, environment, settings file and defaults together: the first of
// them that gives a value wins, and everything wrong is told at once.
import { dirname, join } from 'node:path';
import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { findUpwards } from './find-upwards.ts';
import type { FoundFile } from './find-upwards.ts';
import { nearest, readSetting } from './read-setting.ts';
import { settingsSchema } from './settings-schema.ts';
import type { SettingDefinition } from './settings-schema.ts';
import type { LoadedSettings, SettingOrigin, Settings, SettingValue } from './settings.ts';

/** Names of a settings file, in the order in which a directory is searched. */
export const settingsPlaces: readonly string[] = [
  '.jm2rc',
  '.jm2rc.yaml',
  '.jm2rc.json',
  'jm2.config.yaml',
  'jm2.config.json',
];

export interface SettingsInput {
  /** As given on the command line; absent flags are absent keys. */
  readonly flags: Partial<Record<keyof Settings, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDir: string;
}

/** A value that was not accepted; `source` is the flag, the variable or `file:line`. */
export interface SettingProblem {
  readonly key: string;
  readonly origin: SettingOrigin;
  readonly source: string;
  readonly problem: string;
}

interface Written {
  readonly value: unknown;
  readonly source: string;
}

const fileBytesMax = 1 << 20;

/**
 * Throws Jm2Error JM2-C104 with every problem in `detail` and in
 * `data.problems`. An empty variable counts as not set.
 */
export async function loadSettings(input: SettingsInput): Promise<LoadedSettings> {
  const problems: SettingProblem[] = [];
  const file = await findSettingsFile(input.cwd, input.homeDir);
  const fromFile = file === null ? new Map<string, Written>() : readFileValues(file, problems);
  const values = settingsSchema.map((definition) =>
    settle(definition, { input, file, fromFile, problems }),
  );
  if (problems.length > 0) throw notAccepted(problems);
  return { settings: toSettings(values), values };
}

/** Upwards to the home or `/`; a project outside the home still has its user's file. */
async function findSettingsFile(cwd: string, homeDir: string): Promise<FoundFile | null> {
  const places = settingsPlaces;
  const near = await findUpwards({ places, from: cwd, stopDir: homeDir });
  if (near.found !== null) return near.found;
  return (await findUpwards({ places, from: homeDir, stopDir: homeDir })).found;
}

function settle(
  definition: SettingDefinition,
  from: {
    readonly input: SettingsInput;
    readonly file: FoundFile | null;
    readonly fromFile: ReadonlyMap<string, Written>;
    readonly problems: SettingProblem[];
  },
): SettingValue {
  const { key, flag, variable } = definition;
  const { input, problems } = from;
  const read = (origin: SettingOrigin, written: Written, baseDir: string): SettingValue => {
    const result = readSetting(definition, written.value, { baseDir, homeDir: input.homeDir });
    if (result.ok) return { key, value: result.value, origin, source: written.source };
    problems.push({ key, origin, source: written.source, problem: result.problem });
    return { key, value: null, origin, source: written.source };
  };
  const fromFlag = input.flags[key];
  const fromVariable = input.env[variable];
  const fromFile = from.fromFile.get(definition.fileKey);
  // A losing value is judged as well: it would surprise as soon as it wins.
  const fileValue =
    fromFile === undefined ? null : read('file', fromFile, dirname(from.file?.path ?? input.cwd));
  const variableValue =
    fromVariable === undefined || fromVariable === ''
      ? null
      : read('environment', { value: fromVariable, source: variable }, input.cwd);
  const flagValue =
    fromFlag === undefined ? null : read('flag', { value: fromFlag, source: flag }, input.cwd);
  return flagValue ?? variableValue ?? fileValue ?? defaultOf(definition, input.homeDir);
}

function defaultOf(definition: SettingDefinition, homeDir: string): SettingValue {
  const value = definition.key === 'home' ? join(homeDir, '.jm2') : definition.defaultValue;
  return { key: definition.key, value, origin: 'default', source: null };
}

/** Keys and values of a settings file; JSON is read as the YAML it is. */
function readFileValues(file: FoundFile, problems: SettingProblem[]): Map<string, Written> {
  const values = new Map<string, Written>();
  const refuse = (key: string, source: string, problem: string): void => {
    problems.push({ key, origin: 'file', source, problem });
  };
  if (file.text === null) {
    refuse('', file.path, 'cannot be read as a file');
    return values;
  }
  if (file.text.length > fileBytesMax) {
    refuse('', file.path, 'is larger than 1 MiB');
    return values;
  }
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  for (const error of [...document.errors, ...document.warnings].slice(0, 20)) {
    refuse('', `${file.path}:${lines.linePos(error.pos[0]).line}`, error.message);
  }
  if (document.errors.length > 0 || document.contents === null) return values;
  if (!isMap(document.contents)) {
    refuse('', file.path, 'must hold keys and values, such as "sync: manual"');
    return values;
  }
  for (const { key, value } of document.contents.items.slice(0, 200)) {
    const name = isScalar(key) ? String(key.value) : '';
    const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    const source = `${file.path}:${lines.linePos(offset).line}`;
    const isKnown = settingsSchema.some((definition) => definition.fileKey === name);
    if (!isKnown) refuse(name, source, unknownKey(name));
    else if (!isScalar(value) || value.value === null) refuse(name, source, 'needs one value');
    else values.set(name, { value: value.value, source });
  }
  return values;
}

function unknownKey(name: string): string {
  const keys = settingsSchema.map((definition) => definition.fileKey);
  const snake = name
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .replaceAll('-', '_');
  const near = nearest(snake, keys);
  const wayOut = near === null ? `the keys are ${keys.join(', ')}` : `did you mean "${near}"?`;
  return `unknown key; ${wayOut}`;
}

function notAccepted(problems: readonly SettingProblem[]): Jm2Error {
  const lines = problems.map(({ source, key, problem }) =>
    [source, key, problem].filter((part) => part !== '').join(': '),
  );
  return operationalError('JM2-C104', { detail: lines.join('\n'), data: { problems } });
}

function toSettings(values: readonly SettingValue[]): Settings {
  // Every value was read by its definition, so the types agree with the table.
  const entries = values.map(({ key, value }) => [key, value]);
  return Object.freeze(Object.fromEntries(entries)) as Settings;
}
