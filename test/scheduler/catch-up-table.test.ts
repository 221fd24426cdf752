// Every policy of catch-up, with its window and limit and with a start deadline,
// after every cause: six occurrences of an interval come due between 12:05 and
// 13:05, at 12:10, 12:20 … 13:00.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/core/manifest/job.ts';
import { aJob, aScheduler, cron, every, hour, minute, second, type Harness } from './harness.ts';

const rule = (policy: 'latest' | 'none' | 'all', window = 24 * hour, limit = 100) => ({
  catchUp: { policy, windowMs: window, limit },
});
const late = { startDeadlineMs: 16 * minute };
const skipped = (text: string): RegExp => new RegExp(`^skipped ${text}`);

type Cause = 'down' | 'asleep' | 'blocked';

/** Lets an hour pass in which nobody admits; `meanwhile` is what a person does in it. */
async function interrupted(
  cause: Cause | 'step',
  jobs: readonly Job[],
  meanwhile: (h: Harness) => void = () => {},
): Promise<Harness> {
  let slept = 0;
  const h = await aScheduler('2026-03-01T12:05:00Z', [], { start: false });
  await h.restart({ uptime: () => h.clock.monotonic() + slept });
  h.reload(jobs);
  h.clock.advance(second);
  if (cause === 'down') await h.scheduler.detach();
  if (cause === 'down' || cause === 'blocked') h.clock.freeze(hour);
  else h.clock.step(hour);
  if (cause === 'asleep') slept = hour;
  if (cause === 'down') {
    await h.renew();
    meanwhile(h);
    await h.scheduler.start();
  } else {
    meanwhile(h);
  }
  h.clock.advance(20 * second);
  return h;
}

const causes: readonly Cause[] = ['down', 'asleep', 'blocked'];

describe.each(causes)('catch-up: %s for an hour', (cause) => {
  it.each<[string, Partial<Job>, readonly string[]]>([
    ['latest', rule('latest'), ['missed catch_up_latest 5', 'admitted']],
    [
      'latest within 30 minutes',
      rule('latest', 30 * minute),
      ['missed catch_up_window 3', 'missed catch_up_latest 2', 'admitted'],
    ],
    ['latest within a minute', rule('latest', minute), ['missed catch_up_window 6']],
    ['none', rule('none'), ['missed catch_up_none 6']],
    ['all', rule('all'), Array<string>(6).fill('admitted')],
    [
      'all, two at most',
      rule('all', 24 * hour, 2),
      ['admitted', 'admitted', 'missed catch_up_limit 4'],
    ],
    [
      'all within 30 minutes, two at most',
      rule('all', 30 * minute, 2),
      ['missed catch_up_window 3', 'admitted', 'admitted', 'missed catch_up_limit'],
    ],
    [
      'latest, to start within 16 minutes',
      { ...rule('latest'), ...late },
      ['missed deadline 4', 'missed catch_up_latest', 'admitted'],
    ],
    [
      'all within 30 minutes, to start within 16',
      { ...rule('all', 30 * minute), ...late },
      ['missed catch_up_window 3', 'missed deadline', 'admitted', 'admitted'],
    ],
    ['none, to start within 16 minutes', { ...rule('none'), ...late }, ['missed catch_up_none 6']],
  ])('%s', async (_, fields, expected) => {
    const h = await interrupted(cause, [aJob('a', every(10 * minute), fields)]);
    expect(h.ledger('a')).toEqual(expected);
    const runs = h.runsOf('a');
    expect(runs.map((run) => run.trigger)).toEqual(runs.map(() => 'catch-up'));
    expect(runs.map((run) => run.nominalTime)).toEqual(
      runs.map((run) => run.nominalTime).sort((x, y) => Number(x) - Number(y)),
    );
    const words = { down: /not running/, asleep: /asleep/, blocked: /stopped or blocked/ };
    for (const run of runs) expect(run.reason).toMatch(/^\d+m.* late: /);
    for (const run of runs) expect(run.reason).toMatch(words[cause]);
  });

  it('a suspended job: skipped, whatever its policy', async () => {
    const job = aJob('a', every(10 * minute), { ...rule('all'), suspend: true });
    const h = await interrupted(cause, [job]);
    h.clock.advance(2 * minute);
    expect(h.ledger('a')).toEqual([expect.stringMatching(skipped('suspended'))]);
    expect(h.runsOf('a')).toEqual([]);
  });

  it('a job that was suspended meanwhile, or is no more: nothing of it runs', async () => {
    const job = aJob('a', every(10 * minute), rule('all'));
    for (const next of [
      [{ ...job, suspend: true }],
      [{ ...job, suspend: true, catchUp: rule('latest').catchUp }],
    ]) {
      const h = await interrupted(cause, [{ ...job, suspend: true }], (made) => {
        made.reload(next);
        made.reload([job]);
      });
      expect(h.runsOf('a')).toEqual([]);
    }
    const h = await interrupted(cause, [job], (made) => made.reload([]));
    expect(h.runsOf('a')).toEqual([]);
    expect(h.ledger('a')).toEqual(['skipped removed 6']);
  });

  it('a new job: nothing is filled in from before it came', async () => {
    const job = aJob('a', every(10 * minute), rule('all'));
    const h = await interrupted(cause, [], (made) => made.reload([job]));
    expect(h.ledger('a')).toEqual([]);
    h.clock.advance(5 * minute);
    expect(h.ledger('a')).toEqual(['admitted']);
  });

  it('a changed schedule: counts from the change, and what was due before is told', async () => {
    const h = await interrupted(cause, [aJob('a', every(10 * minute), rule('all'))], (made) =>
      made.reload([aJob('a', every(hour), rule('all'))]),
    );
    expect(h.ledger('a')).toEqual(['skipped schedule_changed 6']);
    expect(h.runsOf('a')).toEqual([]);
  });
});

describe('catch-up: the clock is set forward by an hour', () => {
  it.each(['latest', 'none', 'all'] as const)(
    'policy %s is not asked: an interval is a correction, a time of day runs once',
    async (policy) => {
      const h = await interrupted('step', [
        aJob('interval', every(10 * minute), rule(policy)),
        aJob('daily', cron('30 12 * * *'), rule(policy)),
        aJob('resting', cron('40 12 * * *'), { ...rule(policy), suspend: true }),
      ]);
      expect(h.ledger('interval')).toEqual(['missed clock_step 6']);
      expect(h.ledger('daily')).toEqual(['admitted']);
      expect(h.runsOf('daily')[0]?.reason).toMatch(/^35m.* late: the clock was set forward/);
      expect(h.runsOf('resting')).toEqual([]);
    },
  );
});

it('several jobs: what was missed starts by priority, then by the time it was meant for', async () => {
  for (const cause of causes) {
    const h = await interrupted(cause, [
      aJob('b', cron('50 12 * * *')),
      aJob('a', cron('20 12 * * *')),
      aJob('urgent', cron('55 12 * * *'), { priority: 1 }),
      ...Array.from({ length: 80 }, (_, index) => aJob(`n-${index}`, cron('30 12 * * *'))),
    ]);
    const order = h.dispatcher.dispatched.map((request) => request.job);
    expect(order.slice(0, 2)).toEqual(['urgent', 'a']);
    expect(order.at(-1)).toBe('b');
  }
});
