// A job with a past, as the oracle lives it: its occurrences are found by walking
// local minutes, and what becomes of each is decided one by one, as the
// documentation words it. Only catch-up after a downtime is the scheduler's own
// code. Nothing else is shared with the engine that plans.
import { catchUp } from '../../../src/core/runs/catch-up.ts';
import { jitterOf } from '../../../src/core/schedule/jitter.ts';
import type { CompiledSchedule, Occurrence } from '../../../src/core/schedule/schedule.ts';
import { nextDue, type SimSchedule } from '../../simulation/oracle.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** One rule, its jitter, and the local dates on which it does not count. */
export interface Rule {
  readonly schedule: SimSchedule;
  readonly jitterMs: number;
  readonly except: readonly string[];
  readonly isSuspended: boolean;
}

export interface Spec {
  readonly rule: Rule;
  readonly zone: string;
  readonly makesUp: boolean;
  readonly catchUp: { readonly policy: 'latest' | 'none' | 'all'; readonly windowMs: number };
}

export interface Start {
  readonly nominal: number;
  readonly at: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What the job is at one moment, with the nominal times that became runs. */
export interface Job {
  readonly spec: Spec;
  readonly settled: number;
  readonly since: number;
  readonly ran: readonly number[];
}

/** From when to when it is paused; null: until it is resumed. */
export interface Pause {
  readonly since: number;
  readonly until: number | null;
}

/** All starts of a rule, by nominal time, over the time that any world looks at. */
const known = new Map<string, readonly Start[]>();

export function startsOf({ rule, zone }: Spec, name: string, { from, to }: Span): readonly Start[] {
  const key = JSON.stringify([rule, zone, from, to]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const times: number[] = [];
  const except = new Set(rule.except);
  for (let due = nextDue([rule.schedule], from - 1); due !== null && due < to;) {
    if (except.size === 0 || !except.has(dateOf(zone, due))) times.push(due);
    due = nextDue([rule.schedule], due);
  }
  const starts = times.map((nominal, index) => {
    const distance = (times[index + 1] ?? Number.POSITIVE_INFINITY) - nominal;
    return { nominal, at: nominal + jitterOf(name, nominal, Math.min(rule.jitterMs, distance)) };
  });
  if (known.size > 400) known.clear();
  known.set(key, starts);
  return starts;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const dates = new Map<string, string>();

/** The local date, by the clock of Intl; of each quarter of an hour once. */
export function dateOf(zone: string, instant: number): string {
  const key = `${zone} ${Math.floor(instant / (15 * minute))}`;
  const told = dates.get(key);
  if (told !== undefined) return told;
  const format =
    formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  formats.set(zone, format);
  const date = format.format(instant);
  if (dates.size > 300_000) dates.clear();
  dates.set(key, date);
  return date;
}

function isPaused(pause: Pause | null, at: number): boolean {
  return pause !== null && at >= pause.since && (pause.until === null || at < pause.until);
}

/** The job after it has lived up to `now`; of what was open when a pause began nothing is left here. */
export function live(
  job: Job,
  starts: readonly Start[],
  { now, down, pause }: { readonly now: number; readonly down: Span; readonly pause: Pause | null },
): Job {
  if (job.spec.rule.isSuspended) return { ...job, settled: Math.max(job.settled, now) };
  const ran = [...job.ran];
  let { settled } = job;
  const missed: Start[] = [];
  const takeUp = (): void => {
    if (missed.length === 0) return;
    const { policy, windowMs } = job.spec.catchUp;
    const rule = { policy, windowMs, limit: 100 };
    ran.push(...catchUp(listed(starts), rule, missed[0]!.nominal - 1, down.to).admit);
    missed.length = 0;
  };
  for (const start of starts) {
    if (start.nominal <= settled || start.at > now) continue;
    settled = start.nominal;
    if (start.at >= down.to) takeUp();
    if (start.at >= down.from && start.at < down.to) missed.push(start);
    else if (!isPaused(pause, start.at)) ran.push(start.nominal);
  }
  if (now >= down.to) takeUp();
  return { ...job, settled, ran: [...new Set(ran)] };
}

/** What is to come of the job as it is, up to and including `to`. */
export function coming(
  job: Job,
  starts: readonly Start[],
  { now, to, pause }: { readonly now: number; readonly to: number; readonly pause: Pause | null },
): Start[] {
  if (job.spec.rule.isSuspended) return [];
  return starts.filter(
    ({ nominal, at }) => nominal > job.settled && at > now && nominal <= to && !isPaused(pause, at),
  );
}

/** The starts as a schedule that can be asked, without any arithmetic. */
function listed(starts: readonly Start[]): CompiledSchedule {
  const occurrence = (start: Start | undefined): Occurrence | null =>
    start === undefined
      ? null
      : { nominalTime: start.nominal, startTime: start.at, note: null, schedule: 0 };
  const within = (from: number, to: number): Start[] =>
    starts.filter(({ nominal }) => nominal >= from && nominal < to);
  return {
    next: (after) => occurrence(starts.find(({ nominal }) => nominal > after)),
    previous: (at) => occurrence(starts.findLast(({ nominal }) => nominal <= at)),
    range: (from, to) =>
      within(from, to)
        .map((one) => occurrence(one)!)
        .values(),
    hasJitter: starts.some(({ nominal, at }) => nominal !== at),
    times: (from, to) => [Float64Array.from(within(from, to), ({ nominal }) => nominal)].values(),
    count: (from, to, cap) => Math.min(cap, within(from, to).length),
  };
}
