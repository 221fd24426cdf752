import { expect, it } from 'vitest';
import { loadManifest } from '../../src/core/manifest/load-manifest.ts';
import { recordPlan } from '../../src/reconciler/apply-plan.ts';
import { corePlanner, planInput } from '../../src/reconciler/planning.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { sha256 } from '../../src/system/digest.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');

it('a job begins when it is recorded, not when its plan was made', () => {
  const clock = new FakeClock(noon);
  const store = openStore(':memory:', { clock, ids: systemIds });
  const text = 'version: 1\njobs: {a: {schedule: every 2s, command: "true"}}\n';
  const desired = loadManifest(text, { file: 'jobs.yaml', digest: sha256 });
  if (desired.manifest === null) throw new Error('not accepted');
  const input = planInput(
    store,
    { ...desired, manifest: desired.manifest },
    { now: clock.now(), horizonMs: 1_000 },
  );
  const plan = corePlanner.plan(input);
  clock.advance(5_000);
  recordPlan(
    {
      clock,
      ids: systemIds,
      store,
      manifestPath: '/jobs.yaml',
      planner: corePlanner,
      digest: sha256,
    },
    {
      settled: { bytes: Buffer.from(text), digest: sha256(text) },
      input,
      plan,
      by: 'test',
      gitHead: null,
      hold: null,
      orphans: new Map(),
      confirmation: () => null,
      condition: { kind: 'accepted', since: noon },
    },
  );
  expect(store.jobs().map(({ watermark }) => watermark)).toEqual([noon + 5_000]);
  expect(store.latestRevision()?.appliedAt).toBe(noon + 5_000);
  store.close();
});
