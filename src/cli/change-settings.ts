// Writes jm2's own settings: `config set`, `unset` and `reset`. Which file, whether
// the value is one, and what of it counts here; the text is edited in settings/.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { replaceFile } from '../system/replace-file.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { editSettingsText, type SettingsEdit } from '../settings/edit-settings-text.ts';
import { readSetting } from '../settings/read-setting.ts';
import { findSettingsFiles, type SettingsFile } from '../settings/settings-files.ts';
import { settingsSchema, type SettingDefinition } from '../settings/settings-schema.ts';
import type { SettingValue } from '../settings/settings.ts';
import type { Context } from './context.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from './usage-errors.ts';

/** Null: the file that counts here, or the user's when there is none. */
export type SettingsScope = 'user' | 'project' | null;

export interface ChangedSettings {
  readonly changed: boolean;
  readonly file: string;
  readonly removed: readonly string[];
  /** The setting as it is here now; null when several were meant. */
  readonly setting: SettingValue | null;
  /** What of it a person may not expect. */
  readonly notes: readonly string[];
}

/** By its key in a settings file, in any of its spellings, or by its variable. */
export function settingNamed(name: string): SettingDefinition {
  const snake = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^_+|^jm2_/, '');
  const found = settingsSchema.find(({ fileKey, key }) => fileKey === snake || key === name);
  if (found !== undefined) return found;
  const keys = settingsSchema.map(({ fileKey }) => fileKey);
  throw wrongValue(
    `There is no setting "${name}".`,
    didYouMean(nearest(snake, keys)) ?? `The settings are ${keys.join(', ')}.`,
  );
}

export async function settingsFile(
  context: Pick<Context, 'cwd'>,
  scope: SettingsScope,
): Promise<SettingsFile> {
  const files = await findSettingsFiles(context.cwd, homedir());
  if (scope === 'user') return files.user;
  if (scope === null) return files.inForce ?? files.user;
  if (files.project !== null) return files.project;
  throw wrongArguments('The home directory is no project.', 'Use --user.');
}

/** Throws JM2-C103 for a value that the setting does not take; nothing is written then. */
export async function setSetting(
  context: Context,
  definition: SettingDefinition,
  written: string,
  scope: SettingsScope,
): Promise<ChangedSettings> {
  const file = await settingsFile(context, scope);
  const value = asInFile(definition, written, context.cwd, file.path);
  const baseDir = dirname(file.path);
  const read = readSetting(definition, value, { baseDir, homeDir: homedir() });
  if (!read.ok) {
    throw wrongValue(sentence(`${definition.fileKey}: ${read.problem}`), hintFor(definition));
  }
  const edit = { kind: 'set', key: definition.fileKey, value } as const;
  return change(context, { file, edit, definition });
}

/** Takes settings out of a file, so that what comes after it counts again. */
export async function unsetSettings(
  context: Context,
  definition: SettingDefinition | null,
  scope: SettingsScope,
): Promise<ChangedSettings> {
  const file = await settingsFile(context, scope);
  const edit: SettingsEdit =
    definition === null ? { kind: 'reset' } : { kind: 'unset', keys: [definition.fileKey] };
  return change(context, { file, edit, definition });
}

/** Keys that a reset would take out. */
export function keysIn(context: Pick<Context, 'shownPath'>, file: SettingsFile): readonly string[] {
  return edited(context, file, { kind: 'reset' }).removed;
}

