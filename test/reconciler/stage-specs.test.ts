import { expect, it } from 'vitest';
import { stageSpecs } from '../../src/reconciler/stage-specs.ts';
import type { JobRecord } from '../../src/store/store.ts';
import { aJob } from '../support/store-records.ts';

/** A store that tells how many specs each transaction wrote. */
function aStore(inForce: readonly string[]) {
  const written: string[][] = [];
  return {
    written,
    jobs: () => inForce.map((digest) => ({ digest }) as JobRecord),
    recordSpecs: (specs: readonly { readonly digest: string }[]) => {
      written.push(specs.map(({ digest }) => digest));
    },
  };
}

function manifestOf(count: number) {
  const jobs = Array.from({ length: count }, (_, i) => aJob(`job-${i}`));
  return {
    manifest: { jobs } as never,
    jobDigests: new Map(jobs.map(({ name }) => [name, `digest of ${name}`])),
  };
}

it('writes the specs of many new jobs ahead, in short transactions with breaths between', async () => {
  const store = aStore([]);
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 0);
  await stageSpecs(store, manifestOf(600));
  clearInterval(counting);
  expect(store.written.map((slice) => slice.length)).toEqual([250, 250, 100]);
  expect(turns).toBeGreaterThan(0);
});

it('leaves few of them to the apply itself, and those in force alone', async () => {
  const inForce = Array.from({ length: 500 }, (_, i) => `digest of job-${i}`);
  const store = aStore(inForce);
  await stageSpecs(store, manifestOf(600));
  expect(store.written).toEqual([]);
});
