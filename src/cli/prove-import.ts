// The proof beside each imported job: its starts by the rules of the source
// against those of the manifest as it will be; for a job of another manifest, its
// spec against the one it had there.
import { dirname } from 'node:path';
import { readersByZone } from '../core/exchange/local-minute.ts';
import type { ImportedJob } from '../core/exchange/imported.ts';
import { proveTimes } from '../core/exchange/prove-times.ts';
import { canonicalJson } from '../core/manifest/digest.ts';
import type { Job } from '../core/manifest/job.ts';
import { loadManifest, type LoadedManifest } from '../core/manifest/load-manifest.ts';
import { compileSchedule } from '../core/schedule/compile-schedule.ts';
import { sha256 } from '../system/digest.ts';
import { readBeside } from '../system/read-beside.ts';
import type { ProofView } from './imported-view.ts';

const yearMs = 366 * 86_400_000;
const startsMax = 10_000;

/** A manifest that jobs come from. */
export interface SourceManifest {
  readonly text: string;
  /** Absolute, or - for standard input. */
  readonly path: string;
}

export type Prover = (
  job: ImportedJob,
  name: string,
  source: SourceManifest | null,
) => ProofView | null;

/**
 * `after`: the manifest with the jobs in it. `source`: the manifest a job is from,
 * null for other sources. The proof is null where nothing can be compared.
 */
export function createProver(after: LoadedManifest, { now }: { readonly now: number }): Prover {
  const jobs = byName(after);
  const sources = new Map<SourceManifest, ReadonlyMap<string, Job>>();
  const readerOf = readersByZone();
  const jobsOf = (source: SourceManifest): ReadonlyMap<string, Job> => {
    const files = readBeside(dirname(source.path));
    const known =
      sources.get(source) ?? byName(loadManifest(source.text, { file: '', digest: sha256, files }));
    sources.set(source, known);
    return known;
  };
  return ({ fits, secondsOf, zone, name: sourceName }, name, source) => {
    const job = jobs.get(name);
    if (job === undefined) return null;
    if (fits === null) {
      if (source === null) return null;
      const before = jobsOf(source).get(sourceName);
      const agrees = before !== undefined && meaningOf(before) === meaningOf(job);
      const sameTimes = before !== undefined && timesOf(before) === timesOf(job);
      return { agrees, method: 'spec', sameTimes, compared: 0, until: null, source: [], jm2: [] };
    }
    const proof = proveTimes({
      fits,
      secondsOf,
      read: readerOf(zone),
      compiled: compileSchedule(job.schedules, name),
      after: now,
      until: now + yearMs,
      startsMax,
    });
    return {
      agrees: proof.agrees,
      method: 'times',
      sameTimes: proof.agrees,
      compared: proof.compared,
      until: new Date(proof.until).toISOString(),
      source: proof.source.map((at) => new Date(at).toISOString()),
      jm2: proof.jm2.map((at) => new Date(at).toISOString()),
    };
  };
}

function byName({ manifest }: LoadedManifest): ReadonlyMap<string, Job> {
  return new Map(manifest?.jobs.map((job) => [job.name, job]));
}

/** Without its name and without spellings: a zone may be written at the schedule or at the top. */
function meaningOf(job: Job): string {
  return canonicalJson({ ...job, name: '', timezone: '', schedules: unspelled(job) });
}

function timesOf(job: Job): string {
  return canonicalJson(unspelled(job));
}

function unspelled({ schedules }: Job): unknown {
  return schedules.map((schedule) => ({ ...schedule, written: '' }));
}