async function change(
  context: Context,
  wanted: {
    readonly file: SettingsFile;
    readonly edit: SettingsEdit;
    readonly definition: SettingDefinition | null;
  },
): Promise<ChangedSettings> {
  const { file, edit, definition } = wanted;
  const { inForce } = await findSettingsFiles(context.cwd, homedir());
  const daemon = await holderHere(context);
  const { text, removed } = edited(context, file, edit);
  const changed = edit.kind === 'set' ? text !== file.text : removed.length > 0;
  if (changed) {
    // A file that is read-only is so on purpose; a rename would not care.
    if (file.found) await access(file.path, constants.W_OK);
    await replaceFile(file.path, text, file.found ? {} : { mode: 0o600 });
  }
  const { values } = await context.inspectSettings();
  const setting = values.find(({ key }) => key === definition?.key) ?? null;
  return {
    changed,
    file: file.path,
    removed,
    setting,
    notes: [
      ...placeNotes(context, file, inForce, edit.kind === 'set'),
      ...winnerNotes(setting, definition, edit.kind === 'set'),
      ...(changed && daemon !== null ? [daemonNote(daemon, definition)] : []),
    ],
  };
}

function edited(
  context: Pick<Context, 'shownPath'>,
  file: SettingsFile,
  edit: SettingsEdit,
): { readonly text: string; readonly removed: readonly string[] } {
  const shown = context.shownPath(file.path);
  if (file.found && file.text === null) {
    throw operationalError('JM2-C104', { detail: `${shown} cannot be read as a file.` });
  }
  const result = editSettingsText(file.text ?? '', edit);
  if (result.ok) return result;
  throw operationalError('JM2-C104', {
    detail: `${shown}:${result.line}: ${result.problem}. The file was not changed.`,
    hint: 'Correct the file by hand first.',
  });
}

/** Numbers as numbers; paths so that they mean the same from the file as from here. */
function asInFile(
  { type }: SettingDefinition,
  written: string,
  cwd: string,
  file: string,
): string | number {
  if (type.kind === 'integer' && /^\d{1,15}$/.test(written)) return Number(written);
  if (type.kind !== 'path' || written === '' || written.startsWith('~') || isAbsolute(written)) {
    return written;
  }
  const absolute = resolve(cwd, written);
  const near = relative(dirname(file), absolute);
  return near === '' || near.startsWith('..') ? absolute : near;
}

function hintFor({ type, fileKey, defaultText }: SettingDefinition): string {
  const example = type.kind === 'path' ? (defaultText ?? './jobs.yaml') : defaultText;
  return `jm2 config set ${fileKey} ${example ?? ''}`.trimEnd();
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}

function placeNotes(
  context: Context,
  file: SettingsFile,
  inForce: SettingsFile | null,
  isSet: boolean,
): string[] {
  if (inForce === null || inForce.path === file.path || !isSet) return [];
  const [mine, other] = [context.shownPath(file.path), context.shownPath(inForce.path)];
  return [
    dirname(file.path) === homedir()
      ? `Here ${other} counts and not ${mine}: one file is used, the nearest.`
      : `From now on ${mine} counts here, and nothing of ${other}: one file is used, the nearest.`,
  ];
}

function winnerNotes(
  setting: SettingValue | null,
  definition: SettingDefinition | null,
  isSet: boolean,
): string[] {
  if (setting === null || definition === null) return [];
  const isStronger = setting.origin === 'flag' || setting.origin === 'environment';
  if (!isStronger) return [];
  return [
    `${setting.source ?? setting.origin} gives ${definition.fileKey} here and wins over any file${isSet ? '' : ', before and now'}.`,
  ];
}

interface Holder {
  readonly pid: number;
  readonly stateDir: string;
}

function daemonNote({ pid, stateDir }: Holder, definition: SettingDefinition | null): string {
  const moves = definition === null || ['home', 'manifest', 'stateDir'].includes(definition.key);
  const way = moves ? `jm2 stop --state-dir ${stateDir}` : 'jm2 restart';
  return `The daemon (pid ${pid}) keeps the settings it was started with: ${way}`;
}

/** Who holds the state directory by the settings of before; null for nobody, or when that cannot be told. */
async function holderHere(context: Context): Promise<Holder | null> {
  try {
    const place = await context.locations();
    const { holderOf } = await import('../daemon/holder.ts');
    const pid = holderOf(place);
    return pid === null ? null : { pid, stateDir: place.stateDir };
  } catch {
    // Wrong settings are what is being put right, or there is no manifest yet.
    return null;
  }
}
