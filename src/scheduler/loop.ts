// The scheduler: sleeps to the next occurrence, admits, records, dispatches.
// This file holds the rhythm (one timer, one transaction per slice) and answers
// requests. What a slice does is in tick.ts, how long it sleeps in next-wake.ts,
// what a transaction means in commits.ts, which jobs it goes by in jobs-in-force.ts.
import type { Condition } from '../core/diagnostics/condition.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { AdmissionLimits } from '../core/manifest/job.ts';
import { queueLimitDefault } from '../core/manifest/normalise.ts';
import type { PauseOutlook } from '../core/overrides/pause.ts';
import type { Run } from '../core/runs/run.ts';
import { madeUpFact, parseMadeUp } from '../core/runs/made-up-ahead.ts';
import type { DispatchEvent } from '../dispatch/dispatcher.ts';
import type { JobRecord } from '../store/store.ts';
import type { CancelTimer } from '../system/clock.ts';
import { ClockChanges } from './clock-changes.ts';
import { Commits } from './commits.ts';
import { beginDrain, killAll, nextOfDrain, stopAll, type Drain } from './drain.ts';
import { describeFaulted } from './faulted-jobs.ts';
import { clearSettled } from './interruptions.ts';
import { JobTable } from './job-table.ts';
import { JobsInForce } from './jobs-in-force.ts';
import { Listeners } from './listeners.ts';
import { Listening } from './listening.ts';
import { News } from './news.ts';
import { sleepFor } from './next-wake.ts';
import type { SchedulerParts } from './parts.ts';
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
import { admitAdhoc, admitBackfill, admitRequest, admitRerun, cancelRequest } from './requests.ts';
import { RunTable } from './run-table.ts';
import type {
  AdhocRequest,
  BackfillRequest,
  ManualRequest,
  RecordedJobs,
  RerunRequest,
  Scheduler,
  SchedulerEvent,
} from './scheduler.ts';
import { watchedCompile } from './schedule-book.ts';
import type { SchedulerState } from './state.ts';
import { tick } from './tick.ts';
import { limitUse, waitingRuns, type LimitUse, type WaitingRun } from './waiting.ts';
import type { Work } from './work.ts';

export function createScheduler(parts: SchedulerParts): Scheduler {
  return new SchedulerLoop(parts);
}

