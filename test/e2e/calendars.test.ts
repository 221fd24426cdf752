// Calendars as a person meets them: the file beside the manifest, what it takes
// away, and a daemon that follows it. One project serves all of it.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

const manifest = `version: 1
timezone: Europe/Berlin
calendars:
  holidays: {file: holidays.ics}
  closed: {weekdays: [sat, sun]}
schedules: {nightly: "0 3 * * *"}
jobs:
  backup: {schedule: "@nightly", command: "true", calendar: {except: holidays}}
  invoices: {schedule: "0 9 1 * *", command: "true", calendar: {except: [closed, holidays], roll: next}}
`;

const event = (summary: string, ...lines: readonly string[]): string =>
  ['BEGIN:VEVENT', `SUMMARY:${summary}`, ...lines, 'END:VEVENT'].join('\r\n');
const ics = (...events: readonly string[]): string =>
  ['BEGIN:VCALENDAR', ...events, 'END:VCALENDAR', ''].join('\r\n');
const christmas = event('Christmas', 'DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY');
const newYear = event('New Year', 'DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=YEARLY');

let project: Project;
const putIcs = (text: string): Promise<void> => writeFile(join(project.dir, 'holidays.ics'), text);
const ask = async (args: readonly string[]): Promise<JsonAnswer> =>
  (await project.call([...args, '--json'])).json();

beforeAll(async () => {
  project = await aProject(manifest);
  await putIcs(ics(christmas, newYear));
});
afterAll(() => project.cleanUp());

describe('calendars', () => {
  it('are listed with the days of a year, what they are called and who goes by them', async () => {
    const { data } = await ask(['calendars', 'holidays', '--year', '2031']);
    expect(data).toMatchObject({
      year: 2031,
      calendars: [
        {
          name: 'holidays',
          files: ['holidays.ics'],
          days: [
            { date: '2031-01-01', title: 'New Year' },
            { date: '2031-12-25', title: 'Christmas' },
          ],
          isEndless: true,
          jobs: [
            { job: 'backup', use: 'except' },
            { job: 'invoices', use: 'except', roll: 'next' },
          ],
        },
      ],
    });
    expect((await project.call(['calendars'])).stdout).toMatch(/^holidays +2 .* holidays\.ics$/m);
    const unknown = await project.call(['calendars', 'holiday']);
    expect([unknown.code, unknown.stderr]).toEqual([64, expect.stringContaining('holidays?')]);
  });
});

describe('a schedule with calendars', () => {
  it('is previewed with what they take away and where it goes', async () => {
    const { data } = await ask([
      'preview',
      'backup',
      'invoices',
      '--skipped',
      '--from',
      '2027-12-24',
      '--to',
      '2028-01-04',
    ]);
    const noted = (data['occurrences'] as { job: string; local: string; note: string | null }[])
      .filter(({ note }) => note !== null)
      .map(({ job, local, note }) => `${job} ${local.slice(0, 10)} ${note ?? ''}`);
    expect(noted).toEqual([
      'backup 2027-12-25 left out: 2027-12-25 is in holidays',
      'backup 2028-01-01 left out: 2028-01-01 is in holidays',
      'invoices 2028-01-01 moved to 2028-01-03: 2028-01-01 is in closed or holidays',
      'invoices 2028-01-03 moved from 2028-01-01',
    ]);
  });

  it('is explained before it stands in the manifest, by names that the manifest has', async () => {
    const { data } = await ask([
      'explain-schedule',
      '@nightly',
      '--except',
      'holidays',
      '--only',
      'closed',
      '--roll',
      'previous',
    ]);
    expect(data).toMatchObject({
      timezone: 'Europe/Berlin',
      words:
        'daily at 03:00 (Europe/Berlin), only on days of closed and not on days of holidays, else on the previous allowed day',
    });
    const unknown = await project.call(['explain-schedule', '0 9 * * *', '--only', 'closd']);
    expect([unknown.code, unknown.stderr]).toEqual([64, expect.stringContaining('closed?')]);
    const roll = await project.call(['explain-schedule', '@daily', '--roll', 'next']);
    expect([roll.code, roll.stderr]).toEqual([64, expect.stringContaining('none was named')]);
  });

  it('cannot be carried into a crontab, and that is said', async () => {
    const { data } = await ask(['export', 'backup', '--format', 'crontab']);
    expect(JSON.stringify(data['remarks'])).toContain('a crontab has no calendars');
  });

  it('is written by add and edit, and checked before', async () => {
    const added = await ask([
      'add',
      'true',
      '--cron',
      '0 9 1 * *',
      '--except',
      'closed',
      '--roll',
      'next',
      '--dry-run',
    ]);
    expect(added.data['diff']).toContain('calendar: {except: closed, roll: next}');
    const edited = await ask(['edit', 'backup', '--only', 'closed', '--roll', 'skip', '--dry-run']);
    expect(edited.data['diff']).toContain('{except: holidays, only: closed, roll: skip}');
    const unknown = await project.call(['add', 'true', '--only', 'nope', '--dry-run']);
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('JM2-M341')]);
    expect((await project.call(['edit', 'backup', '--except', 'nope', '--dry-run'])).code).toBe(3);
  });
});

