// The table of clock faults, T1 to T19, on the fake clock; the same rows with
// the real daemon are in test/e2e/clock-faults.test.ts. T12 (a start deadline)
// is in line.test.ts and catch-up-table.test.ts.
import { describe, expect, it } from 'vitest';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import type { CompiledSchedule } from '../../src/core/schedule/schedule.ts';
import type { JobRecord } from '../../src/store/store.ts';
import { readZoneChange } from '../../src/scheduler/zone-change.ts';
import { runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, cron, every, hour, minute, second } from './harness.ts';

const daily = cron('0 12 * * *');

describe('the clock is set, or nobody was there', () => {
  const watermark = (record: JobRecord | null) => new Date(record?.watermark ?? 0).toISOString();

  it('T1: set forward by minutes, each occurrence runs once, in order', async () => {
    const h = await aScheduler('2026-03-01T11:58:30Z', [
      aJob('a', every(minute), { concurrency: 'allow' }),
    ]);
    h.clock.step(4 * minute);
    h.clock.advance(11 * second);
    expect(h.runsOf('a').map((run) => run.trigger)).toEqual(Array(4).fill('schedule'));
    expect(h.events.filter((event) => event.kind === 'clock.stepped')).toMatchObject([
      { byMs: 4 * minute },
    ]);
  });

  it('T2: set forward by two hours, fixed-time jobs run once, wildcard jobs only the current one', async () => {
    const h = await aScheduler('2026-03-01T10:58:30Z', [
      aJob('fixed', cron('0,30 11 * * *')),
      aJob('wild', cron('*/15 * * * *')),
    ]);
    h.clock.step(2 * hour);
    h.clock.advance(11 * second);
    expect(h.ledger('fixed')).toEqual(['missed clock_step', 'admitted']);
    expect(h.ledger('wild')).toEqual(['missed clock_step 8']);
    h.clock.advance(5 * minute);
    expect(h.ledger('wild')).toEqual(['missed clock_step 8', 'admitted']);
  });

  it('T3: set forward by a day without a sleep, nothing is caught up', async () => {
    const h = await aScheduler('2026-03-01T10:58:30Z', [aJob('fixed', daily)]);
    h.clock.step(24 * hour);
    h.clock.advance(11 * second);
    expect(h.ledger('fixed')).toEqual(['missed clock_step']);
    h.clock.advance(2 * hour);
    expect(h.ledger('fixed')).toEqual(['missed clock_step', 'admitted']);
  });

  it('T8: asleep for five hours is a downtime, one coalesced run', async () => {
    let slept = 0;
    const h = await aScheduler('2026-03-01T00:30:00Z', [aJob('a', cron('0 * * * *'))], {
      start: false,
    });
    await h.restart({ uptime: () => h.clock.monotonic() + slept });
    slept = 5 * hour;
    h.clock.step(5 * hour);
    h.clock.advance(11 * second);
    expect(h.ledger('a')).toEqual(['missed catch_up_latest 4', 'admitted']);
    expect(h.events.some((event) => event.kind === 'clock.stepped')).toBe(false);
  });

  it('T9: a loop blocked for three seconds is one late tick that loses nothing', async () => {
    const h = await aScheduler('2026-03-01T00:30:00.500Z', [aJob('a', every(second))]);
    h.dispatcher.behave = () => runsForever;
    h.clock.freeze(3 * second);
    // Sets the timer anew, which starts nothing and does not hide the absence.
    h.scheduler.load(h.store.jobs(), { concurrencyMax: 64, queueLimit: 200, groups: {} });
    expect(h.ledger('a')).toEqual([]);
    h.clock.advance(100);
    expect(h.ledger('a')).toEqual(['missed catch_up_latest 2', 'admitted']);
  });

  it('T4: set back by an hour, fixed-time jobs do not repeat, wildcard jobs go on at once', async () => {
    const h = await aScheduler('2026-03-01T11:50:30Z', [
      aJob('fixed', daily),
      aJob('wild', cron('*/10 * * * *')),
    ]);
    h.clock.advance(10 * minute);
    h.clock.step(-hour);
    h.clock.advance(65 * minute);
    expect(h.runsOf('fixed')).toHaveLength(1);
    expect(h.runsOf('wild')).toHaveLength(1 + 6);
    expect(h.store.findJob('wild')?.epoch).toBe(1);
    expect(h.store.findJob('fixed')?.epoch).toBe(0);
  });

  it('T5: set back by a day, every job follows the new time in a new epoch', async () => {
    const h = await aScheduler('2026-03-02T11:59:30Z', [aJob('fixed', daily)]);
    h.clock.advance(minute);
    h.clock.step(-24 * hour);
    h.clock.advance(24 * hour);
    expect(h.runsOf('fixed').map((run) => run.epoch)).toEqual([0, 1]);
  });

  it('T6: a boot with the clock in 2098 leaves no job stuck once it is corrected', async () => {
    const h = await aScheduler('2098-01-01T11:59:30Z', [aJob('fixed', daily)]);
    h.clock.advance(minute);
    await h.scheduler.detach();
    h.clock.step(Date.parse('2026-03-01T11:00:00Z') - h.clock.now());
    await h.restart();
    expect(watermark(h.store.findJob('fixed'))).toBe('2026-03-01T11:00:00.000Z');
    h.clock.advance(2 * hour);
    expect(h.runsOf('fixed')).toHaveLength(2);
  });
});