class SchedulerLoop implements Scheduler {
  readonly #parts: SchedulerParts;
  readonly #state: SchedulerState;
  readonly #listeners: Listeners;
  readonly #listening = new Listening();
  readonly #news = new News();
  readonly #changes: ClockChanges;
  readonly #commits: Commits;
  readonly #jobs: JobsInForce;
  #cancelTimer: CancelTimer | null = null;
  /** Monotonic time that the timer is set for. */
  #armedFor = Infinity;
  #isAwake = false;
  #drain: Drain | null = null;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#state = {
      parts,
      jobs: new JobTable(watchedCompile(parts.compile)),
      runs: new RunTable(),
      limits: { concurrencyMax: 64, queueLimit: queueLimitDefault, groups: {} },
      phase: 'new',
      held: null,
      interrupted: null,
      lastInterrupted: null,
      unrecorded: [],
      toRestart: new Set(),
      madeUp: parseMadeUp(parts.store.fact(madeUpFact), parts.clock.now()),
    };
    this.#listeners = new Listeners(parts.log);
    this.#changes = new ClockChanges(this.#state, this.#listening, this.#listeners);
    this.#commits = new Commits(this.#state, this.#news, this.#listening, this.#listeners);
    this.#jobs = new JobsInForce(this.#state, this.#commits);
  }

  get runningCount(): number {
    return this.#state.runs.activeCount;
  }

  get queuedCount(): number {
    return this.#state.runs.queuedCount;
  }

  get quietForMs(): number {
    if (this.#state.phase === 'stopped' || !this.#news.isEmpty) return 0;
    const leftMs = this.#armedFor - this.#parts.clock.monotonic();
    return Number.isFinite(leftMs) ? Math.max(0, leftMs) : 0;
  }

  get problems(): readonly Condition[] {
    const faulted = describeFaulted(this.#state.jobs.faultedNames());
    return [this.#commits.problem, faulted].filter((problem) => problem !== null);
  }

  on(listener: (event: SchedulerEvent) => void): () => void {
    return this.#listeners.add(listener);
  }

  nextStart(jobUid: string): number | null {
    const entry = this.#state.jobs.get(jobUid);
    return entry === undefined ? null : nextStartOf(entry, this.#state.madeUp.get(jobUid));
  }

  pauseOutlook(jobUid: string): PauseOutlook | null {
    const entry = this.#state.jobs.get(jobUid);
    return entry === undefined ? null : outlookOf(entry, this.#parts.clock.now());
  }

  async start({ admit } = { admit: true }): Promise<void> {
    this.#parts.dispatcher.listen((events) => this.#hear(events));
    this.#state.phase = 'recovering';
    const left = await findLeftRuns(this.#state);
    if (this.#state.phase !== 'recovering') return;
    this.#jobs.start(left, admit);
    clearSettled(this.#state);
    this.#changes.begin();
    this.#wake();
  }

  load(jobs: readonly JobRecord[], limits: AdmissionLimits): void {
    this.#jobs.load(jobs, limits);
    this.#arm();
  }

  apply<T extends RecordedJobs>(record: () => T): T {
    const recorded = this.#jobs.apply(record);
    this.#arm();
    return recorded;
  }

  runNow(request: ManualRequest): Run {
    const [run] = this.#admit((work): [Run] => [admitRequest(this.#state, work, request)]);
    return run;
  }

  runAdhoc(request: AdhocRequest): Run {
    const [run] = this.#admit((work): [Run] => [admitAdhoc(this.#state, work, request)]);
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
    const runs = this.#answer(admit);
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
    return this.#answer(body);
  }

  waiting(limit: number): readonly WaitingRun[] {
    return waitingRuns(this.#state, this.#parts.clock.monotonic(), limit);
  }

  limits(): LimitUse {
    return limitUse(this.#state);
  }

  cancel(runId: string, requestedBy: string): void {
    this.#answer((work) => cancelRequest(this.#state, work, runId, requestedBy));
  }

  /** A request in a transaction of its own, after the news. */
  #answer<T>(body: (work: Work) => T): T {
    this.#commits.storeNews();
    const result = this.#commits.run(body);
    this.#arm();
    return result;
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
      this.#commits.run((work) => killAll(this.#state, work));
    } catch (error) {
      this.#commits.failed(error);
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
    this.#listening.hear();
    this.#news.add(events, this.#parts.clock.monotonic());
    // All that is told before the timer fires shares one commit. A timer that
    // is early enough stays: a stream of news must not put it off for ever.
    // While the store fails, its back-off timer decides when to try again, and
    // while the loop listens, its turns do.
    const isTimed = this.#commits.failures > 0 || this.#listening.turnMs !== null;
    if (!isTimed && this.#armedFor > this.#news.storeBy) this.#arm();
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
      this.#commits.failed(error);
    } finally {
      this.#isAwake = false;
    }
    if (!isListening) this.#advanceDrain();
    this.#arm();
  }

  #observeClock(): void {
    this.#changes.observe(this.#armedFor);
    this.#armedFor = Infinity;
  }

  /** One transaction; what it answered is forgotten only after the commit. */
  #slice(): void {
    const backward = this.#state.phase === 'running' ? this.#changes.backward : null;
    this.#jobs.withOpenLoad((loadOpen) =>
      this.#news.handOver((events) =>
        this.#commits.run((work) => {
          loadOpen(work);
          tick(this.#state, work, { events, backward });
        }),
      ),
    );
    this.#changes.backward = null;
    clearSettled(this.#state);
  }

  #advanceDrain(): void {
    const drain = this.#drain;
    if (drain === null) return;
    const running = this.#state.runs.activeCount;
    const next = nextOfDrain(drain, running, this.#parts.clock.monotonic());
    if (next === 'wait') return;
    if (next === 'gave_up') {
      this.#parts.log.error({ running }, 'stopped although commands did not end after KILL');
    }
    if (next !== 'stop_all') return this.#stop();
    try {
      this.#commits.run((work) => stopAll(this.#state, work));
      drain.isStopping = true;
    } catch (error) {
      this.#commits.failed(error);
    }
  }

  /** One timer for everything. */
  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const { phase } = this.#state;
    if (phase !== 'running' && phase !== 'draining') return;
    const { clock } = this.#parts;
    const mono = clock.monotonic();
    // Whatever arms anew before an overdue timer fired must not hide that it was overdue.
    if (mono > this.#armedFor) this.#observeClock();
    const waitMs = sleepFor({
      state: this.#state,
      mono,
      news: this.#news,
      commits: this.#commits,
      listeningTurnMs: this.#listening.turnMs,
      isLoadOpen: this.#jobs.isLoadOpen,
      drain: this.#drain,
    });
    this.#armedFor = mono + waitMs;
    this.#cancelTimer = clock.setTimer(Math.max(0, waitMs), () => this.#wake());
  }
}
