// Every problem a schedule can have: its code, its fixed summary, what it
// means and how it looks. Finding them is parse-schedule.ts's work; placing
// them in a file and showing them is left to the manifest and its views.

/** A problem in one schedule value, placed relative to that value. */
export interface ScheduleProblem {
  /** `JM2-S1xx`, one of `SCHEDULE_PROBLEMS`. */
  readonly code: ScheduleProblemCode;
  readonly severity: 'error' | 'warning';
  /** JSON pointer relative to the schedule value: '' is the value itself, `/timezone`, `/0/cron`. */
  readonly path: string;
  /** Where the fault begins within the text of the scalar at `path`, from 0; null when it is the whole value. */
  readonly offset: number | null;
  /** How many UTF-16 units are at fault; null exactly when `offset` is. */
  readonly length: number | null;
  /** Short words for under the marked place. */
  readonly label: string | null;
  readonly detail: string;
  /** A way out, in the imperative. */
  readonly hint: string | null;
  /** What the whole text at `path` should be, where only one thing can be meant. */
  readonly mended: string | null;
}

interface ScheduleProblemEntry {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly explanation: string;
  /** Lines of a manifest's job that provoke the problem. */
  readonly exampleBad: string;
  /** The same lines put right. */
  readonly exampleGood: string;
}

