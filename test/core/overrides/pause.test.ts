import { describe, expect, it } from 'vitest';
import {
  covers,
  isOld,
  joinPauses,
  livePause,
  nextStartAfter,
  pausedRow,
  pauseOutlook,
  untilNextRun,
  type Pause,
} from '../../../src/core/overrides/pause.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { everyMinute, noon } from '../../support/store-records.ts';

const hour = 3_600_000;
const hourly = compileSchedule([everyMinute('0 * * * *')], 'backup');
/** Starts up to ten minutes late: of one job always by the same time. */
const jittery = compileSchedule([{ ...everyMinute('0 * * * *'), jitterMs: 600_000 }], 'backup');
const delay = (jittery.next(noon)?.startTime ?? 0) - (noon + hour);

const aPause = (changes: Partial<Pause> = {}): Pause => ({
  by: 'bob',
  reason: null,
  since: noon,
  until: null,
  skipped: 0,
  ...changes,
});

describe('what a pause skips', () => {
  it.each<[string, number | null, number, [number, number] | null]>([
    ['all that is due, without an end', null, 3.5, [1, 3]],
    ['what is due before its end', 2.5, 5, [1, 2]],
    ['nothing that is due at its end', 2, 5, [1, 1]],
    ['what is due just before its end', 2 + 1 / hour, 5, [1, 2]],
    ['nothing when nothing is due yet', null, 0.5, null],
  ])('%s', (_, untilHours, nowHours, hours) => {
    const until = untilHours === null ? null : noon + untilHours * hour;
    const row = pausedRow(hourly, noon, aPause({ until }), noon + nowHours * hour);
    const [first = 0, last = 0] = hours ?? [];
    expect(row === null ? null : [row.first, row.last, row.count]).toEqual(
      hours === null ? null : [noon + first * hour, noon + last * hour, last - first + 1],
    );
  });

  it('is what was open when it began as well, so that nothing starts after it', () => {
    const row = pausedRow(hourly, noon - 3 * hour, aPause(), noon);
    expect(row?.count).toBe(3);
  });

  it('counts what waits for its jitter by the time at which it would start', () => {
    const end = aPause({ until: noon + hour + delay });
    expect(delay).toBeGreaterThan(0);
    expect(pausedRow(jittery, noon, end, noon + 2 * hour)).toBeNull();
    expect(nextStartAfter(jittery, noon, end)).toBe(noon + hour + delay);
  });

  it('is said with who and why in the ledger', () => {
    const row = pausedRow(hourly, noon, aPause({ reason: 'disk swap' }), noon + hour);
    expect(row?.detail).toBe('paused by bob since 2026-03-02T12:00:00Z ("disk swap")');
  });
});

it('goes on with the first start at or after the end', () => {
  expect(nextStartAfter(hourly, noon, aPause({ until: noon + 3 * hour }))).toBe(noon + 3 * hour);
  expect(nextStartAfter(hourly, noon, aPause())).toBeNull();
});

it('tells what is skipped before it is written down', () => {
  expect(pauseOutlook(hourly, noon, aPause({ skipped: 70 }), noon + 2.5 * hour)).toEqual({
    skipped: 72,
    nextDue: noon + 3 * hour,
  });
});

it('lasts over the next run and no longer', () => {
  expect(untilNextRun(hourly, noon, noon)).toBe(noon + hour + 1);
  expect(untilNextRun(null, noon, noon)).toBeNull();
});

it('is over at its end, and old after a week without one', () => {
  const ending = aPause({ until: noon + hour });
  expect(livePause(ending, noon + hour - 1)).toBe(ending);
  expect(livePause(ending, noon + hour)).toBeNull();
  expect(covers(ending, noon + hour)).toBe(false);
  expect(isOld(aPause(), noon + 7 * 24 * hour)).toBe(false);
  expect(isOld(aPause(), noon + 7 * 24 * hour + 1)).toBe(true);
  expect(isOld(aPause({ until: noon + 99 * 24 * hour }), noon + 8 * 24 * hour)).toBe(false);
});

describe('a second pause', () => {
  const of = (by: string, until: number | null, isSkip = false) => ({
    by,
    reason: 'again',
    until,
    isSkip,
  });
  it.each([
    ['of the same person takes its place, shorter or longer', of('bob', 1), 'changed', 'bob', 1],
    ['of another that ends sooner changes nothing', of('eve', 1), 'kept', 'bob', 2],
    ['of another that ends later holds', of('eve', 3), 'extended', 'eve', 3],
    ['of another without an end holds', of('eve', null), 'extended', 'eve', null],
    ['that skips the next run shortens nothing', of('bob', 1, true), 'kept', 'bob', 2],
  ])('%s', (_, wanted, outcome, by, hours) => {
    const inHours = (value: number | null) => (value === null ? null : noon + value * hour);
    const present = aPause({ until: noon + 2 * hour, skipped: 5 });
    const joined = joinPauses(present, { ...wanted, until: inHours(wanted.until) }, noon + 60);
    expect(joined.outcome).toBe(outcome);
    expect(joined.pause).toMatchObject({ by, until: inHours(hours), since: noon, skipped: 5 });
  });

  it('of another person never ends one without an end', () => {
    expect(joinPauses(aPause(), of('eve', noon + hour), noon).outcome).toBe('kept');
  });

  it('after the first one is over begins anew', () => {
    const over = aPause({ until: noon + hour, skipped: 5 });
    const { pause, outcome } = joinPauses(over, of('eve', null), noon + 2 * hour);
    expect([outcome, pause.since, pause.skipped]).toEqual(['paused', noon + 2 * hour, 0]);
  });
});
