// Whether a job starts in jm2 when its source would have started it. The
// source's side is found minute by minute with rules of its own; only jm2's side
// comes from the engine, so a mistake in either shows.
import { nominalTimes } from '../schedule/nominal-times.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';
import type { LocalMinute } from './local-minute.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const shownMax = 5;

export interface TimesProof {
  readonly agrees: boolean;
  /** Starts that were compared. */
  readonly compared: number;
  /** Up to here (epoch ms). */
  readonly until: number;
  /** The next starts by the source's rules; where they differ, from the first difference on. */
  readonly source: readonly number[];
  /** The same by jm2's. */
  readonly jm2: readonly number[];
}

export interface ProofInput {
  readonly fits: (local: LocalMinute) => boolean;
  /** Seconds of such a minute at which it starts, sorted; absent for the full minute alone. */
  readonly secondsOf?: ((local: LocalMinute) => readonly number[]) | undefined;
  /** `minuteReader` of the zone that the source reads its times in. */
  readonly read: (instant: number) => LocalMinute;
  readonly compiled: CompiledSchedule;
  readonly after: number;
  readonly until: number;
  /** Enough is compared when this many starts were. */
  readonly startsMax: number;
}

/**
 * Leaves out days on which the clocks of the zone change: there cron skips or
 * doubles starts, and jm2 by rule does not.
 */
export function proveTimes(input: ProofInput): TimesProof {
  const { fits, secondsOf, read, compiled, until, startsMax } = input;
  const changes = changeDays(read);
  const begin = (Math.floor(input.after / minuteMs) + 1) * minuteMs;
  const source: number[] = [];
  let end = until;
  for (let at = begin; at < until; at += minuteMs) {
    const local = read(at);
    if (!fits(local) || changes(at)) continue;
    if (secondsOf === undefined) source.push(at);
    else for (const second of secondsOf(local)) source.push(at + second * 1000);
    if (source.length < startsMax) continue;
    end = at + minuteMs;
    break;
  }
  const jm2: number[] = [];
  // One more than can agree is enough to tell that they do not.
  for (const at of nominalTimes(compiled, begin, end)) {
    if (changes(at)) continue;
    jm2.push(at);
    if (jm2.length > source.length) break;
  }
  const length = Math.max(source.length, jm2.length);
  let first = 0;
  while (first < length && source[first] === jm2[first]) first += 1;
  const agrees = first === length;
  const from = agrees ? 0 : first;
  return {
    agrees,
    compared: source.length,
    until: end,
    source: source.slice(from, from + shownMax),
    jm2: jm2.slice(from, from + shownMax),
  };
}

/** Whether the zone's clocks change within a day of an instant. */
function changeDays(read: (instant: number) => LocalMinute): (instant: number) => boolean {
  const known = new Map<number, boolean>();
  return (instant) => {
    const hour = Math.floor(instant / hourMs);
    let isNear = known.get(hour);
    if (isNear === undefined) {
      const at = hour * hourMs;
      isNear = offsetAt(read, at - 24 * hourMs) !== offsetAt(read, at + 24 * hourMs);
      known.set(hour, isNear);
    }
    return isNear;
  };
}

function offsetAt(read: (instant: number) => LocalMinute, instant: number): number {
  const { year, month, day, hour, minute } = read(instant);
  return Date.UTC(year, month - 1, day, hour, minute) - instant;
}
