// Brings flags, environment, settings file and defaults together: the first of
// them that gives a value wins, and everything wrong is told at once.
import { dirname, join } from 'node:path';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { findUpwards } from './find-upwards.ts';
import type { FoundFile } from './find-upwards.ts';
import { readSetting } from './read-setting.ts';
import type { SettingProblem, Written } from './setting-problem.ts';
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

/** Values and what is wrong with them; the value of a refused one is null. */
export interface InspectedSettings {
  readonly values: readonly SettingValue[];
  readonly problems: readonly SettingProblem[];
}

/**
 * Throws Jm2Error JM2-C104 with every problem in `detail` and in
 * `data.problems`. An empty variable counts as not set.
 */
export async function loadSettings(input: SettingsInput): Promise<LoadedSettings> {
  const { values, problems } = await inspectSettings(input);
  if (problems.length > 0) throw notAccepted(problems);
  return { settings: toSettings(values), values };
}

/** As loadSettings, for a listing: problems are told beside the values. */
export async function inspectSettings(input: SettingsInput): Promise<InspectedSettings> {
  const problems: SettingProblem[] = [];
  const file = await findSettingsFile(input.cwd, input.homeDir);
  const fromFile = file === null ? new Map<string, Written>() : await valuesOf(file, problems);
  const values = settingsSchema.map((definition) =>
    settle(definition, { input, file, fromFile, problems }),
  );
  return { values, problems };
}

/** Upwards to the home or `/`; a project outside the home still has its user's file. */
async function findSettingsFile(cwd: string, homeDir: string): Promise<FoundFile | null> {
  const places = settingsPlaces;
  const near = await findUpwards({ places, from: cwd, stopDir: homeDir });
  if (near.found !== null) return near.found;
  return (await findUpwards({ places, from: homeDir, stopDir: homeDir })).found;
}

/** Most calls find no file, and then need no YAML, which is the slowest part to load. */
async function valuesOf(
  file: FoundFile,
  problems: SettingProblem[],
): Promise<Map<string, Written>> {
  const { readSettingsFile } = await import('./read-settings-file.ts');
  return readSettingsFile(file, problems);
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
  const { key, fileKey, flag, variable } = definition;
  const { input, problems } = from;
  const read = (origin: SettingOrigin, written: Written, baseDir: string): SettingValue => {
    const result = readSetting(definition, written.value, { baseDir, homeDir: input.homeDir });
    if (result.ok) return { key, value: result.value, origin, source: written.source };
    problems.push({ key: fileKey, origin, source: written.source, problem: result.problem });
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
    fromFlag === undefined
      ? null
      : read('flag', { value: fromFlag, source: flag ?? variable }, input.cwd);
  return flagValue ?? variableValue ?? fileValue ?? defaultOf(definition, input.homeDir);
}

function defaultOf(definition: SettingDefinition, homeDir: string): SettingValue {
  const value = definition.key === 'home' ? join(homeDir, '.jm2') : definition.defaultValue;
  return { key: definition.key, value, origin: 'default', source: null };
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
