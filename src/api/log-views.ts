// Lines of run logs as they are told to clients, and positions to go on from.
export interface LogLine {
  readonly job: string;
  readonly run: string;
  readonly attempt: number;
  /** Null when unknown: direct capture does not stamp lines. */
  readonly time: string | null;
  readonly text: string;
  /** The bytes as they were printed, when they are no UTF-8 and `text` replaces some. */
  readonly base64?: string;
  /** No newline followed: a piece of a longer line, or the end of a log without one. */
  readonly unfinished?: true;
}

/** A position in a run log, to go on reading from. */
export interface LogCursor {
  readonly run: string;
  readonly attempt: number;
  readonly offset: number;
}

/** A variable whose file was written after the run began: its former value is not hidden. */
export interface ReplacedSecret {
  readonly run: string;
  readonly name: string;
}

/** Where to go on reading. */
export interface LogPosition extends LogCursor {
  /** Also lines that may hold a secret which cannot be read, and so not hidden. */
  readonly unmasked?: boolean;
}

export interface LogsQuery {
  readonly job?: string;
  readonly run?: string;
  /** Only this attempt's own log. */
  readonly attempt?: number;
  /** Last lines to give; absent: all, up to the page bound. */
  readonly lines?: number;
  /** Runs that started in [since, until), ISO. */
  readonly since?: string;
  readonly until?: string;
  /** Also lines that may hold a secret which cannot be read, and so not hidden. */
  readonly unmasked?: boolean;
}
