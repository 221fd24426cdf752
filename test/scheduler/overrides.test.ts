// Pauses on the fake clock and the real store: what comes due under one is
// skipped and counted, nothing starts because one ends, and it outlives everything.
import { afterEach, expect, it } from 'vitest';
import type { PausedJob } from '../../src/scheduler/pauses.ts';
import { runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, cron, every, hour, minute, second, type Harness } from './harness.ts';

const begin = '2026-03-02T12:00:00Z';
const start = Date.parse(begin);
const hourly = cron('0 * * * *');

let harness: Harness;
afterEach(() => {
  expect(harness.store.auditLedger()).toEqual([]);
  harness.store.close();
});

const uid = (job = 'backup'): string => harness.store.findJob(job)?.uid ?? '';
const pauseOf = (job = 'backup') => harness.store.findJob(job)?.pause ?? null;
const pause = (
  until: number | 'next_run' | null,
  rest: { readonly by?: string; readonly cancel?: boolean; readonly job?: string } = {},
): PausedJob | undefined =>
  harness.scheduler.pause({
    jobUids: [uid(rest.job)],
    by: rest.by ?? 'bob',
    reason: 'disk swap',
    until,
    cancel: rest.cancel ?? false,
  })[0];
const resume = () => harness.scheduler.resume({ jobUids: [uid()], by: 'alice' })[0];
const kinds = (): string[] =>
  harness.events.map(({ kind }) => kind).filter((kind) => kind.startsWith('override'));

it('skips and counts what comes due, and starts nothing at the resume', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(null);
  harness.clock.advance(72 * hour);
  expect(resume()?.lifted).toMatchObject({ by: 'bob', reason: 'disk swap', skipped: 72 });
  harness.clock.advance(minute);
  expect(harness.runsOf('backup')).toEqual([]);
  expect(harness.store.outcomes({ limit: 1 })[0]?.detail).toBe(
    'paused by bob since 2026-03-02T12:00:00Z ("disk swap")',
  );
  harness.clock.advance(hour);
  expect(harness.runsOf('backup')).toHaveLength(1);
  expect(kinds()).toEqual(['override.set', 'override.lifted']);
});

it('makes one row a minute of a job that is due every second', async () => {
  harness = await aScheduler(begin, [aJob('backup', every(second))]);
  pause(null);
  harness.clock.advance(10 * minute);
  expect(harness.ledger('backup').length).toBeLessThanOrEqual(11);
  expect(resume()?.lifted?.skipped).toBe(600);
});

it('ends by itself, and runs what is due at its end', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(start + 3 * hour);
  expect(harness.scheduler.nextStart(uid())).toBe(start + 3 * hour);
  harness.clock.advance(3 * hour);
  expect(pauseOf()).toBeNull();
  expect(kinds()).toEqual(['override.set', 'override.expired']);
  expect(harness.ledger('backup')).toEqual(['skipped paused', 'skipped paused', 'admitted']);
  expect(harness.runsOf('backup')[0]?.nominalTime).toBe(start + 3 * hour);
});

it('ends by itself for a job without a schedule as well', async () => {
  harness = await aScheduler(begin, [aJob('backup', null)]);
  pause(start + hour);
  harness.clock.advance(hour + second);
  expect(kinds()).toEqual(['override.set', 'override.expired']);
});

it('skips the next run alone', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  expect(pause('next_run')?.pause.until).toBe(start + hour + 1);
  harness.clock.advance(2 * hour);
  expect(harness.ledger('backup')).toEqual(['skipped paused', 'admitted']);
});

it('refuses to skip the next run where none is to come', async () => {
  harness = await aScheduler(begin, [aJob('backup', null)]);
  expect(() => pause('next_run')).toThrow(expect.objectContaining({ code: 'JM2-R109' }));
  expect(pauseOf()).toBeNull();
});

it('keeps a pause through twenty applies that change the job, its schedule and its rhythm', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(null);
  for (let apply = 1; apply <= 20; apply += 1) {
    harness.clock.advance(30 * minute);
    const schedule = apply % 2 === 0 ? hourly : cron('30 * * * *');
    harness.reload([aJob('backup', schedule, { description: `${apply}` }), aJob('other', null)]);
  }
  expect(pauseOf()).toMatchObject({ by: 'bob', since: start });
  expect(harness.runsOf('backup')).toEqual([]);
  expect(harness.ledger('backup').every((row) => row.startsWith('skipped paused'))).toBe(true);
});

it('keeps a pause over restarts, and settles what passed while nobody was there', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(null);
  await harness.scheduler.detach();
  harness.clock.advance(5 * hour);
  await harness.restart({ downSince: start });
  expect(harness.runsOf('backup')).toEqual([]);
  expect(harness.ledger('backup')).toEqual(['skipped paused 5']);
  expect(pauseOf()?.skipped).toBe(5);
});

