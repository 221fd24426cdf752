// Whether a run that was admitted but never began may still start after a
// crash or a stop, or has become a missed one.
import type { CatchUp } from '../manifest/job.ts';
import { occurrenceTime, type Run } from './run.ts';

/** With catch-up `none` a start this late is a restart, not a catch-up. */
const restartMs = 60_000;

/**
 * True while the run may start. The base is the time it was meant for: its
 * retry time, nominal time, or for a run by request the time of the request.
 */
export function isStillWanted(run: Run, rule: CatchUp, now: number): boolean {
  const occurrence = occurrenceTime(run);
  const base = Math.max(occurrence ?? run.queuedAt, run.notBefore ?? -Infinity);
  const isScheduled = occurrence !== null;
  const windowMs = isScheduled && rule.policy === 'none' ? restartMs : rule.windowMs;
  return now - base <= Math.max(windowMs, restartMs);
}
