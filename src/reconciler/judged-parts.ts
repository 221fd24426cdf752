// How a judged manifest comes from one thread to another: jobs in parts that are asked
// for one by one, since the receiving thread stands still while it takes a part in.
// Jobs that the receiver has in force already are named, not sent.
import { InternalError } from '../core/diagnostics/jm2-error.ts';
import type { Job, Manifest } from '../core/manifest/job.ts';
import type { JudgedManifest } from './judged-manifest.ts';

/** What the receiver has in force, by name. */
export type JobsInForce = ReadonlyMap<string, { readonly digest: string; readonly job: Job }>;

export type DigestsInForce = ReadonlyMap<string, string>;

/** All but the jobs; `parts` of them follow. */
export interface JudgedHead {
  readonly manifest: Omit<Manifest, 'jobs'> | null;
  /** Digests and lines of a refused manifest alone: else they come with the parts. */
  readonly judged: Omit<JudgedManifest, 'manifest'>;
  readonly parts: number;
}

export type JudgedPart = readonly {
  readonly name: string;
  readonly digest: string | undefined;
  readonly line: number | undefined;
  /** Null: as the receiver has it. */
  readonly job: Job | null;
}[];

/** A job that is sent takes the receiver about 25 µs, one that is named 2 µs. */
const weightMax = 400;
const namedWeight = 0.1;

export function inParts(
  { manifest, ...judged }: JudgedManifest,
  inForce: DigestsInForce,
): { readonly head: JudgedHead; readonly parts: readonly JudgedPart[] } {
  if (manifest === null) return { head: { manifest: null, judged, parts: 0 }, parts: [] };
  const { jobs, ...rest } = manifest;
  const { jobDigests, jobLines } = judged;
  const parts: JudgedPart[number][][] = [];
  let weight = weightMax;
  for (const job of jobs) {
    const { name } = job;
    const digest = jobDigests.get(name);
    // A digest knows nothing of former names.
    const isNamed = job.renamedFrom.length === 0 && inForce.get(name) === digest;
    if (weight >= weightMax) {
      parts.push([]);
      weight = 0;
    }
    weight += isNamed ? namedWeight : 1;
    parts.at(-1)?.push({ name, digest, line: jobLines.get(name), job: isNamed ? null : job });
  }
  const short = { ...judged, jobDigests: new Map(), jobLines: new Map() };
  return { head: { manifest: rest, judged: short, parts: parts.length }, parts };
}

/** The manifest of which a head and parts have come. */
export class JudgedAssembly {
  readonly #head: JudgedHead;
  readonly #inForce: JobsInForce;
  readonly #jobs: Job[] = [];
  readonly #digests = new Map<string, string>();
  readonly #lines = new Map<string, number>();
  #partsLeft: number;

  constructor(head: JudgedHead, inForce: JobsInForce) {
    this.#head = head;
    this.#inForce = inForce;
    this.#partsLeft = head.parts;
  }

  get isWhole(): boolean {
    return this.#partsLeft === 0;
  }

  add(part: JudgedPart): void {
    this.#partsLeft -= 1;
    for (const { name, digest, line, job } of part) {
      if (digest !== undefined) this.#digests.set(name, digest);
      if (line !== undefined) this.#lines.set(name, line);
      this.#jobs.push(job ?? this.#inForceJob(name));
    }
  }

  whole(): JudgedManifest {
    const { manifest, judged } = this.#head;
    if (manifest === null) return { ...judged, manifest };
    return {
      ...judged,
      manifest: { ...manifest, jobs: this.#jobs },
      jobDigests: this.#digests,
      jobLines: this.#lines,
    };
  }

  #inForceJob(name: string): Job {
    const job = this.#inForce.get(name)?.job;
    if (job === undefined) throw new InternalError(`"${name}" was named and is not in force`);
    // Of the job that it was; the manifest says nothing of former names any more.
    return job.renamedFrom.length === 0 ? job : { ...job, renamedFrom: [] };
  }
}