it('divides what passed while no daemon ran at the end of the pause', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly, { catchUp: catchUpAll })]);
  pause(start + 3 * hour);
  await harness.scheduler.detach();
  harness.clock.advance(5 * hour);
  await harness.restart({ downSince: start });
  const nominal = harness.runsOf('backup').map((run) => run.nominalTime);
  expect(nominal).toEqual([start + 3 * hour, start + 4 * hour, start + 5 * hour]);
  expect(harness.ledger('backup')[0]).toBe('skipped paused 2');
  expect(kinds()).toEqual(['override.set', 'override.expired']);
});

const catchUpAll = { policy: 'all', windowMs: 24 * hour, limit: 100 } as const;

it('divides it as well when the job was changed while no daemon ran', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(start + 3 * hour);
  await harness.renew({ downSince: start });
  harness.clock.advance(5 * hour);
  harness.reload([aJob('backup', cron('15 * * * *'))]);
  await harness.scheduler.start();
  expect(harness.ledger('backup')).toEqual(['skipped paused 2', 'skipped schedule_changed 3']);
  expect(harness.runsOf('backup')).toEqual([]);
});

it('lets a run go on, and ends it where that is asked for', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly), aJob('other', hourly)]);
  harness.dispatcher.behave = () => runsForever;
  harness.clock.advance(hour);
  expect(pause(null)?.canceled).toEqual([]);
  expect(harness.runsOf('backup')[0]?.state).toBe('running');
  const [run] = harness.runsOf('other');
  expect(pause(null, { job: 'other', cancel: true })?.canceled).toEqual([run?.id]);
  const [attempt] = harness.store.attempts(run?.id ?? '');
  expect(attempt?.killIntent).toBe('cancel');
});

it('that ends while a run goes on leaves it alone, and what comes due then goes by the policy', async () => {
  const queueing = aJob('other', hourly, { concurrency: 'queue' });
  harness = await aScheduler(begin, [aJob('backup', hourly), queueing]);
  harness.dispatcher.behave = () => runsForever;
  harness.clock.advance(hour);
  for (const job of ['backup', 'other']) pause(start + 3 * hour, { job });
  harness.clock.advance(2 * hour);
  expect(pauseOf()).toBeNull();
  expect(harness.ledger('backup')).toEqual(['admitted', 'skipped paused', 'skipped forbid']);
  expect(harness.runsOf('backup').map(({ state }) => state)).toEqual(['running']);
  expect(harness.ledger('other')).toEqual(['admitted', 'skipped paused', 'admitted']);
  expect(harness.runsOf('other').map(({ state }) => state)).toEqual(['running', 'queued']);
});

/** What the manifest says, what a person says, and what becomes of the occurrence that comes due. */
it.each([
  { suspend: false, says: 'nothing', becomes: 'admitted' },
  { suspend: false, says: 'paused', becomes: 'skipped paused' },
  { suspend: false, says: 'paused and resumed', becomes: 'admitted' },
  { suspend: true, says: 'nothing', becomes: 'skipped suspended' },
  { suspend: true, says: 'paused', becomes: 'skipped suspended' },
  { suspend: true, says: 'paused and resumed', becomes: 'skipped suspended' },
])('suspend $suspend in the manifest, $says by a person: $becomes', async (row) => {
  harness = await aScheduler(begin, [aJob('backup', hourly, { suspend: row.suspend })]);
  if (row.says !== 'nothing') pause(null);
  if (row.says === 'paused and resumed') resume();
  harness.clock.advance(hour + minute);
  expect(harness.ledger('backup')).toEqual([row.becomes]);
});

/** The manifest changes its mind under a pause: the person's word stays. */
it.each([
  [false, true, 'skipped suspended'],
  [true, false, 'skipped paused'],
  [false, false, 'skipped paused'],
])('a pause stays when suspend goes from %s to %s: %s', async (from, to, becomes) => {
  harness = await aScheduler(begin, [aJob('backup', hourly, { suspend: from })]);
  pause(null);
  harness.reload([aJob('backup', hourly, { suspend: to, timeoutMs: minute })]);
  expect(pauseOf()).toMatchObject({ by: 'bob' });
  harness.clock.advance(hour + minute);
  expect(harness.ledger('backup')).toEqual([becomes]);
});

it('starts a run by hand all the same', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(null);
  harness.scheduler.runNow({ job: 'backup', requestedBy: 'bob', force: false });
  expect(harness.runsOf('backup').map(({ trigger }) => trigger)).toEqual(['manual']);
});

