// An apply that must be confirmed in time: what it goes back to otherwise, and
// when. Everything that comes into force within the time is taken back with it.
// When it is looked at, and what going back is, is left to others.

import type { Job } from '../manifest/job.ts';

export interface Confirmation {
  /** The revision in force, which waits for a word. */
  readonly revision: number;
  /** The last one that needed none; 0: nothing was in force. */
  readonly returnsTo: number;
  /** Epoch ms of the wall clock, so that it also passes while no daemon runs. */
  readonly deadline: number;
  readonly by: string;
  readonly since: number;
  /**
   * Jobs of which each must succeed once under what is on trial: then it stays without a
   * person's word. Absent: only a person can say so.
   */
  readonly awaits?: readonly AwaitedJob[];
}

export interface AwaitedJob {
  readonly uid: string;
  readonly job: string;
}

/** What comes into force, by whether runs can prove it. */
export interface TrialChanges {
  readonly provable: readonly AwaitedJob[];
  /** Uids of those that no schedule starts any more. */
  readonly idle: ReadonlySet<string>;
}

/**
 * Asked for again, it lasts longer and still goes back to where the first one would. What
 * comes into force meanwhile has to prove itself, too, once anything has to; what a person
 * has to confirm stays with that person, since runs of other jobs prove nothing of it.
 */
export function withConfirmation(
  open: Confirmation | null,
  asked: {
    readonly withinMs: number;
    readonly by: string;
    readonly returnsTo: number;
    readonly when: 'succeeded' | null;
    readonly changed: TrialChanges;
  },
  revision: number,
  now: number,
): Confirmation {
  const deadline = now + asked.withinMs;
  const { by, returnsTo, when, changed } = asked;
  if (open !== null) return { ...carriedOn(open, revision, changed), deadline };
  const awaits = when === null ? {} : { awaits: changed.provable };
  return { revision, returnsTo, deadline, by, since: now, ...awaits };
}

/**
 * Further changes while it is open: of a trial that runs can end, their jobs count as well,
 * and what nothing starts any more is not waited for.
 */
export function carriedOn(
  open: Confirmation,
  revision: number,
  { provable, idle }: TrialChanges,
): Confirmation {
  if (open.awaits === undefined) return { ...open, revision };
  const awaits = open.awaits.filter(({ uid }) => !idle.has(uid));
  return { ...open, revision, awaits: joined(awaits, provable) };
}

/** Its schedule starts it, so that a run can tell whether it works. */
export function isProvable(job: Pick<Job, 'suspend' | 'schedules'>): boolean {
  return !job.suspend && job.schedules.length > 0;
}

/** What there is of an awaited job now. */
export interface Proof {
  /** That last changed the job: a success under an earlier one proves nothing of what is in force. */
  readonly revision: number;
  /** Revisions that its successful runs were admitted with. */
  readonly succeededUnder: readonly (number | null)[];
}

/**
 * Whether each awaited job that can still run has succeeded as it is in force now. Where
 * none is left that could, nothing has been proved: it waits for a person.
 */
export function hasProvedItself(
  { awaits = [] }: Confirmation,
  /** Null for a job that its schedule does not start any more, since it was removed, suspended or unscheduled. */
  proofOf: (uid: string) => Proof | null,
): boolean {
  let proved = 0;
  // Each question costs a look into the store: the first that is open is answer enough.
  for (const { uid } of awaits) {
    const proof = proofOf(uid);
    if (proof === null) continue;
    if (!proof.succeededUnder.includes(proof.revision)) return false;
    proved += 1;
  }
  return proved > 0;
}

function joined(first: readonly AwaitedJob[], second: readonly AwaitedJob[]): AwaitedJob[] {
  return [...new Map([...first, ...second].map((one) => [one.uid, one])).values()];
}

/** Null for a text that no version wrote, which is then as if there were none. */
export function parseConfirmation(text: string | null): Confirmation | null {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Record<keyof Confirmation, unknown>> | null;
    const isWhole =
      value !== null &&
      typeof value === 'object' &&
      [value.revision, value.returnsTo, value.deadline, value.since].every(Number.isSafeInteger) &&
      typeof value.by === 'string' &&
      (value.awaits === undefined ||
        (Array.isArray(value.awaits) && value.awaits.every(isAwaited)));
    return isWhole ? (value as Confirmation) : null;
  } catch {
    return null;
  }
}

function isAwaited(value: unknown): boolean {
  const one = value as Partial<Record<keyof AwaitedJob, unknown>> | null;
  return typeof one?.uid === 'string' && typeof one.job === 'string';
}