describe('the clock drifts, or repeats a second', () => {
  it.each([
    ['fast', 1, 144],
    // The clock shows 43 seconds less than a day has.
    ['slow', -1, 143],
  ])(
    'T7: slewed %s by 500 ppm for a day, every occurrence runs once, within 50 ms',
    async (_, ms, count) => {
      const h = await aScheduler('2026-03-01T00:00:30Z', [aJob('a', cron('*/10 * * * *'))]);
      for (let elapsed = 0; elapsed < 24 * hour; elapsed += 2 * second) {
        h.clock.advance(2 * second);
        h.clock.step(ms);
      }
      const runs = h.runsOf('a');
      expect(runs).toHaveLength(count);
      for (const { queuedAt, nominalTime, trigger } of runs) {
        expect(trigger).toBe('schedule');
        expect(queuedAt - (nominalTime ?? 0)).toBeGreaterThanOrEqual(0);
        expect(queuedAt - (nominalTime ?? 0)).toBeLessThanOrEqual(50);
      }
    },
  );

  it('T18: a leap second that the clock repeats gives no second run, nor a new epoch', async () => {
    const h = await aScheduler('2026-12-31T23:59:59Z', [
      aJob('fixed', cron('0 0 * * *')),
      aJob('wild', cron('* * * * *')),
    ]);
    h.clock.advance(second + 1);
    // The second before midnight comes once more; the clock is read a moment later.
    h.clock.step(-second - 2);
    h.clock.advance(10 * second);
    expect([h.ledger('fixed'), h.ledger('wild')]).toEqual([['admitted'], ['admitted']]);
    expect(h.events.some((event) => event.kind === 'clock.stepped')).toBe(false);
  });

  it('T4: steps back that add up to more than three hours begin a new epoch as one would', async () => {
    const h = await aScheduler('2026-03-02T11:59:30Z', [aJob('fixed', cron('0 0-23 * * *'))]);
    h.clock.advance(minute);
    for (let step = 0; step < 2; step += 1) {
      h.clock.step(-2 * hour);
      h.clock.advance(11 * second);
    }
    h.clock.advance(hour);
    expect(h.store.findJob('fixed')?.epoch).toBe(1);
    const begun = h.runsOf('fixed').map((run) => [run.epoch, new Date(run.queuedAt).getUTCHours()]);
    expect(begun).toEqual([
      [1, 9],
      [0, 12],
    ]);
  });
});

