import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCrontab, type CrontabOptions } from '../../../src/core/exchange/import-crontab.ts';
import type { Imported, ImportedJob } from '../../../src/core/exchange/imported.ts';
import { localMinute, type LocalMinute } from '../../../src/core/exchange/local-minute.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { parseSchedules } from '../../../src/core/schedule/parse-schedule.ts';

const folder = join(import.meta.dirname, 'crontabs');
const options: CrontabOptions = {
  system: false,
  zone: 'UTC',
  manifestZone: 'UTC',
  home: '/home/me',
  faithful: false,
};
const read = (text: string, more: Partial<CrontabOptions> = {}): Imported =>
  importCrontab(text, { ...options, ...more });
const fieldsOf = (text: string, more: Partial<CrontabOptions> = {}): unknown[] =>
  read(text, more).jobs.map(({ fields }) => fields);

const minute = 60_000;
const hourMs = 60 * minute;
const from = Date.parse('2027-01-01T00:00:00Z');
const to = Date.parse('2028-03-02T00:00:00Z');
/** Days on which Berlin, New York or nobody sets the clock: there cron and jm2 differ by rule. */
const changes = ['2027-03-14', '2027-03-28', '2027-10-31', '2027-11-07'];
const isChangeDay = (at: number): boolean =>
  changes.some(
    (day) =>
      Math.abs(Date.parse(`${day}T12:00:00Z`) - Math.floor(at / hourMs) * hourMs) < 24 * hourMs,
  );

/** Instants at which jm2 would start the job, without the days on which clocks change. */
function startsOf(schedule: unknown, zone: string): number[] {
  const parsed = parseSchedules(schedule, { timezone: zone, named: {}, seed: 'job' });
  expect(parsed.problems).toEqual([]);
  const compiled = compileSchedule(parsed.schedules, 'job');
  const starts: number[] = [];
  for (const { nominalTime } of compiled.range(from, to)) {
    if (!isChangeDay(nominalTime)) starts.push(nominalTime);
  }
  return starts;
}

interface Minute {
  readonly at: number;
  readonly local: LocalMinute;
}
const readings = new Map<string, Minute[]>();

/** Intl is asked once an hour: no zone here stands at half an hour. */
function minutesOf(zone: string): Minute[] {
  let minutes = readings.get(zone);
  if (minutes === undefined) {
    minutes = [];
    for (let hour = from; hour < to; hour += 60 * minute) {
      if (isChangeDay(hour)) continue;
      const local = localMinute(hour, zone);
      for (let past = 0; past < 60; past += 1) {
        minutes.push({ at: hour + past * minute, local: { ...local, minute: past } });
      }
    }
    readings.set(zone, minutes);
  }
  return minutes;
}

function firesOf({ fits, zone }: ImportedJob): number[] {
  if (fits === null) throw new Error('not told');
  const fires: number[] = [];
  for (const { at, local } of minutesOf(zone)) if (fits(local)) fires.push(at);
  return fires;
}

/** Comparing half a million numbers with `toEqual` takes seconds. */
function firstDifference(starts: readonly number[], fires: readonly number[]): string | null {
  const length = Math.max(starts.length, fires.length);
  for (let at = 0; at < length; at += 1) {
    if (starts[at] !== fires[at]) return `${starts[at]} instead of ${fires[at]}`;
  }
  return null;
}

describe('real crontabs', () => {
  it.each([
    ['debian-user.crontab', false, 'UTC', 45],
    ['cronie.crontab', false, 'UTC', 44],
    ['system.crontab', true, 'UTC', 43],
    ['busybox.crontab', false, 'UTC', 47],
  ] as const)('%s fires for more than a year as cron would', (name, system, zone, count) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const { jobs, remarks } = read(text, { system, zone });
    expect(jobs.length).toBeGreaterThanOrEqual(count);
    const accountedFor = new Set([...jobs, ...remarks].map(({ line }) => line));
    const lost = text
      .split('\n')
      .filter((line, at) => /^[-\d*~@]/.test(line) && !accountedFor.has(at + 1));
    expect(lost).toEqual([]);
    for (const job of jobs) {
      const starts = startsOf(job.fields['schedule'], zone);
      expect(firstDifference(starts, firesOf(job)), `line ${job.line}`).toBeNull();
    }
  });
});

