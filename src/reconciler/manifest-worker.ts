// The other end of judge-manifest.ts: judges one manifest on a thread of its
// own and ends. An entry of the build, never imported.
import { parentPort, workerData } from 'node:worker_threads';
import { judgeHere } from './judge-here.ts';
import type { ManifestToJudge } from './judged-manifest.ts';

const { bytes, file, beside } = workerData as ManifestToJudge;
parentPort?.postMessage(judgeHere(bytes, file, beside));
