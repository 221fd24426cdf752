// What the readers of calendar files share: entries found, and problems with the
// line they stand on. Opening the file is the caller's work.
import type { CalendarEntry } from './calendar.ts';

export interface FileProblem {
  /** From 1. */
  readonly line: number;
  readonly detail: string;
}

export interface CalendarFile {
  readonly entries: readonly CalendarEntry[];
  readonly problems: readonly FileProblem[];
}

/** More problems of one file are not told. */
export const fileProblemsMax = 20;
/** Entries of one calendar; a job spec holds them all. */
export const entriesMax = 5000;

const titleMax = 100;

export function titleOf(text: string): string | null {
  const title = text.replaceAll(/\s+/g, ' ').trim().slice(0, titleMax);
  return title === '' ? null : title;
}
