import { describe, expect, it } from 'vitest';
import { failsAtOnce, runsFor, runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, at, cron, every, hour, minute, second } from './harness.ts';

const noon = cron('0 12 * * *');
const before = '2026-03-01T11:59:50Z';

describe('scheduler: who gets a free slot', () => {
  it('starts 50 jobs due at once in the order of their priority, whatever their names', async () => {
    const jobs = Array.from({ length: 50 }, (_, index) =>
      aJob(`job-${index}`, noon, { priority: (index * 7) % 50 }),
    );
    const h = await aScheduler(before, jobs, { max: 2 });
    h.dispatcher.behave = () => runsFor(second);
    h.clock.advance(2 * minute);
    const priorities = h.dispatcher.dispatched.map(
      (request) => jobs.find((job) => job.name === request.job)?.priority,
    );
    expect(priorities).toEqual(Array.from({ length: 50 }, (_, index) => 49 - index));
    expect(jobs.flatMap((job) => h.ledger(job.name))).toEqual(jobs.map(() => 'admitted'));
  });

  it('claims the urgent ones first when more are due than one transaction takes', async () => {
    const many = Array.from({ length: 200 }, (_, index) => aJob(`a-${index}`, noon));
    const h = await aScheduler(before, [...many, aJob('urgent', noon, { priority: 10 })], {
      max: 1,
    });
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(20 * second);
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual(['urgent']);
    expect(h.scheduler.queuedCount).toBe(200);
  });

  it('lets a job with many waiting runs starve no other', async () => {
    const h = await aScheduler(
      '2026-03-01T00:00:00Z',
      [
        aJob('often', every(second), { concurrency: 'allow' }),
        aJob('once', at('2026-03-01T00:02:00Z')),
      ],
      { max: 1 },
    );
    h.dispatcher.behave = () => runsFor(10 * second);
    h.clock.advance(2 * minute + 25 * second);
    expect(h.scheduler.queuedCount).toBeGreaterThan(100);
    expect(h.runsOf('once')[0]?.state).not.toBe('queued');
  });

  it('keeps a group to its limit without holding up others, also over a restart with adopted runs', async () => {
    const jobs = [
      ...['a', 'b', 'c'].map((name) => aJob(name, noon, { group: 'db' })),
      aJob('other', cron('1 12 * * *')),
    ];
    const h = await aScheduler(before, jobs, { max: 10, groups: { db: 1 } });
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(20 * second);
    expect(h.runsOf('b')[0]?.reason).toBe('waits for a free slot in group db (max 1)');
    await h.restart();
    h.clock.advance(minute);
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual(['a', 'other']);
    h.dispatcher.end(h.runsOf('a')[0]?.id ?? '', 1, { kind: 'exited', code: 0 });
    h.clock.advance(second);
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual(['a', 'other', 'b']);
  });

  it('obeys what an apply makes of groups and priorities, for runs that wait already', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const jobs = names.map((name) => aJob(name, noon, { group: 'db' }));
    const h = await aScheduler(before, jobs, { groups: { db: 1 } });
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(20 * second);
    h.reload(jobs, { groups: { db: 2 } });
    h.clock.advance(second);
    expect(h.scheduler.runningCount).toBe(2);
    h.reload(
      names.map((name) => aJob(name, noon, { group: 'db', priority: name === 'd' ? 1 : 0 })),
      { groups: { db: 3 } },
    );
    h.clock.advance(second);
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual(['a', 'b', 'd']);
    h.reload(names.map((name) => aJob(name, noon)));
    h.clock.advance(second);
    expect(h.scheduler.runningCount).toBe(4);
  });

  it('bounds what waits of one job, and says so', async () => {
    const h = await aScheduler(
      '2026-03-01T00:00:00Z',
      [aJob('often', every(second), { concurrency: 'allow' })],
      { max: 1, queueLimit: 3 },
    );
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(6 * second);
    expect(h.ledger('often').slice(0, 5)).toEqual([
      ...Array<string>(4).fill('admitted'),
      'skipped queue_full',
    ]);
    const request = { job: 'often', requestedBy: 'alice', force: true };
    expect(() => h.scheduler.runNow(request)).toThrow(/queue is full/);
  });

  it('gives a run by hand the priority asked for, once, and keeps it over a restart', async () => {
    const h = await aScheduler(
      before,
      ['a', 'b', 'c'].map((name) => aJob(name, null)),
      { max: 1 },
    );
    h.dispatcher.behave = () => runsFor(minute);
    const request = { requestedBy: 'alice', force: false };
    for (const job of ['a', 'b']) h.scheduler.runNow({ ...request, job });
    const urgent = h.scheduler.runNow({ ...request, job: 'c', priority: 50 });
    expect(h.store.run(urgent.id)?.priority).toBe(50);
    h.clock.advance(second);
    await h.restart();
    h.clock.advance(2 * minute);
    expect(h.dispatcher.dispatched.map((each) => each.job)).toEqual(['a', 'c', 'b']);
  });

  it('starts what was missed in the order of priority, then of the time it was meant for', async () => {
    const jobs = [
      aJob('late', cron('30 11 * * *')),
      aJob('early', cron('0 10 * * *')),
      aJob('urgent', cron('45 11 * * *'), { priority: 10 }),
      aJob('patient', cron('0 9 * * *'), { priority: -10 }),
    ];
    const h = await aScheduler('2026-03-01T08:00:00Z', jobs, { max: 1 });
    h.dispatcher.behave = () => runsFor(second);
    await h.scheduler.detach();
    h.clock.advance(4 * hour);
    await h.restart();
    h.clock.advance(minute);
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual([
      'urgent',
      'early',
      'late',
      'patient',
    ]);
  });
});

