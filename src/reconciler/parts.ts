// What the reconciler is given to work with, and the few shapes that its modules
// hand to each other. Decides nothing.
import type { Manifest } from '../core/manifest/job.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import type { Digest } from '../system/digest.ts';
import type { Ids } from '../system/ids.ts';
import type { ManifestWatch } from '../watch/watch.ts';
import type { GitActivity } from './git-activity.ts';
import type { JudgedManifest, JudgeManifest } from './judged-manifest.ts';
import type { Planner } from './planning.ts';
import type { SourceRead } from './read-source.ts';

interface ReconcilerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ReconcilerParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly store: Store;
  readonly watch: ManifestWatch;
  readonly scheduler: Pick<Scheduler, 'load' | 'apply' | 'nextStart'>;
  readonly sync: 'auto' | 'manual';
  /** What counts: the file as it is saved (when absent), or only what HEAD holds. */
  readonly worktree?: 'files' | 'committed';
  /** Absolute. */
  readonly manifestPath: string;
  readonly log: ReconcilerLog;
  /** What follows has real versions of its own; tests give others. */
  readonly judge?: JudgeManifest;
  readonly planner?: Planner;
  readonly readSource?: () => Promise<SourceRead>;
  /** Watches a file that the manifest names; without it such changes are found by the hash. */
  readonly watchFile?: (path: string) => ManifestWatch;
  /** The commit that holds the manifest with these bytes. */
  readonly gitCommit?: (bytes: Uint8Array) => Promise<string | null>;
  readonly gitActivity?: () => Promise<GitActivity | null>;
  /** Whether it is known what became of the runs of the daemon before; it is, when absent. */
  readonly isRecovered?: () => boolean;
}

export type ReadBytes = Extract<SourceRead, { kind: 'read' }>;

export type Accepted = JudgedManifest & { readonly manifest: Manifest };

export function isAccepted(result: JudgedManifest): result is Accepted {
  return result.manifest !== null;
}

/** What the watcher's plans look ahead; nobody reads more of them. */
const watcherHorizonMs = 24 * 3_600_000;

/** Nobody reads more of what the reconciler plans for itself. */
export function briefly(clock: Clock) {
  return { now: clock.now(), horizonMs: watcherHorizonMs, isBrief: true };
}
