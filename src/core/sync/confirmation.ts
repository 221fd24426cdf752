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
}

/** Asked for again, it lasts longer and still goes back to where the first one would. */
export function withConfirmation(
  open: Confirmation | null,
  asked: { readonly withinMs: number; readonly by: string; readonly returnsTo: number },
  revision: number,
  now: number,
): Confirmation {
  const deadline = now + asked.withinMs;
  if (open !== null) return { ...open, revision, deadline };
  return { revision, returnsTo: asked.returnsTo, deadline, by: asked.by, since: now };
}

/** Null for a text that no version wrote, which is then as if there were none. */
export function parseConfirmation(text: string | null): Confirmation | null {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Record<keyof Confirmation, unknown>> | null;
    const isWhole =
      value !== null &&
      typeof value === 'object' &&
      [value.revision, value.returnsTo, value.deadline, value.since].every(Number.isSafeInteger) &&
      typeof value.by === 'string';
    return isWhole ? (value as Confirmation) : null;
  } catch {
    return null;
  }
}
