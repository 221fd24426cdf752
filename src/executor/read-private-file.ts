// Reads small files that may hold secrets. Whether a file may be believed is
// judged at the opened descriptor, so that a link which is changed between the
// look and the reading gains nothing.
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

export type PrivateFile =
  | {
      readonly ok: true;
      readonly text: string;
      /** Why it is not private, for people; null when it is. */
      readonly exposure: string | null;
    }
  /** A phrase about the file, such as `does not exist`. */
  | {
      readonly ok: false;
      readonly problem: string;
      /** The machine is short of something, and may not be a moment later. */
      readonly mayPass: boolean;
    };

/** A secret is a password, a token or a key; nothing legitimate comes near this. */
export const privateFileBytesMax = 64 * 1024;

/** `owners`: accounts to which the file may belong. Never throws. */
export async function readPrivateFile(
  path: string,
  owners: readonly number[],
): Promise<PrivateFile> {
  let file: FileHandle | null = null;
  try {
    // Without O_NONBLOCK a pipe in the file's place would wait for its writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    return await readChecked(file, owners);
  } catch (error) {
    return { ok: false, problem: problemOf(error), mayPass: isShortage(error) };
  } finally {
    await file?.close().catch(() => undefined);
  }
}

async function readChecked(file: FileHandle, owners: readonly number[]): Promise<PrivateFile> {
  const status = await file.stat();
  const refused = (problem: string): PrivateFile => ({ ok: false, problem, mayPass: false });
  if (!status.isFile()) return refused('is not a regular file');
  const tooLarge = `is larger than ${privateFileBytesMax / 1024} KiB`;
  if (status.size > privateFileBytesMax) return refused(tooLarge);
  const bytes = Buffer.alloc(privateFileBytesMax + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    length += bytesRead;
    if (bytesRead === 0 || length === bytes.length) break;
  }
  if (length > privateFileBytesMax) return refused(tooLarge);
  const content = bytes.subarray(0, length);
  if (content.includes(0)) return refused('holds a NUL character');
  const text = asText(content);
  if (text === null) return refused('is not text in UTF-8');
  return { ok: true, text, exposure: exposureOf(status, owners) };
}

function exposureOf(
  { mode, uid }: { readonly mode: number; readonly uid: number },
  owners: readonly number[],
): string | null {
  if ((mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(3, '0');
    return `may be used by others than its owner (mode ${octal}; \`chmod 600\` takes that away)`;
  }
  return owners.includes(uid) ? null : `belongs to another account (uid ${uid})`;
}

function asText(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isShortage(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'].includes(code ?? '');
}

function problemOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by the daemon';
    case 'EISDIR':
      return 'is not a regular file';
    case 'ELOOP':
      return 'is a link that leads in a circle';
    case 'ENOTDIR':
      return 'does not exist: a part of its path is not a directory';
    // A pipe or a device without its other end.
    case 'ENXIO':
      return 'is not a regular file';
    default:
      return `cannot be read (${typeof code === 'string' ? code : 'unknown reason'})`;
  }
}
