// Jobs of one moment (`at`), and intervals under a manifest that changes.
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../src/core/schedule/schedule.ts';
import { schedulesOf } from '../support/a-schedule.ts';
import { aJob, aScheduler, every, hour, minute, second, type Harness } from './harness.ts';

const written = (text: string): Schedule => schedulesOf(text, 'Europe/Berlin')[0] as Schedule;
const moment = (text: string, name = 'once') => aJob(name, written(`at ${text}`));
/** Nominal times of the runs there were. */
const runs = (h: Harness): string[] =>
  h.runsOf('once').map((run) => new Date(run.nominalTime ?? 0).toISOString().slice(0, 16));

describe('a job of one moment', () => {
  it('that lies in the past when it is added never fires', async () => {
    const h = await aScheduler('2026-03-01T12:00:00Z', []);
    h.reload([moment('2026-03-01T12:59:59')]);
    h.clock.advance(48 * hour);
    await h.restart();
    h.clock.advance(minute);
    expect(h.ledger('once')).toEqual([]);
  });

  it('in a gap fires once, when the clocks jump over it', async () => {
    const h = await aScheduler('2026-03-29T00:30:00Z', [moment('2026-03-29T02:30')]);
    h.clock.advance(24 * hour);
    expect(runs(h)).toEqual(['2026-03-29T01:00']);
  });

  it('that occurs twice fires in the first pass only', async () => {
    const h = await aScheduler('2026-10-25T00:00:00Z', [moment('2026-10-25T02:30')]);
    h.clock.advance(24 * hour);
    expect(runs(h)).toEqual(['2026-10-25T00:30']);
  });

  it('that is listed twice, once local and once in UTC, is one occurrence', async () => {
    const schedules = [written('at 2026-03-01T13:30'), written('at 2026-03-01T12:30Z')];
    const h = await aScheduler('2026-03-01T12:00:00Z', [aJob('once', null, { schedules })]);
    h.clock.advance(2 * hour);
    expect(runs(h)).toEqual(['2026-03-01T12:30']);
  });

  it('edited after it ran fires once at the new moment, and not at the old one again', async () => {
    const h = await aScheduler('2026-03-01T12:00:00Z', [moment('2026-03-01T13:30')]);
    h.clock.advance(hour);
    h.reload([moment('2026-03-01T15:00')]);
    h.clock.advance(24 * hour);
    expect(runs(h)).toEqual(['2026-03-01T12:30', '2026-03-01T14:00']);
    h.reload([moment('2026-03-01T13:30')]);
    h.clock.advance(24 * hour);
    expect(runs(h)).toHaveLength(2);
  });

  it('spelled in another way after it ran is the same moment, and does not fire again', async () => {
    const h = await aScheduler('2026-03-01T12:00:00Z', [moment('2026-03-01T13:30')]);
    h.clock.advance(31 * minute);
    h.reload([moment('2026-03-01T12:30Z')]);
    h.reload([{ ...moment('2026-03-01T13:30:00'), description: 'the same' }]);
    await h.restart();
    h.clock.advance(24 * hour);
    expect(runs(h)).toEqual(['2026-03-01T12:30']);
  });

  it('put off before it came fires only at the later moment, brought forward at the earlier', async () => {
    const h = await aScheduler('2026-03-01T12:00:00Z', [moment('2026-03-01T13:30')]);
    h.reload([moment('2026-03-01T16:00')]);
    h.clock.advance(hour);
    h.reload([moment('2026-03-01T14:30')]);
    h.clock.advance(24 * hour);
    expect(runs(h)).toEqual(['2026-03-01T13:30']);
  });

  it('removed after it ran and added again does not fire; before it comes, it fires once', async () => {
    const h = await aScheduler('2026-03-01T12:00:00Z', [moment('2026-03-01T13:30')]);
    h.clock.advance(hour);
    h.reload([]);
    h.reload([moment('2026-03-01T13:30'), moment('2026-03-01T16:00', 'later')]);
    h.reload([moment('2026-03-01T13:30')]);
    h.reload([moment('2026-03-01T13:30'), moment('2026-03-01T16:00', 'later')]);
    h.clock.advance(24 * hour);
    // By name: each time it is added it is another job.
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual(['once', 'later']);
  });
});

describe('an interval under a manifest that changes', () => {
  it('keeps its phase over reloads of other fields, restarts and a change back', async () => {
    const job = (description: string) =>
      aJob('seven', every(7 * minute), { description, concurrency: 'allow' });
    const h = await aScheduler('2026-03-01T00:00:30Z', [job('0')]);
    for (let turn = 1; turn <= 40; turn += 1) {
      h.clock.advance(3 * minute + 13 * second);
      h.reload([job(String(turn))]);
      if (turn % 10 === 0) await h.restart();
    }
    const times = h.runsOf('seven').map((run) => run.nominalTime ?? 0);
    expect(times).toHaveLength(18);
    expect(times.every((time) => time % (7 * minute) === 0)).toBe(true);
    const gaps = new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
    expect([...gaps]).toEqual([7 * minute]);
  });
});