it('lets a queued run start that was admitted before', async () => {
  const jobs = [aJob('a-first', hourly), aJob('backup', hourly)];
  harness = await aScheduler(begin, jobs, { max: 1 });
  harness.dispatcher.behave = () => runsForever;
  harness.clock.advance(hour);
  pause(null);
  const [first] = harness.runsOf('a-first');
  expect(harness.runsOf('backup')[0]?.state).toBe('queued');
  harness.dispatcher.end(first?.id ?? '', 1, { kind: 'exited', code: 0 });
  harness.clock.advance(second);
  expect(harness.runsOf('backup')[0]?.state).toBe('running');
});

it('lets another person make a pause longer and not shorter', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(start + 3 * hour);
  expect(pause(start + hour, { by: 'eve' })?.outcome).toBe('kept');
  expect(pauseOf()).toMatchObject({ by: 'bob', until: start + 3 * hour });
  expect(pause(start + 5 * hour, { by: 'eve' })?.outcome).toBe('extended');
  expect(pauseOf()).toMatchObject({ by: 'eve', until: start + 5 * hour, since: start });
});

it('stays with a removed job, and closes what came due under it', async () => {
  harness = await aScheduler(begin, [aJob('backup', every(second)), aJob('other', null)]);
  pause(null);
  harness.clock.advance(5 * second);
  harness.reload([aJob('other', null)]);
  expect(harness.ledger('backup')).toEqual(['skipped paused 5']);
  expect(pauseOf()).toMatchObject({ by: 'bob', skipped: 5 });
});

it('keeps the pause when the file lifts its suspension, whose occurrences stay suspended', async () => {
  harness = await aScheduler(begin, [aJob('backup', hourly, { suspend: true })]);
  pause(null);
  harness.clock.advance(2 * hour);
  harness.reload([aJob('backup', hourly)]);
  harness.clock.advance(2 * hour);
  resume();
  expect(harness.ledger('backup')).toEqual([
    'skipped suspended',
    'skipped suspended',
    'skipped paused',
    'skipped paused',
  ]);
  expect(harness.runsOf('backup')).toEqual([]);
});

it.each([
  ['forward over its end', 4 * hour, 1],
  ['back by two hours', -2 * hour, 0],
])('follows the wall clock when it is set %s', async (_, byMs, expired) => {
  harness = await aScheduler(begin, [aJob('backup', hourly)]);
  pause(start + 3 * hour);
  harness.clock.advance(minute);
  harness.clock.step(byMs);
  harness.clock.advance(20 * second);
  expect(kinds().filter((kind) => kind === 'override.expired')).toHaveLength(expired);
  expect(pauseOf() === null).toBe(expired === 1);
});

it('takes a pause back as a whole when it cannot be recorded', async () => {
  let isFailing = false;
  harness = await aScheduler(begin, [aJob('backup', hourly)], {
    wrapStore: (store) => ({
      ...store,
      audit: (entry) => {
        if (isFailing) throw new Error('disk');
        store.audit(entry);
      },
    }),
  });
  isFailing = true;
  expect(() => pause(null)).toThrow('disk');
  isFailing = false;
  expect(pauseOf()).toBeNull();
  harness.clock.advance(hour);
  expect(harness.ledger('backup')).toEqual(['admitted']);
});

it('starts nothing under random pauses, and counts every occurrence once', async () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  harness = await aScheduler(begin, [aJob('backup', every(7 * second), { concurrency: 'allow' })]);
  const paused: { from: number; until: number }[] = [];
  for (let step = 0; step < 60; step += 1) {
    const now = harness.clock.now();
    const open = paused.at(-1);
    if (pauseOf() === null && random(2) === 0) {
      const until = random(2) === 0 ? null : now + 1 + random(90 * second);
      pause(until);
      paused.push({ from: now, until: until ?? Infinity });
    } else if (pauseOf() !== null && open !== undefined && random(4) === 0) {
      resume();
      open.until = now;
    }
    if (random(8) === 0) await harness.restart({ downSince: now });
    harness.clock.advance(random(40 * second));
  }
  for (const run of harness.runsOf('backup')) {
    const at = run.nominalTime ?? 0;
    expect(paused.some(({ from, until }) => at > from && at < until)).toBe(false);
  }
  resume();
  const rows = harness.store.outcomes({ jobUid: uid(), limit: 100_000 });
  const counted = rows.reduce((sum, row) => sum + row.count, 0);
  const settledTo = harness.store.findJob('backup')?.watermark ?? 0;
  expect(counted).toBe(Math.floor(settledTo / 7_000) - Math.floor(start / 7_000));
});
