// An apply that must be confirmed in time: what it goes back to otherwise, and
// when. Everything that comes into force within the time is taken back with it.
// When it is looked at, and what going back is, is left to others.

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

/**
 * Asked for again, it lasts longer and still goes back to where the first one would. What
 * comes into force meanwhile has to prove itself, too, once anything has to.
 */
export function withConfirmation(
  open: Confirmation | null,
  asked: {
    readonly withinMs: number;
    readonly by: string;
    readonly returnsTo: number;
    /** Null: no run can confirm it. */
    readonly awaits: readonly AwaitedJob[] | null;
  },
  revision: number,
  now: number,
): Confirmation {
  const deadline = now + asked.withinMs;
  const awaits = asked.awaits === null ? {} : { awaits: joined(open?.awaits ?? [], asked.awaits) };
  if (open !== null) return { ...open, revision, deadline, ...awaits };
  return { revision, returnsTo: asked.returnsTo, deadline, by: asked.by, since: now, ...awaits };
}

/** Further changes while it is open: of a trial that runs can end, their jobs count as well. */
export function carriedOn(
  open: Confirmation,
  revision: number,
  changed: readonly AwaitedJob[],
): Confirmation {
  if (open.awaits === undefined) return { ...open, revision };
  return { ...open, revision, awaits: joined(open.awaits, changed) };
}

/** The jobs in force that have not succeeded yet; null where no run can confirm it. */
export function stillAwaited(
  { awaits, returnsTo }: Confirmation,
  /** Newest first; null for a job that is not in force any more. */
  runsOf: (
    uid: string,
  ) => readonly { readonly state: string; readonly revision: number | null }[] | null,
): readonly AwaitedJob[] | null {
  if (awaits === undefined || awaits.length === 0) return null;
  return awaits.filter(({ uid }) => {
    const runs = runsOf(uid);
    // A run keeps the spec that it was admitted with: only later ones prove anything.
    return (
      runs !== null &&
      !runs.some(({ state, revision }) => state === 'succeeded' && (revision ?? 0) > returnsTo)
    );
  });
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
