// The start token: a file that exactly one of starter and recovery creates. Who
// has it decides alone whether the command of this attempt ever runs.
import {
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { tokenFile } from './run-directory.ts';

/** Who created the token, and, once the command runs, which process it is. */
export interface StartToken {
  /** Null when the creator died before it could write its name. */
  readonly owner:
    | { readonly kind: 'launcher'; readonly pid: number; readonly start: string | null }
    /** Recovery won: the command never began and never will. */
    | { readonly kind: 'recovery' }
    | null;
  readonly started: {
    readonly pid: number;
    readonly processStart: string | null;
    readonly at: number;
    readonly logMaxBytes: number | null;
  } | null;
}

const createOnly = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

/**
 * Creates the attempt's directory when needed, and the token. Returns the open
 * descriptor, which the caller closes, or null when somebody else has the token.
 * Any other failure throws: then nobody has it through this call.
 */
export function takeToken(
  directory: string,
  owner: { pid: number; start: string | null },
): number | null {
  const descriptor = createToken(directory);
  if (descriptor === null) return null;
  // Crash window: the token exists and is empty. Readers see no owner, and
  // settle the attempt as lost, because nobody can tell whether it began.
  try {
    writeSync(descriptor, `jm2 1 ${owner.pid} ${owner.start ?? '-'}\n`);
  } catch {
    // A full disk: the file itself exists, and existence is what decides.
  }
  return descriptor;
}

function createToken(directory: string): number | null {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    return openSync(join(directory, tokenFile), createOnly, 0o600);
  } catch (error) {
    if (isTaken(error)) return null;
    throw error;
  }
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

/** Adds which process runs the command. */
export function recordStart(
  descriptor: number,
  started: { pid: number; processStart: string | null; at: number; logMaxBytes: number },
): void {
  const start = encodeURIComponent(started.processStart ?? '-');
  try {
    writeSync(descriptor, `${started.pid} ${start} ${started.at} ${started.logMaxBytes}\n`);
  } catch {
    // A full disk loses the pid here; the store gets it through the event.
  }
}

/**
 * Recovery's claim: true when the attempt never began and never will. The token
 * comes into being with its name in it, by one link: a daemon that dies here leaves
 * no token or its own, and the next one need not take an empty one for a start.
 */
export function claimForRecovery(directory: string): boolean {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `${tokenFile}.recovery`);
  try {
    // What a crash left. One daemon at a time recovers.
    rmSync(draft, { force: true });
    writeFileSync(draft, 'jm2 1 recovery\n', { flag: 'wx', mode: 0o600 });
    linkSync(draft, join(directory, tokenFile));
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    return claimWithoutName(directory);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Where the disk is full or knows no links: existence is what decides. */
function claimWithoutName(directory: string): boolean {
  const descriptor = createToken(directory);
  if (descriptor === null) return false;
  closeSync(descriptor);
  return true;
}

/** Null when there is no token. */
export function readToken(directory: string): StartToken | null {
  let text: string;
  try {
    text = readFileSync(join(directory, tokenFile), 'utf8');
  } catch {
    return null;
  }
  // A line counts once its newline is there: before, it may be half written.
  const lines = text.split('\n').slice(0, -1);
  return { owner: parseOwner(lines[0] ?? ''), started: parseStarted(lines[1] ?? '') };
}

function parseOwner(line: string): StartToken['owner'] {
  if (line === 'jm2 1 recovery') return { kind: 'recovery' };
  const match = /^jm2 1 (\d+) (.+)$/.exec(line);
  if (match?.[2] === undefined) return null;
  return { kind: 'launcher', pid: Number(match[1]), start: match[2] === '-' ? null : match[2] };
}

function parseStarted(line: string): StartToken['started'] {
  const match = /^(\d+) (\S+) (\d+)(?: (\d+))?$/.exec(line);
  if (match?.[2] === undefined) return null;
  return {
    pid: Number(match[1]),
    processStart: match[2] === '-' ? null : decodeURIComponent(match[2]),
    at: Number(match[3]),
    logMaxBytes: match[4] === undefined ? null : Number(match[4]),
  };
}
