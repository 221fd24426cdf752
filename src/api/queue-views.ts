// What waits and what bounds it, as it is told to clients.
import type { Trigger } from '../core/runs/run.ts';

/** One run that waits. */
export interface QueuedRunView {
  readonly run: string;
  readonly job: string;
  readonly trigger: Trigger;
  readonly nominalTime: string | null;
  /** Attempt that it waits to make, from 1. */
  readonly attempt: number;
  readonly waitsFor: 'slot' | 'group' | 'run' | 'retry' | 'time' | 'daemon';
  /** In words. */
  readonly reason: string;
  /** Runs that get a slot before it; null for one that is not in line for a slot. */
  readonly ahead: number | null;
  readonly queuedAt: string;
  /** A retry, or a run that was asked for a later time, starts no sooner. */
  readonly notBefore: string | null;
  /** Its occurrence is missed when it has not started by then. */
  readonly startBy: string | null;
  readonly priority: number;
  readonly group: string | null;
}

export interface QueueView {
  /** Those in line for a slot first, in the order of their turns. */
  readonly queue: readonly QueuedRunView[];
  /** All that wait; more than are listed when `limit` was reached. */
  readonly queued: number;
  readonly running: number;
  readonly limits: {
    readonly concurrencyMax: number;
    readonly queueLimit: number;
    readonly groups: readonly {
      readonly name: string;
      readonly max: number;
      readonly running: number;
      readonly waiting: number;
    }[];
  };
}