describe('a crontab line', () => {
  it('keeps its comment, and gets the variables above it', () => {
    expect(
      fieldsOf('A=1\n# Every night\n0 3 * * * ./dump.sh\nB = "two words"\n0 4 * * * ./b\n'),
    ).toEqual([
      {
        description: 'Every night',
        schedule: '0 3 * * *',
        command: './dump.sh',
        cwd: '/home/me',
        env: { A: '1' },
      },
      {
        schedule: '0 4 * * *',
        command: './b',
        cwd: '/home/me',
        env: { A: '1', B: 'two words' },
      },
    ]);
  });

  it('with a percent sign has its input behind it, and keeps escaped ones', () => {
    const [job] = fieldsOf('0 7 * * 1 mail -s "100\\%" me%Hello%  there%');
    expect(job).toMatchObject({
      command: '{ mail -s "100%" me\n} <<\'INPUT\'\nHello\n  there\nINPUT',
    });
  });

  it('gets zone, shell, home, user and random delay from where cron takes them', () => {
    const text =
      'SHELL=/bin/bash\nHOME=/srv\nCRON_TZ=Asia/Tokyo\nRANDOM_DELAY=5\n0 9 * * * www:www ./a b\n';
    expect(fieldsOf(text, { system: true })).toEqual([
      {
        schedule: { cron: '0 9 * * *', timezone: 'Asia/Tokyo', jitter: '5m' },
        command: './a b',
        shell: '/bin/bash',
        cwd: '/srv',
        env: { HOME: '/srv' },
        user: 'www',
      },
    ]);
  });

  it('keeps overlaps and forgets the past only when asked to', () => {
    const [job] = fieldsOf('@hourly ./a', { faithful: true });
    expect(job).toMatchObject({ concurrency: 'allow', catch_up: 'none' });
    expect(read('@hourly ./a').remarks[0]?.text).toContain('cron starts a job although');
  });

  it.each([
    ['@reboot ./a', 'dropped', '@reboot has no time'],
    ['61 * * * * ./a', 'dropped', 'the minute "61" is not one'],
    ['5/15 * * * * ./a', 'dropped', 'a step follows'],
    ['0 0 * * fri-mon ./a', 'dropped', 'the day of week "fri-mon"'],
    ['* * * *', 'dropped', 'five fields and a command'],
    ['MAILTO=me', 'dropped', 'no mail is sent'],
    ['10~20 * * * * ./a', 'changed', 'was chosen for good'],
    ['20~10 * * * * ./a', 'dropped', 'the minute "20~10" is not one'],
    ['*/0 * * * * ./a', 'dropped', 'the minute "*/0" is not one'],
    ['@fortnightly ./a', 'dropped', '@fortnightly is not a time that cron knows'],
    ['LOGNAME=me', 'dropped', 'LOGNAME is set by jm2 itself'],
    ['USER=me', 'dropped', 'USER is set by jm2 itself'],
  ])('%j leaves a remark', (line, kind, text) => {
    expect(read(`\n${line}`).remarks[0]).toMatchObject({
      kind,
      line: 2,
      text: expect.stringContaining(text) as string,
    });
  });

  it('may have its variables in quotes, and a macro that few crons know', () => {
    expect(fieldsOf(`"A B"='one two'\n'C'=3\n@every_minute ./a\n@Daily ./b`)).toMatchObject([
      { schedule: '* * * * *', env: { 'A B': 'one two', C: '3' } },
      { schedule: '0 0 * * *' },
    ]);
  });

  it('of the system needs a user, and is told to have had its home', () => {
    const inNoHome = { system: true, home: null };
    expect(read('0 3 * * * root', inNoHome)).toMatchObject({
      jobs: [],
      remarks: [{ text: 'the user or the command is missing' }],
    });
    expect(read('0 3 * * * www ./a', inNoHome).remarks[0]?.text).toBe(
      'cron starts it in the home of www, jm2 in the directory of the manifest unless `cwd` is given',
    );
  });

  it('goes back to the zone of the host, and to no mail, as cron is told', () => {
    const text = 'MAILTO=\nCRON_TZ=:Asia/Tokyo\n0 3 * * * ./a\nCRON_TZ=\n0 4 * * * ./b';
    const { jobs, remarks } = read(text, { faithful: true });
    expect(jobs.map(({ zone }) => zone)).toEqual(['Asia/Tokyo', 'UTC']);
    expect(remarks).toEqual([]);
  });

  it('chooses the same of a random range each time', () => {
    const once = fieldsOf('10~50 * * * * ./a');
    expect(fieldsOf('10~50 * * * * ./a')).toEqual(once);
  });
});
