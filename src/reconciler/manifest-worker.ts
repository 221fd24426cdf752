// The other end of judge-manifest.ts: judges one manifest on a thread of its
// own and ends. An entry of the build, never imported.
import { parentPort, workerData } from 'node:worker_threads';
import { judgeHere } from './judge-here.ts';

const { bytes, file } = workerData as { readonly bytes: Uint8Array; readonly file: string };
parentPort?.postMessage(judgeHere(bytes, file));
