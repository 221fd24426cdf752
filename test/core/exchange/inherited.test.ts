import { describe, expect, it } from 'vitest';
import { inheritedRemarks } from '../../../src/core/exchange/inherited.ts';
import { loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import { sha256 } from '../../../src/system/digest.ts';

const said = (text: string): string[] => {
  const { manifest, places } = loadManifest(text, { file: 'jobs.yaml', digest: sha256 });
  return inheritedRemarks(manifest?.jobs ?? [], text, places).map(
    ({ line, text: sentence }) => `${line}: ${sentence}`,
  );
};

describe('what imported jobs take on from the manifest', () => {
  it('is told field by field, with the jobs that did not say it themselves', () => {
    const text = `version: 1
env: {MONTH: "1"}
defaults:
  timeout: 10m # a bound
  retry: {limit: 2,
    delay: 1s}
jobs:
  own: {command: a, timeout: 1h, retry: 1, env: {MONTH: "2"}}
  dump: {command: b}
`;
    expect(said(text)).toEqual([
      '2: env MONTH of the manifest holds for imported jobs, too: dump',
      '4: timeout: 10m of its defaults holds for imported jobs, too: dump',
      '5: retry of its defaults holds for imported jobs, too: dump',
    ]);
  });

  it('names no more than five jobs', () => {
    const jobs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `  ${name}: {command: x}\n`);
    expect(said(`version: 1\ndefaults: {nice: 5}\njobs:\n${jobs.join('')}`)).toEqual([
      '2: nice: 5 of its defaults holds for imported jobs, too: a, b, c, d, e and 2 more',
    ]);
  });

  it('is nothing where there are no defaults', () => {
    expect(said('version: 1\ntimezone: UTC\njobs: {a: {command: x}}\n')).toEqual([]);
  });
});
