// What happens to occurrences, runs and attempts, as it is recorded. Which step
// comes next is decided by the scheduler; a step that does not fit what is
// recorded is refused here, as the last guard of "at most one start".
import { InternalError } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { withNote } from '../../core/runs/notes.ts';
import type { Outcome, Run, RunNote } from '../../core/runs/run.ts';
import type { RunEnd, Store } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqlValue } from './load-binding.ts';
import { notesColumn, textOrNull, toNotes } from './rows.ts';
import { unfinishedTerm } from './schema-v1.ts';
import { isCovered, isDuplicate } from './sqlite-errors.ts';

export function recordOutcome(connection: Connection, outcome: Outcome): void {
  insertOnce(
    connection,
    { job: outcome.job, nominalTime: outcome.nominalTime, epoch: outcome.epoch },
    `INSERT INTO occurrences (job_uid, nominal_at, epoch, last_nominal_at, count, job,
       disposition, reason, run_id, recorded_at, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    outcome.jobUid,
    outcome.nominalTime,
    outcome.epoch,
    outcome.lastNominalTime,
    outcome.count,
    outcome.job,
    outcome.disposition,
    outcome.reason,
    outcome.runId,
    outcome.recordedAt,
    outcome.detail,
  );
}

export function missOccurrence(
  connection: Connection,
  input: Parameters<Store['missOccurrence']>[0],
): void {
  connection.run(
    `UPDATE occurrences SET disposition = 'missed', reason = ?, detail = ?, recorded_at = ?
     WHERE job_uid = ? AND nominal_at = ? AND epoch = ? AND run_id = ?
       AND disposition = 'admitted'`,
    input.reason,
    input.detail,
    input.recordedAt,
    input.jobUid,
    input.nominalTime,
    input.epoch,
    input.runId,
  );
}

export function insertRun(connection: Connection, run: Run): void {
  insertOnce(
    connection,
    run,
    `INSERT INTO runs (id, job_uid, job, trigger, nominal_at, epoch, revision, spec_digest, state,
       attempts, not_before, queued_at, started_at, ended_at, late_ms, exit_code, signal, reason,
       requested_by, priority, forced, given, request_id, repeats, start_at, notes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run.id,
    run.jobUid,
    run.job,
    run.trigger,
    run.nominalTime,
    run.epoch,
    run.revision,
    run.specDigest,
    run.state,
    run.attempts,
    run.notBefore,
    run.queuedAt,
    run.startedAt,
    run.endedAt,
    run.lateMs,
    run.exitCode,
    run.signal,
    run.reason,
    run.requestedBy,
    run.priority,
    run.forced ? 1 : 0,
    run.given === null ? null : JSON.stringify(run.given),
    run.requestId,
    run.repeats,
    run.startAt,
    notesColumn(run.notes),
  );
}

export function beginAttempt(
  connection: Connection,
  input: Parameters<Store['beginAttempt']>[0],
): void {
  connection.transaction(() => {
    const changes = connection.run(
      `UPDATE runs SET state = 'running', attempts = ?, not_before = NULL
       WHERE id = ? AND state = 'queued' AND attempts = ?`,
      input.attempt,
      input.runId,
      input.attempt - 1,
    );
    if (changes !== 1) {
      throw new InternalError(
        `attempt ${input.attempt} of run ${input.runId} does not follow what is recorded`,
      );
    }
    connection.run(
      'INSERT INTO attempts (run_id, attempt, intended_at, boot_id) VALUES (?, ?, ?, ?)',
      input.runId,
      input.attempt,
      input.intendedAt,
      input.bootId,
    );
  });
}

export function attemptStarted(
  connection: Connection,
  input: Parameters<Store['attemptStarted']>[0],
): void {
  connection.transaction(() => {
    connection.run(
      'UPDATE attempts SET started_at = ?, pid = ?, process_start = ? WHERE run_id = ? AND attempt = ?',
      input.startedAt,
      input.pid,
      input.processStart,
      input.runId,
      input.attempt,
    );
    // A run's start and lateness are those of its first attempt.
    connection.run(
      `UPDATE runs SET started_at = coalesce(started_at, ?), late_ms = coalesce(late_ms, ?)
       WHERE id = ?`,
      input.startedAt,
      input.lateMs,
      input.runId,
    );
  });
}

/** The first intent is the cause of the end; later ones change nothing. */
export function setKillIntent(
  connection: Connection,
  ...[runId, attempt, intent]: Parameters<Store['setKillIntent']>
): void {
  connection.run(
    `UPDATE attempts SET kill_intent = ?
     WHERE run_id = ? AND attempt = ? AND kill_intent IS NULL AND state IS NULL`,
    intent,
    runId,
    attempt,
  );
}

/** An end is written once: a second one, as recovery may bring, changes nothing. */
export function endAttempt(
  connection: Connection,
  runId: string,
  attempt: number,
  end: RunEnd,
): void {
  connection.run(
    `UPDATE attempts SET state = ?, ended_at = ?, exit_code = ?, signal = ?, reason = ?
     WHERE run_id = ? AND attempt = ? AND state IS NULL`,
    end.state,
    end.endedAt,
    end.exitCode,
    end.signal,
    end.reason,
    runId,
    attempt,
  );
}

export function requeueRun(
  connection: Connection,
  ...[runId, notBefore, reason]: Parameters<Store['requeueRun']>
): void {
  const changes = connection.run(
    `UPDATE runs SET state = 'queued', not_before = ?, reason = ?
     WHERE id = ? AND ${unfinishedTerm}`,
    notBefore,
    reason,
    runId,
  );
  if (changes !== 1) throw new InternalError(`run ${runId} cannot wait again: it has ended`);
}

export function setRunReason(
  connection: Connection,
  ...[runId, reason]: Parameters<Store['setRunReason']>
): void {
  connection.run(`UPDATE runs SET reason = ? WHERE id = ? AND ${unfinishedTerm}`, reason, runId);
}

/** As for attempts: the first end stands. */
export function endRun(connection: Connection, runId: string, end: RunEnd): void {
  connection.run(
    `UPDATE runs SET state = ?, ended_at = ?, exit_code = ?, signal = ?, reason = ?, not_before = NULL
     WHERE id = ? AND ${unfinishedTerm}`,
    end.state,
    end.endedAt,
    end.exitCode,
    end.signal,
    end.reason,
    runId,
  );
}

export function addRunNote(connection: Connection, runId: string, note: RunNote): void {
  connection.transaction(() => {
    const row = connection.get('SELECT notes FROM runs WHERE id = ?', runId);
    if (row === undefined) return;
    const before = toNotes(textOrNull(row, 'notes'));
    const after = withNote(before, note);
    if (after === before) return;
    connection.run('UPDATE runs SET notes = ? WHERE id = ?', notesColumn(after), runId);
  });
}

function insertOnce(
  connection: Connection,
  key: { job: string; nominalTime: number | null; epoch: number },
  sql: string,
  ...parameters: SqlValue[]
): void {
  try {
    connection.run(sql, ...parameters);
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    if (!isDuplicate(error.cause) && !isCovered(error.cause)) throw error;
    const when = key.nominalTime === null ? 'a request' : new Date(key.nominalTime).toISOString();
    throw operationalError('JM2-T110', {
      detail: `Job ${key.job}, ${when}, clock epoch ${key.epoch}: already settled. Nothing was written.`,
      cause: error,
    });
  }
}
