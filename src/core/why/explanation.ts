// What an answer to "why?" is: one sentence, what it rests on, and what can be
// done. How one is found is decided by the explain-*.ts files.
import type { Disposition, OutcomeReason, RunState } from '../runs/run.ts';

/** What the answer is about. */
export type Subject =
  /** An occurrence of the schedule, past or to come. */
  | 'occurrence'
  /** A run that no occurrence stands behind, or that was asked for by its id. */
  | 'run'
  /** A time that is no occurrence. */
  | 'time'
  /** What comes next. */
  | 'next';

/** Stable words; `jm2 why --json` gives them. */
export type Verdict =
  /** A run's own state, for an occurrence that became one. */
  | RunState
  | 'skipped'
  | 'missed'
  /** It has come and nobody has settled it yet. */
  | 'due'
  | 'will_run'
  | 'will_be_skipped'
  /** Nothing starts it as things are: no daemon, safe mode, a fault, a removed job. */
  | 'will_not_run'
  /** The schedule has no further occurrence, or none at all. */
  | 'nothing_to_come'
  | 'never_due'
  | 'before_the_job'
  | 'after_the_job'
  /** Beyond what is kept. */
  | 'pruned'
  /** It was due and there is no record: a defect, or a store that was lost. */
  | 'no_record';

/** Where a line of evidence comes from. */
export type EvidenceSource =
  | 'ledger'
  | 'run'
  | 'attempt'
  | 'revision'
  | 'schedule'
  | 'daemon'
  | 'interruption'
  | 'audit'
  | 'override'
  /** What a person remarked. */
  | 'note'
  | 'store';

export interface Evidence {
  /** When it happened (epoch ms); null for what has no time. */
  readonly at: number | null;
  readonly source: EvidenceSource;
  readonly text: string;
}

export interface Explanation {
  readonly subject: Subject;
  readonly verdict: Verdict;
  /** The occurrence or the time it is about; null for a run by hand. */
  readonly nominalTime: number | null;
  readonly runId: string | null;
  readonly disposition: Disposition | null;
  readonly reason: OutcomeReason | null;
  /** Occurrences that share this outcome. */
  readonly count: number;
  /** One sentence for people. */
  readonly answer: string;
  readonly evidence: readonly Evidence[];
  /** What can be done or looked at next; null for nothing. */
  readonly hint: string | null;
}

/** An explanation with what most of them share. */
export function explanation(
  given: Pick<Explanation, 'subject' | 'verdict' | 'nominalTime' | 'answer'> & Partial<Explanation>,
): Explanation {
  const evidence = [...(given.evidence ?? [])].sort(
    (a, b) => (a.at ?? Infinity) - (b.at ?? Infinity),
  );
  return {
    runId: null,
    disposition: null,
    reason: null,
    count: 1,
    hint: null,
    ...given,
    evidence,
  };
}
