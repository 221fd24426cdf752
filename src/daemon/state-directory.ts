// Makes the state directory and the socket's directory fit for use, or says why
// they are not: private, writable, no links, path short enough. Who may use
// them is decided by instance-lock.ts.
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  unlinkSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Locations } from '../settings/locations.ts';

/** Beyond this some systems cut a socket path silently and listen elsewhere. */
const socketPathBytesMax = 100;

const ownNames =
  /^(daemon\..*|jm2\.db.*|lock\.db.*|starts|alive|runs|logs|projects|jobs\.ya?ml|\.jm2rc.*|jm2\.config\..*|\.probe-.*)$/;

type Places = Pick<Locations, 'stateDir' | 'socket' | 'runsDir' | 'logsDir'>;

/**
 * Creates what is missing with mode 0700. Throws JM2-D103 for a directory that
 * cannot be written or made private, JM2-D104 for an unusable socket path.
 */
export function prepareStateDirectory(places: Places): void {
  const bytes = Buffer.byteLength(places.socket);
  if (bytes > socketPathBytesMax) {
    throw socketUnusable(
      `${places.socket} has ${bytes} bytes; ${socketPathBytesMax} are possible.`,
    );
  }
  makePrivate(places.stateDir, (detail, cause) => operationalError('JM2-D103', { detail, cause }));
  probeWriting(places.stateDir);
  const socketDir = dirname(places.socket);
  if (socketDir !== places.stateDir) makePrivate(socketDir, socketUnusable);
  checkSocketFile(places.socket);
  for (const directory of [places.runsDir, places.logsDir]) {
    makePrivate(directory, (detail, cause) => operationalError('JM2-D103', { detail, cause }));
  }
}

function makePrivate(
  directory: string,
  refuse: (detail: string, cause?: unknown) => Jm2Error,
): void {
  try {
    createWithParents(directory);
  } catch (cause) {
    throw refuse(`${directory} could not be created: ${messageOf(cause)}.`, cause);
  }
  const found = statOf(directory, refuse);
  if (found.isSymbolicLink()) throw refuse(`${directory} is a symbolic link.`);
  if (!found.isDirectory()) throw refuse(`${directory} is not a directory.`);
  const uid = process.getuid?.() ?? found.uid;
  if (found.uid !== uid) throw refuse(`${directory} belongs to another account.`);
  if ((found.mode & 0o022) !== 0) {
    // Not tightened: whoever opened it to others may rely on that.
    throw refuse(`${directory} may be written by others (mode ${octal(found)}).`);
  }
  if ((found.mode & 0o077) === 0) return;
  // Tightened only when nothing but jm2's own files lies in it.
  const foreign = readdirSync(directory).find((name) => !ownNames.test(name));
  if (foreign !== undefined) {
    throw refuse(
      `${directory} may be read by others (mode ${octal(found)}) and holds other files, such as ${foreign}.`,
    );
  }
  chmodSync(directory, 0o700);
}

/**
 * Step by step, because Node's recursive form never returns where a file system
 * answers ENOENT for a directory whose parent exists, as /proc does.
 */
function createWithParents(directory: string): void {
  const missing: string[] = [];
  for (let at = directory; !existsSync(at); at = dirname(at)) missing.push(at);
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      // Another one that starts at the same time may have been quicker.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function statOf(path: string, refuse: (detail: string, cause?: unknown) => Jm2Error): Stats {
  try {
    return lstatSync(path);
  } catch (cause) {
    throw refuse(`${path} could not be looked at: ${messageOf(cause)}.`, cause);
  }
}

function probeWriting(directory: string): void {
  const probe = join(directory, `.probe-${process.pid}`);
  try {
    closeSync(openSync(probe, 'w', 0o600));
    unlinkSync(probe);
  } catch (cause) {
    const detail = `${directory} could not be written: ${messageOf(cause)}.`;
    throw operationalError('JM2-D103', { detail, cause });
  }
}

/** Whether a socket that lies there is alive is asked later, under the lock. */
function checkSocketFile(socket: string): void {
  const found = lstatSync(socket, { throwIfNoEntry: false });
  if (found === undefined || found.isSocket()) return;
  throw socketUnusable(
    `${socket} is ${found.isSymbolicLink() ? 'a symbolic link' : 'not a socket'}.`,
  );
}

function socketUnusable(detail: string, cause?: unknown): Jm2Error {
  return operationalError('JM2-D104', { detail, cause });
}

function octal(found: Stats): string {
  return (found.mode & 0o777).toString(8).padStart(4, '0');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
