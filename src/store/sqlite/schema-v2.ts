// The second schema, on top of the first: what the run engine records beyond
// runs and outcomes. Never edited once released: a change is a new migration.

import { runDaysSchema } from './run-days-schema.ts';

export const schemaV2 = `
-- What a daemon left behind about its own life, so that a gap can be explained:
-- from when to when it was there and admitted, and how it ended.
CREATE TABLE daemons (
  id TEXT PRIMARY KEY,
  version TEXT NOT NULL,
  pid INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  -- NULL: it never came to admit anything, as in safe mode.
  admitting_from INTEGER,
  -- Set when it stopped admitting before its end, as in a drain.
  admitting_until INTEGER,
  -- Last known to be alive; written at the end, or by the next daemon from the
  -- time stamp of the file that a living one touches.
  seen_at INTEGER NOT NULL,
  -- NULL while it runs.
  ended_at INTEGER,
  end TEXT CHECK (end IN ('stopped', 'detached', 'crashed', 'rebooted')),
  CHECK ((ended_at IS NULL) = (end IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX daemons_by_time ON daemons (started_at);

-- JSON array of {code, text, at}; NULL for none.
ALTER TABLE runs ADD COLUMN notes TEXT CHECK (notes IS NULL OR json_valid(notes));

-- Stretches of time in which occurrences could not be admitted when due.
CREATE TABLE interruptions (
  id INTEGER PRIMARY KEY,
  -- NULL when the beginning is not known.
  from_at INTEGER,
  until_at INTEGER NOT NULL,
  causes TEXT NOT NULL CHECK (json_valid(causes)),
  -- How far the wall clock was set; NULL when it was not.
  step_ms INTEGER
) STRICT;
CREATE INDEX interruptions_by_time ON interruptions (until_at);

-- Which spec a job had from when on: the past is explained by the schedule that
-- was in force then.
CREATE TABLE job_changes (
  job_uid TEXT NOT NULL REFERENCES jobs (uid),
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- 'known': written when the first schema became this one; earlier changes are not known.
  action TEXT NOT NULL CHECK (action IN ('create', 'update', 'delete', 'known')),
  name TEXT NOT NULL,
  spec_digest TEXT NOT NULL,
  PRIMARY KEY (job_uid, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO job_changes
  SELECT j.uid, j.revision, coalesce(j.removed_at, r.applied_at),
    iif(j.removed_at IS NULL, 'known', 'delete'), j.name, j.spec_digest
  FROM jobs AS j JOIN revisions AS r ON r.number = j.revision;

-- The newest nominal time whose row retention took; older gaps are no mystery.
ALTER TABLE jobs ADD COLUMN pruned_until INTEGER;
CREATE TRIGGER ledger_remembers_pruning AFTER DELETE ON occurrences
BEGIN
  UPDATE jobs SET pruned_until = max(coalesce(pruned_until, OLD.last_nominal_at), OLD.last_nominal_at)
  WHERE uid = OLD.job_uid;
END;

CREATE INDEX audit_by_target ON audit (target, id) WHERE target IS NOT NULL;

-- One outcome per occurrence, for rows that stand for several as well. The
-- index of coalesced rows makes the first question one look, and the second is
-- asked for coalesced rows alone.
CREATE TRIGGER ledger_rows_do_not_overlap BEFORE INSERT ON occurrences
BEGIN
  SELECT raise(ABORT, 'settled before: another row of the ledger covers it')
  WHERE EXISTS (SELECT 1 FROM occurrences
      WHERE count > 1 AND job_uid = NEW.job_uid AND last_nominal_at >= NEW.nominal_at
        AND nominal_at <= NEW.last_nominal_at AND epoch = NEW.epoch)
    OR (NEW.count > 1 AND EXISTS (SELECT 1 FROM occurrences
      WHERE job_uid = NEW.job_uid AND nominal_at >= NEW.nominal_at
        AND nominal_at <= NEW.last_nominal_at AND epoch = NEW.epoch));
END;
-- An admitted occurrence may still be missed; everything else stays as it was written.
CREATE TRIGGER ledger_rows_stay BEFORE UPDATE ON occurrences
WHEN OLD.disposition <> 'admitted' OR NEW.job_uid <> OLD.job_uid OR NEW.epoch <> OLD.epoch
  OR NEW.nominal_at <> OLD.nominal_at OR NEW.last_nominal_at <> OLD.last_nominal_at
BEGIN
  SELECT raise(ABORT, 'a row of the ledger is never rewritten');
END;

CREATE TRIGGER watermark_never_goes_back BEFORE UPDATE OF watermark, epoch ON jobs
WHEN NEW.epoch < OLD.epoch OR (NEW.epoch = OLD.epoch AND NEW.watermark < OLD.watermark)
BEGIN
  SELECT raise(ABORT, 'a watermark never goes back within an epoch');
END;

CREATE TRIGGER runs_end_once BEFORE UPDATE OF state, attempts, ended_at, exit_code, signal ON runs
WHEN OLD.ended_at IS NOT NULL
BEGIN
  SELECT raise(ABORT, 'a run that has ended never changes');
END;
CREATE TRIGGER attempts_end_once BEFORE UPDATE OF state, ended_at, exit_code, signal ON attempts
WHEN OLD.state IS NOT NULL
BEGIN
  SELECT raise(ABORT, 'an attempt that has ended never changes');
END;
-- No invented success: the exit code was observed and is one that the spec the
-- run is pinned to calls a success.
CREATE TRIGGER success_needs_its_attempt BEFORE UPDATE OF state ON runs
WHEN NEW.state = 'succeeded'
BEGIN
  SELECT raise(ABORT, 'no attempt of this run succeeded with this exit code')
  WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE run_id = NEW.id AND attempt = NEW.attempts
    AND state = 'succeeded' AND exit_code = NEW.exit_code);
END;
CREATE TRIGGER success_needs_its_code BEFORE UPDATE OF state ON attempts
WHEN NEW.state = 'succeeded'
BEGIN
  SELECT raise(ABORT, 'this exit code is no success of the job')
  FROM runs AS r JOIN specs AS s ON s.digest = r.spec_digest
  WHERE r.id = NEW.run_id
    AND NEW.exit_code NOT IN (SELECT value FROM json_each(s.spec, '$.successCodes'));
END;
-- Given when the run was asked for; NULL: that of its job.
ALTER TABLE runs ADD COLUMN priority INTEGER;

-- Bytes of the run's logs once it has ended; NULL: not measured yet. Written while
-- the daemon is idle, so that a start and an end cost nothing for it.
ALTER TABLE runs ADD COLUMN log_bytes INTEGER;
CREATE INDEX runs_with_logs ON runs (ended_at, id, log_bytes) WHERE log_bytes > 0;
CREATE INDEX runs_with_logs_by_job ON runs (job_uid, ended_at, id, log_bytes) WHERE log_bytes > 0;

-- Bounds over all jobs together, beside concurrency_max: they hold without a
-- readable manifest. Groups are a JSON object from name to limit.
ALTER TABLE revisions ADD COLUMN queue_limit INTEGER NOT NULL DEFAULT 200;
ALTER TABLE revisions ADD COLUMN groups TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(groups));

-- Occurrences that a pause skipped, counted with their rows of the ledger.
ALTER TABLE overrides ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0);

-- What a person gave along with the request for a run. The key is the requester's
-- own: one that is sent twice finds the run that it started.
ALTER TABLE runs ADD COLUMN given TEXT CHECK (given IS NULL OR json_valid(given));
ALTER TABLE runs ADD COLUMN request_id TEXT;
ALTER TABLE runs ADD COLUMN repeats TEXT;
-- Asked for whatever the concurrency policy says: it waits for no other run of its job.
ALTER TABLE runs ADD COLUMN forced INTEGER NOT NULL DEFAULT 0 CHECK (forced IN (0, 1));
-- When a person took a completed one-shot out of the list; NULL: it is listed.
ALTER TABLE jobs ADD COLUMN flushed_at INTEGER;
CREATE UNIQUE INDEX runs_by_request ON runs (request_id) WHERE request_id IS NOT NULL;

-- When a run by request is to begin at the earliest, as it was asked for; NULL: at once.
ALTER TABLE runs ADD COLUMN start_at INTEGER;
-- What was missed is looked for among everything that was not.
CREATE INDEX occurrences_missed ON occurrences (nominal_at) WHERE disposition = 'missed';

-- Beside the revisions, whose rows end in the whole source: why one came, and of a
-- step back which earlier one it says again.
CREATE TABLE revision_notes (
  number INTEGER PRIMARY KEY REFERENCES revisions (number),
  reason TEXT,
  restores INTEGER
) STRICT;
CREATE TABLE revision_tags (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  number INTEGER NOT NULL REFERENCES revisions (number),
  at INTEGER NOT NULL,
  tagged_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Each row is sealed with the one before it; rows of the first schema by the
-- migration. The id is the position in the chain.
ALTER TABLE audit ADD COLUMN facts TEXT CHECK (facts IS NULL OR json_valid(facts));
ALTER TABLE audit ADD COLUMN prev_hash TEXT;
ALTER TABLE audit ADD COLUMN hash TEXT;
CREATE TRIGGER audit_rows_stay BEFORE UPDATE ON audit WHEN OLD.hash IS NOT NULL
BEGIN
  SELECT raise(ABORT, 'an entry of the audit is never rewritten');
END;

-- What people remark about a job or about one of its runs; ids are never used again.
CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_uid TEXT NOT NULL REFERENCES jobs (uid) ON DELETE CASCADE,
  -- NULL: about the job itself.
  run_id TEXT,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX notes_by_job ON notes (job_uid, id);
CREATE INDEX notes_by_run ON notes (run_id) WHERE run_id IS NOT NULL;
CREATE TRIGGER notes_go_with_their_run AFTER DELETE ON runs
BEGIN
  DELETE FROM notes WHERE run_id = OLD.id;
END;

-- From when on the occurrences of a job are those of its schedule as it is; NULL:
-- not known, as for what the first schema recorded.
ALTER TABLE jobs ADD COLUMN scheduled_since INTEGER;
${runDaysSchema}`;