/** The table behind the registry, the error pages and `jm2 explain`. */
export const SCHEDULE_PROBLEMS = [
  {
    code: 'JM2-S101',
    severity: 'error',
    summary: 'cron field out of range',
    explanation:
      'A field of a cron expression names a value that does not exist: minutes and seconds go from 0 to 59, hours from 0 to 23, days of the month from 1 to 31, months from 1 to 12 or jan to dec, days of the week from 0 to 7 or sun to sat, where 0 and 7 are both Sunday.',
    exampleBad: 'schedule: "0 25 * * *"',
    exampleGood: 'schedule: "0 23 * * *"',
  },
  {
    code: 'JM2-S102',
    severity: 'error',
    summary: 'wrong number of cron fields',
    explanation:
      'A cron expression has five fields (minute, hour, day of month, month, day of week), or six with the second in front. A trailing year is not part of the grammar: bound a schedule with `from` and `until`, or name one moment with `at`.',
    exampleBad: 'schedule: "0 3 * *"',
    exampleGood: 'schedule: "0 3 * * *"',
  },
  {
    code: 'JM2-S103',
    severity: 'error',
    summary: 'cron field not understood',
    explanation:
      'A field of a cron expression is not written in the grammar. An element is `*`, a value or a range `A-B`; elements are joined with commas; a step follows `*` or a range, as in `*/15` or `8-18/2`. The day of month also takes `L`, `LW` and `15W`, the day of week `5L` and `MON#2`; `?` stands for `*` in either. Ranges do not wrap around. `H` stands for a value made from the name of the job.',
    exampleBad: 'schedule: "0/15 * * * *"',
    exampleGood: 'schedule: "*/15 * * * *"',
  },
  {
    code: 'JM2-S104',
    severity: 'error',
    summary: 'schedule never fires',
    explanation:
      'The days that a cron expression asks for do not exist in any year of the calendar, such as 30 February or 31 April. A job with such a schedule could never run.',
    exampleBad: 'schedule: "0 0 30 2 *"',
    exampleGood: 'schedule: "0 0 L 2 *"',
  },
  {
    code: 'JM2-S105',
    severity: 'error',
    summary: 'unknown time zone',
    explanation:
      'A zone is an IANA name such as `Europe/Berlin`, or `UTC`. Abbreviations such as CET or EST and offsets such as +01:00 are refused: they are ambiguous, or know no daylight saving, and the runtime reads some of them as another place.',
    exampleBad: 'schedule: {cron: "0 9 * * *", timezone: Europe/Berln}',
    exampleGood: 'schedule: {cron: "0 9 * * *", timezone: Europe/Berlin}',
  },
  {
    code: 'JM2-S106',
    severity: 'error',
    summary: 'unknown named schedule',
    explanation:
      'A schedule that begins with `@` names an entry of `schedules`, or one that is built in: @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually, @workdays, @weekdays, @weekends. `@reboot` is not among them: a schedule names moments in time, and the start of the daemon is none.',
    exampleBad: 'schedule: "@dayly"',
    exampleGood: 'schedule: "@daily"',
  },
  {
    code: 'JM2-S107',
    severity: 'error',
    summary: 'named schedules refer to each other in a circle',
    explanation:
      'A named schedule leads back to itself, directly or through others, so that no rule stands behind the name.',
    exampleBad: 'schedule: "@a"        # schedules: {a: "@b", b: "@a"}',
    exampleGood: 'schedule: "@a"        # schedules: {a: "0 3 * * *"}',
  },
  {
    code: 'JM2-S108',
    severity: 'error',
    summary: 'duration not understood',
    explanation:
      'A duration is a whole number with a unit, or several with the largest unit first: `90s`, `1h30m`, `2d`. The units are w, d, h, m, s and ms. Zero, negative numbers, fractions and bare numbers are refused; the largest duration is ten years.',
    exampleBad: 'schedule: every 5 minutes',
    exampleGood: 'schedule: every 5m',
  },
  {
    code: 'JM2-S109',
    severity: 'error',
    summary: 'interval too short',
    explanation:
      'The shortest interval of `every` is one second. What has to happen more often is better done by one long-running job.',
    exampleBad: 'schedule: every 100ms',
    exampleGood: 'schedule: every 1s',
  },
  {
    code: 'JM2-S110',
    severity: 'error',
    summary: 'date or time not understood',
    explanation:
      'A moment is written as in ISO 8601: `2026-12-31`, `2026-12-31T23:59`, `2026-12-31T23:59:30`, local to the zone of the schedule, or with `Z` or an offset such as `+01:00` for an exact instant. The date must exist, and the year lies from 1970 to 2199.',
    exampleBad: 'schedule: at 2026-02-30T09:00',
    exampleGood: 'schedule: at 2026-02-28T09:00',
  },
  {
    code: 'JM2-S111',
    severity: 'warning',
    summary: 'local time does not exist',
    explanation:
      'The clocks of the zone are set forward over this local time, so it never shows on a clock. The moment of the change is taken instead.',
    exampleBad: 'schedule: {at: 2026-03-29T02:30, timezone: Europe/Berlin}',
    exampleGood: 'schedule: {at: 2026-03-29T03:00, timezone: Europe/Berlin}',
  },
  {
    code: 'JM2-S112',
    severity: 'error',
    summary: 'schedule keys do not fit together',
    explanation:
      'A schedule object has exactly one of `cron`, `every` and `at`. `anchor` belongs to `every`, `dst_gap` and `dst_overlap` to `cron`.',
    exampleBad: 'schedule: {cron: "0 3 * * *", every: 5m}',
    exampleGood: 'schedule: {every: 5m}',
  },
  {
    code: 'JM2-S113',
    severity: 'error',
    summary: 'until is not after from',
    explanation:
      '`from` is the first moment of a schedule and `until` the moment at which it is over, so `until` must be the later one.',
    exampleBad: 'schedule: {cron: "0 3 * * *", from: 2026-06-01, until: 2026-05-01}',
    exampleGood: 'schedule: {cron: "0 3 * * *", from: 2026-05-01, until: 2026-06-01}',
  },
  {
    code: 'JM2-S114',
    severity: 'warning',
    summary: 'daylight-saving rule has no effect',
    explanation:
      '`dst_gap` and `dst_overlap` rule over jobs with a fixed time of day. A job whose minute or hour field starts with `*` keeps elapsed time: nothing happens for local times that do not exist, and both passes of a repeated hour count.',
    exampleBad: 'schedule: {cron: "*/15 * * * *", timezone: Europe/Berlin, dst_gap: skip}',
    exampleGood: 'schedule: {cron: "*/15 * * * *", timezone: Europe/Berlin}',
  },
  {
    code: 'JM2-S115',
    severity: 'error',
    summary: 'schedule not understood',
    explanation:
      'A schedule is a cron expression, `every` with a duration, `at` with a date and time, `@` with a name, an object with one of the keys `cron`, `every` and `at`, or a list of these.',
    exampleBad: 'schedule: nightly',
    exampleGood: 'schedule: "@daily"',
  },
  {
    code: 'JM2-S116',
    severity: 'warning',
    summary: 'local time occurs twice',
    explanation:
      'The clocks of the zone are set back over this local time, so it shows twice. The first of the two moments is taken; an offset or `Z` names one of them exactly.',
    exampleBad: 'schedule: {at: 2026-10-25T02:30, timezone: Europe/Berlin}',
    exampleGood: 'schedule: {at: "2026-10-25T02:30+01:00", timezone: Europe/Berlin}',
  },
  {
    code: 'JM2-S117',
    severity: 'error',
    summary: 'nothing falls between from and until',
    explanation:
      'No moment of the schedule lies within its own bounds, so the job could never run by it.',
    exampleBad: 'schedule: {cron: "0 3 1 1 *", from: 2026-02-01, until: 2026-03-01}',
    exampleGood: 'schedule: {cron: "0 3 1 2 *", from: 2026-02-01, until: 2026-03-01}',
  },
  {
    code: 'JM2-S118',
    severity: 'error',
    summary: 'named schedule is not usable',
    explanation:
      'The definition behind the name has an error of its own, reported where it stands. Mending it mends every job that uses the name.',
    exampleBad: 'schedule: "@night"    # schedules: {night: "0 25 * * *"}',
    exampleGood: 'schedule: "@night"    # schedules: {night: "0 23 * * *"}',
  },
] as const satisfies readonly ScheduleProblemEntry[];

export type ScheduleProblemCode = (typeof SCHEDULE_PROBLEMS)[number]['code'];
