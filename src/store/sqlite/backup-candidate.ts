// Whether a file may be a backup at all, and in words why not, before SQLite sees
// it: that one waits for ever at a pipe, takes an empty file for a new database
// and has one word for most things. What a whole database holds is not looked at.
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';

const headerBytes = 100;
const magic = 'SQLite format 3\0';

/** Null for a file that may be one. */
export function whyNoDatabase(file: string): string | null {
  try {
    const found = statSync(file);
    if (found.isDirectory()) return 'it is a directory';
    if (!found.isFile()) return 'it is no ordinary file';
    // Not blocking: it may have become a pipe since.
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return whyNoContent(descriptor, hasWal(file));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return inWords(error);
  }
}

/** The name of a backup while it is written; one is left when that was cut off. */
export const draftNameOf = (file: string, pid: number): string => `${file}.${pid}.part`;

/** The process that writes or wrote the draft; null for a name that is none of a draft. */
export function writerOfDraft(file: string): number | null {
  const pid = /.\.([1-9]\d*)\.part$/.exec(basename(file))?.[1];
  return pid === undefined ? null : Number(pid);
}

function whyNoContent(descriptor: number, isBesideWal: boolean): string | null {
  const { size } = fstatSync(descriptor);
  if (size === 0) return 'it is empty';
  const header = Buffer.alloc(headerBytes);
  const read = readSync(descriptor, header, 0, headerBytes, 0);
  if (header.toString('latin1', 0, magic.length) !== magic) return 'it is no database';
  const pages = header.readUInt32BE(28);
  const written = header.readUInt16BE(16);
  const pageBytes = written === 1 ? 65_536 : written;
  // The count holds when it is of the newest change, and no WAL holds newer pages.
  const isCounted = header.readUInt32BE(24) === header.readUInt32BE(92) && !isBesideWal;
  const wanted = isCounted ? pages * pageBytes : headerBytes;
  if (read === headerBytes && size >= wanted) return null;
  return `it is cut off: ${size.toLocaleString('en')} of ${wanted.toLocaleString('en')} bytes`;
}

function hasWal(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function inWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it';
  if (code === 'ELOOP') return 'its links lead in a circle';
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
