// The plan of an edit as the command line computes it: both manifests are read,
// the first is in force in a store of its own, with the runs that were seen.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanView } from '../../src/api/plan-views.ts';
import { planOf } from '../../src/daemon/plan-from-store.ts';
import { judgeHere } from '../../src/reconciler/judge-here.ts';
import { corePlanner, planInput } from '../../src/reconciler/planning.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { sha256 } from '../../src/system/digest.ts';
import { systemIds } from '../../src/system/ids.ts';
import type { ScheduleEdit } from '../golden/plans/schedule-edits.ts';
import { FakeClock } from './fake-clock.ts';
import { anEndedRun, aRun } from './store-records.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const friday = '2026-03-27T13:05:00Z';

export async function planOfEdit(edit: ScheduleEdit): Promise<PlanView> {
  const now = Date.parse(edit.at ?? friday);
  const directory = mkdtempSync(join(tmpdir(), 'jm2-edit-'));
  const clock = new FakeClock(now - 30 * day);
  const store = openStore(join(directory, 'jm2.db'), { clock, ids: systemIds });
  try {
    bringIntoForce(store, clock, edit.before);
    remember(store, edit, now);
    const request = { text: edit.after, now, horizonMs: 7 * day };
    const reply = await planOf(store, { manifest: 'jobs.yaml' }, request);
    if (reply.kind === 'rejected') throw new Error(JSON.stringify(reply.diagnostics));
    return settled(reply.plan);
  } finally {
    store.close();
    rmSync(directory, { recursive: true });
  }
}

function bringIntoForce(store: Store, clock: FakeClock, text: string): void {
  const bytes = new TextEncoder().encode(text);
  const judged = judgeHere(bytes, 'jobs.yaml');
  const { manifest } = judged;
  if (manifest === null) throw new Error(JSON.stringify(judged.diagnostics));
  const at = { now: clock.now(), horizonMs: 7 * day, isBrief: true };
  const input = planInput(store, { ...judged, manifest }, at);
  store.applyRevision({
    expectedRevision: 0,
    digest: judged.digest,
    sourceDigest: sha256(bytes),
    source: text,
    timezone: manifest.timezone,
    limits: manifest.limits,
    appliedAt: clock.now(),
    appliedBy: 'cli (alice)',
    gitCommit: null,
    manifestPath: 'jobs.yaml',
    summary: { create: manifest.jobs.length, update: 0, rename: 0, delete: 0 },
    writes: corePlanner.writes(input, () => systemIds.uid()),
  });
}

function remember(store: Store, { seen = [], paused, running }: ScheduleEdit, now: number): void {
  const uidOf = (job: string): string => store.findJob(job)?.uid ?? '';
  for (const { job, runs, minutes } of seen) {
    for (let run = 0; run < runs; run += 1) {
      const startedAt = now - (run + 1) * 12 * hour;
      const times = { queuedAt: startedAt, startedAt, endedAt: startedAt + minutes * minute };
      store.insertRun(anEndedRun(job, `${job}-${run}`, { jobUid: uidOf(job), ...times }));
    }
  }
  if (paused !== undefined) {
    const until = now + 6 * hour;
    const by = 'carol@db1';
    store.setPause(uidOf(paused), {
      by,
      reason: 'disk swap',
      since: now - hour,
      until,
      skipped: 0,
    });
  }
  if (running !== undefined) {
    const startedAt = now - running.minutes * minute;
    const state = { state: 'running', attempts: 1, queuedAt: startedAt, startedAt } as const;
    store.insertRun(aRun(running.job, '01run', { jobUid: uidOf(running.job), ...state }));
  }
}

/** What differs from one machine or release to the next is the business of other tests. */
function settled(plan: PlanView): PlanView {
  const basis = { lineage: 'here', appliedDigest: 'c1:before', desiredDigest: 'c1:after' };
  return {
    ...plan,
    basis: { ...plan.basis, ...basis },
    impactDigest: 'i1:impact',
    timezoneData: 'now',
  };
}
