// The other end of judge-manifest.ts: judges one manifest on a thread of its
// own and ends. An entry of the build, never imported.
import { parentPort, workerData } from 'node:worker_threads';
import { loadManifest } from '../core/manifest/load-manifest.ts';
import { sha256 } from '../system/digest.ts';
import type { JudgedManifest } from './judged-manifest.ts';

const { bytes, file } = workerData as { readonly bytes: Uint8Array; readonly file: string };
const { manifest, diagnostics, digest, jobDigests } = loadManifest(bytes, { file, digest: sha256 });
const answer: JudgedManifest = { manifest, diagnostics, digest, jobDigests };
parentPort?.postMessage(answer);
