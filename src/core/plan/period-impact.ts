// What the present day, week or month gets in runs, when a schedule changes in
// the middle of it: past runs of the old schedule and coming ones of the new. A
// daily job moved from 23:00 to 05:00 at noon has none today; moved the other
// way round it has two. Which period counts follows from how often the job ran;
// a run that jitter holds back counts in the period of its nominal time.
import { segmentsOf } from '../schedule/zone.ts';
import { pickInstant } from '../schedule/wall-time.ts';
import type { PeriodImpact } from './impact.ts';
import { orNever, type Dues, type Standing } from './schedule-impact.ts';
import { comingOf, countMax, type Past } from './standing.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Null for a job that did not, or will not, come due, for one that runs less than
 * monthly, and under a pause without an end. `pastOf`: what it had within the span.
 */
export function periodImpact(
  before: Standing,
  after: Standing,
  { now, zone }: { readonly now: number; readonly zone: string },
  pastOf: (span: { readonly from: number; readonly to: number }) => Past,
): PeriodImpact | null {
  if (before.dues === null || after.dues === null || before.dues === after.dues) return null;
  if (before.openAfter === Number.POSITIVE_INFINITY) return null;
  try {
    const unit = unitOf(before.dues, now);
    if (unit === null) return null;
    const first = before.dues.compiled.next(before.openAfter)?.nominalTime ?? now;
    const { start, end } = localPeriod(unit, Math.min(first, now), zone);
    const span = { from: start, to: end };
    const { count: past, ahead } = pastOf(span);
    const counts = {
      before: past + comingOf(before, span, ahead),
      after: past + comingOf(after, span, ahead),
    };
    const usual = after.dues.compiled.count(start, end, countMax);
    return { unit, start, end, ...counts, verdict: verdictOf(counts, usual) };
  } catch (error) {
    return orNever(error);
  }
}

/** Nominal time of the run that the period loses, the first of several; null when it loses none. */
export function lostRun(period: PeriodImpact | null, { dues, openAfter }: Standing): number | null {
  if (period?.verdict !== 'lost') return null;
  try {
    const next = dues?.compiled.next(openAfter)?.nominalTime ?? null;
    return next !== null && next < period.end ? next : null;
  } catch (error) {
    return orNever(error);
  }
}

/** `usual`: what the new schedule gives a whole period; more than that is not meant by it. */
function verdictOf(
  { before, after }: { before: number; after: number },
  usual: number,
): PeriodImpact['verdict'] {
  if (before > 0 && after === 0) return 'lost';
  return before === 1 && after > Math.max(1, usual) ? 'doubled' : 'kept';
}

/** By the time between the two runs around now. */
function unitOf(dues: NonNullable<Dues>, now: number): PeriodImpact['unit'] | null {
  const next = dues.compiled.next(now)?.nominalTime ?? null;
  const last = dues.compiled.previous(now)?.nominalTime ?? null;
  const following = next === null ? null : (dues.compiled.next(next)?.nominalTime ?? null);
  const gaps = [
    next === null || last === null ? null : next - last,
    next === null || following === null ? null : following - next,
  ].filter((gap) => gap !== null);
  if (gaps.length === 0) return null;
  // The shorter of the two: a job of working days is a daily one on Friday, too.
  const gap = Math.min(...gaps);
  // An hour more, for the days on which the clocks change.
  if (gap <= dayMs + hourMs) return 'day';
  if (gap <= 7 * dayMs + hourMs) return 'week';
  return gap <= 31 * dayMs + hourMs ? 'month' : null;
}

/** Weeks begin on Monday (ISO 8601). */
function localPeriod(
  unit: PeriodImpact['unit'],
  now: number,
  zone: string,
): { start: number; end: number } {
  const wall = now + segmentsOf(zone)(now).offset;
  const midnight = Math.floor(wall / dayMs) * dayMs;
  const at = (reading: number): number => pickInstant(zone, reading).instant;
  if (unit === 'day') return { start: at(midnight), end: at(midnight + dayMs) };
  const date = new Date(midnight);
  if (unit === 'week') {
    const monday = midnight - ((date.getUTCDay() + 6) % 7) * dayMs;
    return { start: at(monday), end: at(monday + 7 * dayMs) };
  }
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: at(Date.UTC(year, month, 1)), end: at(Date.UTC(year, month + 1, 1)) };
}
