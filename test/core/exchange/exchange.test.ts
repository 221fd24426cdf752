// From a crontab into a manifest and back, and between manifests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectFormat } from '../../../src/core/exchange/detect-format.ts';
import { exportCrontab } from '../../../src/core/exchange/export-crontab.ts';
import { exportManifest } from '../../../src/core/exchange/export-manifest.ts';
import { importCrontab } from '../../../src/core/exchange/import-crontab.ts';
import { declareCalendars } from '../../../src/core/exchange/import-calendars.ts';
import { importManifest } from '../../../src/core/exchange/import-manifest.ts';
import { minuteReader, readersByZone } from '../../../src/core/exchange/local-minute.ts';
import { mergeImport } from '../../../src/core/exchange/merge-import.ts';
import { proveTimes } from '../../../src/core/exchange/prove-times.ts';
import { loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import type { Job } from '../../../src/core/manifest/job.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { sha256 } from '../../../src/system/digest.ts';

const now = Date.parse('2027-01-01T00:00:30Z');
const yearMs = 366 * 86_400_000;

function jobsOf(manifest: string): readonly Job[] {
  const { manifest: accepted, diagnostics } = loadManifest(manifest, {
    file: 'jobs.yaml',
    digest: sha256,
  });
  if (accepted === null) throw new Error(JSON.stringify(diagnostics));
  return accepted.jobs;
}

const exported = (manifest: string, system = false): ReturnType<typeof exportCrontab> =>
  exportCrontab(jobsOf(manifest), {
    system,
    zone: 'UTC',
    home: '/home/me',
    user: 'me',
    directory: '/srv/jobs',
    now,
  });
const linesOf = (job: string, system = false): string[] =>
  exported(`version: 1\njobs:\n  a: ${job}\n`, system)
    .text.split('\n')
    .filter((line) => line !== '' && !line.startsWith('# jm2'));
const crontab = { system: false, zone: 'UTC', manifestZone: 'UTC', home: null, faithful: false };

describe('a job as a line of a crontab', () => {
  it.each([
    ['{schedule: "0 3 * * 1-5", command: ./b, cwd: /home/me}', ['0 3 * * 1-5 ./b']],
    ['{schedule: "@daily", command: ./b, cwd: /x}', ['0 0 * * * cd /x || exit; ./b']],
    ['{schedule: every 15m, command: ./b, cwd: /home/me}', ['*/15 * * * * ./b']],
    [
      '{schedule: {every: 6h, anchor: "2027-01-01T01:30"}, command: [echo, a b], cwd: /home/me}',
      ["30 1-23/6 * * * echo 'a b'"],
    ],
    [
      '{schedule: "0 3 * * *", command: date +%F, cwd: d, env: {A: x y}, umask: "027"}',
      ["0 3 * * * umask 027; cd /srv/jobs/d || exit; export A='x y'; date +\\%F"],
    ],
    // For jm2 either of the days is enough, for cron a star in front asks for both.
    ['{schedule: "0 0 */2 * 1", command: ./b, cwd: /home/me}', ['0 0 1-31/2 * 1 ./b']],
    ['{schedule: "0 3 * * *", command: ./b, cwd: /home/me, suspend: true}', ['# 0 3 * * * ./b']],
    ['{schedule: every 1m, command: ./b, cwd: /home/me}', ['* * * * * ./b']],
    ['{schedule: every 1d, command: ./b, cwd: /home/me}', ['0 0 * * * ./b']],
    ['{schedule: every 7d, command: ./b, cwd: /home/me}', ['0 0 * * 4 ./b']],
    ['{schedule: "0 0 1 */2 *", command: ./b, cwd: /home/me}', ['0 0 1 */2 * ./b']],
    ['{schedule: "0 0 * * */2", command: ./b, cwd: /home/me}', ['0 0 * * */2 ./b']],
    [
      '{schedule: "0 3 * * *", command: "a | b", shell: /bin/bash, cwd: ./d}',
      ["0 3 * * * cd /srv/jobs/d || exit; /bin/bash -c 'a | b'"],
    ],
    ['{schedule: "0 3 * * *", command: ./b}', ['0 3 * * * cd /srv/jobs || exit; ./b']],
    ['{schedule: "0 3 * * *", command: ./b, cwd: .}', ['0 3 * * * cd /srv/jobs || exit; ./b']],
    [
      '{schedule: {cron: "0 3 * * *", timezone: Asia/Tokyo, jitter: 90s}, command: ./b, cwd: /home/me}',
      ['CRON_TZ=Asia/Tokyo', 'RANDOM_DELAY=2', '0 3 * * * ./b', 'CRON_TZ=', 'RANDOM_DELAY=0'],
    ],
  ])('%s', (job, lines) => {
    expect(linesOf(job)).toEqual(lines);
  });

  it('has a column for its account in the format of the system', () => {
    expect(linesOf('{schedule: "0 3 * * *", command: ./b, cwd: /, user: www}', true)).toEqual([
      '0 3 * * * www cd / || exit; ./b',
    ]);
  });

  it.each([
    ['{command: ./b}', 'it has no schedule'],
    ['{schedule: every 90s, command: ./b}', 'no line of a crontab has the times of `every 90s`'],
    ['{schedule: every 7m, command: ./b}', 'no line of a crontab has the times'],
    ['{schedule: at 2030-01-01T00:00, command: ./b}', 'no line of a crontab has the times'],
    ['{schedule: "0 0 L * *", command: ./b}', 'no line of a crontab has the times'],
    ['{schedule: {every: 6h, timezone: Europe/Berlin}, command: ./b}', 'no line of a crontab'],
  ])('is left out rather than wrong: %s', (job, remark) => {
    const { text, remarks } = exported(`version: 1\njobs:\n  a: ${job}\n`);
    expect(text).toBe('');
    expect(remarks[0]).toMatchObject({ job: 'a', kind: 'dropped' });
    expect(remarks[0]?.text).toContain(remark);
  });

  it('has its description above it, and in the format of the system the account of all', () => {
    const job = '{schedule: "0 3 * * *", command: ./b, cwd: /home/me, description: "At\\nnight"}';
    expect(exported(`version: 1\njobs:\n  a: ${job}\n`, true).text).toBe(
      '# jm2 job a: At night\n0 3 * * * me ./b\n',
    );
  });

  it('is left out within bounds, and with calendars', () => {
    const { text, remarks } = exported(`version: 1
calendars: {fair: {dates: ["2027-05-01"]}}
jobs:
  a: {schedule: "0 3 * * *", command: ./b, calendar: {except: fair}}
  b: {schedule: {cron: "0 3 * * *", until: "2028-01-01"}, command: ./b}
`);
    expect(text).toBe('');
    expect(remarks.map((remark) => remark.text)).toEqual([
      'a crontab has no calendars, so it cannot run `0 3 * * *` not on days of fair',
      'no line of a crontab has the times of `0 3 * * *`',
    ]);
  });

  it('tells where a value came from', () => {
    const env = '{F: {from: file, path: f}, K: {from: env, key: L}}';
    const { remarks } = exported(
      `version: 1\njobs:\n  a: {schedule: "@daily", command: ./b, env: ${env}}\n`,
    );
    expect(remarks.map(({ text }) => text).slice(0, 2)).toEqual([
      '`env.F` comes from the file f when a run starts',
      "`env.K` comes from the daemon's variable L when a run starts",
    ]);
  });

  it('says which of its fields are lost', () => {
    const { remarks } = exported(
      'version: 1\njobs:\n  a: {schedule: "0 3 * * *", command: ./b, timeout: 5m, retry: 2, env: {K: {from: env, key: K}}}\n',
    );
    expect(remarks.map(({ text }) => text)).toEqual([
      "`env.K` comes from the daemon's variable K when a run starts",
      'a crontab has no `timeout`, `retry`',
      expect.stringContaining('cron starts a job although') as string,
    ]);
  });

  it('of several lines, with percent signs and backslashes, is the same command again', () => {
    const command = 'printf "%s\\n" \'a\\%b\'\necho 100%';
    const [line = ''] = linesOf(
      `{schedule: "0 3 * * *", command: ${JSON.stringify(command)}, cwd: /home/me}`,
    );
    const [job] = importCrontab(line, crontab).jobs;
    // As a shell reads the format of printf.
    const format = /^eval "\$\(printf '(.*)'\)"$/.exec(String(job?.fields['command']))?.[1] ?? '';
    const text = format.replaceAll(/\\\\|\\n|\\047|%%/g, (code) =>
      code === '\\\\' ? '\\' : code === '\\n' ? '\n' : code === '%%' ? '%' : "'",
    );
    expect(text).toBe(command);
  });
});

describe('a crontab that went through a manifest', () => {
  it('has the same names, and the same starts for a year', () => {
    const source = readFileSync(join(import.meta.dirname, 'crontabs', 'cronie.crontab'), 'utf8');
    // Every second one: each is proved twice, minute by minute.
    const every = importCrontab(source, crontab).jobs.filter((_, at) => at % 2 === 0);
    const first = mergeImport('version: 1\njobs: {}\n', every, 'refuse');
    if (first.kind !== 'merged') throw new Error(JSON.stringify(first));
    const { text } = exported(first.merged.text);
    const back = importCrontab(text, crontab).jobs;
    const jobs = jobsOf(first.merged.text);
    expect(back.map((job) => job.name)).toEqual(jobs.map((job) => job.name));
    const readerOf = readersByZone();
    for (const [at, { fits, zone, name: job }] of back.entries()) {
      if (fits === null) throw new Error('not told');
      const proof = proveTimes({
        fits,
        read: readerOf(zone),
        compiled: compileSchedule(jobs[at]?.schedules ?? [], job),
        after: now,
        until: now + yearMs,
        startsMax: 2_000,
      });
      expect(proof, job).toMatchObject({ agrees: true });
    }
  });
});

it('the proof shows the first difference from both sides', () => {
  const compiled = compileSchedule(
    jobsOf('version: 1\njobs:\n  a: {schedule: "0 3 2-31 * *", command: b}\n')[0]?.schedules ?? [],
    'a',
  );
  const proof = proveTimes({
    fits: ({ hour, minute }) => hour === 3 && minute === 0,
    read: minuteReader('UTC'),
    compiled,
    after: now,
    until: now + 3 * 86_400_000,
    startsMax: 100,
  });
  expect(proof).toMatchObject({
    agrees: false,
    compared: 3,
    source: ['01', '02', '03'].map((day) => Date.parse(`2027-01-${day}T03:00:00Z`)),
    jm2: ['02', '03'].map((day) => Date.parse(`2027-01-${day}T03:00:00Z`)),
  });
});

describe('jobs of another manifest', () => {
  it('bring along what stood at its top for all of them', () => {
    const text = `version: 1
timezone: Asia/Tokyo
env: {A: "1", B: "1"}
defaults: {timeout: 5m}
schedules: {office: "0 9 * * 1-5"}
groups: {db: {max: 1}}
jobs:
  a: {schedule: ["@office", every 5m, {at: "2030-01-01T00:00"}], command: x, env: {B: "2"}, group: db}
`;
    const { jobs, remarks } = importManifest(text, { manifestZone: 'UTC', groups: new Set() });
    const timezone = 'Asia/Tokyo';
    expect(jobs[0]?.fields).toEqual({
      timeout: '5m',
      schedule: [
        { cron: '0 9 * * 1-5', timezone },
        { every: '5m', timezone },
        { timezone, at: '2030-01-01T00:00' },
      ],
      command: 'x',
      env: { A: '1', B: '2' },
    });
    expect(remarks).toMatchObject([{ text: 'a: the manifest declares no group "db"' }]);
  });

  it('say which parts of it are for all, and keep what this manifest knows', () => {
    const text = `version: 1
concurrency: {max: 3}
retention: {runs: 5}
jobs:
  a: {schedule: "@daily", command: x, group: db}
  b: {command: y}
`;
    const { jobs, remarks } = importManifest(text, {
      manifestZone: 'UTC',
      groups: new Set(['db']),
    });
    expect(jobs.map(({ fields }) => fields)).toEqual([
      { schedule: '@daily', command: 'x', group: 'db' },
      { command: 'y' },
    ]);
    expect(remarks.map((remark) => remark.text)).toEqual([
      '`concurrency` at the top of the file is for all of its jobs together',
      '`retention` at the top of the file is for all of its jobs together',
    ]);
  });

  it('bring the calendars that they name, and no other', () => {
    const text = `version: 1
calendars: {off: {dates: ["12-25"]}, we: {weekdays: [sat]}, other: {dates: ["01-01"]}}
jobs:
  a: {schedule: "@daily", command: x, calendar: {except: [off]}}
  b: {schedule: [{cron: "0 9 * * *", calendar: {only: [we]}}], command: y}
`;
    const { calendars } = importManifest(text, { manifestZone: 'UTC', groups: new Set() });
    expect(calendars).toEqual({ off: { dates: ['12-25'] }, we: { weekdays: ['sat'] } });
    const bare = 'version: 1\njobs:\n  c: {command: z}\n';
    const declared = declareCalendars(bare, calendars ?? {});
    expect(declared).toMatchObject({
      kind: 'declared',
      text: expect.stringContaining(
        'calendars:\n  off: {dates: [12-25]}\n  we: {weekdays: [sat]}\njobs:',
      ),
    });
    const once = declared.kind === 'declared' ? declared.text : '';
    expect(declareCalendars(once, calendars ?? {})).toEqual({ kind: 'declared', text: once });
    expect(declareCalendars(once, { off: { dates: ['12-26'] } })).toEqual({
      kind: 'conflict',
      names: ['off'],
    });
    expect(declareCalendars('calendars: 7\njobs: {}\n', { off: {} })).toMatchObject({
      kind: 'refused',
    });
  });

  it('are exported alone, or whole with every comment', () => {
    const text = 'version: 1 # one\njobs:\n  a: &a {command: x}\n  b: *a\n';
    expect(exportManifest(text, null, 'yaml')).toBe(text);
    expect(exportManifest(text, new Set(['b']), 'yaml')).toBe(
      'version: 1\njobs:\n  b:\n    command: x\n',
    );
    expect(JSON.parse(exportManifest(text, new Set(['b']), 'json'))).toEqual({
      version: 1,
      jobs: { b: { command: 'x' } },
    });
  });
});

describe('a job that the manifest has already', () => {
  const text = 'version: 1\njobs:\n  a: {command: x, retry: 2}\n  z: {command: z}\n';
  const job = { name: 'a', fields: { command: 'yy' }, line: 1, zone: 'UTC', fits: null };
  it.each([
    ['skip', 'skip', text],
    ['merge', 'merge', 'version: 1\njobs:\n  a: {command: yy, retry: 2}\n  z: {command: z}\n'],
    ['force', 'overwrite', 'version: 1\njobs:\n  a: {command: yy}\n  z: {command: z}\n'],
    ['replace', 'overwrite', 'version: 1\njobs:\n  a: {command: yy}\n'],
  ] as const)('%s', (onConflict, action, after) => {
    expect(mergeImport(text, [job], onConflict)).toMatchObject({
      merged: { text: after, jobs: [{ name: 'a', action }] },
    });
  });

  it('that cannot be edited refuses the import', () => {
    const shared = 'version: 1\njobs:\n  a: &a {command: x}\n  b: *a\n';
    const [b, c] = ['b', 'c'].map((name) => ({ ...job, name }));
    expect([
      mergeImport(shared, [b!], 'merge'),
      mergeImport(shared, [c!], 'replace'),
      mergeImport('version: 1\njobs: 5\n', [c!], 'refuse'),
    ]).toEqual([
      { kind: 'refused', problem: 'the job "b" is an alias of another one' },
      {
        kind: 'refused',
        problem: 'the job "a" holds the anchor "&a", which other parts of the file refer to',
      },
      { kind: 'refused', problem: '`jobs` holds something that is no job' },
    ]);
  });

  it('is in the way with other fields, and nothing with the same', () => {
    expect(mergeImport(text, [job], 'refuse')).toEqual({ kind: 'conflict', names: ['a'] });
    const same = { ...job, fields: { retry: 2, command: 'x' } };
    expect(mergeImport(text, [same], 'refuse')).toMatchObject({
      merged: { text, jobs: [{ action: 'unchanged' }] },
    });
  });
});

it.each([
  ['u', '0 3 * * * root ./b\n', 'crontab-system'],
  ['u', '0 3 * * * backup ./b\n', 'crontab'],
  ['/etc/cron.d/x', '0 3 * * * backup ./b\n', 'crontab-system'],
  ['u', '# x\nA=1\n@daily ./b\n', 'crontab'],
  ['u', 'version: 1\njobs: {}\n', 'yaml'],
  ['u', ' {"version": 1}', 'json'],
  ['u', 'hello\n', null],
  ['u.cron', '# none yet\n', 'crontab'],
  ['u', '[Unit]\n[Timer]\nOnCalendar=daily\n', 'systemd'],
  ['u', 'apiVersion: batch/v1\nkind: CronJob\n', 'kubernetes'],
  ['u', '{\n  "kind": "List"}', 'kubernetes'],
])('the format of %s with %j is %s', (path, text, format) => {
  expect(detectFormat(path, text)).toBe(format);
});
