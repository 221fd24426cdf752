// Reads a manifest for commands that work without a daemon, and judges it with
// the same code as the daemon. An unreadable file is a diagnostic, like any
// other problem of a manifest.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnostic, Range } from '../core/diagnostics/diagnostic.ts';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { diagnostic } from '../core/diagnostics/registry.ts';
import { loadManifest } from '../core/manifest/load-manifest.ts';
import type { Manifest } from '../core/manifest/job.ts';
import { sha256 } from '../system/digest.ts';
import { readBeside } from '../system/read-beside.ts';
import { count } from './views/status.ts';

/** One byte more than a manifest may have, so that a larger one is noticed. */
const readMaxBytes = 64 * 1024 * 1024 + 1;

export interface JudgedManifest {
  /** As people name it; `-` is standard input. */
  readonly file: string;
  readonly text: string | null;
  readonly manifest: Manifest | null;
  readonly digest: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Files that it names and that were read for it, as written there. */
  readonly files: readonly string[];
  /** Place of the value behind a JSON pointer. */
  readonly placeOf: (pointer: string) => Range | null;
}

/** `path` is absolute or `-`; `shown` is how messages name it. */
export async function judgeManifest(path: string, shown: string): Promise<JudgedManifest> {
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(path);
  } catch (error) {
    return {
      file: shown,
      text: null,
      manifest: null,
      digest: '',
      diagnostics: [unreadable(error, shown)],
      files: [],
      placeOf: () => null,
    };
  }
  const { manifest, digest, diagnostics, files, places } = loadManifest(bytes, {
    file: shown,
    digest: sha256,
    files: readBeside(path === '-' ? process.cwd() : dirname(path)),
  });
  return {
    file: shown,
    text: Buffer.from(bytes).toString('utf8'),
    manifest,
    digest,
    diagnostics,
    files: files.map((file) => file.path),
    placeOf: places,
  };
}

/** Text of a proposal for the daemon; throws when it cannot be read. */
export async function readProposal(path: string, shown: string): Promise<string> {
  try {
    return Buffer.from(await readBytes(path)).toString('utf8');
  } catch (error) {
    throw notAccepted([unreadable(error, shown)]);
  }
}

/** Text of a file that is no manifest; `refuse` makes the error of the words why it cannot be read. */
export async function readOther(
  path: string,
  shown: string,
  refuse: (detail: string) => Error,
): Promise<string> {
  try {
    return Buffer.from(await readBytes(path)).toString('utf8');
  } catch (error) {
    throw refuse(unreadable(error, shown).detail);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  const stream = path === '-' ? process.stdin : await openFile(path);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= readMaxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, readMaxBytes);
}

async function openFile(path: string): Promise<NodeJS.ReadableStream> {
  const kind = await stat(path);
  if (kind.isDirectory()) throw new Error('it is a directory');
  // A pipe is fine (`jm2 validate <(generate)`): its reader asked for it.
  if (!kind.isFile() && !kind.isFIFO()) throw new Error('it is not a regular file');
  return createReadStream(path, { end: readMaxBytes - 1 });
}

function unreadable(error: unknown, shown: string): Diagnostic {
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EACCES'
        ? 'this account may not read it'
        : error instanceof Error
          ? error.message
          : String(error);
  return diagnostic('JM2-M002', { file: shown, detail: `${shown} cannot be read: ${why}.` });
}

/** The failure that stands for a manifest with errors; its data hold all diagnostics. */
export function notAccepted(diagnostics: readonly Diagnostic[], data?: unknown): Jm2Error {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const first = errors[0] ?? diagnostics[0];
  const rest = Math.max(0, errors.length - 1);
  return new Jm2Error({
    code: first?.code ?? 'JM2-M002',
    summary: first?.summary ?? 'the manifest was not accepted',
    detail: `${first?.detail ?? ''}${rest === 0 ? '' : ` And ${count(rest, 'further error')}.`}`,
    hint: first?.hint ?? null,
    exitCode: ExitCode.manifestNotAccepted,
    data: data ?? { diagnostics },
  });
}
