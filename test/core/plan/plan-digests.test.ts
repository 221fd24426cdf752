// What a manifest means, not how it is written, is what its digest and the impact
// of its plan stand for: the same jobs printed in two ways.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadManifest, type LoadedManifest } from '../../../src/core/manifest/load-manifest.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { impactKey } from '../../../src/core/plan/impact-key.ts';
import { sha256 } from '../../../src/system/digest.ts';
import { aJob } from '../../support/store-records.ts';
import { states } from './plan-states.ts';

type Written = Readonly<Record<string, string>>;

const fields = fc.record(
  {
    schedule: fc.constantFrom('0 3 * * *', '30 4 * * 1-5', 'every 90s'),
    command: fc.constantFrom('./a.sh', 'echo: # "x"', "it's"),
    timeout: fc.constantFrom('5m', '1h30m'),
    owner: fc.constantFrom('ops', 'data'),
  },
  { requiredKeys: ['command'] },
) as fc.Arbitrary<Written>;

const jobs = fc.array(fields, { minLength: 1, maxLength: 4 });

/** Flow style, all in double quotes. */
function plain(all: readonly Written[]): string {
  return JSON.stringify({
    version: 1,
    jobs: Object.fromEntries(all.map((one, index) => [`job-${index}`, one])),
  });
}

/** Block style from the last to the first, with comments, single quotes, anchors and aliases. */
function ornate(all: readonly Written[]): string {
  const lines = ['# jobs', 'jobs:'];
  const anchors = new Map<string, string>();
  for (const [index, one] of [...all.entries()].reverse()) {
    lines.push(`  job-${index}: # this one`);
    for (const [key, value] of Object.entries(one).reverse()) {
      const known = anchors.get(value);
      const anchor = `v${anchors.size}`;
      const quoted = `'${value.replaceAll("'", "''")}'`;
      if (known === undefined) anchors.set(value, anchor);
      lines.push(`    ${key}: ${known === undefined ? `&${anchor} ${quoted}` : `*${known}`}`);
    }
  }
  return `${lines.join('\n')}\nversion: 1 # of the schema\n`;
}

function load(text: string): LoadedManifest {
  return loadManifest(text, { file: 'jobs.yaml', digest: sha256 });
}

function keyOf({ manifest, digest, jobDigests }: LoadedManifest): string | null {
  if (manifest === null) return null;
  const input = states([aJob('job-0'), aJob('gone')], []);
  return impactKey(computePlan({ ...input, desired: { manifest, digest, jobDigests } }));
}

it('order, comments, anchors and quotes change neither digest nor impact', () => {
  fc.assert(
    fc.property(jobs, (all) => {
      const [one, other] = [load(plain(all)), load(ornate(all))];
      expect(other.diagnostics).toEqual(one.diagnostics.map(() => expect.anything()));
      expect(one.digest).toMatch(/^c1:/);
      expect(other.digest).toBe(one.digest);
      expect(keyOf(other)).toBe(keyOf(one));
    }),
    { numRuns: 30, seed: 20260327 },
  );
});

it('another value changes both', () => {
  fc.assert(
    fc.property(jobs, (all) => {
      const [one, other] = [load(plain(all)), load(ornate([...all, { command: 'true' }]))];
      expect(other.digest).not.toBe(one.digest);
      expect(keyOf(other)).not.toBe(keyOf(one));
    }),
    { numRuns: 10, seed: 20260327 },
  );
});
