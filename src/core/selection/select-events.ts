// Which facts are wanted: of these kinds, about these jobs.
import { isPattern } from './select-jobs.ts';

/** All that a daemon tells of, and what is recorded of daemons themselves. */
export const eventKinds = [
  'run.queued',
  'run.started',
  'run.retried',
  'run.noted',
  'run.ended',
  'occurrence.skipped',
  'occurrence.missed',
  'override.set',
  'override.lifted',
  'override.expired',
  'clock.stepped',
  'job.faulted',
  'manifest.applied',
  'manifest.rejected',
  'manifest.pending',
  'manifest.restored',
  'daemon.started',
  'daemon.ended',
] as const;

/** Kinds that a text names: one of them, or the first part of several (`run`, `run.*`). Empty for none. */
export function kindsNamed(text: string): readonly string[] {
  const wanted = text.toLowerCase();
  const family = wanted.endsWith('.*') ? wanted.slice(0, -2) : wanted;
  if (isPattern(family)) return [];
  return eventKinds.filter((kind) => kind === wanted || kind.startsWith(`${family}.`));
}

export interface EventSelection {
  /** Null: all. */
  readonly kinds: ReadonlySet<string> | null;
  /** Null: all, and what is about no job. */
  readonly jobs: ReadonlySet<string> | null;
}

export function isEventWanted(
  event: { readonly kind: string; readonly job?: unknown },
  { kinds, jobs }: EventSelection,
): boolean {
  if (kinds !== null && !kinds.has(event.kind)) return false;
  return jobs === null || (typeof event.job === 'string' && jobs.has(event.job));
}
