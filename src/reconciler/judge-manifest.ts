// Where a manifest is judged: small ones here, large ones on a thread, because
// seconds of parsing would make every start late.
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InternalError } from '../core/diagnostics/jm2-error.ts';
import { judgeHere } from './judge-here.ts';
import type { JudgedManifest, JudgeManifest, ManifestToJudge } from './judged-manifest.ts';

/** About a thousand jobs; below, a thread takes longer to begin than the judging. */
const inPlaceBytesMax = 256 * 1024;
/** Far beyond what the largest accepted file needs. */
const workerMaxMs = 300_000;
const workerHeapMaxMb = 4096;

/**
 * `worker` is the built manifest-worker; null judges everything in place, as
 * when jm2 runs from its sources.
 */
export function createManifestJudge(worker: URL | null = builtWorker()): JudgeManifest {
  return (bytes, file, beside) => {
    if (worker === null || bytes.length <= inPlaceBytesMax) {
      return Promise.resolve(judgeHere(bytes, file, beside));
    }
    return judgeOnThread(worker, { bytes, file, ...(beside === undefined ? {} : { beside }) });
  };
}

/** The build puts code that several entries share one level below the entries. */
function builtWorker(): URL | null {
  const places = ['./manifest-worker.js', '../manifest-worker.js'];
  return (
    places.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(url)) ?? null
  );
}

function judgeOnThread(worker: URL, workerData: ManifestToJudge): Promise<JudgedManifest> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(worker, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: workerHeapMaxMb },
    });
    const timer = setTimeout(() => {
      reject(new InternalError('a manifest was not judged in time'));
      void thread.terminate();
    }, workerMaxMs);
    thread.once('message', (answer: JudgedManifest) => resolve(answer));
    thread.once('error', reject);
    // After an answer this changes nothing: a promise settles once.
    thread.once('exit', (code) => {
      clearTimeout(timer);
      reject(new InternalError(`the thread that judges manifests ended with ${code}`));
    });
  });
}
