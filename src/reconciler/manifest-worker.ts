// The other end of judge-manifest.ts: judges one manifest on a thread of its
// own and ends. An entry of the build, never imported.
import { parentPort, workerData } from 'node:worker_threads';
import { judgeHere } from './judge-here.ts';
import type { ManifestToJudge } from './judged-manifest.ts';
import { inParts } from './judged-parts.ts';

const { bytes, file, beside, inForce } = workerData as ManifestToJudge;
const { head, parts } = inParts(judgeHere(bytes, file, beside), inForce);
const left = [...parts];
parentPort?.postMessage(head);
if (left.length > 0) {
  // Each part is asked for; after the last one nothing keeps the thread.
  parentPort?.on('message', () => {
    parentPort?.postMessage(left.shift());
    if (left.length === 0) parentPort?.close();
  });
}