describe('downtimes and edits', () => {
  it('T4: changed from a fixed time to every minute after it, a job goes on at once', async () => {
    const daily = aJob('a', cron('30 12 * * *'));
    const h = await aScheduler('2026-03-02T12:29:00Z', [daily]);
    h.clock.advance(2 * minute);
    h.clock.step(-2 * hour);
    h.clock.advance(minute);
    h.reload([aJob('a', cron('* * * * *'))]);
    h.clock.advance(5 * minute);
    expect(h.runsOf('a').map(({ nominalTime, epoch }) => [nominalTime, epoch])).toEqual([
      ...[33, 34, 35, 36, 37].map((at) => [Date.parse(`2026-03-02T10:${at}:00Z`), 1]),
      [Date.parse('2026-03-02T12:30:00Z'), 0],
    ]);
  });

  it('T4: set forward and back, a suspended job is looked at by the clock that holds', async () => {
    const h = await aScheduler('2026-03-02T12:00:30Z', [
      aJob('a', cron('* * * * *'), { suspend: true }),
    ]);
    h.clock.step(2 * hour);
    h.reload([aJob('a', cron('* * * * *'), { suspend: true, description: 'changed then' })]);
    h.clock.advance(20 * second);
    h.clock.step(-2 * hour);
    h.clock.advance(3 * minute);
    expect(h.ledger('a')).toEqual(['skipped suspended 2', 'skipped suspended']);
  });

  it('T10: down over five occurrences, by the policy of each job', async () => {
    const policy = (name: 'latest' | 'none' | 'all', limit = 100) =>
      aJob(name, cron('0 * * * *'), { catchUp: { policy: name, windowMs: 24 * hour, limit } });
    const h = await aScheduler('2026-03-01T00:30:00Z', [
      policy('latest'),
      policy('none'),
      policy('all', 2),
    ]);
    await h.scheduler.detach();
    h.clock.advance(5 * hour);
    await h.restart();
    h.clock.advance(minute);
    expect(h.ledger('latest')).toEqual(['missed catch_up_latest 4', 'admitted']);
    expect(h.ledger('none')).toEqual(['missed catch_up_none 5']);
    expect(h.ledger('all')).toEqual(['admitted', 'admitted', 'missed catch_up_limit 3']);
  });

  it('T11: three years down with a job of every minute, counted without a walk', async () => {
    let calls = 0;
    const counted = (schedule: CompiledSchedule): CompiledSchedule => ({
      ...schedule,
      next: (after) => ((calls += 1), schedule.next(after)),
      previous: (instant) => ((calls += 1), schedule.previous(instant)),
    });
    const h = await aScheduler('2023-03-01T12:00:30Z', [aJob('a', cron('* * * * *'))]);
    await h.scheduler.detach();
    h.clock.step(3 * 365 * 24 * hour);
    await h.restart({ compile: (schedules, name) => counted(compileSchedule(schedules, name)) });
    expect(calls).toBeLessThan(50);
    const rows = h.store.outcomes({ limit: 10 });
    expect(rows.find((row) => row.reason === 'catch_up_window')).toMatchObject({
      count: 100_000,
      detail: expect.stringContaining('more than 100,000'),
    });
  });

  it('T15: edited so that a time lies between the last run and now, it is not made up for', async () => {
    const h = await aScheduler('2026-03-01T10:05:00Z', [aJob('a', daily)]);
    h.reload([aJob('a', cron('0 10 * * *'))]);
    h.clock.advance(23 * hour);
    expect(h.ledger('a')).toEqual([]);
    h.clock.advance(hour);
    expect(h.ledger('a')).toEqual(['admitted']);
  });

  it('T16: added after its time of the day, it waits for the next day', async () => {
    const h = await aScheduler('2026-03-01T10:05:00Z', []);
    h.reload([aJob('a', cron('0 10 * * *'))]);
    h.clock.advance(23 * hour);
    expect(h.ledger('a')).toEqual([]);
    h.clock.advance(hour);
    expect(h.ledger('a')).toEqual(['admitted']);
  });

  it('T17: a delay by jitter is the same after a restart, and the key stays the nominal time', async () => {
    const job = aJob('a', every(hour, 30 * minute), { concurrency: 'allow' });
    const due = compileSchedule(job.schedules, 'a').next(Date.parse('2026-03-01T00:30:00Z'));
    const h = await aScheduler('2026-03-01T00:59:59Z', [job]);
    h.clock.advance(second);
    await h.restart();
    h.clock.advance(hour - second);
    expect(h.runsOf('a')).toMatchObject([
      {
        nominalTime: Date.parse('2026-03-01T01:00:00Z'),
        queuedAt: due?.startTime,
        trigger: 'schedule',
      },
    ]);
  });
});

