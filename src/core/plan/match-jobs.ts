// Decides which recorded job a desired one continues: by name, by renamed_from, by a
// name that it had before, or, where an earlier revision comes back, by who had the name
// then. Identity is the uid; the name is only its address.
import type { Job } from '../manifest/job.ts';
import type { PlanStates } from './plan-input.ts';
import type { RecordedJob } from './plan.ts';

export interface JobMatch {
  readonly job: Job;
  /** Null: a new job, or one that comes back. */
  readonly recorded: RecordedJob | null;
  /** The removed job that it was and is again; null: it is new, or was never gone. */
  readonly removedBefore: RecordedJob | null;
}

/** Uids by the names that they had in the revision that comes back; empty: none does. */
export type Formerly = ReadonlyMap<string, string>;

export interface Matching {
  /** One per desired job, in the order of the manifest. */
  readonly matches: readonly JobMatch[];
  /** Recorded jobs that no desired one continues. */
  readonly removed: readonly RecordedJob[];
}

export function matchJobs(
  desired: readonly Job[],
  recorded: readonly RecordedJob[],
  {
    tombstone = () => null,
    formerly = new Map(),
    announced = {},
    mayRename = true,
  }: {
    readonly tombstone?: (name: string) => RecordedJob | null;
    readonly formerly?: Formerly;
    /** What the manifest says to be removed, by name. */
    readonly announced?: Readonly<Record<string, unknown>>;
    readonly mayRename?: boolean;
  } = {},
): Matching {
  const byName = new Map(recorded.map((record) => [record.job.name, record]));
  const renames = mayRename ? resolveRenames(desired, recorded, byName, formerly) : new Map();
  const moved = new Set([...renames.values()].map((record) => record.uid));
  let keptCount = 0;
  const matches = desired.map((job) => {
    let match = renames.get(job.name) ?? null;
    if (match === null) {
      const sameName = byName.get(job.name);
      if (sameName !== undefined && !moved.has(sameName.uid)) match = sameName;
    }
    if (match !== null) keptCount += 1;
    return { job, recorded: match, removedBefore: null };
  });
  const restored = new Set<string>();
  const takenBack =
    keptCount === recorded.length || keptCount === desired.length
      ? new Map<string, RecordedJob>()
      : namesTakenBack(matches, recorded, announced);
  const complete = matches.map((match): JobMatch => {
    if (match.recorded !== null) return match;
    const found = [match.job.name, ...match.job.renamedFrom]
      .map((name) => tombstone(name))
      .find((record) => record !== null && !restored.has(record.uid));
    if (found === null || found === undefined) {
      const former = takenBack.get(match.job.name);
      return former === undefined ? match : { ...match, recorded: former };
    }
    restored.add(found.uid);
    return { ...match, removedBefore: found };
  });
  // Of thousands of jobs mostly none has left, and no identity is continued twice.
  if (keptCount === recorded.length) return { matches: complete, removed: [] };
  const kept = new Set(complete.map((match) => match.recorded?.uid));
  return { matches: complete, removed: recorded.filter((record) => !kept.has(record.uid)) };
}

/**
 * A rename that is taken back in the file, as by reverting a commit, says nothing of it:
 * the name that is new again was the job's whose present name is gone. Only where one
 * name and one job fit; what the manifest says to be removed is meant.
 */
