import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/core/manifest/job.ts';
import type { Store } from '../../src/store/store.ts';
import { aJob, aScheduler, cron, every, hour, minute, second, type Harness } from './harness.ts';

const catchUp = (policy: 'latest' | 'all') => ({
  catchUp: { policy, windowMs: 24 * hour, limit: 100 },
});
const hourly = every(hour);
const words = 'the scheduler was not running until 2026-03-01T05:30:00Z';
const job = (name: string, fields: Partial<Job> = {}) =>
  aJob(name, hourly, { ...catchUp('all'), ...fields });

/** A daemon that is down from 00:30 to 05:30; the one after it has not started its scheduler. */
async function down(
  jobs: readonly Job[],
  wrapStore: (store: Store) => Store = (store) => store,
): Promise<Harness> {
  const h = await aScheduler('2026-03-01T00:30:00Z', jobs, { wrapStore });
  await h.scheduler.detach();
  h.clock.advance(5 * hour);
  await h.renew();
  return h;
}

const closed = (h: Harness, name: string) =>
  h.store
    .outcomes({ jobUid: h.store.findJob(name)?.uid ?? '', limit: 100 })
    .filter((row) => row.disposition !== 'admitted')
    .map(({ reason, count, nominalTime, lastNominalTime, detail }) => [
      reason,
      count,
      new Date(nominalTime).toISOString().slice(11, 16),
      new Date(lastNominalTime).toISOString().slice(11, 16),
      detail,
    ]);

describe('scheduler: a manifest that changed while no daemon ran', () => {
  it('each occurrence of before has a row that tells why it did not run', async () => {
    const h = await down([
      job('changed'),
      job('gone'),
      job('lifted', { suspend: true }),
      job('kept'),
    ]);
    h.reload([aJob('changed', every(2 * hour), catchUp('all')), job('lifted'), job('kept')]);
    await h.scheduler.start();
    h.clock.advance(minute);
    expect(closed(h, 'changed')).toEqual([['schedule_changed', 5, '01:00', '05:00', words]]);
    expect(closed(h, 'gone')).toEqual([['removed', 5, '01:00', '05:00', words]]);
    expect(closed(h, 'lifted')).toEqual([['suspended', 5, '01:00', '05:00', null]]);
    expect(['changed', 'gone', 'lifted'].flatMap((name) => h.runsOf(name))).toEqual([]);
    expect(h.ledger('kept')).toEqual(Array(5).fill('admitted'));
  });

  it('the new schedule counts from the apply', async () => {
    const h = await down([job('a')]);
    h.reload([aJob('a', every(2 * hour), catchUp('all'))]);
    await h.scheduler.start();
    h.clock.advance(hour);
    expect(h.ledger('a')).toEqual(['skipped schedule_changed 5', 'admitted']);
    expect(h.runsOf('a')).toMatchObject([
      { trigger: 'schedule', nominalTime: Date.parse('2026-03-01T06:00:00Z') },
    ]);
  });

  it('a job that is suspended by it skips what came due', async () => {
    const h = await down([job('a')]);
    h.reload([job('a', { suspend: true })]);
    await h.scheduler.start();
    h.clock.advance(second);
    expect(h.ledger('a')).toEqual(['skipped suspended 5']);
  });

  it('a change of anything else is caught up as ever', async () => {
    const h = await down([job('a')]);
    h.reload([job('a', { description: 'new' })]);
    await h.scheduler.start();
    h.clock.advance(minute);
    expect(h.ledger('a')).toEqual(Array(5).fill('admitted'));
  });

  it('a schedule that is only spelled in another way is caught up as ever', async () => {
    const daily = (written: string): Job =>
      aJob('a', { ...cron('0 * * * *'), written }, { ...catchUp('all'), description: written });
    const h = await down([daily('@hourly')]);
    const [record] = h.store.jobs();
    if (record === undefined) throw new Error('the job is recorded');
    const respelled = { ...record, job: daily('0 * * * *'), digest: 'another' };
    h.scheduler.load([respelled], { concurrencyMax: 64, queueLimit: 200, groups: {} });
    await h.scheduler.start();
    h.clock.advance(minute);
    expect(h.ledger('a')).toEqual(Array(5).fill('admitted'));
  });

  it('a scheduler that is never started closes what each apply ends, and starts nothing', async () => {
    const h = await down([job('a')]);
    h.reload([job('a', { suspend: true })]);
    h.clock.advance(2 * hour);
    h.reload([job('a')]);
    h.clock.advance(2 * hour);
    h.reload([]);
    expect(closed(h, 'a').map(([reason, count]) => [reason, count])).toEqual([
      ['removed', 2],
      ['suspended', 2],
      ['suspended', 5],
    ]);
    expect(h.runsOf('a')).toEqual([]);
    expect(h.dispatcher.dispatched).toEqual([]);
  });

  it('rows that could not be recorded at the load are recorded at the start', async () => {
    let isFull = false;
    const h = await down([job('a')], (store) => ({
      ...store,
      transaction: (body) => {
        if (isFull) throw new Error('disk full');
        return store.transaction(body);
      },
    }));
    isFull = true;
    const changed = h.apply([aJob('a', every(2 * hour), catchUp('all'))]);
    h.scheduler.load(changed, { concurrencyMax: 64, queueLimit: 200, groups: {} });
    expect(h.scheduler.problems).toHaveLength(1);
    expect(h.ledger('a')).toEqual([]);
    isFull = false;
    await h.scheduler.start();
    expect(h.scheduler.problems).toEqual([]);
    expect(h.ledger('a')).toEqual(['skipped schedule_changed 5']);
  });

  it('a crash between the rows and the start repeats none of them', async () => {
    const h = await down([job('a'), job('b')]);
    h.reload([job('a', { suspend: true })]);
    await h.restart();
    h.clock.advance(second);
    expect(h.ledger('a')).toEqual(['skipped suspended 5']);
    expect(h.ledger('b')).toEqual(['skipped removed 5']);
  });
});
