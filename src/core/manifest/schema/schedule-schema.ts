// The schema of a schedule in all its forms. What the texts mean is judged by
// core/schedule; here only their kind.
import Type from 'typebox';
import { durationPattern } from '../../schedule/parse-duration.ts';
import { closed, field, words } from './field.ts';
import { visiblePattern } from './patterns.ts';

const text = Type.String({ pattern: visiblePattern });
const duration = Type.String({ pattern: durationPattern });

const scheduleText = field(Type.String({ pattern: visiblePattern }), {
  title: 'Schedule as text',
  about:
    'A cron expression (`"0 3 * * *"`, in quotes), an interval (`every 90s`), one moment (`at 2026-12-31T23:59`), or a name (`"@workdays"`).',
  examples: ['0 3 * * *', 'every 30s', 'at 2026-12-31T23:59', '@daily'],
});

const scheduleObject = field(
  closed({
    cron: field(text, {
      title: 'Cron expression',
      about:
        'Five fields (minute, hour, day of month, month, day of week) or six with the second in front. `L`, `W` and `#` are known in the day fields.',
      examples: ['0 9 * * 1-5', '*/30 * * * * *', '0 0 L * *'],
    }),
    every: field(duration, {
      title: 'Interval',
      about: 'Elapsed time between occurrences, at least `1s`. A reload never shifts the grid.',
      examples: ['30s', '15m', '1h30m'],
    }),
    at: field(text, {
      title: 'One moment',
      about:
        'A date and time, local to the zone of the schedule unless it ends in `Z` or an offset.',
      examples: ['2026-12-31T23:59', '2026-12-31T23:59:00+01:00'],
    }),
    timezone: field(text, {
      title: 'Zone of this schedule',
      about: 'IANA name of the zone in which the schedule is read; the zone of the job when absent.',
      examples: ['Europe/Berlin', 'America/New_York', 'UTC'],
    }),
    jitter: field(duration, {
      title: 'Spread of starts',
      about:
        'Each occurrence starts up to this much later, by an amount that is fixed per occurrence, so that many jobs do not start at once.',
      examples: ['30s', '5m'],
    }),
    dst_gap: field(words('run_once', 'skip', 'shift'), {
      title: 'Local time that does not exist',
      about:
        'For a fixed time of day that the clocks are set forward over: `run_once` at the change, `skip` it, or `shift` it by the length of the gap.',
      default: 'run_once',
      examples: ['skip'],
    }),
    dst_overlap: field(words('first', 'last', 'both'), {
      title: 'Local time that occurs twice',
      about: 'For a fixed time of day when the clocks are set back: which of the two passes counts.',
      default: 'first',
      examples: ['last'],
    }),
    anchor: field(text, {
      title: 'Anchor of an interval',
      about:
        'A moment the grid of `every` passes through, or a local time of day such as `06:30`; 1970-01-01T00:00Z when absent.',
      examples: ['06:30', '2026-01-01T00:00'],
    }),
    from: field(text, {
      title: 'First moment',
      about: 'No occurrence before this date or moment.',
      examples: ['2026-06-01'],
    }),
    until: field(text, {
      title: 'End',
      about: 'No occurrence at or after this date or moment.',
      examples: ['2026-12-31T18:00'],
    }),
  }),
  {
    title: 'Schedule as a map',
    about: 'Exactly one of `cron`, `every` and `at`, with further conditions.',
    examples: [{ cron: '0 9 1 1,4,7,10 *', timezone: 'America/New_York', jitter: '5m' }],
  },
);

/** A schedule: text, map, or a list of these. */
export const scheduleSchema = Type.Union([
  scheduleText,
  scheduleObject,
  Type.Array(Type.Union([scheduleText, scheduleObject]), {
    minItems: 1,
    maxItems: 100,
    title: 'Several schedules',
    description: 'The job runs at the occurrences of each; two at one moment are one.',
  }),
]);
