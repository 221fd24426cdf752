// What the parts of the scheduler share. Each part changes it only through the
// tables, with the unit of work at hand.
import type { AdmissionLimits } from '../core/manifest/job.ts';
import { isAdhoc } from '../core/runs/adhoc.ts';
import type { MadeUpAhead } from '../core/runs/made-up-ahead.ts';
import type { Interruption } from '../core/runs/interruption.ts';
import type { NotedInterruption } from './interruptions.ts';
import type { JobTable } from './job-table.ts';
import type { SchedulerParts } from './parts.ts';
import type { RunTable } from './run-table.ts';

/** `running` admits and starts; `draining` only ends what runs; `stopped` does nothing. */
export type Phase = 'new' | 'recovering' | 'running' | 'draining' | 'stopped';

export interface SchedulerState {
  readonly parts: SchedulerParts;
  readonly jobs: JobTable;
  readonly runs: RunTable;
  /** Of the revision in force. */
  limits: AdmissionLimits;
  phase: Phase;
  /** In words why nothing is admitted in this transaction; null in ordinary times. */
  held: string | null;
  /** The interruption whose occurrences are not all settled; null in ordinary times. */
  interrupted: Interruption | null;
  /** Noticed and not recorded yet; written with the next commit. */
  unrecorded: readonly NotedInterruption[];
  /** Runs of before that an apply begins anew; they are looked at when the scheduler starts. */
  toRestart: ReadonlySet<string>;
  /** Occurrences to come that an apply has made up for. */
  madeUp: MadeUpAhead;
  /** The last one, settled or not: runs that were waiting then were held up by it. */
  lastInterrupted: Interruption | null;
}

/** False for a job that left the manifest: then nothing more of it begins. No manifest has ad-hoc runs. */
export function mayGoOn(state: SchedulerState, jobUid: string): boolean {
  return isAdhoc(jobUid) || state.jobs.get(jobUid) !== undefined;
}

/** False while it drains, and while it is held: then it only looks after what runs. */
export function mayStart(state: SchedulerState): boolean {
  return state.phase === 'running' && state.held === null;
}
