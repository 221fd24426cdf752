// The scheduler: sleeps to the next occurrence, admits, records, dispatches.
// This file holds the rhythm (one timer, one transaction per slice, back-off
// when the store fails); what a slice does is in tick.ts.
import type { Condition } from '../core/diagnostics/condition.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { PauseOutlook } from '../core/overrides/pause.ts';
import { describeInterruption, interruption, isAbsence } from '../core/runs/interruption.ts';
import type { Interruption } from '../core/runs/interruption.ts';
import type { AdmissionLimits } from '../core/manifest/job.ts';
import { queueLimitDefault } from '../core/manifest/normalise.ts';
import type { Run } from '../core/runs/run.ts';
import { compileSchedule } from '../core/schedule/compile-schedule.ts';
import type { AttemptRequest, DispatchEvent } from '../dispatch/dispatcher.ts';
import type { JobRecord } from '../store/store.ts';
import { untilBeat, type CancelTimer } from '../system/clock.ts';
import { absenceNoticedMs, ClockWatch } from './clock-watch.ts';
import { beginDrain, killAll, stopAll, type Drain } from './drain.ts';
import { JobTable } from './job-table.ts';
import { clearSettled, clipTo, keepForRecord, note, recordKept } from './interruptions.ts';
import { Listening } from './listening.ts';
import type { SchedulerParts } from './parts.ts';
import { describeFaulted } from './faulted-jobs.ts';
import {
  nextStartOf,
  outlookOf,
  pauseJobs,
  resumeJobs,
  type PausedJob,
  type PauseRequest,
  type ResumedJob,
} from './pauses.ts';
import { findLeftRuns } from './recovery.ts';
import { placeJobs, reloadJobs, settleEarlier } from './reload.ts';
import { admitBackfill, admitRequest, admitRerun, cancelRequest } from './requests.ts';
import { canFill } from './queue.ts';
import { RunTable } from './run-table.ts';
import type {
  BackfillRequest,
  ManualRequest,
  RecordedJobs,
  RerunRequest,
  Scheduler,
  SchedulerEvent,
} from './scheduler.ts';
import { setLimits } from './slots.ts';
import { settleStart } from './start.ts';
import { mayStart, type SchedulerState } from './state.ts';
import { hearNews, tick } from './tick.ts';
import { limitUse, waitingRuns, type LimitUse, type WaitingRun } from './waiting.ts';
import { Work } from './work.ts';

/** Steps of the clock and the end of a sleep are noticed within this time. */
const longestSleepMs = 10_000;
const firstBackoffMs = 100;
/** Somebody else who writes is soon done; a disk that fails is asked less and less. */
const longestBusyMs = 800;
/** While starts are held: how often it is asked whether they still are. */
const heldLookMs = 1_000;
/**
 * How long the news that commands have started may wait for company, as a commit
 * costs a write to the disk. Until then the start token tells recovery as much.
 */
const startedWaitMs = 5;

export function createScheduler(parts: SchedulerParts): Scheduler {
  return new SchedulerLoop(parts);
}

