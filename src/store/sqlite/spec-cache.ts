// Job specs by digest. Parsed once: jobs in force and running attempts share
// one object, which keeps memory flat with many jobs.
import { completeSpec } from '../../core/manifest/added-fields.ts';
import type { Job } from '../../core/manifest/job.ts';
import type { Connection } from './connection.ts';
import { text } from './rows.ts';

/** Above the 10,000 jobs the daemon is sized for; past it the oldest entry goes. */
const entriesMax = 20_000;

export class SpecCache {
  readonly #connection: Connection;
  readonly #jobs = new Map<string, Job>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(digest: string): Job | null {
    const known = this.#jobs.get(digest);
    if (known !== undefined) return known;
    const row = this.#connection.get('SELECT spec FROM specs WHERE digest = ?', digest);
    return row === undefined ? null : this.parse(digest, text(row, 'spec'));
  }

  /** For rows that carry the spec's text already. */
  parse(digest: string, spec: string): Job {
    const known = this.#jobs.get(digest);
    if (known !== undefined) return known;
    const job = completeSpec(JSON.parse(spec) as object);
    this.#keep(digest, job);
    return job;
  }

  #keep(digest: string, job: Job): void {
    if (this.#jobs.size >= entriesMax) {
      for (const oldest of this.#jobs.keys()) {
        this.#jobs.delete(oldest);
        break;
      }
    }
    this.#jobs.set(digest, job);
  }

  /** Kept for good: runs are pinned to it after the job has changed. */
  record(digest: string, job: Job): void {
    const rows = this.#connection.run(
      'INSERT INTO specs (digest, spec) VALUES (?, ?) ON CONFLICT DO NOTHING',
      digest,
      JSON.stringify(job),
    );
    // What the manifest holds already need not be held a second time.
    if (rows === 1) this.#keep(digest, job);
  }
}
