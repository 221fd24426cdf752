// Reads the manifest's bytes once, whatever lies at its path, without ever
// hanging. Whether the bytes are complete is decided in settled-read.ts.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../system/digest.ts';

export type SourceRead =
  | {
      readonly kind: 'read';
      readonly bytes: Uint8Array;
      readonly digest: string;
      /** When the system last changed the file in any way (epoch ms); nobody can set it. */
      readonly changedAt: number;
      /** The commit that it was read from, where it was not the file that was read. */
      readonly commit?: string;
    }
  /** Nothing is there. */
  | { readonly kind: 'missing'; readonly detail: string }
  /** Something is there, but it gives no bytes. */
  | { readonly kind: 'unreadable'; readonly detail: string; readonly hint?: string };

/** One byte more than a manifest may have, so that the judge sees the excess. */
const bytesMax = 64 * 1024 * 1024 + 1;

export async function readSource(path: string, digest: Digest): Promise<SourceRead> {
  let handle: FileHandle | null = null;
  try {
    // Without O_NONBLOCK the open of a FIFO would wait for a writer.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
    handle = await open(path, flags);
    const found = await handle.stat();
    if (!found.isFile()) {
      const what = found.isDirectory() ? 'a directory' : found.isFIFO() ? 'a FIFO' : 'a device';
      return { kind: 'unreadable', detail: `${path} is ${what}, not a file` };
    }
    const bytes = await readBounded(handle, found.size);
    return { kind: 'read', bytes, digest: digest(bytes), changedAt: found.ctimeMs };
  } catch (error) {
    return failedRead(path, error as NodeJS.ErrnoException);
  } finally {
    await handle?.close();
  }
}

async function readBounded(handle: FileHandle, sizeHint: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let want = Math.min(sizeHint + 1, bytesMax);
  while (length < bytesMax) {
    const buffer = Buffer.allocUnsafe(want);
    const { bytesRead } = await handle.read(buffer, 0, want, length);
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
    want = Math.min(64 * 1024, bytesMax - length);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** What tells one look at the source from another. */
export function keyOf(read: SourceRead): string {
  return read.kind === 'read' ? read.digest : `${read.kind}: ${read.detail}`;
}

function failedRead(path: string, error: NodeJS.ErrnoException): SourceRead {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'missing', detail: `${path} does not exist` };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'unreadable', detail: `${path} may not be read by this account` };
    case 'ELOOP':
      return { kind: 'unreadable', detail: `${path} is a link that leads back to itself` };
    // Opening a socket, or a device without a driver.
    case 'ENXIO':
    case 'ENODEV':
      return { kind: 'unreadable', detail: `${path} is a device or a socket, not a file` };
    case undefined:
    default:
      return { kind: 'unreadable', detail: `${path} cannot be read: ${error.message}` };
  }
}
