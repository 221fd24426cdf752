// A hold keeps content of the manifest that was stepped back from, or passed
// over, from coming into force again by itself: after a rollback, after an apply
// that was taken back, after a plan file that is not what the file says. It is
// about content, not about a file or a commit, so it outlives a restart, an amended
// commit and a cherry-pick. Where it is kept, and when it is asked, is left to others.

/** What put it there. */
export type HoldCause = 'rollback' | 'taken_back' | 'plan_file' | 'person';

/** Until the held jobs say something else in the manifest, or until somebody applies. */
export type HoldMode = 'until_changed' | 'manual';

export interface Hold {
  readonly cause: HoldCause;
  readonly mode: HoldMode;
  readonly by: string;
  /** In the person's words. */
  readonly reason: string | null;
  readonly since: number;
  /** The revision that stays in force. */
  readonly revision: number;
  /** Of each job that was stepped back from: its spec's digest, null where it is not in the manifest. */
  readonly held: Readonly<Record<string, string | null>>;
  /** When it ends by itself; null: not by time. */
  readonly until: number | null;
  /** What a person's hold was put over, and what holds again after it; null for nothing. */
  readonly under: Hold | null;
}

/** True once its time has come, which may pass while no daemon runs. */
export function isHoldOver(hold: Hold, now: number): boolean {
  return hold.until !== null && now >= hold.until;
}

/**
 * A person's hold, put over the one before: that one must not be lost with it, or what
 * was rolled back would come in when the time is over.
 */
export function heldByPerson(
  before: Hold | null,
  word: Pick<Hold, 'by' | 'reason' | 'since' | 'revision' | 'until'>,
): Hold {
  const under = before?.cause === 'person' ? before.under : before;
  return { ...word, cause: 'person', mode: 'manual', held: under?.held ?? {}, under };
}

/**
 * What must not come back by itself: the jobs that the manifest has otherwise than
 * what is in force. Manifest-wide values go with the jobs: alone they hold nothing.
 */
export function heldJobs(
  manifest: ReadonlyMap<string, string>,
  inForce: ReadonlyMap<string, string>,
): Record<string, string | null> {
  const names = new Set([...manifest.keys(), ...inForce.keys()]);
  const held: [string, string | null][] = [];
  for (const name of names) {
    const digest = manifest.get(name) ?? null;
    if (digest !== (inForce.get(name) ?? null)) held.push([name, digest]);
  }
  // fromEntries defines own properties, also for names such as __proto__.
  return Object.fromEntries(held);
}

/**
 * True while the manifest still says of one of these jobs what was stepped back from:
 * a change of another job must not bring it back with it.
 */
export function isHeld(hold: Hold, manifest: ReadonlyMap<string, string>): boolean {
  if (hold.mode === 'manual') return true;
  return Object.entries(hold.held).some(
    ([name, digest]) => (manifest.get(name) ?? null) === digest,
  );
}

/**
 * The part of a hold that neither an apply nor agreement of the file with what is in
 * force ends: a person's own, which is about all that is still to come. What it was put
 * over is ended by them as ever.
 */
export function outlasting(hold: Hold | null): Omit<Hold, 'revision'> | null {
  return hold?.cause === 'person' ? { ...hold, held: {}, under: null } : null;
}

/** Null for a text that no version wrote, which is then as if there were none. */
export function parseHold(text: string | null): Hold | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { cause, mode, by, since, revision, held } = value as Partial<
      Record<keyof Hold, unknown>
    >;
    const isWhole =
      typeof cause === 'string' &&
      (mode === 'until_changed' || mode === 'manual') &&
      typeof by === 'string' &&
      Number.isSafeInteger(since) &&
      Number.isSafeInteger(revision) &&
      typeof held === 'object' &&
      held !== null;
    if (!isWhole) return null;
    const { until = null, under = null } = value as Partial<Record<keyof Hold, unknown>>;
    return {
      ...(value as Hold),
      until: Number.isSafeInteger(until) ? (until as number) : null,
      under: under === null ? null : parseHold(JSON.stringify(under)),
    };
  } catch {
    return null;
  }
}
