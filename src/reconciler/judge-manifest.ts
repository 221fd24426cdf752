// Where a manifest is judged: small ones here, large ones on a thread, because
// seconds of parsing would make every start late.
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InternalError } from '../core/diagnostics/jm2-error.ts';
import type { JobRecord } from '../store/store.ts';
import { judgeHere } from './judge-here.ts';
import type { JudgedManifest, JudgeManifest, ManifestToJudge } from './judged-manifest.ts';
import { JudgedAssembly } from './judged-parts.ts';
import type { JobsInForce, JudgedHead, JudgedPart } from './judged-parts.ts';

/** About three hundred jobs; below, a thread takes longer to begin than the judging. */
const inPlaceBytesMax = 64 * 1024;
/** Far beyond what the largest accepted file needs. */
const workerMaxMs = 300_000;
const workerHeapMaxMb = 4096;

/**
 * `worker` is the built manifest-worker; null judges everything in place, as
 * when jm2 runs from its sources. Jobs that are in force as the manifest has them come
 * back as they are `recorded`.
 */
export function createManifestJudge(
  recorded: () => readonly JobRecord[] = () => [],
  worker: URL | null = builtWorker(),
): JudgeManifest {
  return (bytes, file, beside) => {
    if (worker === null || bytes.length <= inPlaceBytesMax) {
      return Promise.resolve(judgeHere(bytes, file, beside));
    }
    const known: JobsInForce = new Map(recorded().map((record) => [record.name, record]));
    const inForce = new Map<string, string>();
    for (const [name, { digest }] of known) inForce.set(name, digest);
    const given = { bytes, file, inForce, ...(beside === undefined ? {} : { beside }) };
    return judgeOnThread(worker, given, known);
  };
}

/** The build puts code that several entries share one level below the entries. */
function builtWorker(): URL | null {
  const places = ['./manifest-worker.js', '../manifest-worker.js'];
  return (
    places.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(url)) ?? null
  );
}

function judgeOnThread(
  worker: URL,
  workerData: ManifestToJudge,
  known: JobsInForce,
): Promise<JudgedManifest> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(worker, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: workerHeapMaxMb },
    });
    const timer = setTimeout(() => {
      reject(new InternalError('a manifest was not judged in time'));
      void thread.terminate();
    }, workerMaxMs);
    let assembly: JudgedAssembly | null = null;
    thread.on('message', (message: JudgedHead | JudgedPart) => {
      if (assembly === null) assembly = new JudgedAssembly(message as JudgedHead, known);
      else assembly.add(message as JudgedPart);
      if (assembly.isWhole) resolve(assembly.whole());
      // One at a time: between two parts the loop does what else there is to do.
      else thread.postMessage('next');
    });
    thread.once('error', reject);
    // After an answer this changes nothing: a promise settles once.
    thread.once('exit', (code) => {
      clearTimeout(timer);
      reject(new InternalError(`the thread that judges manifests ended with ${code}`));
    });
  });
}
