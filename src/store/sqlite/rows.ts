// Rows to types: the only place that knows both the columns and the fields.
import { InternalError } from '../../core/diagnostics/jm2-error.ts';
import type {
  Attempt,
  Disposition,
  EndState,
  KillIntent,
  Outcome,
  OutcomeReason,
  Run,
  RunNote,
  RunState,
  Trigger,
} from '../../core/runs/run.ts';
import type { RunGiven } from '../../core/runs/given.ts';
import type { Job } from '../../core/manifest/job.ts';
import type { Pause } from '../../core/overrides/pause.ts';
import type { JobChange, JobRecord, Revision, RevisionDetail, RevisionHead } from '../store.ts';
import type { SqlRow } from './load-binding.ts';

export function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new InternalError(`column ${column} of the store holds no text`);
}

export function textOrNull(row: SqlRow, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value === 'number') return value;
  throw new InternalError(`column ${column} of the store holds no integer`);
}

export function integerOrNull(row: SqlRow, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

// The casts to unions below hold because of the tables' CHECKs and because only
// typed values are ever written.

export function toRun(row: SqlRow): Run {
  return {
    id: text(row, 'id'),
    jobUid: text(row, 'job_uid'),
    job: text(row, 'job'),
    trigger: text(row, 'trigger') as Trigger,
    nominalTime: integerOrNull(row, 'nominal_at'),
    epoch: integer(row, 'epoch'),
    revision: integer(row, 'revision'),
    specDigest: text(row, 'spec_digest'),
    state: text(row, 'state') as RunState,
    attempts: integer(row, 'attempts'),
    notBefore: integerOrNull(row, 'not_before'),
    queuedAt: integer(row, 'queued_at'),
    startedAt: integerOrNull(row, 'started_at'),
    endedAt: integerOrNull(row, 'ended_at'),
    lateMs: integerOrNull(row, 'late_ms'),
    exitCode: integerOrNull(row, 'exit_code'),
    signal: textOrNull(row, 'signal'),
    reason: textOrNull(row, 'reason'),
    requestedBy: textOrNull(row, 'requested_by'),
    priority: integerOrNull(row, 'priority'),
    forced: integer(row, 'forced') === 1,
    given: toGiven(textOrNull(row, 'given')),
    requestId: textOrNull(row, 'request_id'),
    repeats: textOrNull(row, 'repeats'),
    startAt: integerOrNull(row, 'start_at'),
    notes: toNotes(textOrNull(row, 'notes')),
  };
}

function toGiven(column: string | null): RunGiven | null {
  return column === null ? null : (JSON.parse(column) as RunGiven);
}

const noNotes: readonly RunNote[] = [];

export function toNotes(column: string | null): readonly RunNote[] {
  return column === null ? noNotes : (JSON.parse(column) as RunNote[]);
}

/** NULL for none, as nearly every run has. */
export function notesColumn(notes: readonly RunNote[]): string | null {
  return notes.length === 0 ? null : JSON.stringify(notes);
}

export function toAttempt(row: SqlRow): Attempt {
  return {
    runId: text(row, 'run_id'),
    attempt: integer(row, 'attempt'),
    intendedAt: integer(row, 'intended_at'),
    startedAt: integerOrNull(row, 'started_at'),
    endedAt: integerOrNull(row, 'ended_at'),
    pid: integerOrNull(row, 'pid'),
    processStart: textOrNull(row, 'process_start'),
    bootId: text(row, 'boot_id'),
    killIntent: textOrNull(row, 'kill_intent') as KillIntent | null,
    exitCode: integerOrNull(row, 'exit_code'),
    signal: textOrNull(row, 'signal'),
    state: textOrNull(row, 'state') as EndState | null,
    reason: textOrNull(row, 'reason'),
  };
}

export function toOutcome(row: SqlRow): Outcome {
  return {
    jobUid: text(row, 'job_uid'),
    job: text(row, 'job'),
    nominalTime: integer(row, 'nominal_at'),
    lastNominalTime: integer(row, 'last_nominal_at'),
    epoch: integer(row, 'epoch'),
    disposition: text(row, 'disposition') as Disposition,
    reason: textOrNull(row, 'reason') as OutcomeReason | null,
    count: integer(row, 'count'),
    runId: textOrNull(row, 'run_id'),
    recordedAt: integer(row, 'recorded_at'),
    detail: textOrNull(row, 'detail'),
  };
}

export function toRevision(row: SqlRow): Revision {
  return {
    number: integer(row, 'number'),
    digest: text(row, 'digest'),
    sourceDigest: text(row, 'source_digest'),
    appliedAt: integer(row, 'applied_at'),
    appliedBy: text(row, 'applied_by'),
    gitCommit: textOrNull(row, 'git_commit'),
    summary: {
      create: integer(row, 'created'),
      update: integer(row, 'updated'),
      rename: integer(row, 'renamed'),
      delete: integer(row, 'deleted'),
    },
    manifestPath: text(row, 'manifest_path'),
  };
}

export function toRevisionDetail(row: SqlRow): RevisionDetail {
  return { ...toRevisionHead(row), source: text(row, 'source') };
}

export function toRevisionHead(row: SqlRow): RevisionHead {
  return {
    ...toRevision(row),
    timezone: text(row, 'timezone'),
    concurrencyMax: integer(row, 'concurrency_max'),
    queueLimit: integer(row, 'queue_limit'),
    groups: JSON.parse(text(row, 'groups')) as Record<string, number>,
  };
}

/** Most jobs have none. */
export const noAliases: readonly string[] = [];

/** Jobs that differ in nothing but their names share a stored spec: the row's name is the job's. */
export function namedSpec(spec: Job, name: string): Job {
  return spec.name === name ? spec : { ...spec, name };
}

export function toJobRecord(row: SqlRow, spec: Job): JobRecord {
  const name = text(row, 'name');
  return {
    uid: text(row, 'uid'),
    name,
    job: namedSpec(spec, name),
    digest: text(row, 'spec_digest'),
    revision: integer(row, 'revision'),
    watermark: integer(row, 'watermark'),
    scheduledSince: integerOrNull(row, 'scheduled_since'),
    epoch: integer(row, 'epoch'),
    aliases: toAliases(text(row, 'aliases')),
    fault: textOrNull(row, 'fault'),
    removedAt: integerOrNull(row, 'removed_at'),
    pause: toPause(row),
  };
}

function toAliases(column: string): readonly string[] {
  return column === '[]' ? noAliases : (JSON.parse(column) as string[]);
}

function toPause(row: SqlRow): Pause | null {
  const by = textOrNull(row, 'pause_by');
  if (by === null) return null;
  return {
    by,
    reason: textOrNull(row, 'pause_reason'),
    since: integer(row, 'pause_since'),
    until: integerOrNull(row, 'pause_until'),
    skipped: integer(row, 'pause_skipped'),
  };
}

export function toJobChange(row: SqlRow): JobChange {
  return {
    revision: integer(row, 'revision'),
    at: integer(row, 'at'),
    by: textOrNull(row, 'applied_by'),
    action: text(row, 'action') as JobChange['action'],
    name: text(row, 'name'),
    specDigest: text(row, 'spec_digest'),
  };
}
