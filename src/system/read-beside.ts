// Reads small files below one directory, and never hangs on what is none.
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';

type Read =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** Far beyond any list of holidays. */
const bytesMax = 1024 * 1024;

/** `directory` is absolute. A path that leads out of it, also by a link, is refused. */
export function readBeside(directory: string): (path: string) => Read {
  return (path) => {
    let descriptor: number | null = null;
    try {
      const full = join(directory, path);
      if (isAbsolute(path) || !isBelow(directory, full)) return outside;
      if (!isBelow(realpathSync(directory), realpathSync(full))) return outside;
      // Without O_NONBLOCK the open of a FIFO would wait for a writer.
      descriptor = openSync(full, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      if (!fstatSync(descriptor).isFile()) return failed('is not a file');
      const bytes = Buffer.allocUnsafe(bytesMax + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length <= bytesMax;) {
        read = readSync(descriptor, bytes, length, bytes.length - length, null);
        length += read;
      }
      if (length > bytesMax) return failed('is larger than 1 MiB');
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
      return { kind: 'read', text };
    } catch (error) {
      return failed(wordsFor(error));
    } finally {
      if (descriptor !== null) closeSync(descriptor);
    }
  };
}

const outside = failed('lies outside of the directory of the manifest');

function failed(problem: string): Read {
  return { kind: 'failed', problem };
}

function isBelow(directory: string, path: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function wordsFor(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this account';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text';
  return `cannot be read: ${message}`;
}
