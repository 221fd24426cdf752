// A dispatcher without processes: each attempt behaves as its test says, on the
// fake clock, and keeps the contract (no event inside dispatch, in order).
import type { Attempt, AttemptExit, RunNote } from '../../src/core/runs/run.ts';
import type {
  AttemptRequest,
  Dispatcher,
  DispatchEvent,
  RecoveredAttempt,
} from '../../src/dispatch/dispatcher.ts';
import type { Clock } from '../../src/system/clock.ts';

type ExitWithoutTime =
  | { readonly kind: 'exited'; readonly code: number; readonly notes?: readonly RunNote[] }
  | { readonly kind: 'signaled'; readonly signal: string }
  | { readonly kind: 'lost'; readonly reason: string }
  | {
      readonly kind: 'not_started';
      readonly failure: { readonly code: 'command_missing'; readonly detail: string };
    };

export interface Behaviour {
  /** How long the command runs; null: until it is signaled. */
  readonly runMs: number | null;
  readonly exit: ExitWithoutTime;
  readonly ignoresTerm?: boolean;
}

export const succeedsAtOnce: Behaviour = { runMs: 0, exit: { kind: 'exited', code: 0 } };
export const runsForever: Behaviour = { runMs: null, exit: { kind: 'exited', code: 0 } };
export const failsAtOnce = (code = 1): Behaviour => ({ runMs: 0, exit: { kind: 'exited', code } });
export const runsFor = (runMs: number): Behaviour => ({
  runMs,
  exit: { kind: 'exited', code: 0 },
});

export class FakeDispatcher implements Dispatcher {
  readonly dispatched: AttemptRequest[] = [];
  readonly signals: { readonly runId: string; readonly signal: string; readonly at: number }[] = [];
  /** What an attempt does; by job, so that a test can say it in one place. */
  behave: (request: AttemptRequest) => Behaviour = () => succeedsAtOnce;
  /** What recovery finds for an attempt left open; null: the truth about the fake commands. */
  find: ((attempt: Attempt) => RecoveredAttempt) | null = null;
  readonly #clock: Clock;
  readonly #running = new Map<string, Behaviour>();
  readonly #startedAt = new Map<string, number>();
  readonly #exits = new Map<string, AttemptExit>();
  /** Start tokens that recovery took: these attempts begin no more. */
  readonly #taken = new Set<string>();
  #listener: (events: readonly DispatchEvent[]) => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  listen(listener: (events: readonly DispatchEvent[]) => void): void {
    this.#listener = listener;
  }

  dispatch(requests: readonly AttemptRequest[]): void {
    this.dispatched.push(...requests);
    for (const request of requests) this.#clock.setTimer(0, () => this.#begin(request));
  }

  kill(runId: string, attempt: number, signal: NodeJS.Signals): boolean {
    this.signals.push({ runId, signal, at: this.#clock.now() });
    const behaviour = this.#running.get(key({ runId, attempt }));
    if (behaviour === undefined) return false;
    if (signal === 'SIGKILL' || behaviour.ignoresTerm !== true) {
      this.#clock.setTimer(0, () => this.end(runId, attempt, { kind: 'signaled', signal }));
    }
    return true;
  }

  recover(attempt: Attempt): Promise<RecoveredAttempt> {
    const found = this.find?.(attempt) ?? this.#truth(attempt);
    if (found.kind === 'adopted' && !this.#running.has(key(attempt))) {
      this.#running.set(key(attempt), runsForever);
    }
    return Promise.resolve(found);
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  detach(): Promise<void> {
    this.#listener = () => {};
    return Promise.resolve();
  }

  /** Ends an attempt now, as its command would. */
  end(runId: string, attempt: number, exit: ExitWithoutTime): void {
    if (!this.#running.delete(key({ runId, attempt }))) return;
    const timed = this.#timed(exit);
    this.#exits.set(key({ runId, attempt }), timed);
    this.tell([{ kind: 'ended', runId, attempt, exit: timed }]);
  }

  #truth(attempt: Attempt): RecoveredAttempt {
    const at = this.#startedAt.get(key(attempt));
    const started = at === undefined ? null : { pid: 4_000, processStart: '1', at };
    const exit = this.#exits.get(key(attempt));
    if (exit !== undefined) return { kind: 'ended', started, exit };
    if (started !== null) return { kind: 'adopted', started };
    this.#taken.add(key(attempt));
    return { kind: 'never_started' };
  }

  #begin(request: AttemptRequest): void {
    const { runId, attempt } = request;
    if (this.#taken.has(key(request))) return;
    const behaviour = this.behave(request);
    if (behaviour.exit.kind === 'not_started') {
      const exit = this.#timed(behaviour.exit);
      this.#exits.set(key(request), exit);
      return this.tell([{ kind: 'ended', runId, attempt, exit }]);
    }
    this.#running.set(key(request), behaviour);
    const at = this.#clock.now();
    this.#startedAt.set(key(request), at);
    this.tell([{ kind: 'started', runId, attempt, pid: 4_000, processStart: '1', at }]);
    if (behaviour.runMs === null) return;
    // The fake clock takes any delay; a real one would be re-armed.
    this.#clock.setTimer(behaviour.runMs, () => this.end(runId, attempt, behaviour.exit));
  }

  #timed(exit: ExitWithoutTime): AttemptExit {
    return { ...exit, at: this.#clock.now() };
  }

  tell(events: readonly DispatchEvent[]): void {
    this.#listener(events);
  }
}

const key = (of: { readonly runId: string; readonly attempt: number }): string =>
  `${of.runId}/${of.attempt}`;
