// What a problem is, as a value. Which problems exist is told in registry.ts;
// how they are shown is left to the views.

/** A place in a text, counted from 1; the column counts UTF-16 units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning' | 'hint';

/**
 * A problem the user can fix, as a value: collected, sorted, then shown.
 * It never stands for a failing job (that is a run state) nor for a bug.
 */
export interface Diagnostic {
  /** Stable code from the registry, such as `JM2-M102`. */
  readonly code: string;
  readonly severity: Severity;
  /** Fixed phrase without names; the same for every occurrence of the code. */
  readonly summary: string;
  /** What happened, what it means, and what still holds. */
  readonly detail: string;
  /** Path as given by the caller; null when no file is concerned. */
  readonly file: string | null;
  /** JSON pointer into the manifest, such as `/jobs/backup/schedule`; '' for the whole. */
  readonly path: string;
  readonly range: Range | null;
  /** A way out, in the imperative. */
  readonly hint: string | null;
  /** Short text under the marked place of a snippet, such as "hour must be 0 to 23". */
  readonly label: string | null;
  /** The edit that does what the hint says, for a person to accept; null where it takes a choice. */
  readonly fix: Fix | null;
}

/** What stands at `range` gives way to `text`, which is written as YAML needs it. */
export interface Fix {
  readonly range: Range;
  readonly text: string;
}

/** True when at least one diagnostic forbids going on. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
