import { describe, expect, it } from 'vitest';
import { loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import { originsOf } from '../../../src/core/manifest/origins.ts';
import { inSpecOrder, resolvedFields } from '../../../src/core/manifest/resolved-fields.ts';
import { sha256 } from '../../../src/system/digest.ts';

const text = `version: 1
timezone: Europe/Berlin
env: {SHARED: a, OWN: b}
retention: {runs: 50, log_bytes: 1GiB}
defaults:
  timeout: 30m
  retry: {limit: 2, delay: 5s}
  catch_up: all
jobs:
  plain: &plain
    command: echo plain
  own:
    schedule: "0 3 * * *"
    timezone: UTC
    command: [echo, own]
    timeout: 45m
    retry: 3
    env:
      OWN: c
    retention: {age: 10d}
    log: {keep: 1MiB}
    kill: {grace: 20s}
  copy:
    <<: *plain
    timeout: 1h
`;
const loaded = loadManifest(text, { file: 'jobs.yaml', digest: sha256 });

function originsIn(name: string): ReturnType<typeof originsOf> {
  const job = loaded.manifest?.jobs.find((one) => one.name === name);
  const pointers = resolvedFields(job).map(({ pointer }) => pointer);
  return originsOf(name, pointers, loaded.places);
}

describe('a value comes from', () => {
  it.each([
    ['plain', '/command', 'job', 11],
    ['plain', '/shell', 'default', null],
    ['plain', '/schedule', 'default', null],
    ['plain', '/timezone', 'manifest', 2],
    ['plain', '/timeout', 'defaults', 6],
    ['plain', '/retry/limit', 'defaults', 7],
    ['plain', '/retry/delay', 'defaults', 7],
    ['plain', '/retry/factor', 'default', null],
    ['plain', '/catch_up/policy', 'defaults', 8],
    ['plain', '/catch_up/window', 'default', null],
    ['plain', '/env/OWN', 'manifest', 3],
    ['plain', '/retention/runs', 'manifest', 4],
    ['plain', '/retention/age', 'settings', null],
    ['plain', '/log/keep', 'manifest', 4],
    ['own', '/schedule', 'job', 13],
    ['own', '/timezone', 'job', 14],
    ['own', '/timeout', 'job', 16],
    ['own', '/retry/limit', 'job', 17],
    // The job's own section replaces that of `defaults` as a whole.
    ['own', '/retry/delay', 'default', null],
    ['own', '/env/OWN', 'job', 19],
    ['own', '/env/SHARED', 'manifest', 3],
    ['own', '/retention/age', 'job', 20],
    ['own', '/retention/runs', 'manifest', 4],
    ['own', '/log/keep', 'job', 21],
    ['own', '/log/max_size', 'default', null],
    ['own', '/kill/grace', 'job', 22],
    ['own', '/kill/signal', 'default', null],
    // Through a merge key: where it is written.
    ['copy', '/command', 'job', 11],
    ['copy', '/timeout', 'job', 25],
  ])('%s %s: %s, line %s', (job, pointer, from, line) => {
    expect(loaded.diagnostics).toEqual([]);
    expect(originsIn(job)[pointer]).toEqual({ from, line });
  });

  it('is told of each value of a job, once', () => {
    const { manifest } = loaded;
    for (const job of manifest?.jobs ?? []) {
      const fields = resolvedFields(job);
      expect(Object.keys(originsIn(job.name))).toEqual(fields.map(({ pointer }) => pointer));
      expect(new Set(fields.map(({ pointer }) => pointer)).size).toBe(fields.length);
    }
  });
});

it('fields stand where a job spec has them, whichever program stored it', () => {
  const [job] = loaded.manifest?.jobs ?? [];
  const stored = Object.fromEntries(
    Object.entries({ ...job, kill: { leftovers: false, signal: 'TERM' } }).toReversed(),
  );
  const sorted = inSpecOrder({ ...stored, ofTomorrow: 1 });
  expect(Object.keys(sorted)).toEqual([...Object.keys(job ?? {}), 'ofTomorrow']);
  expect(Object.keys(sorted['kill'] as object)).toEqual(['signal', 'leftovers']);
});