it('a shell is offered calendars, and the schedules of the manifest', async () => {
  const offered = async (...words: string[]): Promise<string[]> =>
    (await project.call(['__complete', ...words])).stdout.split('\n').slice(1, -1);
  expect(await offered('calendars', 'h')).toEqual(['holidays\tholidays.ics']);
  expect(await offered('explain-schedule', '@night')).toEqual(['@nightly\t0 3 * * *']);
});

describe('the daemon', () => {
  it('plans and applies a changed file, keeps the last good one, and needs it no more', async () => {
    expect((await project.call(['start'])).code).toBe(0);
    const before = await ask(['preview', 'backup', '--count', '1']);
    const [next] = before.data['occurrences'] as { local: string }[];
    const day = next?.local.slice(0, 10) ?? '';
    await putIcs(
      ics(christmas, newYear, event('Move', `DTSTART;VALUE=DATE:${day.replaceAll('-', '')}`)),
    );
    const plan = await ask(['plan']);
    const applied = plan.data['changes'] as { fields: { path: string; effect: string }[] }[];
    // The text is the same: the revision knows what the file was.
    const early = await project.call(['plan', '--against', 'rev:1']);
    expect([early.stderr, early.stdout]).toEqual(['', expect.stringContaining('~ backup')]);
    // The watcher may have been quicker than the question.
    if (applied.length > 0) {
      expect(applied[0]?.fields).toMatchObject([
        { path: '/calendars/holidays', after: [day], effect: 'schedule' },
      ]);
    }
    await revision(2);
    const asked = await ask(['why', 'backup', day]);
    expect(JSON.stringify(asked.data)).toContain(`Never due: ${day} is in holidays`);

    await putIcs(ics(event('Broken', 'DTSTART;VALUE=DATE:20261332')));
    await vi.waitFor(async () => {
      const { data } = await ask(['status']);
      expect(JSON.stringify(data)).toContain('JM2-M344');
    }, within);
    await rm(join(project.dir, 'holidays.ics'));
    expect((await project.call(['restart'])).code).toBe(0);
    const [backup] = (await ask(['list', 'backup'])).data['jobs'] as { nextRun: string }[];
    expect(backup?.nextRun.slice(0, 10)).not.toBe(day);
    await putIcs(ics(christmas));
    await revision(3);
    const kept = await project.call(['plan', '--out', 'kept.jm2plan']);
    expect([kept.code, kept.stderr]).toEqual([0, expect.stringContaining('kept in')]);
    await project.call(['stop']);
    expect((await ask(['status'])).data['source']).toMatchObject({ state: 'accepted' });
  });
});

const within = { timeout: 20_000, interval: 150 };
const revision = (number: number): Promise<void> =>
  vi.waitFor(async () => {
    const { data } = await ask(['status']);
    expect(data).toMatchObject({ revision: { applied: number } });
  }, within);