describe('T13: other time-zone data than at the start before', () => {
  const nine = aJob('nine', cron('0 9 * * *', 'Europe/Berlin'));
  const tick = aJob('tick', cron('*/30 * * * *', 'Europe/Berlin'));
  /** By the data of before Berlin had this offset; by the present data it is +01:00. */
  const before = (offsetHours: number): string =>
    JSON.stringify({
      release: '2025a',
      takenAt: Date.parse('2026-01-01T00:00:00Z'),
      zones: { 'Europe/Berlin': [[Date.parse('2025-06-01T00:00:00Z'), offsetHours * hour]] },
    });
  /** As of a daemon with that data, which ran `nine` at this instant. */
  const ranAt = async (instant: string, offsetHours: number) => {
    const h = await aScheduler('2026-01-10T00:10:00Z', [nine, tick]);
    await h.scheduler.detach();
    const nominalTime = Date.parse(instant);
    h.clock.step(nominalTime + 10 * minute - h.clock.now());
    for (const name of ['nine', 'tick']) {
      const { uid } = h.store.findJob(name) as JobRecord;
      const row = { jobUid: uid, job: name, nominalTime, lastNominalTime: nominalTime, epoch: 0 };
      const what = { disposition: 'skipped', reason: 'forbid', count: 1, detail: null } as const;
      h.store.recordOutcome({ ...row, ...what, runId: null, recordedAt: nominalTime });
      h.store.setWatermark(uid, nominalTime, 0);
    }
    h.store.setFact('zone_rules', before(offsetHours));
    await h.restart({ zoneRelease: '2026x' });
    return h;
  };
  const nextOf = (h: Awaited<ReturnType<typeof ranAt>>, job: string): string =>
    new Date(h.scheduler.nextStart(h.store.findJob(job)?.uid ?? '') ?? 0).toISOString();

  it('a local time that was settled is not repeated at its later instant', async () => {
    // 09:00 in Berlin was 07:00Z, and is 08:00Z by the present data.
    const h = await ranAt('2026-01-10T07:00:00Z', 2);
    expect(nextOf(h, 'nine')).toBe('2026-01-11T08:00:00.000Z');
    h.clock.advance(2 * hour);
    expect(h.ledger('nine')).toEqual(['skipped forbid', 'skipped zone_data']);
    expect(
      h.store.outcomes({ limit: 100 }).find((row) => row.reason === 'zone_data'),
    ).toMatchObject({
      nominalTime: Date.parse('2026-01-10T08:00:00Z'),
      detail: expect.stringContaining(
        'settled as 2026-01-10T07:00:00.000Z, by the time-zone data 2025a',
      ),
    });
    // What counts elapsed time goes on.
    expect(h.runsOf('tick')).toHaveLength(4);
  });

  it('one that lies earlier now comes the next day, and nothing is made up for', async () => {
    const h = await ranAt('2026-01-10T09:00:00Z', 0);
    expect(nextOf(h, 'nine')).toBe('2026-01-11T08:00:00.000Z');
    expect(h.ledger('nine')).toEqual(['skipped forbid']);
  });

  it('remembers what changed, for which jobs, and the rules of the new data', async () => {
    const h = await ranAt('2026-01-10T07:00:00Z', 2);
    expect(readZoneChange(h.store)).toEqual({
      at: Date.parse('2026-01-10T07:10:00Z'),
      from: '2025a',
      to: '2026x',
      zones: ['Europe/Berlin'],
      jobs: ['nine'],
      count: 1,
    });
    expect(JSON.parse(h.store.fact('zone_rules') ?? '')).toMatchObject({ release: '2026x' });
  });

  it('data of another release with the same rules moves nothing', async () => {
    const h = await aScheduler('2026-01-10T07:30:00Z', [nine], { zoneRelease: '2025c' });
    await h.restart({ zoneRelease: '2026x' });
    expect(readZoneChange(h.store)).toBeNull();
    expect(nextOf(h, 'nine')).toBe('2026-01-10T08:00:00.000Z');
  });

  it('a record of rules that cannot be read is taken anew', async () => {
    const h = await aScheduler('2026-01-10T07:30:00Z', [nine], { zoneRelease: '2025c' });
    for (const text of [
      '',
      '{',
      '[]',
      '{"release":1}',
      '{"release":"2025a","takenAt":0,"zones":{"x":1}}',
    ]) {
      h.store.setFact('zone_rules', text);
      await h.restart({ zoneRelease: '2026x' });
      expect(JSON.parse(h.store.fact('zone_rules') ?? '')).toMatchObject({ release: '2026x' });
    }
  });

  it('a zone that comes with a new manifest is remembered, too', async () => {
    const h = await aScheduler('2026-01-10T07:30:00Z', [nine], { zoneRelease: '2025c' });
    h.reload([nine, aJob('far', cron('0 9 * * *', 'Asia/Tokyo'))]);
    const { zones } = JSON.parse(h.store.fact('zone_rules') ?? '') as { zones: object };
    expect(Object.keys(zones)).toEqual(['Asia/Tokyo', 'Europe/Berlin']);
  });
});

