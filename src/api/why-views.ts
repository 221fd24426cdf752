// Why an occurrence or a run became what it is, as it is told to clients.
import type { EvidenceSource, Subject, Verdict } from '../core/why/explanation.ts';
import type { Disposition, OutcomeReason } from '../core/runs/run.ts';
import type { NamesakeView, NoteView } from './run-views.ts';

export interface WhyQuery {
  /** Wanted unless a run is given. */
  readonly job?: string;
  /** As typed: a local time of the job's zone, ISO with an offset, `today`, `-2h`. */
  readonly time?: string;
  readonly run?: string;
}

export interface ExplanationView {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly nominalTime: string | null;
  /** The nominal time in the job's zone. */
  readonly local: string | null;
  readonly run: string | null;
  readonly disposition: Disposition | null;
  readonly reason: OutcomeReason | null;
  /** Occurrences that share this outcome. */
  readonly count: number;
  readonly answer: string;
  readonly evidence: readonly {
    readonly time: string | null;
    readonly source: EvidenceSource;
    readonly text: string;
  }[];
  readonly hint: string | null;
  /** Which job it is about, of several that had the name; null for the only one. */
  readonly namesake: NamesakeView | null;
}

export interface WhyView {
  readonly job: string;
  /** Zone of local times in the answers. */
  readonly timezone: string;
  /** The time as it was asked for. */
  readonly asked: string | null;
  /** What has to be said about that time, such as that it came twice. */
  readonly remark: string | null;
  readonly explanations: readonly ExplanationView[];
  /** Further occurrences in the time asked about, up to now. */
  readonly more: number;
  /** Those of that time that are still to come. */
  readonly toCome: number;
  /** What people wrote about the job itself; absent for nothing. */
  readonly personNotes?: readonly NoteView[];
}
