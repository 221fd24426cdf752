// What an import says about each job and each remark, for people and as JSON.
import type { ImportAction } from '../core/exchange/merge-import.ts';

export interface ProofView {
  readonly agrees: boolean;
  /** `times`: starts were compared. `spec`: the whole definition was. */
  readonly method: 'times' | 'spec';
  /** Whether it starts when its source starts it; more may differ in a `spec`. */
  readonly sameTimes: boolean;
  /** Starts that were compared; 0 for `spec`. */
  readonly compared: number;
  readonly until: string | null;
  /** The next starts; where they differ, from the first difference on. */
  readonly source: readonly string[];
  readonly jm2: readonly string[];
}

export interface ImportedView {
  readonly job: string;
  readonly file: string;
  readonly line: number;
  readonly action: ImportAction;
  /** Null for a job that was left alone. */
  readonly proof: ProofView | null;
}

export interface ImportRemarkView {
  readonly file: string;
  readonly line: number | null;
  readonly kind: 'dropped' | 'changed';
  readonly text: string;
}

export interface ImportReport {
  readonly imported: readonly ImportedView[];
  readonly remarks: readonly ImportRemarkView[];
  /** Jobs of the manifest that go. */
  readonly removed: readonly string[];
}
