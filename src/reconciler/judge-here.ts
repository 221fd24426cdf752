// Judges a manifest on the thread that asks, with the files beside it.
import { dirname, resolve } from 'node:path';
import type { BesideRead } from '../core/manifest/beside.ts';
import { loadManifest } from '../core/manifest/load-manifest.ts';
import { sha256 } from '../system/digest.ts';
import { readBeside } from '../system/read-beside.ts';
import type { JudgedManifest } from './judged-manifest.ts';

/** Only what can be sent to another thread. */
export function judgeHere(
  bytes: Uint8Array,
  file: string,
  beside?: ReadonlyMap<string, BesideRead>,
): JudgedManifest {
  const { manifest, diagnostics, digest, jobDigests, jobLines, files } = loadManifest(bytes, {
    file,
    digest: sha256,
    files:
      beside === undefined
        ? readBeside(dirname(resolve(file)))
        : (path) => beside.get(path) ?? { kind: 'failed', problem: 'is not in the commit' },
  });
  return { manifest, diagnostics, digest, jobDigests, jobLines, files };
}
