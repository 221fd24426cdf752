// Why a command could not be started, in the words of the person who declared
// it. The system's own answer is ambiguous: ENOENT is a missing program, a
// missing directory or a missing interpreter.
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { StartFailure } from '../../core/runs/run.ts';

export interface StartAttempt {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | null;
}

/** Failures that may pass by themselves: worth a few more tries. */
export function isResourceFailure(error: unknown): boolean {
  return ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(codeOf(error));
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Looks at the file system as it is now, a moment after the failure. */
export function diagnoseStartFailure(error: unknown, start: StartAttempt): StartFailure {
  const code = codeOf(error);
  const program = start.argv[0] ?? '';
  if (code === 'E2BIG') {
    return {
      code: 'argument_list_too_long',
      detail: `the arguments and environment of ${quote(program)} are longer than the system allows`,
    };
  }
  if (isResourceFailure(error)) {
    return {
      code: 'resources_exhausted',
      detail: `the system had no room for another process or open file (${code})`,
    };
  }
  if (code === 'EPERM') {
    return {
      code: 'user_denied',
      detail: `the system does not allow to run as user ${quote(start.user ?? '')}`,
    };
  }
  if (program === '') {
    return {
      code: 'command_missing',
      detail: 'the command names no program: its first word is empty',
    };
  }
  return (
    diagnoseText(start) ??
    diagnoseDirectory(start.cwd) ??
    diagnoseProgram(code, start) ??
    other(code)
  );
}

/**
 * What will keep a command from starting, as far as the file system tells
 * beforehand; null when nothing will. For commands that another program starts.
 */
export function foreseeFailure(start: StartAttempt): StartFailure | null {
  const program = start.argv[0] ?? '';
  const text = diagnoseText(start) ?? diagnoseDirectory(start.cwd);
  if (text !== null || program === '') return text ?? diagnoseStartFailure(null, start);
  const found = findProgram(program, start);
  if (found === null || !found.executable) return diagnoseProgram('ENOENT', start);
  const interpreter = interpreterOf(found.path);
  return interpreter === null || inspect(interpreter) !== null
    ? null
    : diagnoseProgram('ENOENT', start);
}

/** Only codes are repeated: messages are worded for the programmer of the runtime. */
function other(code: string): StartFailure {
  const detail =
    code === '' || code.startsWith('ERR_')
      ? 'the command was refused before the system was asked to start it'
      : `the system refused the start (${code})`;
  return { code: 'other', detail };
}

/** Where a text is that no program can be given. */
function diagnoseText({ argv, cwd, env }: StartAttempt): StartFailure | null {
  const place =
    (argv.some(holdsNul) && 'an argument of the command') ||
    (holdsNul(cwd) && 'the name of the working directory') ||
    (Object.entries(env).flat().some(holdsNul) && 'a variable');
  if (place === false) return null;
  return { code: 'other', detail: `${place} holds a NUL character, where every text would end` };
}

function holdsNul(text: string): boolean {
  return text.includes('\0');
}

function diagnoseDirectory(cwd: string): StartFailure | null {
  const name = `working directory ${quote(cwd)}`;
  try {
    if (!statSync(cwd).isDirectory()) {
      return { code: 'cwd_missing', detail: `${name} is not a directory` };
    }
    accessSync(cwd, constants.X_OK);
    return null;
  } catch (error) {
    return codeOf(error) === 'EACCES'
      ? { code: 'cwd_denied', detail: `${name} may not be entered` }
      : { code: 'cwd_missing', detail: `${name} does not exist` };
  }
}

function diagnoseProgram(code: string, start: StartAttempt): StartFailure | null {
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR' && code !== 'ENOEXEC')
    return null;
  const program = start.argv[0] ?? '';
  const found = findProgram(program, start);
  if (found === null) {
    const where = program.includes('/')
      ? 'does not exist'
      : `was not found in PATH (${pathOf(start)})`;
    return { code: 'command_missing', detail: `command ${quote(program)} ${where}` };
  }
  if (!found.executable) {
    const what = found.isFile ? 'has no execute permission' : 'is not a file that can run';
    return { code: 'command_denied', detail: `command ${quote(found.path)} ${what}` };
  }
  if (code === 'EACCES') {
    const who = start.user === null ? '' : ` by user ${quote(start.user)}`;
    return { code: 'command_denied', detail: `command ${quote(found.path)} may not be run${who}` };
  }
  if (code === 'ENOEXEC') {
    return { code: 'command_denied', detail: `command ${quote(found.path)} is not a program` };
  }
  const interpreter = interpreterOf(found.path);
  return {
    code: 'command_missing',
    detail:
      interpreter === null
        ? `command ${quote(found.path)} needs a loader that this machine does not have`
        : `interpreter ${quote(interpreter)}, named in the first line of ${quote(found.path)}, does not exist`,
  };
}

interface FoundProgram {
  readonly path: string;
  readonly isFile: boolean;
  readonly executable: boolean;
}

/** As execvp(3) searches: the first that may run wins, else the first that exists is the answer. */
function findProgram(program: string, start: StartAttempt): FoundProgram | null {
  const candidates = program.includes('/')
    ? [resolve(start.cwd, program)]
    : pathOf(start)
        .split(delimiter)
        .map((directory) => join(resolve(start.cwd, directory), program));
  let first: FoundProgram | null = null;
  for (const path of candidates) {
    const candidate = inspect(path);
    if (candidate?.executable === true) return candidate;
    first ??= candidate;
  }
  return first;
}

function inspect(path: string): FoundProgram | null {
  try {
    const status = statSync(path);
    // The permission bits and not access(2), which says yes to root for any file with one x bit
    // only by coincidence and knows nothing of the account the command would run as.
    const executable = status.isFile() && (status.mode & 0o111) !== 0;
    return { path, isFile: status.isFile(), executable };
  } catch {
    return null;
  }
}

function interpreterOf(path: string): string | null {
  const head = Buffer.alloc(256);
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const length = readSync(descriptor, head, 0, head.length, 0);
      return /^#!\s*([^\s\0]+)/.exec(head.toString('utf8', 0, length))?.[1] ?? null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

/** Without PATH the C library searches these two. */
function pathOf(start: StartAttempt): string {
  return start.env['PATH'] ?? '/bin:/usr/bin';
}

function quote(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}
