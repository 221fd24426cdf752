// One transaction of the scheduler and what follows from it: dispatched, sent and
// told only when it is stored; when the store fails or keeps the loop waiting, or
// starts are held, that is an interruption to be remembered. Which decisions a
// transaction makes, and when the next one is tried, is left to others.
import type { Condition } from '../core/diagnostics/condition.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { interruption } from '../core/runs/interruption.ts';
import type { AttemptRequest } from '../dispatch/dispatcher.ts';
import { absenceNoticedMs } from './clock-watch.ts';
import { keepForRecord, note, recordKept } from './interruptions.ts';
import type { Listeners } from './listeners.ts';
import type { Listening } from './listening.ts';
import type { News } from './news.ts';
import type { SchedulerState } from './state.ts';
import { beginAnew } from './started-by-apply.ts';
import { hearNews } from './tick.ts';
import { Work } from './work.ts';

interface Moment {
  readonly wall: number;
  readonly mono: number;
}

export class Commits {
  readonly #state: SchedulerState;
  readonly #news: News;
  readonly #listening: Listening;
  readonly #listeners: Listeners;
  #failures = 0;
  /** When the last transaction began, and the first of those that failed in a row. */
  #began: Moment = { wall: 0, mono: 0 };
  #failingSince: Moment | null = null;
  #problem: Condition | null = null;
  /** Since when nothing is admitted because of `holdStarts`. */
  #heldSince: Moment | null = null;

  constructor(state: SchedulerState, news: News, listening: Listening, listeners: Listeners) {
    this.#state = state;
    this.#news = news;
    this.#listening = listening;
    this.#listeners = listeners;
  }

  /** How many transactions failed in a row; 0 when the last one was stored. */
  get failures(): number {
    return this.#failures;
  }

  /** What keeps decisions from being recorded; null for nothing. */
  get problem(): Condition | null {
    return this.#problem;
  }

  /** Stored before dispatched, before told: a crash after the commit loses no decision. */
  run<T>(body: (work: Work) => T): T {
    const { store, clock, log } = this.#state.parts;
    const work = new Work(store, clock.now(), clock.monotonic());
    this.#began = { wall: work.now, mono: work.mono };
    this.#noteFailing(work.now, work.mono);
    this.#noteHold(work);
    let result: T;
    try {
      result = store.transaction(() => {
        recordKept(this.#state, store);
        const answer = body(work);
        beginAnew(this.#state, work);
        return answer;
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
    this.#noteSlow(work);
    if (work.requests.length > 0) this.#dispatch(work.requests);
    for (const send of work.signals) send();
    for (const event of work.events) this.#listeners.emit(event);
    return result;
  }

  /**
   * What was told and is not stored yet must not stand in the way of a request,
   * nor be ended by one: a run whose end is known has ended.
   */
  storeNews(): void {
    const { phase } = this.#state;
    if (this.#news.isEmpty || (phase !== 'running' && phase !== 'draining')) return;
    this.#news.handOver((events) => this.run((work) => hearNews(this.#state, work, events)));
  }

  /** A transaction that the loop itself wanted has failed, and is to be tried again. */
  failed(error: unknown): void {
    this.#failures += 1;
    this.#failingSince ??= this.#began;
    this.#problem = unrecorded(error, this.#failingSince.wall);
    if (!isTold(this.#failures)) return;
    const { log } = this.#state.parts;
    log.error({ err: error, failures: this.#failures }, 'slice failed; tried again');
  }

  #dispatch(requests: readonly AttemptRequest[]): void {
    const { dispatcher, clock, log } = this.#state.parts;
    try {
      dispatcher.dispatch(requests);
    } catch (error) {
      log.error({ err: error }, 'attempts could not be handed over');
      // Whether any of them began is unknown, so they are lost, not retried.
      const at = clock.now();
      const exit = { kind: 'lost', reason: 'could not be handed to the executor', at } as const;
      const ends = requests.map(
        ({ runId, attempt }) => ({ kind: 'ended', runId, attempt, exit }) as const,
      );
      this.#news.add(ends, clock.monotonic());
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
    this.#state.held = this.#state.parts.holdStarts?.() ?? null;
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
  #noteSlow(work: Work): void {
    const { clock } = this.#state.parts;
    const tookMs = clock.monotonic() - work.mono;
    if (tookMs <= absenceNoticedMs) return;
    const now = clock.now();
    const blocked = interruption('blocked', now - Math.round(tookMs), now);
    note(this.#state, blocked);
    keepForRecord(this.#state, blocked);
    this.#listening.begin(tookMs, true);
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
