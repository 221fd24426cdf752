// The jobs in force with their compiled schedules and next start times. The
// only place that calls the occurrence engine for a job; an engine that fails
// disables its own job and no other.
import { isFixedTime } from '../core/runs/clock-step.ts';
import type { CompiledSchedule, Occurrence } from '../core/schedule/schedule.ts';
import type { JobRecord } from '../store/store.ts';
import { DueHeap } from './due-heap.ts';
import type { Compile } from './schedule-book.ts';
import type { Work } from './work.ts';

export interface JobEntry {
  /** As last read from the store, but watermark, epoch and fault as of now. */
  readonly record: JobRecord;
  /** Null when the schedule cannot be computed. */
  readonly schedule: CompiledSchedule | null;
  readonly isFixed: boolean;
  /** The oldest occurrence without a disposition; null when none is left. */
  readonly next: Occurrence | null;
  /** When the loop looks at this job again (wall clock); null for never. */
  readonly visitAt: number | null;
}

/**
 * A suspended or paused job is looked at this often at most: what comes due in between
 * makes one ledger row, not one per occurrence.
 */
const suspendedVisitMs = 60_000;

export class JobTable {
  readonly #entries = new Map<string, JobEntry>();
  readonly #byName = new Map<string, string>();
  readonly #due = new DueHeap();
  /** Uids of the jobs whose occurrences cannot be computed. */
  readonly #faulted = new Set<string>();
  readonly #compile: Compile;

  constructor(compile: Compile) {
    this.#compile = compile;
  }

  get(jobUid: string): JobEntry | undefined {
    return this.#entries.get(jobUid);
  }

  named(name: string): JobEntry | undefined {
    const uid = this.#byName.get(name);
    return uid === undefined ? undefined : this.#entries.get(uid);
  }

  uids(): string[] {
    return [...this.#entries.keys()];
  }

  all(): JobEntry[] {
    return [...this.#entries.values()];
  }

  /** Names of the jobs that are not scheduled because the engine failed for them, sorted. */
  faultedNames(): string[] {
    return [...this.#faulted].map((uid) => this.#entries.get(uid)?.record.name ?? uid).toSorted();
  }

  /** The job whose next start time comes first. */
  firstDue(): { readonly jobUid: string; readonly at: number } | null {
    const head = this.#due.peek();
    return head === null ? null : { jobUid: head.key, at: head.at };
  }

  /**
   * The entry of a record. Reuses the compiled schedule of `before` when the
   * job is the same, so that a reload of 10,000 jobs compiles only what changed.
   */
  build(record: JobRecord, before: JobEntry | undefined, now: number): JobEntry {
    const reuse = before?.schedule != null && before.record.digest === record.digest;
    try {
      const schedule = reuse ? before.schedule : this.#compile(record.job.schedules, record.name);
      const isFixed = reuse ? before.isFixed : isFixedTime(record.job.schedules);
      return this.#timed({ record, schedule, isFixed, next: null, visitAt: null }, now);
    } catch (error) {
      return faulted(record, error);
    }
  }

  /** The entry after its occurrences up to `watermark` got their dispositions. */
  advance(entry: JobEntry, watermark: number, epoch: number, now: number): JobEntry {
    const record = { ...entry.record, watermark, epoch };
    try {
      return this.#timed({ ...entry, record }, now);
    } catch (error) {
      return faulted(record, error);
    }
  }

  /** Puts an entry in force; taken back when the work rolls back. */
  put(work: Work, entry: JobEntry): void {
    const uid = entry.record.uid;
    const before = this.#entries.get(uid);
    this.#exchange(uid, before, entry);
    work.onRollback(() => this.#exchange(uid, entry, before));
  }

  remove(work: Work, entry: JobEntry): void {
    const uid = entry.record.uid;
    this.#exchange(uid, entry, undefined);
    work.onRollback(() => this.#exchange(uid, undefined, entry));
  }

  #timed(entry: JobEntry, now: number): JobEntry {
    const { record, schedule } = entry;
    if (schedule === null || record.fault !== null) {
      return { ...entry, next: null, visitAt: endOfPause(record) };
    }
    const next = schedule.next(record.watermark);
    return { ...entry, next, visitAt: visitTime(record, next?.startTime ?? null, now) };
  }

  #exchange(uid: string, before: JobEntry | undefined, after: JobEntry | undefined): void {
    // Swapped names pass through a moment in which two jobs share one.
    if (before !== undefined && this.#byName.get(before.record.name) === uid) {
      this.#byName.delete(before.record.name);
    }
    if (after === undefined) {
      this.#entries.delete(uid);
    } else {
      this.#entries.set(uid, after);
      this.#byName.set(after.record.name, uid);
    }
    if (after?.record.fault == null) this.#faulted.delete(uid);
    else this.#faulted.add(uid);
    // Of jobs due at the same time the more urgent are claimed, and start, first.
    this.#due.set(uid, after?.visitAt ?? null, -(after?.record.job.priority ?? 0));
  }
}

/** The end of a pause is looked after also where nothing comes due. */
function visitTime(record: JobRecord, due: number | null, now: number): number | null {
  const end = endOfPause(record);
  if (due === null) return end;
  const isSkipped = record.job.suspend || record.pause !== null;
  const visit = isSkipped ? Math.max(due, now + suspendedVisitMs) : due;
  return end === null ? visit : Math.min(visit, end);
}

function endOfPause({ pause }: JobRecord): number | null {
  return pause?.until ?? null;
}

/** The entry of a job whose schedule engine failed: kept, but not scheduled. */
export function faulted(record: JobRecord, error: unknown): JobEntry {
  const fault = error instanceof Error ? error.message : String(error);
  const visitAt = endOfPause(record);
  return { record: { ...record, fault }, schedule: null, isFixed: true, next: null, visitAt };
}
