// What an import makes of a foreign definition: jobs as a manifest writes them,
// and what could not be carried over, said out loud.

import type { LocalMinute } from './local-minute.ts';

/** Something that is not as it was, at a place of the source. */
export interface Remark {
  /** `dropped`: not carried over at all. `changed`: carried over, and not the same. */
  readonly kind: 'dropped' | 'changed';
  /** Line of the source, from 1; null for the whole. */
  readonly line: number | null;
  /** A sentence. */
  readonly text: string;
}

export interface ImportedJob {
  /** A legal name, not yet unique. */
  readonly name: string;
  /** Fields as a manifest writes them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Line of the source, from 1. */
  readonly line: number;
  /** Zone in which the source reads its times. */
  readonly zone: string;
  /**
   * Whether the source runs the job in a minute with this local reading, by
   * rules of its own and not by jm2's engine; null where that cannot be told.
   */
  readonly fits: ((local: LocalMinute) => boolean) | null;
  /** Seconds of such a minute at which it does, sorted; absent for the full minute alone. */
  readonly secondsOf?: (local: LocalMinute) => readonly number[];
}

export interface Imported {
  readonly jobs: readonly ImportedJob[];
  /** Calendars that they name, as a manifest writes them; absent where there can be none. */
  readonly calendars?: Readonly<Record<string, unknown>>;
  readonly remarks: readonly Remark[];
}
