// Every difference between jm2 and croner around changes of the clocks, within
// the zones and expressions of croner-differential.test.ts, read and accepted.
// A row that vanishes or appears, as with a new croner, is to be read again.

export interface Difference {
  readonly zone: string;
  /** The day of the change, in UTC. */
  readonly day: string;
  readonly cron: string;
  readonly onlyJm2: readonly string[];
  readonly onlyCroner: readonly string[];
}

/**
 * A step makes croner take a job for one of intervals even when its hours are
 * named. For jm2, as for cronie, only a leading `*` in minute or hour does, so
 * a named 02:30 is neither lost in spring nor run twice in autumn.
 */
const stepped: readonly Difference[] = [
  ['Europe/Berlin', '2026-03-29', ['01:00'], []],
  ['Europe/Berlin', '2026-10-25', [], ['01:00', '01:30']],
  ['America/New_York', '2026-03-08', ['07:00'], []],
  ['Antarctica/Troll', '2026-03-29', ['01:00'], []],
  ['Antarctica/Troll', '2026-10-25', [], ['02:00', '02:30']],
  ['America/St_Johns', '2026-03-08', ['05:30'], []],
].map(([zone, day, onlyJm2, onlyCroner]) => ({
  zone: zone as string,
  day: day as string,
  cron: '0-30/30 2 * * *',
  onlyJm2: onlyJm2 as readonly string[],
  onlyCroner: onlyCroner as readonly string[],
}));

/**
 * The half hour up to midnight that Pyongyang skipped: croner looks for the
 * time within its own day and finds none; jm2 runs it once, at the change.
 */
const upToMidnight: Difference = {
  zone: 'Asia/Pyongyang',
  day: '2018-05-04',
  cron: '45 23 * * *',
  onlyJm2: ['15:00'],
  onlyCroner: [],
};

export const differences: readonly Difference[] = [...stepped, upToMidnight];
