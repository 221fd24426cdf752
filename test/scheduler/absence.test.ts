import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/core/manifest/job.ts';
import { runsFor, runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, every, hour, minute, second, type Harness } from './harness.ts';

const catchUp = (policy: 'latest' | 'none' | 'all') => ({
  catchUp: { policy, windowMs: 24 * hour, limit: 100 },
});
const words =
  'the scheduler was stopped or blocked from 2026-03-01T12:00:04Z to 2026-03-01T12:00:15Z';

/** Jobs of every four seconds whose daemon is frozen from 12:00:01 to 12:00:15. */
async function frozen(jobs: readonly Job[], behave = runsFor(1_500)): Promise<Harness> {
  const h = await aScheduler('2026-03-01T11:59:58Z', jobs);
  h.dispatcher.behave = () => behave;
  h.clock.advance(3 * second);
  h.clock.freeze(14 * second);
  return h;
}

const details = (h: Harness): (string | null)[] =>
  h.store
    .outcomes({ limit: 100 })
    .filter((row) => row.disposition !== 'admitted')
    .map((row) => row.detail);

describe('scheduler: a daemon that was stopped or blocked', () => {
  it('a run that ended meanwhile stands in nobody’s way: the newest is caught up', async () => {
    const h = await frozen([aJob('a', every(4 * second))]);
    h.clock.advance(500);
    expect(h.ledger('a')).toEqual(['admitted', 'missed catch_up_latest 2', 'admitted']);
    expect(details(h)).toEqual([words]);
    expect(h.runsOf('a')[1]).toMatchObject({
      trigger: 'catch-up',
      nominalTime: Date.parse('2026-03-01T12:00:12Z'),
      reason: `3s late: ${words}`,
    });
  });

  it('all: every one of them, one after the other', async () => {
    const h = await frozen([aJob('a', every(4 * second), catchUp('all'))], runsFor(200));
    h.clock.advance(900);
    expect(h.ledger('a')).toEqual(Array(4).fill('admitted'));
    expect(h.runsOf('a').map((run) => run.reason)).toEqual([
      null,
      `11s late: ${words}`,
      `7s late: ${words}`,
      `3s late: ${words}`,
    ]);
  });

  it('none: missed, with the true cause', async () => {
    const h = await frozen([aJob('a', every(4 * second), catchUp('none'))]);
    h.clock.advance(500);
    expect(h.ledger('a')).toEqual(['admitted', 'missed catch_up_none 3']);
    expect(details(h)).toEqual([words]);
  });

  it('queue: no occurrence is skipped because of a run that has ended', async () => {
    const h = await frozen([aJob('a', every(4 * second), { concurrency: 'queue' })]);
    h.clock.advance(500);
    expect(h.ledger('a')).toEqual(['admitted', 'missed catch_up_latest 2', 'admitted']);
  });

  it('a run that really goes on forbids the one to be caught up', async () => {
    const h = await frozen([aJob('a', every(4 * second))], runsForever);
    h.clock.advance(500);
    expect(h.ledger('a')).toEqual(['admitted', 'missed catch_up_latest 2', 'skipped forbid']);
    expect(details(h)).toContain(`run ${h.runsOf('a')[0]?.id} had not ended`);
  });

  it('what comes due after the absence is ordinary', async () => {
    const h = await frozen([aJob('a', every(4 * second))], runsFor(100));
    h.clock.advance(2 * second);
    expect(h.runsOf('a').at(-1)).toMatchObject({
      trigger: 'schedule',
      nominalTime: Date.parse('2026-03-01T12:00:16Z'),
      reason: null,
    });
  });

  it('a run that ended before its timeout was over has not timed out', async () => {
    const h = await frozen([aJob('a', every(hour), { timeoutMs: 5 * second })]);
    h.clock.advance(500);
    expect(h.runsOf('a')).toMatchObject([{ state: 'succeeded', reason: null }]);
    expect(h.dispatcher.signals).toEqual([]);
  });

  it('the end of a drain’s grace does not cancel what has ended', async () => {
    const h = await aScheduler('2026-03-01T11:59:58Z', [aJob('a', every(hour))]);
    h.dispatcher.behave = () => runsFor(1_500);
    h.clock.advance(3 * second);
    const drained = h.scheduler.drain(5 * second);
    h.clock.freeze(14 * second);
    h.clock.advance(500);
    await drained;
    expect(h.runsOf('a')).toMatchObject([{ state: 'succeeded' }]);
  });

  it('after a delay of less than a second too, the news come first', async () => {
    const h = await aScheduler('2026-03-01T11:59:58Z', [aJob('a', every(4 * second))]);
    h.dispatcher.behave = () => runsFor(3_500);
    h.clock.advance(4 * second);
    h.clock.freeze(2_500);
    h.clock.advance(10);
    expect(h.ledger('a')).toEqual(['admitted', 'admitted']);
    expect(h.runsOf('a')[1]).toMatchObject({ trigger: 'schedule', reason: null });
  });

  it('a request by hand is not refused because of a run whose end was told', async () => {
    const h = await aScheduler('2026-03-01T11:59:58Z', [aJob('a', every(hour))]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(3 * second);
    const [first] = h.runsOf('a');
    h.dispatcher.end(first?.id ?? '', 1, { kind: 'exited', code: 0 });
    h.scheduler.runNow({ job: 'a', requestedBy: 'alice', force: false });
    expect(h.runsOf('a').map((run) => run.state)).toEqual(['succeeded', 'running']);
  });

  it('a run that waited while the daemon was frozen says so', async () => {
    const h = await aScheduler('2026-03-01T12:00:30Z', [
      aJob('a', every(minute), { concurrency: 'queue' }),
    ]);
    h.dispatcher.behave = () => runsFor(65 * second);
    h.clock.advance(92 * second);
    expect(h.scheduler.queuedCount).toBe(1);
    h.clock.freeze(30 * second);
    h.clock.advance(100);
    expect(h.runsOf('a')[1]?.reason).toMatch(
      /^32s late: it waited for its turn, and the scheduler was stopped or blocked from /,
    );
  });

  it('an apply right after it settles what came due before as what it is, with the cause', async () => {
    const job = aJob('a', every(4 * second));
    const h = await frozen([job, aJob('b', every(4 * second)), aJob('c', every(4 * second))]);
    // The watcher may come before the scheduler's own overdue timer.
    h.clock.advance(0);
    h.reload([{ ...job, suspend: true }, aJob('b', every(hour))]);
    h.clock.advance(500);
    expect(h.ledger('a')).toEqual(['admitted', 'skipped suspended 3']);
    expect(h.ledger('b')).toEqual(['admitted', 'skipped schedule_changed 3']);
    expect(h.ledger('c')).toEqual(['admitted', 'skipped removed 3']);
    expect(details(h)).toEqual([words, words, words]);
  });

  it('listens for a second at most, however much there is to hear', async () => {
    const h = await frozen([aJob('a', every(4 * second))], runsForever);
    const [first] = h.dispatcher.dispatched;
    if (first === undefined) throw new Error('the first run was dispatched');
    // News without end: each command that ends is followed by another one's start.
    h.dispatcher.behave = () => runsFor(10);
    let count = 0;
    const chatter = (): void => {
      count += 1;
      h.dispatcher.dispatch([{ ...first, runId: `stranger-${count}` }]);
      h.clock.setTimer(20, chatter);
    };
    chatter();
    h.clock.advance(1_200);
    expect(h.ledger('a')).toContain('missed catch_up_latest 2');
  });
});
