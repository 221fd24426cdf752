// Which recorded jobs the scheduler goes by: what an apply or a load puts into
// force, before the start and after it, and again when its records could not be
// written at once. What a change does to one job is in reload.ts.
import type { AdmissionLimits } from '../core/manifest/job.ts';
import { interruption, type Interruption } from '../core/runs/interruption.ts';
import type { JobRecord } from '../store/store.ts';
import type { Commits } from './commits.ts';
import { keepForRecord, note } from './interruptions.ts';
import { keepWishes } from './removed-runs.ts';
import { placeJobs, reloadJobs, settleEarlier } from './reload.ts';
import type { RecordedJobs } from './scheduler.ts';
import { setLimits } from './slots.ts';
import { settleStart } from './start.ts';
import { runsToMakeUpFor, startWhatWasAskedFor, takeUpRestarts } from './started-by-apply.ts';
import type { SchedulerState } from './state.ts';
import { Work } from './work.ts';

export class JobsInForce {
  readonly #state: SchedulerState;
  readonly #commits: Commits;
  #isLoaded = false;
  /** Loads whose records could not be written at once; repeated with the next slice. */
  #unloaded: readonly JobRecord[] | null = null;
  /** The jobs as last settled, until the start settles them: what an apply before it changes. */
  #earlier: readonly JobRecord[];

  constructor(state: SchedulerState, commits: Commits) {
    this.#state = state;
    this.#commits = commits;
    // Here, because the first apply comes before the first load.
    this.#earlier = state.parts.store.jobs();
  }

  /** There are jobs whose load is still to be recorded. */
  get isLoadOpen(): boolean {
    return this.#unloaded !== null;
  }

  /** The scheduler begins; what an earlier one left is settled with it. */
  start(left: Parameters<typeof settleStart>[3], admit: boolean): void {
    const { store } = this.#state.parts;
    const revision = store.latestRevisionHead();
    if (revision !== null && !this.#isLoaded) setLimits(this.#state, revision);
    const stored = { records: store.jobs(), earlier: this.#earlier };
    this.#state.phase = admit ? 'running' : 'draining';
    const down = this.#downUntilNow();
    note(this.#state, down);
    // One that admits nothing ends no downtime.
    if (admit && down.from !== null) keepForRecord(this.#state, down);
    try {
      this.#commits.run((work) => {
        takeUpRestarts(this.#state, work);
        settleStart(this.#state, work, stored, left);
      });
    } catch (error) {
      this.#state.phase = 'new';
      throw error;
    }
    this.#earlier = [];
  }

  load(jobs: readonly JobRecord[], limits: AdmissionLimits): void {
    setLimits(this.#state, limits);
    this.#isLoaded = true;
    if (this.#isUnstarted) return this.#loadUnstarted(jobs);
    this.#unloaded = jobs;
    try {
      this.#commits.storeNews();
      this.#commits.run((work) => reloadJobs(this.#state, work, jobs));
      this.#unloaded = null;
    } catch (error) {
      this.#commits.failed(error);
    }
  }

  apply<T extends RecordedJobs>(record: () => T): T {
    const isUnstarted = this.#isUnstarted;
    if (isUnstarted) note(this.#state, this.#downUntilNow());
    this.#commits.storeNews();
    const before = this.#earlier;
    const recorded = this.#commits.run((work) => {
      const changed = isUnstarted ? before : this.#inForce();
      const taken = record();
      // What the table has otherwise than the store is known only while no load is open.
      const written = isUnstarted || this.#unloaded !== null ? undefined : taken.written;
      const { limits } = this.#state;
      setLimits(this.#state, taken.limits);
      work.onRollback(() => {
        setLimits(this.#state, limits);
        this.#earlier = before;
      });
      const ofChanged = among(written, changed);
      const madeUp = runsToMakeUpFor(work, ofChanged, among(written, taken.jobs));
      if (isUnstarted) {
        // As for load: the start settles the jobs that did not change.
        this.#earlier = settleEarlier(this.#state, work, before, taken.jobs, madeUp);
        placeJobs(this.#state, work, this.#earlier);
      } else {
        reloadJobs(this.#state, work, taken.jobs, { removing: taken.removing, written, madeUp });
      }
      keepWishes(work, taken.removing ?? new Map());
      const asked = { before: ofChanged, after: among(written, taken.jobs) };
      startWhatWasAskedFor(this.#state, work, asked, madeUp);
      return taken;
    });
    this.#isLoaded = true;
    // Jobs whose load had failed are among these.
    this.#unloaded = null;
    return recorded;
  }

  /** Runs a slice whose first act is the load that is open, if any. */
  withOpenLoad(slice: (loadOpen: (work: Work) => void) => void): void {
    const unloaded = this.#unloaded;
    slice((work) => {
      if (unloaded !== null) reloadJobs(this.#state, work, unloaded);
    });
    if (unloaded === this.#unloaded) this.#unloaded = null;
  }

  /** The jobs as they are gone by, which an apply is about to change. */
  #inForce(): JobRecord[] {
    return this.#state.jobs.all().map(({ record }) => record);
  }

  get #isUnstarted(): boolean {
    return this.#state.phase === 'new' || this.#state.phase === 'recovering';
  }

  /**
   * Closes what came due of the jobs that changed, as it would with a scheduler
   * that runs. The others are placed only so that next starts can be told:
   * the start settles them.
   */
  #loadUnstarted(jobs: readonly JobRecord[]): void {
    const { clock, store } = this.#state.parts;
    let records = jobs;
    note(this.#state, this.#downUntilNow());
    try {
      records = this.#commits.run((work) => settleEarlier(this.#state, work, this.#earlier, jobs));
      this.#earlier = records;
    } catch (error) {
      // What is not recorded now is still a difference for the next load, or for the start.
      this.#commits.failed(error);
    }
    placeJobs(this.#state, new Work(store, clock.now(), clock.monotonic()), records);
  }

  #downUntilNow(): Interruption {
    const { clock, downSince = null } = this.#state.parts;
    const now = clock.now();
    const from = downSince === null ? null : Math.min(downSince, now);
    return interruption('down', from, now);
  }
}

function among(
  uids: ReadonlySet<string> | undefined,
  records: readonly JobRecord[],
): readonly JobRecord[] {
  return uids === undefined ? records : records.filter(({ uid }) => uids.has(uid));
}
