// Puts the store together from its parts. The daemon opens the writing one;
// commands open the reading one while no daemon runs.
import type { Clock } from '../../system/clock.ts';
import type { Ids } from '../../system/ids.ts';
import { recoveredFact } from '../recovered.ts';
import type { AuditEntry, RevisionHead, Store, StoreReader } from '../store.ts';
import { InternalError, type Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { applyRevision } from './apply-revision.ts';
import { recordAdhoc } from './adhoc-jobs.ts';
import * as auditing from './audit-chain.ts';
import { auditLedger } from './audit-ledger.ts';
import type { Connection } from './connection.ts';
import * as living from './daemon-lives.ts';
import * as flushing from './flushing.ts';
import { LogLedger } from './log-ledger.ts';
import * as noting from './notes.ts';
import { openDatabase, openDatabaseForReading, type SetAside } from './open-database.ts';
import { archivedPauses, setPause } from './overrides.ts';
import { Pruner } from './prune.ts';
import {
  findJob,
  jobChanges,
  jobInForce,
  jobsOfRevision,
  uidsOfRevision,
  jobsInForce,
  latestRevision,
  latestRevisionHead,
  namesakes,
  pausedJobs,
  prunedUntil,
  revision,
  revisions,
  tombstone,
  tombstoneNames,
  tombstones,
} from './read-jobs.ts';
import { runDays } from './read-run-days.ts';
import * as reading from './read-runs.ts';
import { noteRevision, pruneRevisions, revisionNotes, tagRevision } from './revision-notes.ts';
import { integer, text, textOrNull } from './rows.ts';
import { RecordedJobs } from './recorded-jobs.ts';
import { SpecCache } from './spec-cache.ts';
import * as writing from './write-runs.ts';

const lineageFact = 'store.lineage';

/**
 * Opens or creates the store for the one writing process; `:memory:` keeps it
 * in memory. A damaged file is set aside and replaced by an empty store, told
 * by the fact `store.recovered` and in `setAside`. Throws Jm2Error JM2-T102
 * for a newer schema, JM2-T103, JM2-T104 or JM2-T101 when it cannot be opened.
 */
export function openStore(
  path: string,
  options: {
    readonly clock: Clock;
    readonly ids: Ids;
    /** Told each time the disk refuses or damages something: JM2-T101, T104 or T106. */
    readonly onFault?: (error: Jm2Error) => unknown;
    /** Other files tell that there was a store: one that is missing or empty was lost. */
    readonly expectsHistory?: boolean;
    /** There are directories of runs, which no store makes before its first revision. */
    readonly expectsRevision?: boolean;
  },
): Store & { readonly warnings: readonly string[]; readonly setAside: SetAside | null } {
  const now = options.clock.now();
  const { connection, setAside, warnings } = openDatabase(path, { ...options, now });
  const specs = new SpecCache(connection);
  const jobs = new RecordedJobs(
    () => jobsInForce(connection, specs),
    (uid) => jobInForce(connection, specs, uid),
  );
  // Asked at every status; the row lies behind its text, which for a large manifest is long.
  let head: RevisionHead | null | undefined;
  connection.onSettled((isCommitted) => {
    specs.settled(isCommitted);
    if (isCommitted) return;
    jobs.forget();
    head = undefined;
  });
  const logs = new LogLedger(connection);
  const pruner = new Pruner(connection, (runId) => logs.forget(runId));
  // What a new store learns first must not be in its WAL alone: without it, it would
  // look as if there had never been one.
  let isCheckpointDue = false;
  const settle = (): void => {
    if (!isCheckpointDue || connection.isInTransaction) return;
    isCheckpointDue = false;
    checkpoint(connection);
  };
  try {
    connection.transaction(() => {
      if (readFact(connection, lineageFact) === null) {
        setFact(connection, lineageFact, options.ids.uid());
        isCheckpointDue = true;
      }
      if (setAside === null) return;
      const fact = { at: now, setAside: setAside.path, reason: setAside.reason };
      setFact(connection, recoveredFact, JSON.stringify(fact));
    });
  } catch (error) {
    connection.close();
    throw error;
  }
  settle();
  return {
    ...readerOf(connection, specs),
    jobs: () => jobs.all(),
    latestRevisionHead: () => {
      if (head === undefined) head = latestRevisionHead(connection);
      return head;
    },
    warnings,
    setAside,
    transaction: (body) => {
      const result = connection.transaction(body);
      settle();
      return result;
    },
    applyRevision: (input) => {
      const applied = applyRevision(connection, { specs, jobs }, input);
      const { timezone, limits } = input;
      head = { ...applied, timezone, ...limits };
      isCheckpointDue ||= applied.number === 1;
      settle();
      return applied;
    },
    recordSpecs: (given) =>
      connection.unsynced(() => {
        for (const { digest, job } of given) specs.recordOnce(digest, job);
      }),
    noteRevision: (number, note) => noteRevision(connection, number, note),
    pruneRevisions: (bounds) => pruneRevisions(connection, bounds),
    tagRevision: (...args) => tagRevision(connection, ...args),
    recordOutcome: (outcome) => writing.recordOutcome(connection, outcome),
    missOccurrence: (input) => writing.missOccurrence(connection, input),
    setWatermark: (jobUid, watermark, epoch) => {
      jobs.written(jobUid);
      setWatermark(connection, jobUid, watermark, epoch);
    },
    setFault: (jobUid, fault) => {
      jobs.written(jobUid);
      connection.run('UPDATE jobs SET fault = ? WHERE uid = ?', fault, jobUid);
    },
    setPause: (jobUid, pause) => {
      jobs.written(jobUid);
      setPause(connection, jobUid, pause);
    },
    recordAdhoc: (input) => recordAdhoc(connection, specs, input),
    insertRun: (run) => {
      writing.insertRun(connection, run);
      pruner.noteRun(run.jobUid, run.queuedAt);
    },
    beginAttempt: (input) => writing.beginAttempt(connection, input),
    attemptStarted: (input) => writing.attemptStarted(connection, input),
    setKillIntent: (...args) => writing.setKillIntent(connection, ...args),
    endAttempt: (...args) => writing.endAttempt(connection, ...args),
    requeueRun: (...args) => writing.requeueRun(connection, ...args),
    setRunReason: (...args) => writing.setRunReason(connection, ...args),
    endRun: (...args) => writing.endRun(connection, ...args),
    addRunNote: (...args) => writing.addRunNote(connection, ...args),
    addNote: (added) => noting.addNote(connection, added),
    removeNote: (id) => noting.removeNote(connection, id),
    setFact: (key, value) => setFact(connection, key, value),
    beginLife: (life) => living.beginLife(connection, life),
    changeLife: (id, change) => living.changeLife(connection, id, change),
    recordInterruption: (...args) => living.recordInterruption(connection, ...args),
    audit: (entry) => auditing.appendAudit(connection, entry),
    pruneAudit: (bounds) => auditing.pruneAudit(connection, bounds),
    prune: (bounds) => pruner.prune(bounds),
    removeRuns: (ids) => pruner.removeRuns(ids),
    removeSettled: (...args) => flushing.removeSettled(connection, ...args),
    setFlushed: (jobUids, at) => flushing.setFlushed(connection, jobUids, at),
    unmeasuredRuns: (after, limit) => logs.unmeasured(after, limit),
    setLogBytes: (runId, bytes) => logs.set(runId, bytes),
    logTotals: () => logs.totals(),
    expendableLogs: (input) => logs.expendable(input),
    close: () => closeWriter(connection),
  };
}

/** Null when there is no store yet. Writes nothing; may be used beside a daemon. */
export function openStoreReader(path: string): StoreReader | null {
  const connection = openDatabaseForReading(path);
  return connection === null ? null : readerOf(connection, new SpecCache(connection));
}

function readerOf(connection: Connection, specs: SpecCache): StoreReader {
  const lineage = readFact(connection, lineageFact);
  if (lineage === null) throw new InternalError(`the store ${connection.path} has no lineage`);
  return {
    lineage,
    latestRevision: () => latestRevision(connection),
    latestRevisionHead: () => latestRevisionHead(connection),
    revision: (number) => revision(connection, number),
    revisions: (limit) => revisions(connection, limit),
    revisionNotes: () => revisionNotes(connection),
    jobs: () => jobsInForce(connection, specs),
    pausedJobs: () => pausedJobs(connection, specs),
    archivedPauses: (now) => archivedPauses(connection, now),
    tombstone: (name, now) => tombstone(connection, specs, name, now),
    tombstoneNames: (now) => tombstoneNames(connection, now),
    tombstones: (now, limit) => tombstones(connection, specs, now, limit),
    findJob: (name) => findJob(connection, specs, name),
    run: (id) => reading.run(connection, id),
    requestedRun: (requestId) => reading.requestedRun(connection, requestId),
    runsByPrefix: (prefix, limit) => reading.runsByPrefix(connection, prefix, limit),
    runs: ({ job, ...filter }) => {
      if (job === undefined) return reading.runs(connection, filter);
      // By identity, so that history follows a rename.
      const uid = findJob(connection, specs, job)?.uid;
      if (uid === undefined || (filter.jobUid ?? uid) !== uid) return [];
      return reading.runs(connection, { ...filter, jobUid: uid });
    },
    runFacts: (filter) => reading.runFacts(connection, filter),
    runDays: (filter) => runDays(connection, filter),
    logsOfJob: (jobUid) => reading.logsOfJob(connection, jobUid),
    logBytes: () => reading.logBytes(connection),
    endedRuns: (filter) => flushing.endedRuns(connection, filter),
    countSettled: (before, jobUids) => flushing.countSettled(connection, before, jobUids),
    flushedJobs: (jobUids) => flushing.flushedJobs(connection, jobUids),
    lastRuns: (jobUids) => reading.lastRuns(connection, jobUids),
    unfinishedRuns: () => reading.unfinishedRuns(connection),
    attempts: (runId) => reading.attempts(connection, runId),
    outcomes: (filter) => reading.outcomes(connection, filter),
    admittedTimes: (filter) => reading.admittedTimes(connection, filter),
    missedOutcomes: (filter) => reading.missedOutcomes(connection, filter),
    namesakes: (name, limit) => namesakes(connection, specs, name, limit),
    jobChanges: (jobUid) => jobChanges(connection, jobUid),
    jobsOfRevision: (revision) => jobsOfRevision(connection, revision),
    uidsOfRevision: (revision) => uidsOfRevision(connection, revision),
    prunedUntil: (jobUid) => prunedUntil(connection, jobUid),
    daemons: (limit) => living.lives(connection, limit),
    interruptions: (range) => living.interruptions(connection, range),
    auditTrail: (filter) => auditTrail(connection, filter),
    audits: (target, action) => audits(connection, target, action),
    auditEntries: (filter) => auditing.auditEntries(connection, filter),
    auditChain: () => auditing.auditChain(connection),
    auditLedger: () => auditLedger(connection),
    notes: (filter) => noting.notes(connection, filter),
    notesOfRuns: (runIds) => noting.notesOfRuns(connection, runIds),
    note: (id) => noting.note(connection, id),
    jobSpec: (digest) => specs.find(digest),
    fact: (key) => readFact(connection, key),
    close: () => connection.close(),
  };
}

function auditTrail(
  connection: Connection,
  { actions, since, until, limit }: Parameters<StoreReader['auditTrail']>[0],
): AuditEntry[] {
  return connection
    .all(
      `SELECT at, actor, action, target, detail FROM audit
       WHERE action IN (SELECT value FROM json_each(?)) AND at >= ? AND at < ?
       ORDER BY id DESC LIMIT ?`,
      JSON.stringify(actions),
      since,
      until,
      limit,
    )
    .map((row) => ({
      at: integer(row, 'at'),
      actor: text(row, 'actor'),
      action: text(row, 'action'),
      target: textOrNull(row, 'target'),
      detail: textOrNull(row, 'detail'),
    }));
}

function audits(
  connection: Connection,
  target: string,
  action: string,
): { at: number; actor: string }[] {
  return connection
    .all(
      'SELECT at, actor FROM audit WHERE target = ? AND action = ? ORDER BY id DESC LIMIT 10',
      target,
      action,
    )
    .map((row) => ({ at: integer(row, 'at'), actor: text(row, 'actor') }));
}

function setWatermark(
  connection: Connection,
  ...[jobUid, watermark, epoch]: Parameters<Store['setWatermark']>
): void {
  connection.run(
    `UPDATE jobs SET epoch = ?1,
       watermark = CASE WHEN epoch < ?1 THEN ?2 ELSE max(watermark, ?2) END
     WHERE uid = ?3 AND epoch <= ?1`,
    epoch,
    watermark,
    jobUid,
  );
}

function readFact(connection: Connection, key: string): string | null {
  const row = connection.get('SELECT value FROM facts WHERE key = ?', key);
  return row === undefined ? null : text(row, 'value');
}

function setFact(connection: Connection, key: string, value: string | null): void {
  if (value === null) connection.run('DELETE FROM facts WHERE key = ?', key);
  else {
    connection.run(
      'INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      key,
      value,
    );
  }
}

/** So that a copy of jm2.db alone is complete. */
function closeWriter(connection: Connection): void {
  if (connection.isOpen) checkpoint(connection);
  connection.close();
}

/** Brings the WAL back into the file. */
function checkpoint(connection: Connection): void {
  try {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // A reader or a full disk stands in the way; the WAL keeps everything.
  }
}
