// Stretches of time in which occurrences came due and could not be admitted at
// once, with their causes in words. Who notices one is the scheduler; what it
// means for the occurrences is decided in catch-up.ts and clock-step.ts.
import type { ClockStep } from './clock-step.ts';

export type InterruptionCause =
  /** No daemon ran. */
  | 'down'
  /** The host slept. */
  | 'asleep'
  /** The daemon was stopped, or its event loop could not run. */
  | 'blocked'
  /** The store refused the decisions. */
  | 'unrecorded'
  /** Nobody was away: the wall clock jumped. */
  | 'clock_step';

export type ForwardStep = Exclude<ClockStep, 'none' | 'backward' | 'backward_large'>;

export interface Interruption {
  /** In the order in which they were noticed; never empty. */
  readonly causes: readonly InterruptionCause[];
  /** Set when the wall clock was set forward in it. */
  readonly step: ForwardStep | null;
  /** Wall clock (epoch ms); null when the beginning is not known. */
  readonly from: number | null;
  readonly until: number;
}

const words: Readonly<Record<InterruptionCause, string>> = {
  down: 'the scheduler was not running',
  asleep: 'the host was asleep',
  blocked: 'the scheduler was stopped or blocked',
  unrecorded: 'decisions could not be recorded',
  clock_step: 'the clock was set forward',
};

/** An interruption of one cause in which no clock was set. */
export function interruption(
  cause: Exclude<InterruptionCause, 'clock_step'>,
  from: number | null,
  until: number,
): Interruption {
  return { causes: [cause], step: null, from, until };
}

/** True when nobody could admit; false when only the clock jumped. */
export function isAbsence(interrupted: Interruption): boolean {
  return interrupted.causes.some((cause) => cause !== 'clock_step');
}

/** One interruption of two of which the second began before the first was settled. */
export function join(first: Interruption | null, second: Interruption): Interruption {
  if (first === null) return second;
  return {
    causes: [...new Set([...first.causes, ...second.causes])],
    step: second.step ?? first.step,
    from: first.from === null || second.from === null ? null : Math.min(first.from, second.from),
    until: Math.max(first.until, second.until),
  };
}

/** Such as "the scheduler was stopped or blocked from 2026-03-01T11:00:04Z to 2026-03-01T11:00:18Z". */
export function describeInterruption({ causes, from, until }: Interruption): string {
  const what = causes.map((cause) => words[cause]).join(' and ');
  if (from === null) return `${what} until ${inSeconds(until)}`;
  // A sleep is known only to lie between two looks at the clocks.
  return causes.includes('asleep')
    ? `${what} between ${inSeconds(from)} and ${inSeconds(until)}`
    : `${what} from ${inSeconds(from)} to ${inSeconds(until)}`;
}

function inSeconds(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}
