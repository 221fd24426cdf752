import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/core/manifest/digest.ts';
import { completeSpec } from '../../../src/core/manifest/added-fields.ts';
import { jobOf, load, withJob } from './load.ts';

const base = withJob('schedule: every 60s', 'command: x', 'env: {A: "1", B: "2"}');
const jobDigest = (text: string): string | undefined => load(text).jobDigests.get('backup');

describe('the digest of a job', () => {
  test('begins with the version of its form', () => {
    expect(jobDigest(base)).toMatch(/^c1:[0-9a-f]{64}$/);
  });

  test.each([
    ['the order of keys', withJob('env: {B: "2", A: "1"}', 'command: x', 'schedule: every 60s')],
    [
      'comments and quotes',
      withJob('schedule: "every 60s" # often', "command: 'x'", 'env: {A: 1, B: 2}'),
    ],
    [
      'how a duration is spelt',
      withJob('schedule: every 1m', 'command: x', 'env: {A: "1", B: "2"}'),
    ],
    ['a default that is spelt out', `${base}    concurrency: forbid\n    retry: 0\n`],
    ['an anchor', withJob('schedule: &s every 60s', 'command: x', 'env: &e {A: "1", B: "2"}')],
    ['a former name', `${base}    renamed_from: old\n`],
  ])('does not depend on %s', (_what, text) => {
    expect(load(text).diagnostics).toEqual([]);
    expect(jobDigest(text)).toBe(jobDigest(base));
  });

  test('does not depend on which reading of the clocks names a moment', () => {
    const at = (text: string) =>
      `timezone: Europe/Berlin\n${withJob(`schedule: at ${text}`, 'command: x')}`;
    expect(jobDigest(at('2027-03-28T02:30'))).toBe(jobDigest(at('2027-03-28T03:00')));
    expect(jobDigest(at('2027-03-28T03:30'))).not.toBe(jobDigest(at('2027-03-28T03:00')));
  });

  test.each([
    ['the command', base.replace('command: x', 'command: y')],
    ['a variable', base.replace('"2"', '"3"')],
    ['the interval', base.replace('60s', '61s')],
    ['the description', `${base}    description: new\n`],
    ['a default of the file', base.replace('jobs:', 'defaults: {timeout: 5m}\njobs:')],
  ])('changes with %s', (_what, text) => {
    expect(load(text).diagnostics).toEqual([]);
    expect(jobDigest(text)).not.toBe(jobDigest(base));
  });

  test('of a job without fields that came later is as it was before they came', () => {
    const text = withJob('schedule: "0 3 * * *"', 'command: ./backup.sh');
    // Taken from version 0.1.0: another value would make an upgrade look like a change.
    expect(load(text).digest).toBe(
      'c1:cf3831e075e471fe9fe336d57d9c619fb4d577e5ae92c03f484edca7cb92a4ae',
    );
    expect(jobDigest(`${text}    priority: 0\n`)).toBe(jobDigest(text));
    expect(jobDigest(`${text}    priority: high\n`)).not.toBe(jobDigest(text));
  });

  test('does not depend on the name, so that a rename is seen as one', () => {
    const renamed = load(base.replace('backup:', 'archive:'));
    expect(renamed.jobDigests.get('archive')).toBe(jobDigest(base));
    expect(renamed.digest).not.toBe(load(base).digest);
  });
});

describe('an upgrade of jm2', () => {
  // As version 0.1.0 computed them: a change here is a change of every job in every store.
  test('does not change the digest of a job that uses no newer field', () => {
    expect(jobDigest(base)).toBe(
      'c1:d7cd18c9e237105e5da4c784231ae7e03973bd6ec6f4b5b93cb4445d45561e93',
    );
  });

  test.each(['umask: "027"', 'nice: 5', 'env_file: x', 'kill: {leftovers: true}'])(
    'changes it for one that says %s, and not for one that spells the default out',
    (field) => {
      expect(jobDigest(`${base}    ${field}\n`)).not.toBe(jobDigest(base));
      expect(jobDigest(`${base}    kill: {leftovers: false}\n`)).toBe(jobDigest(base));
    },
  );

  test('reads a spec that an earlier version stored with the newer fields at their defaults', () => {
    const { umask: _umask, limits: _limits, envFile: _envFile, ...job } = jobOf(base);
    const { leftovers: _leftovers, ...kill } = job.kill;
    expect(completeSpec({ ...job, kill })).toEqual(jobOf(base));
  });
});

describe('the digest of a manifest', () => {
  test('does not depend on the order of jobs', () => {
    const forth = 'version: 1\njobs:\n  a: {command: x}\n  b: {command: y}\n';
    const back = 'version: 1\njobs:\n  b: {command: y}\n  a: {command: x}\n';
    expect(load(forth).digest).toBe(load(back).digest);
  });

  test('is empty for a manifest that is not accepted', () => {
    expect(load('jobs: {}').digest).toBe('');
    expect(load('jobs: {}').jobDigests.size).toBe(0);
  });
});

test('canonical JSON sorts keys at every level and leaves lists alone', () => {
  expect(canonicalJson({ b: [2, 1, { d: null, c: 'x' }], a: true })).toBe(
    '{"a":true,"b":[2,1,{"c":"x","d":null}]}',
  );
});
