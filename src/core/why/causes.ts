// Why nothing was admitted for a while, from the interruptions on record; in
// words and as evidence.
import type { InterruptionCause } from '../runs/interruption.ts';
import type { Evidence } from './explanation.ts';
import type { PastInterruption } from './facts.ts';
import { length, listed, moment } from './words.ts';

const words: Readonly<Record<Exclude<InterruptionCause, 'clock_step'>, string>> = {
  down: 'the scheduler was not running',
  asleep: 'the host was asleep',
  blocked: 'the scheduler was stopped or blocked',
  unrecorded: 'the store could not be written',
};

/** Those that lie in the way between two instants. */
export function between(
  interruptions: readonly PastInterruption[],
  from: number,
  to: number,
): PastInterruption[] {
  return interruptions.filter(
    (one) => one.until >= from && (one.from ?? one.until) <= to && isForward(one),
  );
}

/** A clock that was set back keeps nothing from being admitted. */
function isForward({ stepMs }: PastInterruption): boolean {
  return stepMs === null || stepMs > 0;
}

/** "the scheduler was not running from A to B"; null for none. */
export function inWords(interruptions: readonly PastInterruption[], zone: string): string | null {
  if (interruptions.length === 0) return null;
  const oldestFirst = interruptions.toSorted((a, b) => a.until - b.until);
  return listed(oldestFirst.map((one) => oneInWords(one, zone)));
}

export function asEvidence(interruptions: readonly PastInterruption[], zone: string): Evidence[] {
  return interruptions.map((one) => ({
    at: one.from ?? one.until,
    source: 'interruption',
    text: oneInWords(one, zone),
  }));
}

function oneInWords({ causes, from, until, stepMs }: PastInterruption, zone: string): string {
  const what = causes.map((cause) => (cause === 'clock_step' ? stepWords(stepMs) : words[cause]));
  const when =
    from === null || causes.every((cause) => cause === 'clock_step')
      ? `at ${moment(until, zone)}`
      : `from ${moment(from, zone)} to ${moment(until, zone)}`;
  return `${listed(what)} ${when}`;
}

function stepWords(stepMs: number | null): string {
  if (stepMs === null) return 'the clock was set';
  return `the clock was set ${stepMs > 0 ? 'forward' : 'back'} by ${length(Math.abs(stepMs))}`;
}
