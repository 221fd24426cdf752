// When the schedules of a simulated manifest come due, found by walking local
// minutes and applying the rules as the documentation words them. An independent
// judge: it shares no code with the engine.

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

export type SimSchedule =
  | { readonly kind: 'every'; readonly seconds: number }
  | { readonly kind: 'at'; readonly instant: number }
  | {
      readonly kind: 'cron';
      readonly zone: string;
      readonly expression: string;
      readonly gap: 'run_once' | 'skip' | 'shift';
      readonly overlap: 'first' | 'last' | 'both';
    };

type Cron = Extract<SimSchedule, { kind: 'cron' }>;

/** A change of a zone's offset: from `at` on, local time is UTC + `offset`. */
interface Change {
  readonly at: number;
  readonly before: number;
  readonly offset: number;
}

const from = Date.UTC(2020, 0, 1);
const to = Date.UTC(2110, 0, 1);
const zones = new Map<string, readonly Change[]>();

function changesOf(zone: string): readonly Change[] {
  let known = zones.get(zone);
  if (known === undefined) {
    known = findChanges(zone);
    zones.set(zone, known);
  }
  return known;
}

function findChanges(zone: string): Change[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const offsetAt = (instant: number): number => {
    const parts = Object.fromEntries(
      format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute) - instant;
  };
  const changes: Change[] = [{ at: -Infinity, before: offsetAt(from), offset: offsetAt(from) }];
  if (zone === 'UTC') return changes;
  let offset = offsetAt(from);
  // Weekly looks: no zone here changes its clocks twice within a week.
  for (let low = from; low < to; low += 7 * dayMs) {
    const there = offsetAt(low + 7 * dayMs);
    if (there === offset) continue;
    let [a, b] = [low, low + 7 * dayMs];
    while (b - a > minuteMs) {
      const middle = Math.floor((a + b) / 2 / minuteMs) * minuteMs;
      if (offsetAt(middle) === offset) a = middle;
      else b = middle;
    }
    changes.push({ at: b, before: offset, offset: there });
    offset = there;
  }
  return changes;
}

