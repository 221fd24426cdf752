import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jobOf, load, withJob } from './load.ts';

const everyField = readFileSync('test/fixtures/manifests/good/every-field.yaml', 'utf8');

describe('a job that says nothing', () => {
  test('has the documented defaults', () => {
    expect(jobOf(withJob('command: ./backup.sh'))).toEqual({
      name: 'backup',
      description: null,
      owner: null,
      runbook: null,
      protect: false,
      tags: [],
      schedules: [],
      timezone: 'UTC',
      command: { kind: 'shell', text: './backup.sh', shell: '/bin/sh' },
      cwd: null,
      env: {},
      envFile: [],
      inheritEnv: [],
      user: null,
      umask: null,
      nice: null,
      limits: {},
      timeoutMs: null,
      kill: { signal: 'TERM', graceMs: 10_000, leftovers: false },
      retry: {
        limit: 0,
        delayMs: 1000,
        backoff: 'exponential',
        factor: 2,
        maxDelayMs: 300_000,
        jitter: 0.1,
        on: ['exit', 'timeout', 'signal', 'start'],
      },
      successCodes: [0],
      concurrency: 'forbid',
      group: null,
      priority: 0,
      startDeadlineMs: null,
      catchUp: { policy: 'latest', windowMs: 86_400_000, limit: 100 },
      suspend: false,
      log: { maxSizeBytes: 10_000_000 },
      retention: null,
      renamedFrom: [],
      onRemove: 'finish',
      onChange: 'finish',
      onScheduleChange: 'ignore',
    });
  });

  test('takes the values of defaults', () => {
    expect(jobOf(everyField, 'inherits')).toMatchObject({
      owner: 'dba',
      runbook: 'docs/night.md',
      tags: ['nightly'],
      schedules: [{ kind: 'cron', written: '@night', timezone: 'Europe/Berlin' }],
      timezone: 'Europe/Berlin',
      command: { kind: 'shell', text: 'pg_dump shop', shell: '/bin/bash' },
      cwd: './scripts',
      env: { BACKUP_DIR: '/srv/backup', LEVEL: '1', VERBOSE: 'true' },
      user: 'postgres',
      timeoutMs: 1_800_000,
      kill: { signal: 'INT', graceMs: 20_000, leftovers: false },
      retry: { limit: 2 },
      successCodes: [0, 3],
      concurrency: 'queue',
      catchUp: { policy: 'none' },
      suspend: true,
      log: { maxSizeBytes: 1_048_576 },
      onRemove: 'cancel',
    });
  });
});

describe('a job that says everything', () => {
  const job = jobOf(everyField, 'overrides');

  test('wins over defaults, field by field', () => {
    expect(job).toMatchObject({
      description: 'Says everything itself',
      owner: 'web',
      tags: ['a', 'b'],
      timezone: 'UTC',
      command: { kind: 'argv', argv: ['curl', '-fsS', 'https://example.org/ping'] },
      cwd: '/',
      user: 'www-data',
      envFile: ['common.env', '/etc/jm2/shop.env'],
      inheritEnv: ['HTTPS_PROXY', 'NO_PROXY'],
      umask: '077',
      nice: -5,
      limits: {
        openFiles: 512,
        processes: 100,
        fileSizeBytes: 2_000_000_000,
        cpuTimeMs: 600_000,
        memoryBytes: 1_073_741_824,
        coreSizeBytes: 1_000_000,
      },
      timeoutMs: 5_400_000,
      successCodes: [1],
      concurrency: 'replace',
      catchUp: { policy: 'all', windowMs: 43_200_000, limit: 5 },
      suspend: false,
      log: { maxSizeBytes: 524_288 },
      renamedFrom: ['old-name', 'older-name'],
      onRemove: 'finish',
      onChange: 'restart',
      onScheduleChange: 'catch_up',
    });
  });

  test('merges only env name by name', () => {
    expect(job.env).toEqual({
      BACKUP_DIR: '/srv/backup',
      LEVEL: '2',
      VERBOSE: 'true',
      NAME: 'x',
      DB_PASSWORD: { from: 'file', path: './secrets/db', modeCheck: true },
      API_TOKEN: { from: 'env', key: 'API_TOKEN' },
      OTHER_TOKEN: { from: 'env', key: 'API_TOKEN_2' },
    });
    expect(job.kill).toEqual({ signal: 'TERM', graceMs: 60_000, leftovers: true });
  });

  test('keeps each of its schedules with its zone', () => {
    expect(job.schedules).toMatchObject([
      { kind: 'cron', timezone: 'America/New_York', jitterMs: 300_000 },
      { kind: 'every', intervalMs: 90_000, written: 'every 90s' },
    ]);
  });
});

test('a first delay beyond five minutes raises the longest delay', () => {
  const { retry } = jobOf(withJob('command: x', 'retry: {limit: 1, delay: 10m}'));
  expect(retry.maxDelayMs).toBe(600_000);
});

test('the manifest keeps the order of the file and its bounds of runs', () => {
  const { manifest } = load(everyField);
  expect(manifest?.jobs.map((job) => job.name)).toEqual(['inherits', 'overrides']);
  expect(manifest?.limits).toEqual({
    concurrencyMax: 4,
    queueLimit: 20,
    groups: { database: 2, web: 1 },
  });
  expect(load('version: 1\njobs: {}\n').manifest?.limits).toEqual({
    concurrencyMax: 64,
    queueLimit: 200,
    groups: {},
  });
});

test('what a job keeps of its past is its own word, then that of the manifest', () => {
  expect(jobOf(everyField, 'overrides').retention).toEqual({
    runs: 50,
    ageMs: 7 * 86_400_000,
    logBytes: 100_000_000,
  });
  expect(jobOf(everyField, 'inherits').retention).toEqual({
    runs: 500,
    ageMs: 30 * 86_400_000,
    logBytes: 1_000_000_000,
  });
});

test('merge keys and aliases bring the values they stand for', () => {
  const text = readFileSync('test/fixtures/manifests/good/anchors-and-merge.yaml', 'utf8');
  expect(jobOf(text, 'second')).toMatchObject({
    command: { text: './second.sh' },
    env: { A: '1', B: '2' },
    schedules: [{ kind: 'cron' }],
  });
  expect(jobOf(text, 'third')).toMatchObject({
    command: { text: './first.sh' },
    timeoutMs: 7_200_000,
  });
});

test('variables that may be posted are no part of what runs', () => {
  const plain = load('version: 1\nenv: {A: x}\njobs: {a: {command: x}}\n');
  const named = load('version: 1\npublic_env: [A]\nenv: {A: x}\njobs: {a: {command: x}}\n');
  expect(named.digest).toBe(plain.digest);
  expect([plain.manifest?.publicEnv, named.manifest?.publicEnv]).toEqual([undefined, ['A']]);
  const broken = load('version: 1\npublic_env: [A, 1]\nenv: {A: x}\njobs: {a: {command: x}}\n');
  expect(broken.diagnostics.map(({ code }) => code)).toEqual(['JM2-M203']);
});
