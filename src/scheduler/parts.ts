// What the scheduler is given. daemon/ supplies the real ones, tests the fakes.
import type { Job } from '../core/manifest/job.ts';
import type { Run } from '../core/runs/run.ts';
import type { AttemptRequest, Dispatcher } from '../dispatch/dispatcher.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import type { Ids } from '../system/ids.ts';
import type { Compile } from './schedule-book.ts';

export interface SchedulerLog {
  info(obj: object, msg: string): void;
  warn(obj: object, msg: string): void;
  error(obj: object, msg: string): void;
}

export interface SchedulerParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  /** Identity of this boot of the host; attempts of another boot are over. */
  readonly bootId: string;
  /** A number in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly log: SchedulerLog;
  /** Since when nothing was admitted before this scheduler; absent or null: not known. */
  readonly downSince?: number | null;
  /** Called at each wake-up: at least every ten seconds while the loop runs. */
  readonly alive?: () => void;
  /** Everything needed to start one attempt of a run with its pinned spec. */
  readonly attemptRequest: (run: Run, job: Job, attempt: number) => AttemptRequest;
  /** Release of the runtime's time-zone data; absent: changes of it are not looked for. */
  readonly zoneRelease?: string;
  /** What computes occurrences, by version and data; another one tries again what one failed at. */
  readonly engine?: string;
  readonly compile?: Compile;
  /**
   * In words why nothing may be admitted or started just now, null when it may:
   * asked once per transaction. Ends are recorded all the same. What comes due
   * meanwhile is settled afterwards, as after any absence. Absent: never held.
   */
  readonly holdStarts?: () => string | null;
  /**
   * Milliseconds since boot that go on while the host sleeps. Together with the
   * monotonic clock, which stands still then, it tells sleep from a clock that
   * was set forward. Absent: every sleep looks like a step.
   */
  readonly uptime?: () => number;
}