describe('T19: an engine that fails', () => {
  const faulty = (answer: (after: number) => number) => ({
    compile: (schedules: Parameters<typeof compileSchedule>[0], name: string): CompiledSchedule => {
      const sound = compileSchedule(schedules, name);
      if (name !== 'bad') return sound;
      return {
        ...sound,
        next: (after) => {
          const found = sound.next(after);
          return found === null || after < Date.parse('2026-03-01T00:02:00Z')
            ? found
            : { ...found, nominalTime: answer(after), startTime: answer(after) };
        },
      };
    },
  });

  it.each([
    ['answers the same instant again', (after: number) => after],
    ['goes back', (after: number) => after - hour],
    ['answers no number', () => Number.NaN],
    ['goes on by a millisecond for ever', (after: number) => after + 1],
  ])('that %s ends its own job with a fault, and no other', async (_, answer) => {
    const jobs = [aJob('bad', cron('* * * * *')), aJob('good', cron('* * * * *'))];
    const h = await aScheduler('2026-03-01T00:00:30Z', jobs, faulty(answer));
    h.clock.advance(10 * minute);
    expect(h.runsOf('good')).toHaveLength(10);
    expect(h.runsOf('bad').length).toBeLessThanOrEqual(3);
    expect(h.store.findJob('bad')?.fault).toMatch(/after 2026-03-01T00:0\d:00\S*Z/);
    expect(h.events.filter((event) => event.kind === 'job.faulted')).toHaveLength(1);
    expect(h.clock.timerCount).toBe(1);
    expect(h.scheduler.problems).toMatchObject([
      { text: expect.stringMatching(/cannot be computed.*: bad\./) },
    ]);
  });

  it('is given another try by another engine, not by a mere restart', async () => {
    const parts = { ...faulty((after) => after), engine: 'jm2 1, zone data 2025c' };
    const h = await aScheduler('2026-03-01T00:00:30Z', [aJob('bad', cron('* * * * *'))], parts);
    h.clock.advance(5 * minute);
    const fault = h.store.findJob('bad')?.fault;
    expect(fault).toMatch(/engine/);
    await h.restart({ compile: compileSchedule });
    expect(h.store.findJob('bad')?.fault).toBe(fault);
    await h.restart({ compile: compileSchedule, engine: 'jm2 2, zone data 2025c' });
    expect(h.store.findJob('bad')?.fault).toBeNull();
    h.clock.advance(minute);
    // What came due while it was disabled is a misfire like any other.
    expect(h.ledger('bad')).toEqual([
      'admitted',
      'missed catch_up_latest 3',
      'admitted',
      'admitted',
    ]);
  });
});
