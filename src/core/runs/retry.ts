// Whether an ended attempt is tried again, and after how long. When that
// moment comes is left to the scheduler's clock.
import { exitCodeRange } from '../manifest/exit-codes.ts';
import type { RetryCause, RetryPolicy } from '../manifest/job.ts';
import type { AttemptEnd } from './attempt-end.ts';

/**
 * Delay in ms before the next attempt, or null when the run ends here.
 * `retriesUsed` counts the retries made so far (0 after the first attempt);
 * `random` is a number in [0, 1). A canceled attempt is never retried, as it was
 * wanted so; a lost one only where the job says that its command may run again,
 * as it may have done its work.
 */
export function retryDelay(
  policy: RetryPolicy,
  end: AttemptEnd,
  retriesUsed: number,
  random: number,
): number | null {
  if (retriesUsed >= policy.limit || !isAnswered(policy, end)) return null;
  const grown =
    policy.backoff === 'constant'
      ? policy.delayMs
      : policy.delayMs * Math.pow(policy.factor, retriesUsed);
  // Infinity from a large power is bounded here too. Jitter only shortens, so
  // that max_delay stays a true bound.
  const bounded = Math.min(grown, policy.maxDelayMs);
  return Math.max(0, Math.round(bounded * (1 - policy.jitter * random)));
}

function isAnswered(policy: RetryPolicy, end: AttemptEnd): boolean {
  if (end.cause === null) return false;
  if (policy.on.includes(end.cause)) return true;
  const code = end.cause === 'exit' ? end.exitCode : null;
  return code !== null && policy.on.some((cause) => isExitCode(cause, code));
}

function isExitCode(cause: RetryCause, code: number): boolean {
  if (typeof cause === 'number') return cause === code;
  const range = exitCodeRange(cause);
  return range !== null && range.from <= code && code <= range.to;
}
