// What an attempt ended as, from what was observed and what was intended.
// Whether another attempt follows is decided in retry.ts.
import type { AttemptExit, EndState, KillIntent } from './run.ts';

/** The side of an end that retry rules speak about; null: nothing that a retry may answer. */
export type EndCause = 'exit' | 'timeout' | 'signal' | 'start' | 'lost' | null;

export interface AttemptEnd {
  readonly state: EndState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** In words; null when state and code say it all. */
  readonly reason: string | null;
  readonly cause: EndCause;
}

const intentWords: Readonly<Record<KillIntent, string>> = {
  timeout: 'ran longer than its timeout',
  cancel: 'canceled on request',
  replace: 'replaced by a newer run of the job',
  remove: 'the job left the manifest',
  restart: 'the job changed, and begins anew (on_change: restart)',
  stop: 'the scheduler was stopped',
};

/** Why a run with this kill intent ended, as a phrase for people. */
export function describeIntent(intent: KillIntent): string {
  return intentWords[intent];
}

/**
 * The end of an attempt. `succeeded` needs an observed exit code from
 * `successCodes` and no intent to kill. A committed intent decides even when
 * the end itself was not seen, because it was stored before the signal.
 */
export function endOfAttempt(
  exit: AttemptExit,
  intent: KillIntent | null,
  successCodes: readonly number[],
): AttemptEnd {
  const exitCode = exit.kind === 'exited' ? exit.code : null;
  const signal = exit.kind === 'signaled' ? exit.signal : null;
  if (intent !== null && !(intent === 'timeout' && exit.kind === 'not_started')) {
    const timedOut = intent === 'timeout';
    return {
      state: timedOut ? 'timed_out' : 'canceled',
      exitCode,
      signal,
      reason: intentWords[intent],
      cause: timedOut ? 'timeout' : null,
    };
  }
  switch (exit.kind) {
    case 'exited':
      return successCodes.includes(exit.code)
        ? { state: 'succeeded', exitCode, signal, reason: null, cause: null }
        : { state: 'failed', exitCode, signal, reason: null, cause: 'exit' };
    case 'signaled':
      return {
        state: 'failed',
        exitCode,
        signal,
        reason: `ended by signal ${exit.signal}`,
        cause: 'signal',
      };
    case 'not_started':
      return { state: 'failed', exitCode, signal, reason: exit.failure.detail, cause: 'start' };
    case 'lost':
      return { state: 'lost', exitCode, signal, reason: exit.reason, cause: 'lost' };
  }
}
