// Schedules in words and pictures, without a daemon.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
beforeAll(async () => {
  project = await aProject(`version: 1
timezone: Europe/Berlin
jobs:
  nightly: {schedule: "30 2 * * *", command: "true"}
  often: {schedule: "*/30 * * * *", command: "true"}
  off: {schedule: "*/5 * * * *", command: "true", suspend: true}
`);
});
afterAll(() => project.cleanUp());
const text = async (args: readonly string[]): Promise<string> => (await project.call(args)).stdout;

it('explains a schedule with its next starts and what a clock change does to it', async () => {
  const said = await text([
    'explain-schedule',
    '30 2 * * *',
    '--tz',
    'Europe/Berlin',
    '--from',
    '2027-03-27',
    '--count',
    '2',
  ]);
  expect(said).toContain('30 2 * * *: daily at 02:30 (Europe/Berlin)\n  about once a day');
  expect(said).toContain('Sat 2027-03-27 02:30:00 +01:00  2027-03-27T01:30:00Z');
  expect(said).toMatch(/Sun 2027-03-28 03:00:00 \+02:00 .*runs at the clock change/);
  const { json } = await project.call(['explain-schedule', '@daily', '--tz', 'UTC', '--json']);
  expect(json().data).toMatchObject({ words: 'daily at 00:00', perYear: 365, clockChange: null });
});

it('says which values an H has for a job', async () => {
  const { json } = await project.call(['explain-schedule', 'H H * * *', '--job', 'a', '--json']);
  expect(json().data['words']).toMatch(/^daily at \d\d:\d\d/);
  const other = await project.call(['explain-schedule', 'H H * * *', '--job', 'b', '--json']);
  expect(other.json().data['words']).not.toBe(json().data['words']);
});

it('marks what is wrong with a schedule, and ends with 64', async () => {
  const wrong = await project.call(['explain-schedule', '0 25 * * *']);
  expect([wrong.code, wrong.stderr]).toEqual([
    64,
    expect.stringContaining('      0 25 * * *\n        ^^ hour must be 0 to 23'),
  ]);
  const codes = await Promise.all(
    [['0 0 30 2 *'], ['every 5'], ['x', '--tz', 'Mars'], ['@daily', '--count', '0'], ['']].map(
      async (args) => (await project.call(['explain-schedule', ...args])).code,
    ),
  );
  expect(codes).toEqual([64, 64, 64, 64, 64]);
});

it('draws a month and a year, with the days on which the clocks change', async () => {
  const month = await text([
    'preview',
    'often',
    '--calendar',
    'month',
    '--from',
    '2027-03-05',
    '--tz',
    'Europe/Berlin',
  ]);
  expect(month).toContain('March 2027: 1,486 starts');
  expect(month).toMatch(/^ +22 .* 28!$\n +48 .* 46$/m);
  const year = await text(['preview', 'nightly', '--calendar', 'year', '--from', '2027-01-01']);
  expect(year).toContain('December 2027');
  expect((await project.call(['preview', '--calendar', 'month', '--to', 'now'])).code).toBe(64);
});

it('tells who meets whom', async () => {
  const range = ['--from', '2027-01-01', '--to', '2027-01-03'];
  const said = await text(['preview', '--overlaps', '--assume', '45m', ...range]);
  expect(said).toMatch(/^often +itself +95 /m);
  expect(said).toMatch(/^nightly +often +6 /m);
  expect(said).toContain('45m assumed for 2 jobs');
  expect((await project.call(['preview', '--assume', '5m'])).code).toBe(64);
});

it('counts no start of a suspended job, and says that it is left out', async () => {
  const pictures = [
    ['--overlaps', '--from', '2027-01-01', '--to', '2027-01-02'],
    ['--calendar', 'month', '--from', '2027-01-01'],
    ['--timeline', 'day', '--from', '2027-01-01'],
  ];
  for (const picture of pictures) {
    const { json, stderr } = await project.call(['preview', 'off', ...picture, '--json']);
    expect(stderr).toBe('Left out, because suspended: off\n');
    expect(JSON.stringify(json().data)).not.toMatch(/"(starts|count)":[1-9]|"jobs":\[\{/);
  }
});
