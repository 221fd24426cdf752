// What the doctor has to say: findings, each with what to do about it. Which facts
// lead to which finding is decided by the checks; gathering facts is the daemon's.

/**
 * `critical`: jobs do not run, or others may run things. `major`: something does not
 * work as it should. `minor`: worth a look. `ok`: the check found nothing.
 */
export type Severity = 'critical' | 'major' | 'minor' | 'ok';

export type CheckArea = 'host' | 'place' | 'daemon' | 'store' | 'jobs' | 'schedules' | 'past';

/** What can be put right without a loss: rights taken from others, files of a daemon that is gone. */
export type Fix =
  | { readonly kind: 'chmod'; readonly path: string; readonly mode: number }
  | { readonly kind: 'clear_stale' };

/** What a check says; the check itself adds its code and area. */
export interface Saying {
  readonly severity: Exclude<Severity, 'ok'>;
  /** A sentence without a period. */
  readonly summary: string;
  /** Lines with names and figures; may be empty. */
  readonly detail: string;
  /** A line to copy, or a sentence; null when there is nothing but to wait. */
  readonly remedy: string | null;
  /** Jobs that it is about; empty for none. */
  readonly jobs?: readonly string[];
  readonly fix?: Fix;
}

export interface Finding {
  readonly code: string;
  readonly area: CheckArea;
  readonly severity: Severity;
  readonly summary: string;
  readonly detail: string;
  readonly remedy: string | null;
  readonly jobs: readonly string[];
  readonly fix: Fix | null;
}

/** A fact, or why it could not be found out; null when there is nothing to look at. */
export type Looked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }
  | null;

/** A word for a shell, quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const linesMax = 10;

/** Lines of a detail: the first ones, and how many there are besides. */
export function some(lines: readonly string[]): string {
  const more = lines.length - linesMax;
  return [...lines.slice(0, linesMax), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

export function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
