// The jobs in force as the store has them: read once, and again only what was written
// since. With ten thousand jobs a save, a status or a start of one of them then costs
// no reading of all. Writers say what they write; what a rollback or a fault of the
// disk took back is not known, so everything is read anew after one.
import type { JobRecord } from '../store.ts';

/** Where more than this share of all is to be read again, reading all at once is quicker. */
const shareOneByOne = 1 / 16;

export class RecordedJobs {
  readonly #readAll: () => JobRecord[];
  readonly #readOne: (uid: string) => JobRecord | null;
  /** By name; null: not read yet. */
  #sorted: readonly JobRecord[] | null = null;
  /** Since then, by uid: as it was written, or null for one that has to be read. */
  readonly #written = new Map<string, JobRecord | null>();
  #unreadCount = 0;

  /** `readOne` gives null for a job that is not in force. */
  constructor(readAll: () => JobRecord[], readOne: (uid: string) => JobRecord | null) {
    this.#readAll = readAll;
    this.#readOne = readOne;
  }

  /** The row of this job, its aliases or its pause change. */
  written(uid: string): void {
    if (this.#sorted === null || this.#written.get(uid) === null) return;
    this.#written.set(uid, null);
    this.#unreadCount += 1;
  }

  /** A job came into force exactly like this. */
  created(record: JobRecord): void {
    if (this.#sorted !== null) this.#written.set(record.uid, record);
  }

  /** Something was taken back, nobody knows what. */
  forget(): void {
    this.#sorted = null;
    this.#written.clear();
    this.#unreadCount = 0;
  }

  /** In force, by name. The array is the caller's own. */
  all(): JobRecord[] {
    const known = this.#sorted;
    if (known === null || this.#unreadCount > this.#countOfAll(known) * shareOneByOne) {
      this.forget();
      this.#sorted = this.#readAll();
    } else if (this.#written.size > 0) {
      this.#sorted = this.#withWritten(known);
      this.#written.clear();
      this.#unreadCount = 0;
    }
    return [...(this.#sorted ?? [])];
  }

  /** New jobs need no reading, so that a few others among thousands of them are read alone. */
  #countOfAll(known: readonly JobRecord[]): number {
    return known.length + this.#written.size - this.#unreadCount;
  }

  #withWritten(known: readonly JobRecord[]): JobRecord[] {
    const fresh = new Map<string, JobRecord>();
    for (const [uid, written] of this.#written) {
      const record = written ?? this.#readOne(uid);
      if (record !== null) fresh.set(uid, record);
    }
    let isOrdered = true;
    const jobs: JobRecord[] = [];
    for (const record of known) {
      if (!this.#written.has(record.uid)) {
        jobs.push(record);
        continue;
      }
      const now = fresh.get(record.uid);
      if (now === undefined) continue;
      fresh.delete(record.uid);
      isOrdered &&= now.name === record.name;
      jobs.push(now);
    }
    if (isOrdered && fresh.size === 0) return jobs;
    for (const record of fresh.values()) jobs.push(record);
    return inOrder(jobs);
  }
}

/** As the index of the table has them: names are ASCII, and unique whatever their case. */
function inOrder(jobs: readonly JobRecord[]): JobRecord[] {
  return jobs
    .map((record) => ({ key: record.name.toLowerCase(), record }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ record }) => record);
}
