// The first schema. Never edited once released: a change is a new migration.
// Names are one to one with the types in core; mapping is in rows.ts.

export const failureTerm = "state IN ('failed', 'timed_out', 'canceled', 'lost')";
export const unfinishedTerm = "state IN ('queued', 'running')";

export const schemaV1 = `
CREATE TABLE facts (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE specs (
  digest TEXT PRIMARY KEY,
  spec TEXT NOT NULL CHECK (json_valid(spec))
) STRICT;

-- The source comes last: lists of revisions then never read its pages.
CREATE TABLE revisions (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  digest TEXT NOT NULL,
  source_digest TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  applied_by TEXT NOT NULL,
  git_commit TEXT,
  manifest_path TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  renamed INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  timezone TEXT NOT NULL,
  concurrency_max INTEGER NOT NULL,
  source TEXT NOT NULL
) STRICT;

-- Rows stay when a job leaves the manifest: history hangs on them.
CREATE TABLE jobs (
  uid TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  spec_digest TEXT NOT NULL REFERENCES specs (digest),
  revision INTEGER NOT NULL REFERENCES revisions (number),
  watermark INTEGER NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0,
  fault TEXT,
  removed_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX jobs_in_force ON jobs (name COLLATE NOCASE) WHERE removed_at IS NULL;
CREATE INDEX jobs_removed ON jobs (name, removed_at) WHERE removed_at IS NOT NULL;

CREATE TABLE job_aliases (
  position INTEGER PRIMARY KEY,
  job_uid TEXT NOT NULL REFERENCES jobs (uid),
  name TEXT NOT NULL,
  UNIQUE (job_uid, name)
) STRICT;
CREATE INDEX job_aliases_by_name ON job_aliases (name);

-- The ledger. Its key is the identity of an occurrence; led by the job, so that
-- the same index answers for one job's past.
CREATE TABLE occurrences (
  job_uid TEXT NOT NULL REFERENCES jobs (uid),
  nominal_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  last_nominal_at INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  job TEXT NOT NULL,
  disposition TEXT NOT NULL CHECK (disposition IN ('admitted', 'skipped', 'missed')),
  reason TEXT,
  run_id TEXT,
  recorded_at INTEGER NOT NULL,
  detail TEXT,
  UNIQUE (job_uid, nominal_at, epoch),
  CHECK (last_nominal_at >= nominal_at),
  CHECK (disposition <> 'admitted' OR (run_id IS NOT NULL AND count = 1)),
  CHECK (disposition = 'admitted' OR reason IS NOT NULL)
) STRICT;
CREATE INDEX occurrences_by_time ON occurrences (nominal_at);
CREATE INDEX occurrences_coalesced ON occurrences (job_uid, last_nominal_at) WHERE count > 1;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  job_uid TEXT NOT NULL REFERENCES jobs (uid),
  job TEXT NOT NULL,
  trigger TEXT NOT NULL,
  nominal_at INTEGER,
  epoch INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  spec_digest TEXT NOT NULL,
  state TEXT NOT NULL CHECK (
    state IN ('queued', 'running', 'succeeded', 'failed', 'timed_out', 'canceled', 'lost')
  ),
  attempts INTEGER NOT NULL,
  not_before INTEGER,
  queued_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  late_ms INTEGER,
  exit_code INTEGER,
  signal TEXT,
  reason TEXT,
  requested_by TEXT,
  CHECK (trigger NOT IN ('schedule', 'catch-up') OR nominal_at IS NOT NULL),
  CHECK ((${unfinishedTerm}) = (ended_at IS NULL)),
  -- No success without an observed exit code.
  CHECK (state <> 'succeeded' OR exit_code IS NOT NULL)
) STRICT, WITHOUT ROWID;
-- One run per occurrence. Led by time, not by the job: runs that come due
-- together then share pages.
CREATE UNIQUE INDEX runs_of_occurrences ON runs (nominal_at, job_uid, epoch)
  WHERE trigger IN ('schedule', 'catch-up');
CREATE INDEX runs_by_job ON runs (job_uid, queued_at, id);
CREATE INDEX runs_by_time ON runs (queued_at, id);
CREATE INDEX runs_unfinished ON runs (queued_at, id) WHERE ${unfinishedTerm};
CREATE INDEX runs_failed ON runs (queued_at, id) WHERE ${failureTerm};
CREATE INDEX runs_failed_by_job ON runs (job_uid, queued_at, id) WHERE ${failureTerm};

CREATE TABLE attempts (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL CHECK (attempt > 0),
  intended_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  pid INTEGER,
  process_start TEXT,
  boot_id TEXT NOT NULL,
  kill_intent TEXT,
  exit_code INTEGER,
  signal TEXT,
  state TEXT CHECK (state IN ('succeeded', 'failed', 'timed_out', 'canceled', 'lost')),
  reason TEXT,
  PRIMARY KEY (run_id, attempt),
  CHECK ((state IS NULL) = (ended_at IS NULL)),
  CHECK (state <> 'succeeded' OR exit_code IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE overrides (
  job_uid TEXT NOT NULL REFERENCES jobs (uid),
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (job_uid, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT,
  detail TEXT
) STRICT;
`;