describe('scheduler: the start deadline', () => {
  const startDeadlineMs = 30 * second;

  it('misses an occurrence that no slot was free for in time, with what it waited for', async () => {
    const jobs = [
      aJob('long', noon, { priority: 1 }),
      aJob('waits', noon, { startDeadlineMs }),
      aJob('patient', noon),
    ];
    const h = await aScheduler(before, jobs, { max: 1 });
    h.dispatcher.behave = (request) => (request.job === 'long' ? runsFor(minute) : runsFor(0));
    h.clock.advance(10 * second + startDeadlineMs);
    expect(h.runsOf('waits')[0]?.state).toBe('queued');
    h.clock.advance(second);
    expect(h.ledger('waits')).toEqual(['missed deadline']);
    const evidence =
      'could not start within 30s of its time (start_deadline); waits for a free slot (concurrency.max 1)';
    expect(
      h.store.outcomes({ jobUid: h.store.findJob('waits')?.uid ?? '', limit: 1 })[0]?.detail,
    ).toBe(evidence);
    expect(h.runsOf('waits')[0]).toMatchObject({
      state: 'canceled',
      reason: `missed: ${evidence}`,
    });
    expect(h.events.filter((event) => event.kind === 'occurrence.missed')).toHaveLength(1);
    h.clock.advance(minute);
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual(['long', 'patient']);
  });

  it('misses what became too late while no daemon ran, queued or not', async () => {
    const jobs = [
      aJob('long', noon, { priority: 1 }),
      aJob('queued', noon, { startDeadlineMs }),
      aJob('due', cron('*/5 * * * *'), { startDeadlineMs }),
    ];
    const h = await aScheduler(before, jobs, { max: 1 });
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(15 * second);
    await h.scheduler.detach();
    h.clock.advance(16 * minute);
    await h.restart();
    expect(h.ledger('queued')).toEqual(['missed deadline']);
    expect(h.ledger('due')).toEqual(['missed deadline', 'missed deadline 3']);
  });

  it('is no bound for a retry, and none for a run by hand', async () => {
    const retry = { ...aJob('x', null).retry, limit: 1, delayMs: minute };
    const h = await aScheduler(before, [aJob('flaky', noon, { startDeadlineMs, retry })]);
    h.dispatcher.behave = (request) => failsAtOnce(request.attempt);
    h.clock.advance(5 * minute);
    expect(h.runsOf('flaky')[0]).toMatchObject({ state: 'failed', attempts: 2 });
    h.scheduler.runNow({ job: 'flaky', requestedBy: 'alice', force: false });
    h.clock.advance(5 * minute);
    expect(h.ledger('flaky')).toEqual(['admitted']);
    expect(h.runsOf('flaky')).toHaveLength(2);
  });
});

it('tells what each run waits for and behind how many, without writing anything', async () => {
  const jobs = [
    ...['a', 'b', 'c'].map((name) => aJob(name, noon, { group: 'db' })),
    ...['d', 'e'].map((name) => aJob(name, noon)),
    aJob('again', cron('* * * * *'), { concurrency: 'queue', priority: 1 }),
  ];
  const h = await aScheduler(before, jobs, { max: 3, groups: { db: 1 } });
  h.dispatcher.behave = () => runsForever;
  h.clock.advance(70 * second);
  const told = h.scheduler.waiting(10).map(({ run, waitsFor, ahead, reason }) => {
    return [run.job, waitsFor, ahead, reason.replace(/run \w{26}/, 'run ID')];
  });
  expect(told).toEqual([
    ['b', 'group', 0, 'waits for a free slot in group db (max 1): it is next'],
    ['c', 'group', 1, 'waits for a free slot in group db (max 1): 1 ahead of it'],
    ['e', 'slot', 0, 'waits for a free slot (concurrency.max 3): it is next'],
    ['again', 'run', null, 'waits for run ID of the job to end'],
  ]);
  expect(h.scheduler.waiting(2)).toHaveLength(2);
  expect(h.scheduler.limits().groups).toEqual([{ name: 'db', max: 1, running: 1, waiting: 2 }]);
});

describe('scheduler: policies hold for a run that the next daemon adopted', () => {
  it.each([
    ['forbid', ['running'], 'skipped forbid'],
    ['allow', ['running', 'running'], 'admitted'],
    ['queue', ['running', 'queued'], 'admitted'],
    ['replace', ['canceled', 'running'], 'admitted'],
  ] as const)('%s', async (concurrency, states, outcome) => {
    const h = await aScheduler('2026-03-01T11:59:50Z', [
      aJob('a', cron('* * * * *'), { concurrency }),
    ]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(15 * second);
    await h.restart();
    h.clock.advance(minute);
    expect(h.runsOf('a').map((run) => run.state)).toEqual(states);
    expect(h.ledger('a')).toEqual(['admitted', outcome]);
  });

  it('concurrency.max: an adopted run keeps its slot', async () => {
    const h = await aScheduler(before, [aJob('a', noon), aJob('b', cron('1 12 * * *'))], {
      max: 1,
    });
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(15 * second);
    await h.restart();
    h.clock.advance(minute);
    expect(h.runsOf('b')[0]).toMatchObject({
      state: 'queued',
      reason: 'waits for a free slot (concurrency.max 1)',
    });
  });
});
