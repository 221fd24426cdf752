// What a flush is asked for, and what it tells of a page of its work.

export interface FlushInput {
  readonly by: string;
  /** Only of these; absent or null: of all, and of ad-hoc runs. */
  readonly jobs?: readonly string[] | null;
  /** Runs that ended before this, ISO; null: none. */
  readonly history: string | null;
  /** Logs of runs that ended before this, ISO; null: none. */
  readonly logs: string | null;
  /** Take completed one-shots out of the list. */
  readonly oneShots: boolean;
  /** Also the newest failure of each job, and one-shots that failed. */
  readonly all: boolean;
  /** Say what would go, and change nothing. */
  readonly dryRun: boolean;
  /** Where the page before ended; null for the first, which alone is about jobs and the ledger. */
  readonly after: { readonly queuedAt: number; readonly id: string } | null;
}

export interface FlushView {
  /** Runs that went, with their logs. */
  readonly runs: number;
  /** Records of occurrences that had no run. */
  readonly outcomes: number;
  /** Runs whose logs alone went. */
  readonly logs: number;
  /** Of all logs that went. */
  readonly bytes: number;
  /** One-shots that left the list. */
  readonly jobs: readonly string[];
  readonly next: FlushInput['after'];
}
