// Puts the engine beside the oracle's verdicts for one stretch of time in one
// zone, and counts what was compared.
import type { CompiledSchedule } from '../../../src/core/schedule/schedule.ts';
import { transitionsBetween } from '../../../src/core/schedule/zone.ts';
import { compiled } from '../../support/a-schedule.ts';
import { fixedTimes, intervals, options, wildcards } from './corpus.ts';
import { fieldMatch } from './field-match.ts';
import { follow, judgeCron, judgeEvery, judgeMoment } from './judge.ts';
import { clockReader, DAY_MS, MINUTE_MS, readStretches, type Stretch } from './read-clocks.ts';

/** A zone's time around a change: what is compared lies in [from, to). */
export interface Case {
  readonly zone: string;
  readonly from: number;
  readonly to: number;
  /** Read with a margin on both sides, as what a time is depends on what is near it. */
  readonly stretches: readonly Stretch[];
}

export interface Tally {
  comparisons: number;
  readonly disagreements: string[];
}

const REACH_MS = 2 * DAY_MS;
const MARGIN_MS = DAY_MS;
/** Intervals with seconds are looked at second by second, this far around a change. */
const NEAR_MS = 2 * 3_600_000;
const DISAGREEMENTS_KEPT = 50;

/** How many schedules `compareAll` asks about, those of single moments aside. */
export const patternCount =
  fixedTimes.length * options.length + wildcards.length + intervals.length;

/** The case around the day that begins at `day`. */
export function caseAround(zone: string, read: (instant: number) => number, day: number): Case {
  const from = day - REACH_MS;
  const to = day + DAY_MS + REACH_MS;
  return { zone, from, to, stretches: readStretches(read, from - MARGIN_MS, to + MARGIN_MS) };
}

/** Cases in which the clocks do the very same share their verdicts. */
export function compareAll(cases: readonly Case[], tally: Tally): void {
  const alike = new Map<string, Case[]>();
  for (const one of cases) {
    const sign = one.stretches.map(({ start, shift }) => `${start}${shift}`).join();
    const others = alike.get(sign);
    if (others === undefined) alike.set(sign, [one]);
    else others.push(one);
  }
  for (const group of alike.values()) compareGroup(group, tally);
}

function compareGroup(group: readonly Case[], tally: Tally): void {
  const [first] = group;
  if (first === undefined) return;
  const { from, to, stretches } = first;
  const changes = changesOf(first);
  const inside = (instants: readonly number[]): readonly number[] =>
    instants.filter((instant) => from <= instant && instant < to);
  for (const { zone } of group) {
    const known = transitionsBetween(zone, from, to).map((change) => change.at);
    agree(tally, `${zone}: changes of the clocks`, from, changes, known);
  }
  const points = [from, to - 1, ...changes.flatMap((at) => [at - 1, at, at + 3_600_000])];
  for (const cron of fixedTimes) {
    const passage = follow(fieldMatch(cron), stretches);
    for (const option of options) {
      const expected = inside(judgeCron(passage, option));
      const schedule = { cron, dst_gap: option.gap, dst_overlap: option.overlap };
      for (const one of group) compareOne(one, schedule, expected, points, tally);
    }
  }
  for (const cron of wildcards) {
    const expected = inside(judgeCron(follow(fieldMatch(cron), stretches), plain));
    for (const one of group) compareOne(one, { cron }, expected, points, tally);
  }
  for (const one of group) {
    compareIntervals(one, changes, tally);
    compareMoments(one, changes, tally);
  }
}

const plain = { gap: 'run_once', overlap: 'first' } as const;

/** In the middle, where margins on both sides are read. */
function changesOf({ from, to, stretches }: Case): readonly number[] {
  return stretches.slice(1).flatMap(({ start }) => (from <= start && start < to ? [start] : []));
}

function compareOne(
  { zone, from, to }: Case,
  written: object,
  expected: readonly number[],
  points: readonly number[],
  tally: Tally,
): void {
  const what = `${zone}: ${JSON.stringify(written)}`;
  const schedule = compiled(written, zone);
  const seen: number[] = [];
  for (const found of schedule.range(from, to)) seen.push(found.nominalTime);
  agree(tally, `${what} range`, from, expected, seen);
  agree(tally, `${what} times`, from, expected, timesOf(schedule, from, to));
  agree(tally, `${what} count`, from, [expected.length], [schedule.count(from, to, 1e9)]);
  for (const point of points) {
    // What lies beyond the window is not judged.
    const after = expected.find((instant) => instant > point);
    const next = schedule.next(point)?.nominalTime ?? to;
    agree(tally, `${what} next`, point, [after ?? to], [Math.min(next, to)]);
    const before = expected.findLast((instant) => instant <= point);
    const previous = schedule.previous(point)?.nominalTime ?? from - 1;
    agree(tally, `${what} previous`, point, [before ?? from - 1], [Math.max(previous, from - 1)]);
  }
}

