import { describe, expect, it } from 'vitest';
import { explainNoOccurrence, explainUnsettled } from '../../../src/core/why/explain-unrecorded.ts';
import type { CalendarRule } from '../../../src/core/calendar/calendar.ts';
import type { Occurrence } from '../../../src/core/schedule/schedule.ts';
import type { JobFacts } from '../../../src/core/why/facts.ts';
import { everyMinute } from '../../support/store-records.ts';
import { change, day, evidence, hour, jobFacts, minute, noon, said } from './builders.ts';

const occurrence = (nominalTime: number, changes: Partial<Occurrence> = {}): Occurrence => ({
  nominalTime,
  startTime: nominalTime,
  note: null,
  schedule: 0,
  ...changes,
});

describe('an occurrence without a record', () => {
  const unsettled = (at: number, changes: Partial<JobFacts> = {}) =>
    explainUnsettled(occurrence(at), jobFacts(changes));
  const deleted = change(9, noon + minute, { action: 'delete' });
  const suspended = change(2, noon - day, { job: { suspend: true } });
  const created = change(1, noon - 2 * day, { action: 'create' });

  it.each([
    ['is to come', unsettled(noon + day), 'will_run: It will run at 2026-03-03 12:00 UTC, in 23h.'],
    [
      'would be skipped',
      unsettled(noon + day, { changes: [created, suspended] }),
      'will_be_skipped: It will be skipped at 2026-03-03 12:00 UTC: the job was suspended in revision 2, applied 2026-03-01 12:00 UTC by alice.',
    ],
    [
      'is to come while no daemon runs',
      unsettled(noon + day, { attendance: { kind: 'down', since: noon } }),
      "will_not_run: It is due at 2026-03-03 12:00 UTC, in 23h, but no daemon runs since 2026-03-02 12:00 UTC; when one starts again, the job's catch-up policy decides.",
    ],
    [
      'is to come in safe mode',
      unsettled(noon + day, { attendance: { kind: 'safe_mode' } }),
      'will_not_run: It is due at 2026-03-03 12:00 UTC, in 23h, but the daemon is in safe mode and starts nothing.',
    ],
    [
      'is to come while the daemon stops',
      unsettled(noon + day, { attendance: { kind: 'stopping' } }),
      'will_not_run: It is due at 2026-03-03 12:00 UTC, in 23h, but the daemon is stopping and starts nothing.',
    ],
    [
      'cannot be computed any more',
      unsettled(noon + day, { fault: 'no progress' }),
      'will_not_run: It will not run: the schedule cannot be computed (no progress).',
    ],
    [
      'was taken away by a removal',
      unsettled(noon + day, { changes: [created, deleted] }),
      'will_not_run: It will not run: revision 9, applied 2026-03-02 12:01 UTC by alice, removed the job.',
    ],
    [
      'has just come due',
      unsettled(noon + minute, { watermark: noon }),
      'due: It has come due and will be settled within moments.',
    ],
    [
      'came due while no daemon runs',
      unsettled(noon + minute, { attendance: { kind: 'down', since: noon } }),
      'due: It has come due and will be settled by the next daemon that admits.',
    ],
    [
      'has just come due and will be skipped',
      unsettled(noon + minute, { watermark: noon, changes: [created, suspended] }),
      'due: It has come due and will be skipped within a minute.',
    ],
    [
      'would be skipped for a pause without a word or an end',
      unsettled(noon + day, {
        pause: { by: 'bob', reason: null, since: noon, until: null, skipped: 0 },
      }),
      'will_be_skipped: It will be skipped at 2026-03-03 12:00 UTC: the job is paused by bob until it is resumed.',
    ],
    [
      'would be skipped for a pause with a reason and an end',
      unsettled(noon + day, {
        pause: { by: 'bob', reason: 'disk', since: noon, until: noon + 2 * day, skipped: 0 },
      }),
      'will_be_skipped: It will be skipped at 2026-03-03 12:00 UTC: the job is paused by bob ("disk") until 2026-03-04 12:00 UTC.',
    ],
    [
      'is to come while no daemon runs since nobody knows when',
      unsettled(noon + day, { attendance: { kind: 'down', since: null } }),
      "will_not_run: It is due at 2026-03-03 12:00 UTC, in 23h, but no daemon runs; when one starts again, the job's catch-up policy decides.",
    ],
    [
      'is beyond retention',
      unsettled(noon - 5 * day, { prunedUntil: noon - 4 * day }),
      'pruned: It was due, but what became of it is beyond retention: the record was pruned.',
    ],
    [
      'went with a damaged store',
      unsettled(noon - 5 * day, { storeLostAt: noon - hour }),
      'no_record: It was due, but the store that had its record was damaged and replaced at 2026-03-02 11:00 UTC.',
    ],
    [
      'should have one',
      unsettled(noon - day),
      'no_record: It was due, and there is no record of what became of it.',
    ],
  ])('%s', (_, explained, sentence) => {
    expect(said(explained)).toBe(sentence);
  });

  it.each([
    ['dst_gap', 'it stands for local times that do not exist that day'],
    ['dst_shift', 'moved forward by the length of the gap'],
    ['dst_overlap_first', 'the first pass of a local time that comes twice'],
    ['dst_overlap_last', 'the last pass of a local time that comes twice'],
    ['moved from 2026-03-01', 'moved from 2026-03-01'],
  ] as const)('tells with the note %s what it stands for', (note, words) => {
    const coming = explainUnsettled(occurrence(noon + day, { note }), jobFacts());
    expect(evidence(coming)).toEqual([`schedule: will be due; ${words}`]);
  });

  it('tells when it will start with its jitter', () => {
    const jittered = occurrence(noon + day, { startTime: noon + day + 5 * minute });
    const coming = explainUnsettled(jittered, jobFacts());
    expect(said(coming)).toBe(
      'will_run: It will run at 2026-03-03 12:00 UTC (with its jitter 2026-03-03 12:05 UTC), in 23h5m.',
    );
    expect(evidence(coming)).toEqual([
      'schedule: will be due (with its jitter 2026-03-03 12:05 UTC)',
    ]);
  });
});