function placeOf(changes: readonly Change[], instant: number): number {
  let [low, high] = [0, changes.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((changes[middle]?.at ?? Infinity) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

type Matcher = (value: number) => boolean;

function matcher(field: string, low: number): Matcher {
  const tests = field.split(',').map((element): Matcher => {
    const [base = '', step] = element.split('/');
    const every = step === undefined ? 1 : Number(step);
    if (base === '*') return (value) => (value - low) % every === 0;
    const [a = '', b = a] = base.split('-');
    return (value) => value >= Number(a) && value <= Number(b) && (value - Number(a)) % every === 0;
  });
  return (value) => tests.some((test) => test(value));
}

interface Pattern {
  readonly minute: Matcher;
  readonly hour: Matcher;
  /** Of a local day, given as an instant of UTC. */
  readonly day: (local: number) => boolean;
  /** Minutes of any day that matches, as the fields say. */
  readonly minutes: readonly number[];
  readonly isFixed: boolean;
}

const patterns = new Map<string, Pattern>();

function patternOf(expression: string): Pattern {
  let known = patterns.get(expression);
  if (known === undefined) {
    const [minute = '*', hour = '*', dom = '*', month = '*', dow = '*'] = expression.split(' ');
    const [inDom, inMonth, inDow] = [matcher(dom, 1), matcher(month, 1), matcher(dow, 0)];
    const isEither = dom !== '*' && dow !== '*';
    const [inMinute, inHour] = [matcher(minute, 0), matcher(hour, 0)];
    const all = Array.from({ length: 1440 }, (_, index) => index);
    known = {
      minute: inMinute,
      hour: inHour,
      minutes: all.filter((index) => inHour(Math.floor(index / 60)) && inMinute(index % 60)),
      day(local) {
        const date = new Date(local);
        if (!inMonth(date.getUTCMonth() + 1)) return false;
        const byDom = inDom(date.getUTCDate());
        const byDow = inDow(date.getUTCDay());
        return isEither ? byDom || byDow : byDom && byDow;
      },
      isFixed: !minute.startsWith('*') && !hour.startsWith('*'),
    };
    patterns.set(expression, known);
  }
  return known;
}

const matches = (pattern: Pattern, local: number): boolean =>
  pattern.minute((Math.floor(local / minuteMs) % 60) | 0) &&
  pattern.hour((Math.floor(local / hourMs) % 24) | 0) &&
  pattern.day(local);

export const isFixed = (schedules: readonly SimSchedule[]): boolean =>
  schedules.some(
    (one) => one.kind === 'at' || (one.kind === 'cron' && patternOf(one.expression).isFixed),
  );

/** Instants of one minute at which the schedule comes due by its rules. */
function isDueAt(schedule: Cron, instant: number): boolean {
  const pattern = patternOf(schedule.expression);
  const changes = changesOf(schedule.zone);
  const place = placeOf(changes, instant);
  const { at, offset, before } = changes[place] ?? { at: 0, offset: 0, before: 0 };
  const local = instant + offset;
  const isRegular = matches(pattern, local);
  if (!pattern.isFixed) return isRegular;
  if (isRegular) {
    // Set back at the last change: local times before the old reading come a second time.
    const isSecond = local < at + before;
    const next = changes[place + 1];
    const isRepeated = next !== undefined && local >= next.at + next.offset;
    if (schedule.overlap === 'both') return true;
    if (schedule.overlap === 'first' ? !isSecond : !isRepeated) return true;
  }
  const lost = offset - before;
  if (lost <= 0 || lost > 3 * hourMs || schedule.gap === 'skip') return false;
  if (schedule.gap === 'shift') return instant < at + lost && matches(pattern, instant + before);
  if (instant !== at) return false;
  for (let gone = at + before; gone < at + offset; gone += minuteMs) {
    if (matches(pattern, gone)) return true;
  }
  return false;
}

/** The offset of a whole local day that no change of the clocks comes near; null otherwise. */
function quietOffset(changes: readonly Change[], instant: number): number | null {
  const place = placeOf(changes, instant);
  const { at, offset } = changes[place] ?? { at: 0, offset: 0 };
  const next = changes[place + 1]?.at ?? Infinity;
  return instant - at > 2 * dayMs && next - instant > 2 * dayMs ? offset : null;
}

function nextCron(schedule: Cron, after: number): number | null {
  const pattern = patternOf(schedule.expression);
  const changes = changesOf(schedule.zone);
  const end = Math.min(to, after + 9 * 366 * dayMs);
  for (let instant = (Math.floor(after / minuteMs) + 1) * minuteMs; instant < end;) {
    const offset = quietOffset(changes, instant);
    if (offset === null) {
      if (isDueAt(schedule, instant)) return instant;
      instant += minuteMs;
      continue;
    }
    const local = instant + offset;
    const midnight = Math.floor(local / dayMs) * dayMs;
    const found = pattern.day(local)
      ? pattern.minutes.find((minute) => midnight + minute * minuteMs >= local)
      : undefined;
    if (found !== undefined) return midnight + found * minuteMs - offset;
    instant = midnight + dayMs - offset;
  }
  return null;
}

function countCron(schedule: Cron, first: number, last: number, cap: number): Span {
  const pattern = patternOf(schedule.expression);
  const changes = changesOf(schedule.zone);
  let count = 0;
  let newest: number | null = null;
  for (let due = nextCron(schedule, first - 1); due !== null && due <= last && count < cap;) {
    const offset = quietOffset(changes, due);
    const isWhole =
      offset !== null && (due + offset) % dayMs === (pattern.minutes[0] ?? 0) * minuteMs;
    const lastOfDay = isWhole
      ? due + ((pattern.minutes.at(-1) ?? 0) - (pattern.minutes[0] ?? 0)) * minuteMs
      : due;
    newest = lastOfDay <= last ? lastOfDay : due;
    count += lastOfDay <= last && isWhole ? pattern.minutes.length : 1;
    due = nextCron(schedule, newest);
  }
  return { count: Math.min(count, cap), last: newest };
}

function nextOf(schedule: SimSchedule, after: number): number | null {
  switch (schedule.kind) {
    case 'every': {
      const interval = schedule.seconds * 1000;
      return (Math.floor(after / interval) + 1) * interval;
    }
    case 'at':
      return schedule.instant > after ? schedule.instant : null;
    case 'cron':
      return nextCron(schedule, after);
  }
}

/** The first instant after `after` at which one of the schedules comes due. */
export function nextDue(schedules: readonly SimSchedule[], after: number): number | null {
  let best: number | null = null;
  for (const schedule of schedules) {
    const found = nextOf(schedule, after);
    if (found !== null && (best === null || found < best)) best = found;
  }
  return best;
}

export interface Span {
  readonly count: number;
  readonly last: number | null;
}

/** How many instants lie in [first, last], and which is the last; counted up to `cap`. */
export function countDue(
  schedules: readonly SimSchedule[],
  first: number,
  last: number,
  cap: number,
): Span {
  const [only] = schedules;
  if (schedules.length === 1 && only?.kind === 'every') {
    const interval = only.seconds * 1000;
    const newest = Math.floor(last / interval) * interval;
    const count = Math.floor(last / interval) - Math.floor((first - 1) / interval);
    return { count: Math.min(count, cap), last: newest >= first ? newest : null };
  }
  if (schedules.length === 1 && only?.kind === 'cron') return countCron(only, first, last, cap);
  let count = 0;
  let newest: number | null = null;
  for (let due = nextDue(schedules, first - 1); due !== null && due <= last;) {
    count += 1;
    newest = due;
    if (count >= cap) break;
    due = nextDue(schedules, due);
  }
  return { count, last: newest };
}
