import { describe, expect, it } from 'vitest';
import { explainNext } from '../../../src/core/why/explain-next.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import type { JobFacts } from '../../../src/core/why/facts.ts';
import { everyMinute } from '../../support/store-records.ts';
import { change, day, evidence, hour, jobFacts, minute, noon, run, said } from './builders.ts';

const next = (
  changes: Partial<JobFacts> = {},
  unfinished: readonly Run[] = [],
  remarks: string[] = [],
) => explainNext({ unfinished, remarks }, jobFacts(changes));
const withSpec = (job: Parameters<typeof change>[2]) => [change(1, noon - day, job)];
const running = run({ id: 'r-now', state: 'running', attempts: 1, startedAt: noon });

describe('what comes next', () => {
  it.each([
    ['the next occurrence', next(), 'will_run: It will run at 2026-03-03 12:00 UTC, in 23h.'],
    [
      'unless a run is in the way',
      next({}, [running]),
      'will_run: It will run at 2026-03-03 12:00 UTC, in 23h, unless run r-now has not ended by then (concurrency: forbid).',
    ],
    [
      'whatever runs, where runs overlap',
      next({ changes: withSpec({ job: { concurrency: 'allow' } }) }, [running]),
      'will_run: It will run at 2026-03-03 12:00 UTC, in 23h.',
    ],
    [
      'nothing of a job without a schedule',
      next({ changes: withSpec({ job: { schedules: [] } }) }),
      'nothing_to_come: Nothing is to come: the job has no schedule and is only run by hand.',
    ],
    [
      'nothing of a removed job',
      next({ changes: [change(4, noon, { action: 'delete' })] }),
      'nothing_to_come: Nothing is to come: revision 4, applied 2026-03-02 12:00 UTC by alice, removed the job.',
    ],
    [
      'nothing of a schedule that is over',
      next({ changes: withSpec({ job: { schedules: [{ ...everyMinute(), until: noon }] } }) }),
      'nothing_to_come: Nothing is to come: the schedule has no further occurrence.',
    ],
    [
      'nothing, ever, of a job whose moments had passed before it was in force',
      next({
        changes: withSpec({
          action: 'create',
          job: { schedules: [{ ...everyMinute(), until: noon - 2 * day }] },
        }),
      }),
      'nothing_to_come: Nothing is to come, and nothing ever came due: every moment of the schedule had passed when revision 1, applied 2026-03-01 12:00 UTC by alice, brought the job into force.',
    ],
    [
      'nothing of a job nobody knows',
      next({ changes: [] }),
      'nothing_to_come: Nothing is to come: what the job is, is not on record.',
    ],
    [
      'a skip of a suspended job',
      next({ changes: withSpec({ job: { suspend: true } }) }),
      'will_be_skipped: It will be skipped at 2026-03-03 12:00 UTC: the job was suspended in revision 1, applied 2026-03-01 12:00 UTC by alice.',
    ],
  ])('%s', (_, explained, sentence) => {
    expect(said(explained)).toBe(sentence);
  });

  it('counts what waits for a daemon, without listing it', () => {
    const explained = next({
      changes: withSpec({ job: { schedules: [everyMinute()] } }),
      attendance: { kind: 'down', since: noon },
      now: noon + 400 * day,
    });
    expect(evidence(explained)).toContain(
      'schedule: more than 100,000 came due since 2026-03-02 12:01 UTC and wait for a daemon to settle them',
    );
  });

  it('tells of a last occurrence that waits for a daemon when nothing comes after it', () => {
    const explained = next({
      changes: withSpec({ job: { schedules: [{ ...everyMinute(), until: noon + 2 * minute }] } }),
      attendance: { kind: 'down', since: noon },
    });
    expect(said(explained)).toBe('nothing_to_come: Nothing further is to come.');
    expect(evidence(explained)[0]).toMatch(/^schedule: 1 came due since 2026-03-02 12:01 UTC/);
  });

  it('tells what else stands in the way', () => {
    const retry = run({ id: 'r-retry', notBefore: noon + 2 * hour, reason: 'retry 1 of 3' });
    const explained = next({}, [running, retry], ['Changes wait for jm2 apply.']);
    expect(evidence(explained)).toEqual([
      'run: run r-now is running; it stands in the way while it has not ended (concurrency: forbid)',
      'run: run r-retry waits until 2026-03-02 14:00 UTC (retry 1 of 3); it stands in the way while it has not ended (concurrency: forbid)',
      'schedule: will be due',
      'daemon: Changes wait for jm2 apply.',
    ]);
  });
});
