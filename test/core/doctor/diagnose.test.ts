import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose, doctorChecks } from '../../../src/core/doctor/diagnose.ts';
import type { DoctorFacts, JobFact } from '../../../src/core/doctor/facts.ts';
import type { Finding, Looked } from '../../../src/core/doctor/finding.ts';
import { firstProgram } from '../../../src/core/doctor/first-program.ts';
import { loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import { StatisticsOf, type RunFact } from '../../../src/core/runs/statistics.ts';

const now = Date.UTC(2026, 2, 2, 12);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function known<T>(value: T): Looked<T> {
  return { ok: true, value };
}

const nothing: DoctorFacts = {
  now,
  uid: 1000,
  runtime: null,
  zones: null,
  settings: null,
  place: null,
  source: null,
  rights: null,
  disk: null,
  limits: null,
  future: null,
  daemon: null,
  store: null,
  ledger: null,
  logs: null,
  strays: null,
  programs: null,
  users: null,
  secrets: null,
  jobs: null,
};

/** Findings that are not `ok`, as `severity code`. */
function found(facts: Partial<DoctorFacts>): string[] {
  return bad(facts).map(({ severity, code }) => `${severity} ${code}`);
}

function bad(facts: Partial<DoctorFacts>): Finding[] {
  const { findings } = diagnose({ ...nothing, ...facts });
  return findings.filter(({ severity }) => severity !== 'ok');
}

function aJob(
  fields: string,
  past: readonly Partial<RunFact>[] = [],
  more: Partial<JobFact> = {},
): JobFact {
  const { manifest, diagnostics } = loadManifest(
    `version: 1\njobs:\n  a: {command: "true", ${fields}}\n`,
    {
      file: 'jobs.yaml',
      digest: () => '',
    },
  );
  const job = manifest?.jobs[0];
  if (job === undefined) throw new Error(diagnostics.map(({ detail }) => detail).join());
  const statistics = new StatisticsOf();
  for (const fact of past) statistics.add({ ...aRun, ...fact });
  return {
    job,
    fault: null,
    pause: null,
    changedAt: now - 60 * day,
    past:
      past.length === 0
        ? null
        : {
            statistics: statistics.result(),
            lastStart: past[0]?.startedAt ?? null,
            isRunning: false,
          },
    starts: [1, 2, 3].map((step) => now + step * hour),
    missed: 0,
    ...more,
  };
}

const aRun: RunFact = {
  state: 'succeeded',
  attempts: 1,
  queuedAt: now - hour,
  startedAt: now - hour,
  endedAt: now - hour + minute,
  lateMs: 0,
};

function ofJob(job: JobFact, more: { admittingSince?: number | null } = {}): string[] {
  return found({
    jobs: known({ jobs: [job], concurrencyMax: 64, admittingSince: null, crowd: null, ...more }),
  });
}

const times = (count: number, fact: Partial<RunFact>): Partial<RunFact>[] =>
  Array.from({ length: count }, () => fact);

describe('a job', () => {
  it.each<[string, JobFact, string[]]>([
    ['with nothing wrong', aJob('schedule: "@hourly", timeout: 5m', times(9, {})), []],
    [
      'that failed three times and never succeeded',
      aJob('timeout: 1h', times(3, { state: 'failed' })),
      ['major never-succeeded'],
    ],
    ['that failed twice', aJob('timeout: 1h', times(2, { state: 'failed' })), []],
    [
      'that has begun to fail',
      aJob('timeout: 1h', [...times(3, { state: 'timed_out' }), {}]),
      ['major failing'],
    ],
    ['that failed once since', aJob('timeout: 1h', [{ state: 'failed' }, ...times(4, {})]), []],
    [
      'that takes longer than its interval',
      aJob('timeout: 3h', times(5, { endedAt: now + hour })),
      ['minor longer-than-interval'],
    ],
    [
      'that may overlap and does',
      aJob('timeout: 3h, concurrency: allow', times(5, { endedAt: now + hour })),
      [],
    ],
    [
      'that starts late as a rule',
      aJob('timeout: 1h', times(5, { lateMs: 20_000 })),
      ['minor always-late'],
    ],
    ['that missed something', aJob('timeout: 1h', [], { missed: 2 }), ['minor missed']],
    ['that starts often without a timeout', aJob(''), ['minor no-timeout']],
    [
      'that starts every second',
      aJob('timeout: 1m', [], { starts: [now, now + 1000] }),
      ['minor too-often'],
    ],
    [
      'that never starts',
      aJob('schedule: {every: 1h, until: "2020-01-01T00:00"}', [], { starts: [] }),
      ['major never-starts'],
    ],
    ['whose one time is over', aJob('schedule: at 2020-01-01T00:00', [], { starts: [] }), []],
    [
      'with an engine that failed',
      aJob('schedule: "@daily"', [], { fault: 'x', starts: [] }),
      ['critical job-fault'],
    ],
    [
      'that retries on timeout and has none',
      aJob('retry: {limit: 2, on: [timeout]}', [], { starts: [] }),
      ['minor retry-pointless'],
    ],
    [
      'whose retries reach into the next start',
      aJob('timeout: 1m, retry: {limit: 9, delay: 10m, backoff: constant, max_delay: 10m}'),
      ['minor retry-long'],
    ],
    [
      'of once a day that is not caught up',
      aJob('catch_up: none', [], { starts: [now, now + day] }),
      ['minor no-catch-up'],
    ],
    ['that is suspended for two months', aJob('suspend: true'), ['minor suspended-long']],
    ['that is suspended since today', aJob('suspend: true', [], { changedAt: now }), []],
    [
      'with a forgotten pause',
      aJob('timeout: 1h', [], {
        pause: { by: 'bob', reason: null, since: now - 8 * day, until: null, skipped: 0 },
      }),
      ['minor paused-long'],
    ],
  ])('%s', (_what, job, expected) => {
    expect(ofJob(job)).toEqual(expected);
  });

  it('is silent when it did not start for three intervals of a daemon that admits', () => {
    const silent = aJob('timeout: 1h', [{ startedAt: now - 4 * hour }]);
    expect(ofJob(silent, { admittingSince: now - day })).toEqual(['major silent']);
    expect(ofJob(silent, { admittingSince: now - hour })).toEqual([]);
    expect(ofJob(silent, { admittingSince: null })).toEqual([]);
    const pause = { by: 'bob', reason: null, since: now - hour, until: now + hour, skipped: 0 };
    expect(ofJob({ ...silent, pause }, { admittingSince: now - day })).toEqual([]);
  });

  it('is named in the line to copy', () => {
    const [finding] = bad({
      jobs: known({
        jobs: [aJob('timeout: 1h', times(3, { state: 'failed' }))],
        concurrencyMax: 1,
        admittingSince: null,
        crowd: null,
      }),
    });
    expect(finding).toMatchObject({ remedy: 'jm2 logs a; jm2 history a', jobs: ['a'] });
  });
});

it('jobs that start together are told when they are more than may run', () => {
  const crowd = { starts: 5, at: now };
  const jobs = { jobs: [], admittingSince: null, crowd };
  expect(found({ jobs: known({ ...jobs, concurrencyMax: 4 }) })).toEqual(['minor crowd']);
  expect(found({ jobs: known({ ...jobs, concurrencyMax: 5 }) })).toEqual([]);
});

describe('the host', () => {
  const disk = {
    path: '/s',
    freeBytes: 2 ** 36,
    sizeBytes: 2 ** 40,
    freeFiles: 10 ** 6,
    network: null,
  };
  const runtime = { node: '24.18.0', sqlite: '3.53.0', isSqliteSound: true };
  const limits = { openFiles: 20_000, inotifyWatches: 65_536, inotifyInstances: 128 };
  it.each<[string, Partial<DoctorFacts>, string[]]>([
    ['is fine', { disk: known(disk), runtime: known(runtime), limits: known(limits) }, []],
    [
      'has a Node.js that is too old',
      { runtime: known({ ...runtime, node: '20.18.1' }) },
      ['major node-release'],
    ],
    [
      'has a Node.js whose line has ended',
      { runtime: known({ ...runtime, node: '23.11.0' }) },
      ['minor node-release'],
    ],
    [
      'has an SQLite without a fix',
      { runtime: known({ ...runtime, isSqliteSound: false }) },
      ['minor sqlite-release'],
    ],
    ['has a full disk', { disk: known({ ...disk, freeBytes: 2 ** 20 }) }, ['critical disk-room']],
    [
      'has a disk that is nearly full',
      { disk: known({ ...disk, freeBytes: 2 ** 27 }) },
      ['major disk-room'],
    ],
    [
      'has a disk that gets full',
      { disk: known({ ...disk, freeBytes: 2 ** 29 }) },
      ['minor disk-room'],
    ],
    [
      'has a small disk with room',
      { disk: known({ ...disk, freeBytes: 2 ** 26, sizeBytes: 2 ** 27 }) },
      [],
    ],
    ['has no room for files', { disk: known({ ...disk, freeFiles: 3 }) }, ['major disk-room']],
    ['keeps its state on NFS', { disk: known({ ...disk, network: 'NFS' }) }, ['major disk-kind']],
    [
      'lets few files be open',
      { limits: known({ ...limits, openFiles: 256 }) },
      ['minor open-files'],
    ],
    [
      'lets few files be watched',
      { limits: known({ ...limits, inotifyWatches: 100 }) },
      ['minor inotify'],
    ],
    [
      'had a clock that was ahead',
      { future: known([{ path: '/s/alive', aheadMs: hour }]) },
      ['major clock'],
    ],
    ['wrote a moment ahead', { future: known([{ path: '/s/alive', aheadMs: 900 }]) }, []],
    [
      'knows old zones',
      { zones: known({ warnings: ['old'], isWrong: false }) },
      ['minor zone-data'],
    ],
    [
      'knows wrong zones',
      { zones: known({ warnings: ['wrong'], isWrong: true }) },
      ['major zone-data'],
    ],
  ])('%s', (_what, facts, expected) => {
    expect(found(facts)).toEqual(expected);
  });
});

describe('rights', () => {
  const right = (
    what: 'manifest' | 'manifest directory' | 'state directory' | 'state file',
    mode: number,
    uid = 1000,
  ) =>
    known([
      { path: '/x', what, mode, uid, isLink: false, isDirectory: what.endsWith('directory') },
    ]);
  it.each([
    ['a manifest of mine', right('manifest', 0o644), []],
    ['a manifest that everybody writes', right('manifest', 0o666), ['critical manifest-rights']],
    ['a manifest that a group writes', right('manifest', 0o664), ['minor manifest-rights']],
    ['a manifest of another account', right('manifest', 0o644, 7), ['major manifest-rights']],
    ['a manifest of root', right('manifest', 0o644, 0), []],
    [
      'a directory that everybody writes',
      right('manifest directory', 0o777),
      ['critical manifest-rights'],
    ],
    ['a directory like /tmp', right('manifest directory', 0o1777), []],
    ['a private state directory', right('state directory', 0o700), []],
    ['a state directory to read', right('state directory', 0o755), ['major state-rights']],
    ['a state directory to write', right('state directory', 0o777), ['critical state-rights']],
    [
      'a state directory of another account',
      right('state directory', 0o700, 7),
      ['critical state-rights'],
    ],
    ['a store to read', right('state file', 0o644), ['major state-rights']],
  ])('of %s', (_what, rights, expected) => {
    expect(found({ rights })).toEqual(expected);
  });

  it('are put right without taking away what the owner has', () => {
    const [finding] = bad({ rights: right('state file', 0o644) });
    expect(finding).toMatchObject({ fix: { kind: 'chmod', mode: 0o600 }, remedy: 'chmod 600 /x' });
  });
});

describe('what could not be gathered', () => {
  it('costs one finding, and no other check', () => {
    const { findings, skipped } = diagnose({
      ...nothing,
      jobs: { ok: false, problem: 'the jobs: EIO' },
      disk: known({ path: '/s', freeBytes: 1, sizeBytes: 2 ** 40, freeFiles: null, network: null }),
    });
    expect(findings.map(({ severity, detail }) => [severity, detail.slice(0, 13)])).toEqual([
      ['critical', '/s: 0 MiB of '],
      ['major', 'the jobs: EIO'],
      ['ok', ''],
    ]);
    expect(skipped).toContain('silent');
  });

  it('is a matter of the account when the system says so', () => {
    const daemon = { ok: false, problem: 'the daemon: EACCES: permission denied' } as const;
    expect(bad({ daemon })).toMatchObject([
      { severity: 'major', remedy: 'Use the account that the daemon runs as' },
    ]);
  });

  it('is healthy as long as nothing is worse than minor', () => {
    expect(diagnose(nothing).healthy).toBe(true);
    expect(diagnose({ ...nothing, place: known({ missing: 'nowhere' }) }).healthy).toBe(false);
  });
});

it('every check has a name of its own and a line in the documentation', () => {
  const page = readFileSync('docs/doctor.md', 'utf8');
  const codes = doctorChecks.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  const missing = doctorChecks.filter(
    ({ code, question }) => !page.includes(`| \`${code}\` | ${question} |`),
  );
  expect(missing.map(({ code, question }) => `| \`${code}\` | ${question} |`)).toEqual([]);
});

it.each([
  ['pg_dump shop | gzip > x', 'pg_dump'],
  ['A=1 B=two ./run.sh --x', './run.sh'],
  ['PATH=/opt/bin:$PATH tool', null],
  ['PATH=/opt/bin tool', null],
  ['cd /srv && ./x', null],
  ['if true; then x; fi', null],
  ['backup() { true; }; backup', null],
  ['"$HOME"/bin/x', null],
  ['# first\ntool', null],
  ['tool\nother', 'tool'],
  ['tool;other', 'tool'],
  ['', null],
])('the text %j begins with the program %j', (text, program) => {
  expect(firstProgram(text)).toBe(program);
});

describe('several jobs', () => {
  const both = (job: JobFact): string[] =>
    bad({
      jobs: known({ jobs: [job, job], concurrencyMax: 64, admittingSince: now - day, crowd: null }),
    }).map(({ summary }) => summary);
  const failed = times(3, { state: 'failed' });

  it.each<[string, JobFact]>([
    ['2 jobs never succeeded', aJob('timeout: 1h', failed)],
    ['2 jobs have begun to fail', aJob('timeout: 1h', [...failed, {}])],
    [
      '2 jobs often take longer than their interval',
      aJob('timeout: 3h', times(5, { endedAt: now + hour })),
    ],
    ['2 jobs start late as a rule', aJob('timeout: 1h', times(5, { lateMs: 20_000 }))],
    ['2 jobs have not started for long', aJob('timeout: 1h', [{ startedAt: now - 4 * hour }])],
    ['2 jobs are suspended for more than a month', aJob('suspend: true')],
    [
      '2 jobs start every few seconds; a service may suit better',
      aJob('timeout: 1m', [], { starts: [now, now + 1000] }),
    ],
    [
      '2 jobs may still retry when the next start is due, which their concurrency policy then decides about',
      aJob('timeout: 1m, retry: {limit: 9, delay: 10m, backoff: constant, max_delay: 10m}'),
    ],
    [
      '2 jobs start often and have no timeout: one that hangs keeps all later ones from starting',
      aJob(''),
    ],
    [
      '2 jobs of once a day or less are not caught up when this host was down',
      aJob('catch_up: none', [], { starts: [now, now + day] }),
    ],
  ])('%s', (summary, job) => {
    expect(both(job)).toContain(summary);
  });

  it('are named with what is known of each', () => {
    const pause = { by: 'bob', reason: 'disk', since: now - 8 * day, until: null, skipped: 0 };
    const jobs = [aJob('timeout: 1h', [], { pause }), aJob('', [], { pause, changedAt: null })];
    const [finding] = bad({
      jobs: known({ jobs, concurrencyMax: 64, admittingSince: now - day, crowd: null }),
    }).filter(({ code }) => code === 'paused-long');
    expect(finding).toMatchObject({
      summary: '2 jobs are paused without an end for more than a week',
      detail: 'a: by bob, disk\na: by bob, disk',
      remedy: 'jm2 resume a a',
    });
  });

  it('that never started since anybody knows are silent, too', () => {
    const never = aJob('timeout: 1h', [], { changedAt: null });
    const [finding] = bad({
      jobs: known({ jobs: [never], concurrencyMax: 64, admittingSince: now - day, crowd: null }),
    });
    expect(finding?.detail).toBe('a: last start unknown, due every 1h');
  });
});

describe('the store', () => {
  const store = { path: '/s/jm2.db', state: 'sound', problems: [], setAside: [] } as const;
  it.each<[string, Partial<DoctorFacts>, string[]]>([
    ['is sound', { store: known(store) }, []],
    ['is not there yet', { store: known({ ...store, state: 'missing' }) }, []],
    ['cannot be read', { store: known({ ...store, state: 'unreadable' }) }, ['critical store']],
    ['is damaged', { store: known({ ...store, state: 'damaged' }) }, ['critical store']],
    ['is gone', { store: known({ ...store, state: 'lost' }) }, ['critical store']],
    ['is of a newer program', { store: known({ ...store, state: 'newer' }) }, ['critical store']],
    ['is of an earlier program', { store: known({ ...store, state: 'older' }) }, ['minor store']],
    ['was set aside', { store: known({ ...store, setAside: ['/s/old'] }) }, ['minor set-aside']],
    ['contradicts itself', { ledger: known(['run r1 ended twice']) }, ['major ledger']],
    ['has few logs', { logs: known({ bytes: 1, bound: 100 }) }, []],
    [
      'has as many logs as it may',
      { logs: known({ bytes: 90, bound: 100 }) },
      ['minor log-budget'],
    ],
  ])('%s', (_what, facts, expected) => {
    expect(found(facts)).toEqual(expected);
  });
});
