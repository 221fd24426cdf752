// Job specs by digest. Parsed once: jobs in force and running attempts share
// one object, which keeps memory flat with many jobs.
import { completeSpec } from '../../core/manifest/added-fields.ts';
import type { Job } from '../../core/manifest/job.ts';
import type { Connection } from './connection.ts';
import { text } from './rows.ts';

/** How many entries come between two looks for those whose spec nobody holds any more. */
const sweepEvery = 10_000;

export class SpecCache {
  readonly #connection: Connection;
  /** Weak: the jobs in force and the runs hold their specs, and nothing else need stay in memory. */
  readonly #jobs = new Map<string, WeakRef<Job>>();
  #untilSweep = sweepEvery;
  /** Written by the transaction that is open; all others that are known are in the file. */
  readonly #unsettled = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(digest: string): Job | null {
    const known = this.#jobs.get(digest)?.deref();
    if (known !== undefined) return known;
    const row = this.#connection.get('SELECT spec FROM specs WHERE digest = ?', digest);
    return row === undefined ? null : this.parse(digest, text(row, 'spec'));
  }

  /** For rows that carry the spec's text already. */
  parse(digest: string, spec: string): Job {
    const known = this.#jobs.get(digest)?.deref();
    if (known !== undefined) return known;
    const job = completeSpec(JSON.parse(spec) as object);
    this.#keep(digest, job);
    return job;
  }

  #keep(digest: string, job: Job): void {
    this.#jobs.set(digest, new WeakRef(job));
    this.#untilSweep -= 1;
    if (this.#untilSweep > 0) return;
    this.#untilSweep = sweepEvery;
    for (const [known, held] of this.#jobs) {
      if (held.deref() === undefined) this.#jobs.delete(known);
    }
  }

  /** Kept for good: runs are pinned to it after the job has changed. Answers what is held of it. */
  record(digest: string, job: Job): Job {
    const rows = this.#connection.run(
      'INSERT INTO specs (digest, spec) VALUES (?, ?) ON CONFLICT DO NOTHING',
      digest,
      JSON.stringify(job),
    );
    if (rows === 0) return this.find(digest) ?? job;
    // What the manifest holds already need not be held a second time.
    this.#keep(digest, job);
    if (this.#connection.isInTransaction) this.#unsettled.add(digest);
    return job;
  }

  /** The same for specs of manifests, which are never removed: one that is known is there. */
  recordOnce(digest: string, job: Job): Job {
    return this.#jobs.get(digest)?.deref() ?? this.record(digest, job);
  }

  /** A transaction has ended; what it wrote is there, or was taken back. */
  settled(isCommitted: boolean): void {
    if (!isCommitted) for (const digest of this.#unsettled) this.#jobs.delete(digest);
    this.#unsettled.clear();
  }
}
