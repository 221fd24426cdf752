// Which job had a name when. A job may leave the manifest and another one come
// under its name later, and two jobs may swap theirs: a question about a time is
// about the job that had the name then.
import type { SpecChange } from './facts.ts';

/** What is known of a job that has or had the name. */
export interface NameBearer {
  readonly uid: string;
  readonly aliases: readonly string[];
  /** Oldest first. */
  readonly changes: readonly Pick<SpecChange, 'revision' | 'at' | 'action' | 'name'>[];
}

/** A job had the name at times after `from` and up to `to` (epoch ms). */
export interface Tenure {
  readonly uid: string;
  readonly from: number;
  readonly to: number;
  /** The revision that gave it the name; null: before anything on record. */
  readonly since: number | null;
  /** The revision that took the name from it; null while it has it. */
  readonly until: number | null;
}

/**
 * Oldest first. A former name still leads to a job in the manifest, until
 * another job gets the name.
 */
export function tenuresOf(name: string, bearers: readonly NameBearer[]): Tenure[] {
  const held = bearers
    .flatMap((bearer) => ofBearer(name.toLowerCase(), bearer))
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
  return joined(held.map((tenure, index) => extended(tenure, held[index + 1])));
}

/** Those within from <= time < to; when there are none, the one that comes next, or the last. */
export function tenuresWithin(
  tenures: readonly Tenure[],
  span: { readonly from: number; readonly to: number },
): readonly Tenure[] {
  const within = tenures.filter(({ from, to }) => from + 1 < span.to && to + 1 > span.from);
  if (within.length > 0) return within;
  const nearest = tenures.find(({ from }) => from >= span.from) ?? tenures.at(-1);
  return nearest === undefined ? [] : [nearest];
}

interface Held extends Tenure {
  /** It went on under another name, until then (epoch ms) and until that revision. */
  readonly elsewhere: { readonly to: number; readonly until: number | null } | null;
}

function ofBearer(name: string, { uid, aliases, changes }: NameBearer): Held[] {
  const found: Held[] = [];
  const gone = changes.at(-1)?.action === 'delete' ? changes.at(-1) : undefined;
  const life = { to: gone?.at ?? Infinity, until: gone?.revision ?? null };
  const has = changes.map((change) => {
    return change.action !== 'delete' && change.name.toLowerCase() === name;
  });
  changes.forEach((change, index) => {
    if (has[index] !== true || has[index - 1] === true) return;
    // What came before the first change on record is not known, unless it made the job.
    const isBorn = index > 0 || change.action === 'create';
    const next = changes.find((_, later) => later > index && has[later] !== true);
    found.push({
      uid,
      from: isBorn ? change.at : -Infinity,
      to: next?.at ?? Infinity,
      since: isBorn ? change.revision : null,
      until: next?.revision ?? null,
      elsewhere: next === undefined || next.action === 'delete' ? null : life,
    });
  });
  const first = changes[0];
  const isAlias = aliases.some((alias) => alias.toLowerCase() === name);
  if (found.length > 0 || !isAlias || first === undefined) return found;
  // It had the name before anything that is on record.
  const { at: to, revision: until } = first;
  return [{ uid, from: -Infinity, to, since: null, until, elsewhere: life }];
}

function extended(held: Held, next: Held | undefined): Tenure {
  const { elsewhere, ...tenure } = held;
  if (elsewhere === null) return tenure;
  const isTaken = next !== undefined && next.from < elsewhere.to;
  return isTaken
    ? { ...tenure, to: Math.max(tenure.to, next.from), until: next.since ?? tenure.until }
    : { ...tenure, ...elsewhere };
}

/** One that had the name twice and nobody in between had it all the time. */
function joined(tenures: readonly Tenure[]): Tenure[] {
  const found: Tenure[] = [];
  for (const tenure of tenures) {
    const last = found.at(-1);
    if (last?.uid === tenure.uid && last.to >= tenure.from) {
      found[found.length - 1] = { ...last, to: tenure.to, until: tenure.until };
    } else {
      found.push(tenure);
    }
  }
  return found;
}

/** "until revision 7", "since revision 9", "from revision 3 to 7"; null when it always had it. */
export function tenureWords({
  since,
  until,
}: {
  readonly since: number | null;
  readonly until: number | null;
}): string | null {
  if (until === null) return since === null ? null : `since revision ${since}`;
  return since === null ? `until revision ${until}` : `from revision ${since} to ${until}`;
}
