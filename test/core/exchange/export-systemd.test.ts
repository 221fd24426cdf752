// Jobs as timers: the same starts, by our own readers and by systemd itself.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  exportSystemd,
  inOneText,
  type SystemdExport,
} from '../../../src/core/exchange/export-systemd.ts';
import { importTimer } from '../../../src/core/exchange/import-systemd.ts';
import { readCalendar } from '../../../src/core/exchange/systemd-calendar.ts';
import { splitUnits } from '../../../src/core/exchange/systemd-unit.ts';
import { calendarLines } from '../../../src/core/exchange/write-calendar.ts';
import type { Job } from '../../../src/core/manifest/job.ts';
import { loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { parseSchedules } from '../../../src/core/schedule/parse-schedule.ts';
import type { Schedule } from '../../../src/core/schedule/schedule.ts';
import { sha256 } from '../../../src/system/digest.ts';
import { findTool } from '../../../src/system/find-tool.ts';

const now = Date.parse('2027-01-01T00:00:00Z');

function jobsOf(manifest: string): readonly Job[] {
  const { manifest: accepted, diagnostics } = loadManifest(manifest, { file: '', digest: sha256 });
  if (accepted === null) throw new Error(JSON.stringify(diagnostics));
  return accepted.jobs;
}
const exported = (job: string): SystemdExport =>
  exportSystemd(jobsOf(`version: 1\njobs:\n  a: ${job}\n`), { directory: '/srv/jobs', now });
const linesOf = (job: string, file: number): string[] =>
  (exported(job).files[file]?.text ?? '').split('\n').filter((line) => /^[A-Z]/.test(line));
const remarksOf = (job: string): string[] => exported(job).remarks.map(({ text }) => text);
const scheduleOf = (written: unknown): Schedule => {
  const parsed = parseSchedules(written, { timezone: 'UTC', named: {}, seed: 'a' });
  const [schedule] = parsed.schedules;
  if (schedule === undefined) throw new Error(JSON.stringify(parsed.problems));
  return schedule;
};

const schedules: readonly (readonly [written: unknown, lines: readonly string[] | null])[] = [
  ['* * * * *', ['*-*-* *:*:00 UTC']],
  ['0 3 * * *', ['*-*-* 03:00:00 UTC']],
  ['*/15 * * * *', ['*-*-* *:00/15:00 UTC']],
  ['7-59/20 * * * *', ['*-*-* *:07/20:00 UTC']],
  ['0-30/10 * * * *', ['*-*-* *:00..30/10:00 UTC']],
  ['5,6,7,20 1,2 * * *', ['*-*-* 01,02:05..07,20:00 UTC']],
  ['30 9-17 * * 1-5', ['Mon..Fri *-*-* 09..17:30:00 UTC']],
  ['0 0 * * 0,6', ['Sat,Sun *-*-* 00:00:00 UTC']],
  ['0 0 * * sun-tue', ['Mon,Tue,Sun *-*-* 00:00:00 UTC']],
  ['0 0 * * 5-7', ['Fri..Sun *-*-* 00:00:00 UTC']],
  ['0 0 1,15 * *', ['*-*-01,15 00:00:00 UTC']],
  ['0 0 */10 * *', ['*-*-01/10 00:00:00 UTC']],
  ['0 0 31 * *', ['*-*-31 00:00:00 UTC']],
  ['0 0 L * *', ['*-*~01 00:00:00 UTC']],
  ['0 0 1,L * *', ['*-*-01 00:00:00 UTC', '*-*~01 00:00:00 UTC']],
  ['0 0 1 1 *', ['*-01-01 00:00:00 UTC']],
  ['0 9 1 1,4,7,10 *', ['*-01/3-01 09:00:00 UTC']],
  ['0 0 1 */2 *', ['*-01/2-01 00:00:00 UTC']],
  // For cron either of the days is enough, a timer asks for both.
  ['0 0 13 * 5', ['*-*-13 00:00:00 UTC', 'Fri *-*-* 00:00:00 UTC']],
  ['0 0 13 * +5', ['Fri *-*-13 00:00:00 UTC']],
  ['0 0 */2 * 1', ['*-*-01/2 00:00:00 UTC', 'Mon *-*-* 00:00:00 UTC']],
  ['0 0 * * 5#2', ['Fri *-*-08..14 00:00:00 UTC']],
  ['0 0 * * 1#1,3#5', ['Mon *-*-01..07 00:00:00 UTC', 'Wed *-*-29..31 00:00:00 UTC']],
  ['0 0 29 2 *', ['*-02-29 00:00:00 UTC']],
  ['*/20 * * * * *', ['*-*-* *:*:00/20 UTC']],
  ['10,40 0 3 * * *', ['*-*-* 03:00:10,40 UTC']],
  ['@daily', ['*-*-* 00:00:00 UTC']],
  ['@weekly', ['Sun *-*-* 00:00:00 UTC']],
  ['@workdays', ['Mon..Fri *-*-* 09:00:00 UTC']],
  [{ cron: '30 2 * * *', timezone: 'Europe/Berlin' }, ['*-*-* 02:30:00 Europe/Berlin']],
  [{ cron: '0 */6 * * *', timezone: 'Asia/Tokyo' }, ['*-*-* 00/6:00:00 Asia/Tokyo']],
  [{ cron: '0 0 * * 1', timezone: 'America/New_York' }, ['Mon *-*-* 00:00:00 America/New_York']],
  ['every 30s', ['*-*-* *:*:00,30 UTC']],
  ['every 15m', ['*-*-* *:00/15:00 UTC']],
  ['every 1h', ['*-*-* *:00:00 UTC']],
  ['every 90m', ['*-*-* 00/3:00:00 UTC', '*-*-* 01/3:30:00 UTC']],
  ['every 45s', ['*-*-* *:00/3:00,45 UTC', '*-*-* *:01/3:30 UTC', '*-*-* *:02/3:15 UTC']],
  ['every 6h', ['*-*-* 00/6:00:00 UTC']],
  ['every 1d', ['*-*-* 00:00:00 UTC']],
  ['every 7d', ['Thu *-*-* 00:00:00 UTC']],
  [{ every: '6h', anchor: '2027-01-01T01:30:05' }, ['*-*-* 01/6:30:05 UTC']],
  // Not aligned to anything that a calendar knows.
  ['every 7m', null],
  ['every 2d', null],
  ['every 1500ms', null],
  ['0 0 15W * *', null],
  ['0 0 * * 5L', null],
  ['at 2027-06-01T00:00', null],
  [{ cron: '0 3 * * *', until: '2027-06-01' }, null],
];

describe('a schedule as lines of a timer', () => {
  it.each(schedules)('%j', (written, lines) => {
    expect(calendarLines(scheduleOf(written))).toEqual(lines);
  });

  const analyze = findTool('systemd-analyze');
  const starts = 12;
  it.skipIf(analyze === null)(
    `starts when systemd says, for each of ${schedules.length} [platform: needs systemd-analyze]`,
    () => {
      const lines = schedules.flatMap(([written]) => calendarLines(scheduleOf(written)) ?? []);
      const theirs = nextBySystemd(analyze ?? '', lines, starts);
      expect(lines.length).toBeGreaterThan(45);
      for (const [at, line] of lines.entries()) {
        expect(theirs[at], line).toHaveLength(starts);
        expect(theirs[at], line).toEqual(nextByReader(line, starts));
      }
    },
  );

  const foreign =
    '*:*/15|*/2:00|Fri..Mon 09:00|*-*-* 24:00|59/1:00|*-*-1/31 0:0|5/70:00|1:2/0|10..5:00|Noday 03:00'.split(
      '|',
    );
  it.skipIf(analyze === null)(
    'is none for us where it is none for systemd [platform: needs systemd-analyze]',
    () => {
      expect(nextBySystemd(analyze ?? '', foreign, 1)).toEqual([]);
      for (const text of foreign) expect(readCalendar(text)).toContain('is not a calendar event');
    },
  );
});

/** In the order of the texts, without those that it refuses. */
function nextBySystemd(tool: string, texts: readonly string[], count: number): number[][] {
  const { stdout } = spawnSync(
    tool,
    ['calendar', `--iterations=${count}`, '--base-time=2027-01-01 00:00:00 UTC', ...texts],
    { encoding: 'utf8', env: { TZ: 'UTC', LC_ALL: 'C' } },
  );
  const blocks = stdout.split('\n\n').filter((block) => block.includes('Normalized form'));
  return blocks.map((block) =>
    [...block.matchAll(/(?:Next elapse|Iter\. #\d+|\(in UTC\)): \w{3} (\S+ \S+) UTC/g)].map(
      ([, at = '']) => Date.parse(`${at.replace(' ', 'T')}Z`),
    ),
  );
}

/** What the import makes of the line, by jm2's engine. */
function nextByReader(text: string, count: number): number[] {
  const calendar = readCalendar(text);
  if (typeof calendar === 'string') throw new Error(calendar);
  const cron = { cron: calendar.expression, timezone: calendar.zone ?? 'UTC' };
  const compiled = compileSchedule([scheduleOf(cron)], 'a');
  const found: number[] = [];
  for (let at = now; found.length < count;) {
    const next = compiled.next(at);
    if (next === null) break;
    at = next.nominalTime;
    found.push(at);
  }
  return found;
}

describe('a job as a timer with its service', () => {
  it('keeps times, delay, catching up, command and surroundings', () => {
    const job = `{schedule: ["0 3 * * *", {cron: "0 9 * * 1", timezone: Asia/Tokyo, jitter: 90s}],
      command: "echo \\"100%\\" $HOME\\n./next", cwd: d, env: {A: "x $y 5%"}, env_file: [.env],
      description: "At 50%", timeout: 90m, nice: 5, umask: "027", success_codes: [0, 3],
      kill: {signal: INT, grace: 500ms}, limits: {open_files: 99}}`;
    expect(linesOf(job, 0)).toEqual([
      'Description=At 50%%',
      'OnCalendar=*-*-* 03:00:00 UTC',
      'OnCalendar=Mon *-*-* 09:00:00 Asia/Tokyo',
      'AccuracySec=1s',
      'RandomizedDelaySec=90',
      'Persistent=true',
      'WantedBy=timers.target',
    ]);
    expect(linesOf(job, 1)).toEqual([
      'Description=At 50%%',
      'Type=oneshot',
      'ExecStart=/bin/sh -c "echo \\"100%%\\" $$HOME\\n./next"',
      'WorkingDirectory=/srv/jobs/d',
      'Environment="A=x $y 5%%"',
      'EnvironmentFile=/srv/jobs/.env',
      'UMask=0027',
      'Nice=5',
      'LimitNOFILE=99',
      'SuccessExitStatus=3',
      'TimeoutStartSec=5400',
      'KillSignal=SIGINT',
      'TimeoutStopSec=500ms',
    ]);
  });

  it.each([
    ['{command: x}', 'it has no schedule'],
    ['{schedule: every 7m, command: x}', 'no timer has the times of `every 7m`'],
    ['{schedule: at 2030-01-01T00:00, command: x}', 'no timer has the times'],
  ])('is left out rather than wrong: %s', (job, remark) => {
    expect(exported(job).files).toEqual([]);
    expect(remarksOf(job)[0]).toContain(remark);
  });

  it('says what is lost', () => {
    const job =
      '{schedule: "@daily", command: x, retry: 2, concurrency: queue, env: {K: {from: env, key: K}}, suspend: true}';
    expect(remarksOf(job)).toEqual([
      'it is suspended, so nothing enables its timer',
      "`env.K` comes from the daemon's variable K when a run starts",
      'a timer has no `retry`, `concurrency`',
      expect.stringContaining('systemd skips a time that the clocks jump over') as string,
    ]);
    expect(linesOf(job, 0)).not.toContain('WantedBy=timers.target');
  });

  it('comes back from an import as it was', () => {
    const job = `{schedule: "30 9 * * 1-5", command: "echo \\"a\\\\b\\" 100% $HOME\\n\\t./next 'x'",
      cwd: /srv, env: {A: "x y"}, user: www, nice: 5, umask: "027", success_codes: [0, 3],
      timeout: 90s, kill: {signal: INT, grace: 20s}}`;
    const [timer, service] = exported(job).files;
    if (timer === undefined || service === undefined) throw new Error('not written');
    const zones = { zone: 'UTC', manifestZone: 'UTC' };
    const { jobs, remarks } = importTimer(timer, [service], zones);
    expect(remarks).toEqual([]);
    const again = `version: 1\njobs:\n  a: ${JSON.stringify(jobs[0]?.fields)}\n`;
    const without = (job: Job): unknown => ({ ...job, description: null, schedules: [] });
    expect(jobsOf(again).map(without)).toEqual(
      jobsOf(`version: 1\njobs:\n  a: ${job}\n`).map(without),
    );
  });
});

describe('a job as a timer, in seldom cases', () => {
  it.each([
    ['[./b, x]', 'ExecStart=/srv/jobs/b x'],
    ['[b, x y]', 'ExecStart=b "x y"'],
    ['[/bin/b]', 'ExecStart=/bin/b'],
  ])('the command %s is %s', (command, line) => {
    expect(linesOf(`{schedule: "@daily", command: ${command}, cwd: .}`, 1)).toContain(line);
  });

  it('makes up for at most one missed start, and for none where a job wants none', () => {
    const all = '{schedule: "@daily", command: x, catch_up: all}';
    expect(remarksOf(all)[0]).toBe('of several missed starts, one is made up for');
    expect(linesOf(all, 0)).toContain('Persistent=true');
    expect(linesOf('{schedule: "@daily", command: x, catch_up: none}', 0)).not.toContain(
      'Persistent=true',
    );
  });

  it('has its limits, and no value that comes from a file', () => {
    const job =
      '{schedule: "@daily", command: x, limits: {cpu_time: 1500ms, memory: 8MB}, env: {F: {from: file, path: f}}}';
    expect(linesOf(job, 1)).toEqual(expect.arrayContaining(['LimitCPU=2', 'LimitAS=8000000']));
    expect(remarksOf(job)[0]).toBe('`env.F` comes from the file f when a run starts');
  });

  it('stands in one text as its import reads it', () => {
    const { files } = exported('{schedule: "@daily", command: x}');
    expect(splitUnits('x', inOneText(files)).map(({ name }) => name)).toEqual([
      'a.timer',
      'a.service',
    ]);
  });

  it.each([['0 0 * * 5#2,L'], ['0 0 1 * +5#2'], ['not cron']])(
    'no line is written for %s',
    (expression) => {
      expect(calendarLines({ ...scheduleOf('@daily'), expression } as Schedule)).toBeNull();
    },
  );
});
