// The exit file: how an attempt ended, as its starter saw it. Written by rename,
// so it is absent or whole. It is not synced: after a power loss the boot id
// differs and the attempt is lost, whatever the file says.
import { closeSync, constants, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptExit, RunNote, RunNoteCode, StartFailure } from '../core/runs/run.ts';
import { exitFile } from './run-directory.ts';

const replaceAll =
  constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | constants.O_NOFOLLOW;

/** Throws when the disk does not take it; the caller tries again later. */
export function writeExit(directory: string, exit: AttemptExit): void {
  const path = join(directory, exitFile);
  const temporary = `${path}.tmp`;
  const text = Buffer.from(`${JSON.stringify(exit)}\n`);
  const descriptor = openSync(temporary, replaceAll, 0o600);
  try {
    if (writeSync(descriptor, text) !== text.length) throw new Error('exit file was cut short');
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
}

/** Null when the end is not recorded, or not in a form that can be believed. */
export function readExit(directory: string): AttemptExit | null {
  try {
    return parseExit(JSON.parse(readFileSync(join(directory, exitFile), 'utf8')));
  } catch {
    return null;
  }
}

/** Checks every part: an invented exit code would be worse than none. */
export function parseExit(value: unknown): AttemptExit | null {
  if (!isRecord(value) || typeof value['at'] !== 'number') return null;
  const exit = parseEnd(value, value['at']);
  const notes = parseNotes(value['notes']);
  return exit === null || notes.length === 0 ? exit : { ...exit, notes };
}

function parseEnd(value: Readonly<Record<string, unknown>>, at: number): AttemptExit | null {
  const { kind, code, signal, failure, reason } = value;
  if (kind === 'exited' && Number.isInteger(code)) return { kind, code: Number(code), at };
  if (kind === 'signaled' && typeof signal === 'string') return { kind, signal, at };
  if (kind === 'lost' && typeof reason === 'string') return { kind, reason, at };
  if (kind !== 'not_started' || !isRecord(failure)) return null;
  const { code: failureCode, detail } = failure;
  if (!isFailureCode(failureCode) || typeof detail !== 'string') return null;
  return { kind, failure: { code: failureCode, detail }, at };
}

/** A note that cannot be read is left out; the end beside it holds. */
function parseNotes(value: unknown): RunNote[] {
  if (!Array.isArray(value)) return [];
  const notes: RunNote[] = [];
  for (const note of value as unknown[]) {
    if (!isRecord(note)) continue;
    const { code, text, at } = note;
    if (!isNoteCode(code) || typeof text !== 'string' || typeof at !== 'number') continue;
    notes.push({ code, text, at });
  }
  return notes;
}

const noteCodes: Readonly<Record<RunNoteCode, true>> = {
  log_cut: true,
  leftovers: true,
  log_removed: true,
  out_of_memory: true,
  log_incomplete: true,
  log_replaced: true,
};

function isNoteCode(value: unknown): value is RunNoteCode {
  return typeof value === 'string' && Object.hasOwn(noteCodes, value);
}

const failureCodes: Readonly<Record<StartFailure['code'], true>> = {
  cwd_missing: true,
  cwd_denied: true,
  command_missing: true,
  command_denied: true,
  user_unknown: true,
  user_denied: true,
  argument_list_too_long: true,
  resources_exhausted: true,
  log_unwritable: true,
  environment_unresolved: true,
  limits_denied: true,
  launcher_failed: true,
  other: true,
};

function isFailureCode(value: unknown): value is StartFailure['code'] {
  return typeof value === 'string' && Object.hasOwn(failureCodes, value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