function compareIntervals(one: Case, changes: readonly number[], tally: Tally): void {
  const { zone } = one;
  for (const { every, intervalMs, anchor } of intervals) {
    const schedule = compiled(anchor === null ? { every } : { every, anchor }, zone);
    const inSeconds = intervalMs % MINUTE_MS !== 0;
    const middle = changes[0] ?? one.from + REACH_MS;
    const from = inSeconds ? middle - NEAR_MS : one.from;
    const to = inSeconds ? middle + NEAR_MS : one.to;
    const stepMs = inSeconds ? 1000 : MINUTE_MS;
    const expected = judgeEvery(intervalMs, anchorOf(zone, anchor), { from, to, stepMs });
    const seen = [...schedule.range(from, to)].map((found) => found.nominalTime);
    agree(tally, `${zone}: every ${every}, anchor ${anchor}`, from, expected, seen);
    agree(tally, `${zone}: every ${every} times`, from, expected, timesOf(schedule, from, to));
    agree(
      tally,
      `${zone}: every ${every} count`,
      from,
      [seen.length],
      [schedule.count(from, to, 1e9)],
    );
  }
}

function timesOf(schedule: CompiledSchedule, from: number, to: number): number[] {
  const times: number[] = [];
  for (const block of schedule.times(from, to)) times.push(...block);
  return times;
}

const anchors = new Map<string, number>();

/** Found like everything else by reading clocks; a local one once for each zone. */
function anchorOf(zone: string, anchor: string | null): number {
  if (anchor === null) return 0;
  if (anchor.endsWith('Z')) return Date.parse(anchor);
  const key = `${zone} ${anchor}`;
  let found = anchors.get(key);
  if (found === undefined) {
    const wall = Date.parse(`${anchor.includes('T') ? anchor : `2025-01-01T${anchor}`}:00Z`);
    const near = readStretches(clockReader(zone), wall - DAY_MS, wall + DAY_MS);
    found = judgeMoment(near, wall) ?? Number.NaN;
    anchors.set(key, found);
  }
  return found;
}

/** Single moments: just before a change, in what it skips or repeats, and after. */
function compareMoments(one: Case, changes: readonly number[], tally: Tally): void {
  const { zone, stretches } = one;
  for (const change of changes) {
    const index = stretches.findIndex(({ start }) => start === change);
    const before = change + (stretches[index - 1]?.shift ?? 0);
    const after = change + (stretches[index]?.shift ?? 0);
    const middle = (before + after) / 2;
    for (const wall of [before - 1000, before, middle, after - 1000, after, after + 1000]) {
      const at = new Date(Math.floor(wall / 1000) * 1000).toISOString().slice(0, 19);
      const expected = judgeMoment(stretches, Date.parse(`${at}Z`));
      const schedule = compiled({ at }, zone);
      const seen = schedule.next(one.from)?.nominalTime ?? null;
      agree(tally, `${zone}: at ${at}`, change, [expected], [seen]);
    }
  }
}

function agree(
  tally: Tally,
  what: string,
  point: number,
  expected: readonly (number | null)[],
  seen: readonly (number | null)[],
): void {
  tally.comparisons += 1;
  const same =
    expected.length === seen.length && expected.every((value, index) => value === seen[index]);
  if (same) return;
  if (tally.disagreements.length >= DISAGREEMENTS_KEPT) {
    tally.disagreements[DISAGREEMENTS_KEPT] = 'and more';
    return;
  }
  const odd = expected.findIndex((value, index) => value !== seen[index]);
  const at = odd === -1 ? expected.length : odd;
  const shown = (value: number | null | undefined): string =>
    value === null || value === undefined ? 'none' : new Date(value).toISOString();
  tally.disagreements.push(
    `${what} at ${shown(point)}: ${expected.length} expected, ${seen.length} seen; the first odd one: ${shown(expected[at])} expected, ${shown(seen[at])} seen`,
  );
}
