// The second schema, on top of the first: what the run engine records beyond
// runs and outcomes. Never edited once released: a change is a new migration.

export const schemaV2 = `
-- What a daemon left behind about its own life, so that a gap can be explained:
-- from when to when it was there, and how it ended.
CREATE TABLE daemons (
  id TEXT PRIMARY KEY,
  version TEXT NOT NULL,
  pid INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  -- Last known to be alive; written at the end, or by the next daemon from the
  -- time stamp of the file that a living one touches.
  seen_at INTEGER NOT NULL,
  -- NULL while it runs.
  ended_at INTEGER,
  end TEXT CHECK (end IN ('stopped', 'detached', 'crashed', 'rebooted', 'unknown')),
  CHECK ((ended_at IS NULL) = (end IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX daemons_by_time ON daemons (started_at);

-- JSON array of {code, text, at}; NULL for none.
ALTER TABLE runs ADD COLUMN notes TEXT CHECK (notes IS NULL OR json_valid(notes));
`;