describe('a time that is no occurrence', () => {
  const changes = [
    change(3, noon - 3 * day, { action: 'create' }),
    change(5, noon - day, { job: { schedules: [everyMinute('0 18 * * *')] } }),
    change(8, noon + minute, { action: 'delete' }),
  ];
  const onDays = (rule: Partial<CalendarRule>) => {
    const calendar: CalendarRule = { except: [], only: [], roll: 'skip', ...rule };
    const schedules = [{ ...everyMinute('0 12 * * *'), calendar }];
    return [change(3, noon - 3 * day, { action: 'create', job: { schedules } })];
  };
  const at = (instant: number, given = changes, asked?: string) =>
    explainNoOccurrence(instant, jobFacts({ changes: given }), asked);

  it.each([
    [
      'before the job',
      at(noon - 4 * day),
      'before_the_job: The job did not exist yet: it came with revision 3, applied 2026-02-27 12:00 UTC by alice.',
    ],
    [
      'after the job',
      at(noon + hour),
      'after_the_job: The job was not in the manifest any more: revision 8, applied 2026-03-02 12:01 UTC by alice, removed it.',
    ],
    [
      'before what is on record',
      at(noon - 4 * day, [change(3, noon - 3 * day, { action: 'known' })]),
      'pruned: What the schedule was then is not on record any more.',
    ],
    [
      'by the schedule that was in force then, not the present one',
      at(noon - 2 * day + hour),
      'never_due: Never due: 2026-02-28 13:00 UTC is not in the schedule "0 12 * * *"; nearest are 2026-02-27 12:00 UTC, 2026-02-28 12:00 UTC, 2026-03-01 12:00 UTC and 2026-03-02 12:00 UTC.',
    ],
    [
      'that no clock showed',
      at(noon - 2 * day + hour, changes, '2026-02-28 02:30'),
      'never_due: Never due: 2026-02-28 02:30 is not in the schedule "0 12 * * *"; nearest are 2026-02-27 12:00 UTC, 2026-02-28 12:00 UTC, 2026-03-01 12:00 UTC and 2026-03-02 12:00 UTC.',
    ],
    [
      'before a job of which nothing is on record',
      at(noon, []),
      'pruned: What the schedule was then is not on record any more.',
    ],
    [
      'that a calendar took away',
      at(noon, onDays({ except: [{ name: 'fair', days: ['2026-03-02'] }] })),
      'never_due: Never due: 2026-03-02 is in fair, and the job runs not on days of fair.',
    ],
    [
      'that a calendar moved',
      at(noon, onDays({ except: [{ name: 'fair', days: ['2026-03-02'] }], roll: 'next' })),
      'never_due: Never due: 2026-03-02 is in fair, and the job runs not on days of fair. Its run is on 2026-03-03 instead (roll: next).',
    ],
    [
      'of a job that is run by hand',
      at(noon, [change(3, noon - day, { job: { schedules: [] } })]),
      'never_due: Never due: the job has no schedule and is only run by hand.',
    ],
    [
      'of a job whose spec is lost',
      at(noon, [change(3, noon - day, { spec: null })]),
      'never_due: Never due: the schedule that was in force then cannot be computed.',
    ],
    [
      'of a schedule that has none',
      at(noon, [
        change(3, noon - day, {
          job: { schedules: [{ ...everyMinute(), from: noon, until: noon }] },
        }),
      ]),
      'never_due: Never due: the schedule "* * * * *" has no occurrence near 2026-03-02 12:00 UTC.',
    ],
  ])('%s', (_, explained, sentence) => {
    expect(said(explained)).toBe(sentence);
  });

  it('says which neighbours this schedule did not cause, because it was not in force', () => {
    expect(evidence(at(noon - 2 * day + hour))).toEqual([
      'revision: "0 12 * * *" (daily at 12:00) since revision 3, applied 2026-02-27 12:00 UTC by alice',
      'schedule: in this schedule, but before it was in force',
      'schedule: an occurrence before',
      'schedule: an occurrence after',
      'schedule: in this schedule, but after it was changed',
    ]);
  });
});