class SchedulerLoop implements Scheduler {
  readonly #parts: SchedulerParts;
  readonly #state: SchedulerState;
  readonly #watch: ClockWatch;
  readonly #listeners = new Set<(event: SchedulerEvent) => void>();
  #cancelTimer: CancelTimer | null = null;
  #isAwake = false;
  /** Told by the dispatcher and not yet stored; at most two per attempt in progress. */
  #pending: DispatchEvent[] = [];
  /** Monotonic time by which the pending events are stored, and the timer's own. */
  #hearBy = Infinity;
  #armedFor = Infinity;
  readonly #listening = new Listening();
  #backward: 'backward' | 'backward_large' | null = null;
  #drain: Drain | null = null;
  #failures = 0;
  /** When the last transaction began, and the first of those that failed in a row. */
  #commitBegan = { wall: 0, mono: 0 };
  #failingSince: { readonly wall: number; readonly mono: number } | null = null;
  #problem: Condition | null = null;
  /** Since when nothing is admitted because of `holdStarts`. */
  #heldSince: { readonly wall: number; readonly mono: number } | null = null;
  #isLoaded = false;
  /** Loads whose records could not be written at once; repeated with the next slice. */
  #unloaded: readonly JobRecord[] | null = null;
  /** The jobs as last settled, until start() settles them: what an apply before it changes. */
  #earlier: readonly JobRecord[];

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    // Here, because the first apply comes before the first load.
    this.#earlier = parts.store.jobs();
    this.#watch = new ClockWatch(parts.clock, parts.uptime ?? null);
    this.#state = {
      parts,
      jobs: new JobTable(parts.compile ?? compileSchedule),
      runs: new RunTable(),
      limits: { concurrencyMax: 64, queueLimit: queueLimitDefault, groups: {} },
      phase: 'new',
      held: null,
      interrupted: null,
      lastInterrupted: null,
      unrecorded: [],
    };
  }

  get runningCount(): number {
    return this.#state.runs.activeCount;
  }

  get queuedCount(): number {
    return this.#state.runs.queuedCount;
  }

  get quietForMs(): number {
    if (this.#state.phase === 'stopped' || this.#pending.length > 0) return 0;
    const leftMs = this.#armedFor - this.#parts.clock.monotonic();
    return Number.isFinite(leftMs) ? Math.max(0, leftMs) : 0;
  }

  get problems(): readonly Condition[] {
    const faulted = describeFaulted(this.#state.jobs.faultedNames());
    return [this.#problem, faulted].filter((problem) => problem !== null);
  }

  on(listener: (event: SchedulerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  nextStart(jobUid: string): number | null {
    const entry = this.#state.jobs.get(jobUid);
    return entry === undefined ? null : nextStartOf(entry);
  }

  pauseOutlook(jobUid: string): PauseOutlook | null {
    const entry = this.#state.jobs.get(jobUid);
    return entry === undefined ? null : outlookOf(entry, this.#parts.clock.now());
  }

  async start({ admit } = { admit: true }): Promise<void> {
    const { store, dispatcher } = this.#parts;
    dispatcher.listen((events) => this.#hear(events));
    this.#state.phase = 'recovering';
    const left = await findLeftRuns(this.#state);
    if (this.#state.phase !== 'recovering') return;
    const revision = store.latestRevision();
    if (revision !== null && !this.#isLoaded) setLimits(this.#state, revision);
    const stored = { records: store.jobs(), earlier: this.#earlier };
    this.#state.phase = admit ? 'running' : 'draining';
    const down = this.#downUntilNow();
    note(this.#state, down);
    // One that admits nothing ends no downtime.
    if (admit && down.from !== null) keepForRecord(this.#state, down);
    try {
      this.#commit((work) => settleStart(this.#state, work, stored, left));
    } catch (error) {
      this.#state.phase = 'new';
      throw error;
    }
    this.#earlier = [];
    clearSettled(this.#state);
    this.#watch.observe(Infinity);
    this.#wake();
  }

  load(jobs: readonly JobRecord[], limits: AdmissionLimits): void {
    setLimits(this.#state, limits);
    this.#isLoaded = true;
    if (this.#state.phase === 'new' || this.#state.phase === 'recovering') {
      return this.#loadUnstarted(jobs);
    }
    this.#unloaded = jobs;
    try {
      this.#takeNews();
      this.#commit((work) => reloadJobs(this.#state, work, jobs));
      this.#unloaded = null;
    } catch (error) {
      this.#fail(error);
    }
    this.#arm();
  }

  /**
   * Closes what came due of the jobs that changed, as it would with a scheduler
   * that runs. The others are placed only so that next starts can be told:
   * start() settles them.
   */
  #loadUnstarted(jobs: readonly JobRecord[]): void {
    const { clock, store } = this.#parts;
    let records = jobs;
    note(this.#state, this.#downUntilNow());
    try {
      records = this.#commit((work) => settleEarlier(this.#state, work, this.#earlier, jobs));
      this.#earlier = records;
    } catch (error) {
      // What is not recorded now is still a difference for the next load, or for start().
      this.#fail(error);
    }
    placeJobs(this.#state, new Work(store, clock.now(), clock.monotonic()), records);
  }

  apply<T extends RecordedJobs>(record: () => T): T {
    const { phase } = this.#state;
    const isUnstarted = phase === 'new' || phase === 'recovering';
    if (isUnstarted) note(this.#state, this.#downUntilNow());
    this.#takeNews();
    const before = this.#earlier;
    const recorded = this.#commit((work) => {
      const taken = record();
      const { limits } = this.#state;
      setLimits(this.#state, taken.limits);
      work.onRollback(() => {
        setLimits(this.#state, limits);
        this.#earlier = before;
      });
      if (isUnstarted) {
        // As for load: start() settles the jobs that did not change.
        this.#earlier = settleEarlier(this.#state, work, before, taken.jobs);
        placeJobs(this.#state, work, this.#earlier);
      } else {
        reloadJobs(this.#state, work, taken.jobs);
      }
      return taken;
    });
    this.#isLoaded = true;
    // Jobs whose load had failed are among these.
    this.#unloaded = null;
    this.#arm();
    return recorded;
  }

  #downUntilNow(): Interruption {
    const now = this.#parts.clock.now();
    const since = this.#parts.downSince ?? null;
    return interruption('down', since === null ? null : Math.min(since, now), now);
  }

  runNow(request: ManualRequest): Run {
    const [run] = this.#admit((work): [Run] => [admitRequest(this.#state, work, request)]);
    return run;
  }

  rerun(request: RerunRequest): Run {
    const [run] = this.#admit((work): [Run] => [admitRerun(this.#state, work, request)]);
    return run;
  }

  backfill(request: BackfillRequest): readonly Run[] {
    return this.#admit((work) => admitBackfill(this.#state, work, request));
  }

  /** Runs as they are after the commit: some have begun by then. */
  #admit<T extends readonly Run[]>(admit: (work: Work) => T): T {
    this.#takeNews();
    const runs = this.#commit(admit);
    this.#arm();
    return runs.map((run) => this.#state.runs.get(run.id)?.run ?? run) as unknown as T;
  }

  pause(request: PauseRequest): readonly PausedJob[] {
    return this.#change((work) => pauseJobs(this.#state, work, request));
  }

  resume(request: Parameters<Scheduler['resume']>[0]): readonly ResumedJob[] {
    return this.#change((work) => resumeJobs(this.#state, work, request));
  }

  #change<T>(body: (work: Work) => T): T {
    const { phase } = this.#state;
    if (phase !== 'running' && phase !== 'draining') {
      throw operationalError('JM2-D106', { detail: 'Nothing was changed.' });
    }
    this.#takeNews();
    const result = this.#commit(body);
    this.#arm();
    return result;
  }

  waiting(limit: number): readonly WaitingRun[] {
    return waitingRuns(this.#state, this.#parts.clock.monotonic(), limit);
  }

  limits(): LimitUse {
    return limitUse(this.#state);
  }

  cancel(runId: string, requestedBy: string): void {
    this.#takeNews();
    this.#commit((work) => cancelRequest(this.#state, work, runId, requestedBy));
    this.#arm();
  }

  async drain(graceMs: number): Promise<void> {
    if (this.#state.phase === 'stopped') return;
    this.#state.phase = 'draining';
    await new Promise<void>((resolve) => {
      const earlier = this.#drain;
      const finish = (): void => {
        earlier?.finish();
        resolve();
      };
      this.#drain = beginDrain(this.#state, this.#parts.clock.monotonic(), graceMs, finish);
      this.#wake();
    });
  }

  killAll(): void {
    if (this.#state.phase === 'running') this.#state.phase = 'draining';
    try {
      this.#commit((work) => killAll(this.#state, work));
    } catch (error) {
      this.#fail(error);
      // A store that cannot be written must not keep commands alive: their end
      // is observed as a signal then, not as a stop.
      for (const { run } of this.#state.runs.all()) {
        this.#parts.dispatcher.kill(run.id, run.attempts, 'SIGKILL');
      }
    }
    this.#arm();
  }

  async detach(): Promise<void> {
    this.#stop();
    this.#listeners.clear();
  }

  #stop(): void {
    this.#state.phase = 'stopped';
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#drain?.finish();
    this.#drain = null;
  }

  #hear(events: readonly DispatchEvent[]): void {
    if (this.#state.phase === 'stopped') return;
    this.#pending.push(...events);
    this.#listening.hear();
    const hasEnd = events.some((event) => event.kind === 'ended');
    const by = this.#parts.clock.monotonic() + (hasEnd ? 0 : startedWaitMs);
    this.#hearBy = Math.min(this.#hearBy, by);
    // All that is told before the timer fires shares one commit. A timer that
    // is early enough stays: a stream of news must not put it off for ever.
    // While the store fails, its back-off timer decides when to try again, and
    // while the loop listens, its turns do.
    const isTimed = this.#failures > 0 || this.#listening.turnMs !== null;
    if (!isTimed && this.#armedFor > this.#hearBy) this.#arm();
  }

  #wake(): void {
    const { phase } = this.#state;
    if (this.#isAwake || (phase !== 'running' && phase !== 'draining')) return;
    this.#isAwake = true;
    this.#parts.alive?.();
    const wasListening = this.#listening.turnMs !== null;
    this.#observeClock();
    const isListening = wasListening ? this.#listening.goesOn() : this.#listening.turnMs !== null;
    try {
      if (!isListening) this.#slice();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isAwake = false;
    }
    if (!isListening) this.#advanceDrain();
    this.#arm();
  }

  #observeClock(): void {
    const { step, byMs, interrupted, lateMs } = this.#watch.observe(this.#armedFor);
    this.#armedFor = Infinity;
    const wasAbsent = interrupted !== null && isAbsence(interrupted);
    this.#listening.begin(lateMs, wasAbsent);
    if (step === 'backward' || step === 'backward_large') {
      this.#backward = step;
      const now = this.#parts.clock.now();
      clipTo(this.#state, now);
      const setBack = { causes: ['clock_step'], step: null, from: null, until: now } as const;
      keepForRecord(this.#state, setBack, byMs);
    }
    if (interrupted !== null) {
      note(this.#state, interrupted);
      keepForRecord(this.#state, interrupted, step === 'none' ? null : byMs);
    }
    if (wasAbsent) {
      this.#parts.log.warn({ lateMs }, describeInterruption(interrupted));
    }
    if (step === 'none') return;
    this.#parts.log.warn({ byMs, step }, 'the wall clock was set');
    this.#emit({ kind: 'clock.stepped', byMs, at: this.#parts.clock.now() });
  }

  /** One transaction; what it answered is forgotten only after the commit. */
  #slice(): void {
    const events = this.#pending;
    this.#pending = [];
    this.#hearBy = Infinity;
    const unloaded = this.#unloaded;
    const backward = this.#state.phase === 'running' ? this.#backward : null;
    try {
      this.#commit((work) => {
        if (unloaded !== null) reloadJobs(this.#state, work, unloaded);
        tick(this.#state, work, { events, backward });
      });
    } catch (error) {
      this.#pending = [...events, ...this.#pending];
      this.#hearBy = this.#parts.clock.monotonic();
      throw error;
    }
    if (unloaded === this.#unloaded) this.#unloaded = null;
    this.#backward = null;
    clearSettled(this.#state);
  }

  /**
   * What was told and is not stored yet must not stand in the way of a request,
   * nor be ended by one: a run whose end is known has ended.
   */
  #takeNews(): void {
    const { phase } = this.#state;
    if (this.#pending.length === 0 || (phase !== 'running' && phase !== 'draining')) return;
    const events = this.#pending;
    this.#pending = [];
    try {
      this.#commit((work) => hearNews(this.#state, work, events));
      this.#hearBy = Infinity;
    } catch (error) {
      this.#pending = [...events, ...this.#pending];
      throw error;
    }
  }

  #advanceDrain(): void {
    const drain = this.#drain;
    if (drain === null) return;
    const mono = this.#parts.clock.monotonic();
    if (this.#state.runs.activeCount === 0) return this.#stop();
    if (mono >= drain.giveUpAt) {
      const running = this.#state.runs.activeCount;
      this.#parts.log.error({ running }, 'stopped although commands did not end after KILL');
      return this.#stop();
    }
    if (mono < drain.stopAt || drain.isStopping) return;
    try {
      this.#commit((work) => stopAll(this.#state, work));
      drain.isStopping = true;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Stored before dispatched, before told: a crash after the commit loses no decision. */
  #commit<T>(body: (work: Work) => T): T {
    const { store, clock, log } = this.#parts;
    const work = new Work(store, clock.now(), clock.monotonic());
    this.#commitBegan = { wall: work.now, mono: work.mono };
    this.#noteFailing(work.now, work.mono);
    this.#noteHold(work);
    let result: T;
    try {
      result = store.transaction(() => {
        recordKept(this.#state, store);
        return body(work);
      });
    } catch (error) {
      work.rollBack();
      throw error;
    }
    this.#state.unrecorded = [];
    if (this.#failures > 0) log.info({}, 'the store can be written again');
    this.#failures = 0;
    this.#failingSince = null;
    this.#problem = null;
    this.#noteSlowCommit(work);
    if (work.requests.length > 0) this.#dispatch(work.requests);
    for (const send of work.signals) send();
    for (const event of work.events) this.#emit(event);
    return result;
  }

  #dispatch(requests: readonly AttemptRequest[]): void {
    try {
      this.#parts.dispatcher.dispatch(requests);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'attempts could not be handed over');
      // Whether any of them began is unknown, so they are lost, not retried.
      const at = this.#parts.clock.now();
      const exit = { kind: 'lost', reason: 'could not be handed to the executor', at } as const;
      for (const { runId, attempt } of requests) {
        this.#pending.push({ kind: 'ended', runId, attempt, exit });
      }
      this.#hearBy = this.#parts.clock.monotonic();
    }
  }

  /** Told before the decisions of this commit, which are about what came due meanwhile. */
  #noteFailing(now: number, mono: number): void {
    const since = this.#failingSince;
    if (since === null || mono - since.mono <= absenceNoticedMs) return;
    const failing = interruption('unrecorded', Math.min(since.wall, now), now);
    note(this.#state, failing);
    keepForRecord(this.#state, failing);
  }

  /** As long as it is held, what comes due is left; afterwards that was an absence. */
  #noteHold({ now, mono }: Work): void {
    this.#state.held = this.#parts.holdStarts?.() ?? null;
    if (this.#state.held !== null) {
      this.#heldSince ??= { wall: now, mono };
      return;
    }
    const since = this.#heldSince;
    this.#heldSince = null;
    if (since === null || mono - since.mono <= absenceNoticedMs) return;
    note(this.#state, interruption('unrecorded', Math.min(since.wall, now), now));
  }

  /** A disk that keeps the commit waiting keeps the whole loop waiting. */
  #noteSlowCommit(work: Work): void {
    const { clock } = this.#parts;
    const tookMs = clock.monotonic() - work.mono;
    if (tookMs <= absenceNoticedMs) return;
    const now = clock.now();
    const blocked = interruption('blocked', now - Math.round(tookMs), now);
    note(this.#state, blocked);
    keepForRecord(this.#state, blocked);
    this.#listening.begin(tookMs, true);
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    this.#failingSince ??= this.#commitBegan;
    this.#problem = unrecorded(error, this.#failingSince.wall);
    if (!isTold(this.#failures)) return;
    this.#parts.log.error({ err: error, failures: this.#failures }, 'slice failed; tried again');
  }

  /** One timer for everything; never set further ahead than the longest sleep. */
  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const { phase, jobs, runs } = this.#state;
    if (phase !== 'running' && phase !== 'draining') return;
    const { clock } = this.#parts;
    const mono = clock.monotonic();
    // Whatever arms anew before an overdue timer fired must not hide that it was overdue.
    if (mono > this.#armedFor) this.#observeClock();
    const turnMs = this.#listening.turnMs;
    let waitMs = longestSleepMs;
    if (turnMs !== null) {
      waitMs = turnMs;
    } else if (this.#failures > 0) {
      const isBusy = this.#problem?.code === 'JM2-T103';
      waitMs = Math.min(waitMs, firstBackoffMs * 2 ** Math.min(this.#failures - 1, 10));
      if (isBusy) waitMs = Math.min(waitMs, longestBusyMs);
    } else {
      const isHeld = this.#state.held !== null;
      waitMs = isHeld ? heldLookMs : untilBeat(mono, longestSleepMs);
      const due = phase === 'running' && !isHeld ? jobs.firstDue() : null;
      const alarm = runs.firstAlarm();
      if (due !== null) waitMs = Math.min(waitMs, due.at - clock.now());
      if (alarm !== null) waitMs = Math.min(waitMs, alarm.at - mono);
      if (this.#pending.length > 0) waitMs = Math.min(waitMs, this.#hearBy - mono);
      if (this.#unloaded !== null) waitMs = 0;
      const deadline = mayStart(this.#state) ? runs.firstDeadline() : null;
      if (deadline !== null) waitMs = Math.min(waitMs, deadline.at + 1 - clock.now());
      if (mayStart(this.#state) && canFill(this.#state)) waitMs = 0;
    }
    if (
      this.#drain !== null &&
      !this.#drain.isStopping &&
      this.#failures === 0 &&
      turnMs === null
    ) {
      waitMs = Math.min(waitMs, this.#drain.stopAt - mono);
    }
    this.#armedFor = mono + waitMs;
    this.#cancelTimer = clock.setTimer(Math.max(0, waitMs), () => this.#wake());
  }

  #emit(event: SchedulerEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#parts.log.error({ err: error, event: event.kind }, 'a listener failed');
      }
    }
  }
}

function unrecorded(error: unknown, since: number): Condition {
  const isOurs = error instanceof Jm2Error;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: isOurs ? error.code : null,
    text: `Decisions cannot be recorded, so nothing starts: ${message}`,
    since,
    remedy: isOurs ? error.hint : null,
  };
}

/** The daemon log tells the first failures in a row and then ever fewer. */
function isTold(failures: number): boolean {
  return failures <= 3 || Number.isInteger(Math.log2(failures));
}