function namesTakenBack(
  matches: readonly JobMatch[],
  recorded: readonly RecordedJob[],
  announced: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, RecordedJob> {
  const kept = new Set(matches.map((match) => match.recorded?.uid));
  const isNew = new Set(
    matches.filter((match) => match.recorded === null).map(({ job }) => job.name),
  );
  const found = new Map<string, RecordedJob | null>();
  for (const record of recorded) {
    const { uid, job, aliases } = record;
    if (aliases.length === 0 || kept.has(uid) || Object.hasOwn(announced, job.name)) continue;
    const [name, ...others] = aliases.filter((alias) => isNew.has(alias));
    if (name === undefined || others.length > 0) continue;
    found.set(name, found.has(name) ? null : record);
  }
  return new Map([...found].filter((entry): entry is [string, RecordedJob] => entry[1] !== null));
}

type States = Pick<PlanStates, 'desired' | 'recorded'>;

/** Of the states that are in use somewhere, and as long as they are. */
const known = new WeakMap<States['recorded'], { of: States['desired']; matching: Matching }>();

/** The same for a pair of states, found once: what is planned is written next. */
export function matchingOf({ desired, recorded }: States): Matching {
  const found = known.get(recorded);
  if (found?.of === desired) return found.matching;
  const { manifest } = desired;
  const { jobs, tombstone, formerly } = recorded;
  // Each name has its spec already: whom one was renamed from changes nothing of that.
  const isInForce = desired.digest === recorded.digest;
  const matching = matchJobs(manifest.jobs, jobs, {
    ...(tombstone === undefined ? {} : { tombstone }),
    ...(formerly === undefined ? {} : { formerly }),
    ...(manifest.removed === undefined ? {} : { announced: manifest.removed }),
    mayRename: !isInForce,
  });
  known.set(recorded, { of: desired, matching });
  return matching;
}

interface Candidate {
  readonly name: string;
  /** Former owners of the identity, as the manifest lists them; the first valid one is taken. */
  readonly from: RecordedJob[];
}

/**
 * Renames hold each other up: in a chain or a swap, a name is free only because
 * its holder is renamed too. So all are assumed, and those that cannot be are
 * dropped until the rest stands. Every round drops at least one candidate.
 */
function resolveRenames(
  desired: readonly Job[],
  recorded: readonly RecordedJob[],
  byName: ReadonlyMap<string, RecordedJob>,
  formerly: Formerly,
): Map<string, RecordedJob> {
  const formers = formersOf(recorded, formerly);
  const wanted = desired.filter((job) => job.renamedFrom.length > 0 || formers.has(job.name));
  if (wanted.length === 0) return new Map();
  const names = new Set(desired.map((job) => job.name));
  const byAlias = new Map(
    recorded.flatMap((record) => record.aliases.map((alias) => [alias, record] as const)),
  );
  const candidates: Candidate[] = wanted.map((job) => ({
    name: job.name,
    from: [
      ...(formers.get(job.name) ?? []),
      ...job.renamedFrom.flatMap((old) => {
        if (isSpent(old, byName.get(job.name))) return [];
        const record = byName.get(old) ?? byAlias.get(old);
        return record === undefined || record.job.name === job.name ? [] : [record];
      }),
    ],
  }));
  for (;;) {
    const renames = new Map<string, RecordedJob>();
    const claimedBy = new Map<string, string>();
    for (const { name, from } of candidates) {
      // Of two that want one identity, the first in the manifest gets it.
      while (from[0] !== undefined && claimedBy.has(from[0].uid)) from.shift();
      if (from[0] === undefined) continue;
      renames.set(name, from[0]);
      claimedBy.set(from[0].uid, name);
    }
    let dropped = false;
    for (const { name, from } of candidates) {
      const record = renames.get(name);
      if (record === undefined) continue;
      const isFormer = formers.get(name)?.[0] === record;
      const leavesItsName =
        !names.has(record.job.name) ||
        renames.has(record.job.name) ||
        // Its present name was another's then, who has left since.
        (isFormer && formerly.has(record.job.name));
      const holder = byName.get(name);
      // Whoever has taken the name since was not there then.
      const nameIsFree = isFormer || holder === undefined || claimedBy.has(holder.uid);
      if (leavesItsName && nameIsFree) continue;
      from.shift();
      dropped = true;
    }
    if (!dropped) return renames;
  }
}

/** Jobs in force that had other names in the revision that comes back, by these names. */
function formersOf(
  recorded: readonly RecordedJob[],
  formerly: Formerly,
): ReadonlyMap<string, readonly [RecordedJob]> {
  if (formerly.size === 0) return new Map();
  const byUid = new Map(recorded.map((record) => [record.uid, record]));
  return new Map(
    [...formerly].flatMap(([name, uid]): [string, [RecordedJob]][] => {
      const record = byUid.get(uid);
      return record === undefined || record.job.name === name ? [] : [[name, [record]]];
    }),
  );
}

/**
 * The job that has the new name took the old one into account already: it came
 * from there, or was applied with the same renamed_from. Without this a swap
 * would swap back at the next plan.
 */
function isSpent(old: string, holder: RecordedJob | undefined): boolean {
  return (
    holder !== undefined && (holder.aliases.includes(old) || holder.job.renamedFrom.includes(old))
  );
}
