import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadManifest } from '../../src/core/manifest/load-manifest.ts';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { sha256 } from '../../src/system/digest.ts';

const files = [
  'jobs.yaml',
  ...readdirSync('examples')
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join('examples', name)),
];

describe.each(files)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const { manifest, diagnostics } = loadManifest(text, { file, digest: sha256 });

  it('validates without an error or a warning', () => {
    expect(diagnostics).toEqual([]);
    expect(manifest?.jobs.length).toBeGreaterThan(1);
  });

  it('says when to use it', () => {
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\n#\n# \w/);
  });

  it('has a next occurrence for every job with a schedule that is not over', () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    for (const job of manifest?.jobs ?? []) {
      if (job.schedules.length === 0) continue;
      const next = compileSchedule(job.schedules, job.name).next(start);
      expect(next, job.name).not.toBeNull();
      expect(next?.nominalTime).toBeGreaterThan(start);
    }
  });
});

it('there are at least eight examples and five jobs in the repository itself', () => {
  expect(files.length).toBeGreaterThanOrEqual(9);
  const own = loadManifest(readFileSync('jobs.yaml', 'utf8'), {
    file: 'jobs.yaml',
    digest: sha256,
  });
  expect(own.manifest?.jobs.length).toBeGreaterThanOrEqual(5);
});

it('the README says how many there are', () => {
  const words = ['eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen'];
  // Without the manifest of the repository itself.
  const count = words[files.length - 1 - 8];
  expect(readFileSync('README.md', 'utf8')).toContain(`${count} manifests for real situations`);
});
