// When the reconciler looks: one pass at a time, one more for however many
// asked meanwhile, again after a failure. What a look does is in look.ts.
import type { CancelTimer, Clock } from '../system/clock.ts';

export interface PassesParts {
  readonly clock: Clock;
  /** True when the source has its verdict; false: another look must follow soon, or after so many ms. */
  readonly pass: (why: string) => Promise<boolean | number>;
  readonly failed: (error: unknown, why: string, retryInMs: number) => void;
}

export interface Passes {
  /** Resolves when a pass that began after the call is over. */
  request(why: string): Promise<void>;
  /** Lets the body run between passes, never during one. */
  inTurn<T>(body: () => Promise<T>): Promise<T>;
  /** No pass begins any more; resolves when the one under way is over. */
  stop(): Promise<void>;
}

const retryMinMs = 1_000;
/** As long as one timer may wait. */
const retryMaxMs = 30_000;
const lookAgainMs = 250;

export function createPasses(parts: PassesParts): Passes {
  let turn: Promise<unknown> = Promise.resolve();
  let current: Promise<void> | null = null;
  let following: Promise<void> | null = null;
  let cancelRetry: CancelTimer = () => {};
  let failures = 0;
  let isStopped = false;

  function inTurn<T>(body: () => Promise<T>): Promise<T> {
    const result = turn.then(body);
    turn = result.catch(() => {});
    return result;
  }

  function request(why: string): Promise<void> {
    if (isStopped) return Promise.resolve();
    if (current === null) {
      current = inTurn(() => guarded(why)).finally(() => {
        current = null;
      });
      return current;
    }
    following ??= current.then(() => {
      following = null;
      return request(why);
    });
    return following;
  }

  /** An operational error leaves everything as it was and is tried again, later each time. */
  async function guarded(why: string): Promise<void> {
    cancelRetry();
    if (isStopped) return;
    try {
      const isDone = await parts.pass(why);
      failures = 0;
      if (isDone !== true) lookIn(isDone === false ? lookAgainMs : isDone, why);
    } catch (error) {
      const delayMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(failures, 10));
      failures += 1;
      parts.failed(error, why, delayMs);
      lookIn(delayMs, why);
    }
  }

  function lookIn(delayMs: number, why: string): void {
    if (isStopped) return;
    cancelRetry = parts.clock.setTimer(delayMs, () => void request(why));
  }

  return {
    request,
    inTurn,
    async stop() {
      isStopped = true;
      cancelRetry();
      await turn;
    },
  };
}
