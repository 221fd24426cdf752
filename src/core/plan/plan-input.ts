// What a plan is computed from, and the steps that carry it out.
import type { AdmissionLimits, Job, Manifest } from '../manifest/job.ts';
import type { Pause } from '../overrides/pause.ts';
import type { DurationBasis } from './impact.ts';
import type { Formerly } from './match-jobs.ts';
import type { RecordedJob } from './plan.ts';
import type { Admitted } from './standing.ts';

/** Desired and recorded state. */
export interface PlanStates {
  readonly desired: {
    readonly manifest: Manifest;
    readonly digest: string;
    /** Spec digest by job name. */
    readonly jobDigests: ReadonlyMap<string, string>;
    /** Line on which each job begins, by name; absent: not known. */
    readonly jobLines?: ReadonlyMap<string, number>;
  };
  readonly recorded: {
    readonly lineage: string;
    /** 0 before the first revision; then digest is ''. */
    readonly revision: number;
    readonly digest: string;
    readonly limits: AdmissionLimits;
    readonly timezone: string;
    readonly jobs: readonly RecordedJob[];
    /** Pauses that jobs coming back under their names find again; absent: none. */
    readonly archived?: ReadonlyMap<string, Pause>;
    /** The job that had this name and left not long ago: it comes back; absent: none is known. */
    readonly tombstone?: (name: string) => RecordedJob | null;
    /** Who had which name in the revision that the desired state brings back; absent: none does. */
    readonly formerly?: Formerly;
  };
  /** Who lets jobs go; absent: a person, who sees the plan and has named none. */
  readonly removals?: RemovalRights;
  /** Epoch ms. */
  readonly now: number;
}

export interface RemovalRights {
  /** False: nobody has looked at it, so that what the guard stops runs on. */
  readonly isConfirmed: boolean;
  /** Protected jobs that were named, by their names. */
  readonly allowed: ReadonlySet<string>;
  /** Jobs that run on already without being in the manifest, and still shall, by uid. */
  readonly orphans: ReadonlySet<string>;
}

export interface PlanInput extends PlanStates {
  /** How far ahead runs are counted. */
  readonly horizonMs: number;
  /** Runs that go on now, by job uid; unknown when absent. */
  readonly running?: ReadonlyMap<string, readonly RunningRun[]>;
  /** How long runs took, by job uid; absent: nothing is known. */
  readonly durations?: ReadonlyMap<string, DurationBasis>;
  /** What the ledger tells of past runs; absent: only the schedules do. */
  readonly admitted?: Admitted;
  /** A week of starts by the hour, in the manifest's zone, whoever asks. Absent: none. */
  readonly hasWeek?: boolean;
  /** The names of jobs that stay as they are, too. Absent: only how many. */
  readonly listsUnchanged?: boolean;
  /** Brief: for a machine that acts, not for a person who decides. Absent: all is measured. */
  readonly isBrief?: boolean;
}

export interface RunningRun {
  readonly run: string;
  readonly startedAt: number;
  /** It is being ended, by a timeout or a person; absent: it is not. */
  readonly isEnding?: boolean;
  /** What it began with; null or absent: not known, so that it counts as something else. */
  readonly spec?: Job | null;
}

/** One job's part of an apply, of the shape the store writes. */
export type JobStep =
  | {
      readonly kind: 'create';
      readonly uid: string;
      readonly job: Job;
      readonly digest: string;
      readonly watermark: number;
    }
  | {
      readonly kind: 'restore';
      readonly uid: string;
      readonly job: Job;
      readonly digest: string;
      /** What would have come due meanwhile was in no manifest. */
      readonly watermark: number;
      readonly aliases: readonly string[];
    }
  | {
      readonly kind: 'update';
      readonly uid: string;
      readonly job: Job;
      readonly digest: string;
      /** Null unless the schedule changed: the position stays. */
      readonly watermark: number | null;
      readonly aliases: readonly string[];
    }
  | {
      readonly kind: 'delete';
      readonly uid: string;
      readonly at: number;
      /** What becomes of its runs; absent: as the job itself says. */
      readonly running?: 'finish' | 'cancel';
    };
