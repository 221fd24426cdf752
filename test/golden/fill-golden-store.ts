// Puts one of everything into a store and reads everything back: what a
// database of a released version holds, and what must still be read from it.
import type { Store, StoreReader } from '../../src/store/store.ts';
import { anOutcome, apply, aRun, create, noon, specDigest, aJob } from '../support/store-records.ts';

export function fillGoldenStore(store: Store): void {
  apply(store, create('backup', { env: { KEEP: '7' } }), create('web'), create('gone'));
  const renamed = aJob('dump', { renamedFrom: ['backup'] });
  apply(
    store,
    {
      kind: 'update',
      uid: 'uid-backup',
      job: renamed,
      digest: specDigest(renamed),
      watermark: noon + 1,
      aliases: ['backup'],
    },
    { kind: 'delete', uid: 'uid-gone', at: noon + 2 },
  );
  store.setFault('uid-web', 'made no progress');
  store.setWatermark('uid-web', noon + 60_000, 1);
  const scheduled = aRun('web', '01golden-done', {
    trigger: 'schedule',
    nominalTime: noon + 60_000,
    epoch: 1,
    requestedBy: null,
  });
  store.insertRun(scheduled);
  store.recordOutcome(
    anOutcome('web', noon + 60_000, {
      epoch: 1,
      disposition: 'admitted',
      reason: null,
      runId: scheduled.id,
    }),
  );
  store.recordOutcome(
    anOutcome('web', noon, {
      lastNominalTime: noon + 30_000,
      count: 2,
      disposition: 'missed',
      reason: 'catch_up_none',
      detail: 'the daemon was down',
    }),
  );
  const runId = scheduled.id;
  store.beginAttempt({ runId, attempt: 1, intendedAt: noon + 60_001, bootId: 'boot' });
  store.attemptStarted({
    runId,
    attempt: 1,
    startedAt: noon + 60_002,
    pid: 7,
    processStart: '99',
    lateMs: 2,
  });
  store.setKillIntent(runId, 1, 'timeout');
  const end = {
    state: 'timed_out',
    endedAt: noon + 90_000,
    exitCode: null,
    signal: 'SIGTERM',
    reason: 'took longer than 30s',
  } as const;
  store.endAttempt(runId, 1, end);
  store.endRun(runId, end);
  store.addRunNote(runId, { code: 'log_cut', text: '5 bytes were cut', at: noon + 90_001 });
  store.insertRun(aRun('backup', '02golden-waits', { job: 'dump', notBefore: noon + 5, forced: true }));
  store.setPause('uid-backup', {
    by: 'bob@host',
    reason: 'disk swap',
    since: noon,
    until: noon + 7_200_000,
    skipped: 3,
  });
  const life = { version: '0.2.0', pid: 7, bootId: 'boot', admittingFrom: null, admittingUntil: null };
  store.beginLife({ ...life, id: 'daemon-1', startedAt: noon, seenAt: noon, ended: null });
  store.changeLife('daemon-1', {
    admittingFrom: noon + 1,
    admittingUntil: noon + 50_000,
    seenAt: noon + 50_000,
    ended: { at: noon + 50_001, how: 'stopped' },
  });
  store.beginLife({ ...life, id: 'daemon-2', startedAt: noon + 60_000, seenAt: noon, ended: null });
  store.changeLife('daemon-2', { admittingFrom: noon + 60_001, seenAt: noon + 70_000 });
  store.recordInterruption(
    { causes: ['down'], step: null, from: noon + 50_000, until: noon + 60_000 },
    null,
  );
  store.recordInterruption(
    { causes: ['asleep', 'clock_step'], step: 'forward_small', from: null, until: noon + 65_000 },
    5_000,
  );
  store.setFact('source.error', 'none');
  store.audit({ at: noon, actor: 'alice', action: 'apply', target: 'dump', detail: null });
  store.noteRevision(2, { reason: 'wrong hour', restores: 1 });
  store.tagRevision('golden', 1, { at: noon, by: 'alice' });
  store.addNote({ jobUid: 'uid-web', runId: scheduled.id, at: noon, by: 'alice', text: 'my fault' });
}

/** Everything that a reader can tell. */
export function readGoldenStore(store: StoreReader): unknown {
  return {
    lineage: store.lineage,
    latest: store.latestRevision(),
    revisions: store.revisions(10),
    jobs: store.jobs(),
    gone: store.findJob('gone'),
    formerName: store.findJob('backup')?.uid ?? null,
    runs: store.runs({ limit: 10 }),
    unfinished: store.unfinishedRuns().map((run) => run.id),
    attempts: store.attempts('01golden-done'),
    outcomes: store.outcomes({ limit: 10 }),
    daemons: store.daemons(10),
    interruptions: store.interruptions({ since: noon, until: noon + 100_000, limit: 10 }),
    fact: store.fact('source.error'),
    notes: [...store.revisionNotes()],
    personNotes: store.notes({ limit: 10 }),
    audit: [...store.auditChain()].map(({ seq, action }) => [seq, action]),
  };
}
