// What of the jobs is not as the revision in force says, sorted by where it comes
// from: a person's word, somebody behind jm2's back, the host, the file, or the
// job's own past. Gathering the facts is left to others.

import type { DriftIgnore } from '../manifest/job.ts';

export type DriftClass =
  /** A pause that holds: it differs on purpose. */
  | 'expected'
  /** A pause without an end that has stood for more than a week. */
  | 'stale_override'
  /** What is recorded was changed behind jm2's back, or no timer waits for a job. */
  | 'external'
  /** The host has changed: programs, accounts, secrets, time-zone data. */
  | 'environment'
  /** The file says something else: a change that is pending. */
  | 'source'
  /** The job does not do what its schedule says. */
  | 'behaviour';

export interface DriftItem {
  readonly class: DriftClass;
  /** Null: of the installation as a whole. */
  readonly job: string | null;
  readonly detail: string;
  /** What can be done, or looked at; null when there is nothing to do. */
  readonly remedy: string | null;
}

/** One that an entry of the manifest covers. */
export interface IgnoredItem extends DriftItem {
  readonly owner: string;
  readonly reason: string;
  readonly until: string;
}

export interface DriftFacts {
  /** `drift.ignore` as the manifest has it now; absent: nothing. */
  readonly ignores?: readonly DriftIgnore[];
  /** Zone of the manifest in force; absent: there is none. */
  readonly timezone?: string;
  /** Manifest in force as its own text means it now; null before the first revision. */
  readonly accepted: {
    readonly digest: string;
    readonly jobDigests: ReadonlyMap<string, string>;
  } | null;
  readonly recorded: { readonly revision: number; readonly digest: string };
  /** A daemon runs. */
  readonly isAttended: boolean;
  readonly jobs: readonly RecordedFact[];
  /** The file; null when it means the same as what is in force. */
  readonly source: { readonly detail: string; readonly jobs: readonly string[] } | null;
  /** Only what is committed counts, and the file says something else. */
  readonly isEdited?: boolean;
  /** Things of the host that jobs need and that are not as they must be. */
  readonly environment: readonly { readonly job: string; readonly problem: string }[];
  /** Releases of the time-zone data; null where one is not known. */
  readonly timezoneData: { readonly applied: string | null; readonly now: string | null };
}

export interface RecordedFact {
  readonly name: string;
  /** As it stands in the store. */
  readonly digest: string;
  /** Of the spec that the store holds under that digest. */
  readonly specDigest: string;
  readonly fault: string | null;
  /** False: it has starts to come, a daemon runs, and no timer waits for one. */
  readonly isArmed: boolean;
  readonly pause: {
    readonly by: string;
    readonly reason: string | null;
    readonly isOld: boolean;
  } | null;
  /** Kept in force by a guard although the manifest has it no more. */
  readonly isOrphaned: boolean;
  /** Of the last week; null where nothing can be told. */
  readonly past: PastFact | null;
}

export interface PastFact {
  readonly since: number;
  /** Occurrences that the schedule has within that time. */
  readonly expected: number;
  readonly ran: number;
  /** Skipped by a pause or by `suspend`: people wanted it so. */
  readonly heldBack: number;
  /** What became of the rest, by reason: how many. */
  readonly others: Readonly<Record<string, number>>;
}

const edited: DriftItem = {
  class: 'expected',
  job: null,
  detail: 'the file has changes that are not committed: only what HEAD holds counts',
  remedy: 'git diff HEAD',
};

/** In the order of the classes, within one by job. */
export function driftOf(facts: DriftFacts): DriftItem[] {
  return [
    ...(facts.isEdited === true ? [edited] : []),
    ...facts.jobs.flatMap(overrideDrift),
    ...externalDrift(facts),
    ...environmentDrift(facts),
    ...(facts.source === null
      ? []
      : [
          {
            class: 'source' as const,
            job: null,
            detail: facts.source.detail,
            remedy: 'jm2 plan',
          },
        ]),
    ...facts.jobs.flatMap(behaviourDrift),
  ];
}

function overrideDrift({ name, pause }: RecordedFact): DriftItem[] {
  if (pause === null) return [];
  const why = pause.reason === null ? '' : `: "${pause.reason}"`;
  const detail = `paused by ${pause.by}${why}`;
  return [
    pause.isOld
      ? {
          class: 'stale_override',
          job: name,
          detail: `${detail}, for more than a week and without an end`,
          remedy: `jm2 resume ${name}, or suspend: true in the manifest`,
        }
      : { class: 'expected', job: name, detail, remedy: null },
  ];
}

function externalDrift({ accepted, recorded, jobs, isAttended }: DriftFacts): DriftItem[] {
  const items: DriftItem[] = [];
  if (!isAttended && jobs.length > 0) {
    const detail = 'no daemon runs, so nothing is started';
    items.push({ class: 'external', job: null, detail, remedy: 'jm2 start' });
  }
  // A text that means something else as a whole (another jm2, a calendar beside it)
  // says nothing about the store.
  const isComparable = accepted !== null && accepted.digest === recorded.digest;
  const again = 'jm2 apply, once the manifest says so; jm2 doctor looks at the store';
  const anew = 'change it in the manifest, so that it is recorded anew, or jm2 restore a backup';
  const known = new Set<string>();
  for (const { name, digest, specDigest, fault, isArmed, isOrphaned } of jobs) {
    known.add(name);
    const wanted = accepted?.jobDigests.get(name) ?? null;
    const add = (detail: string, remedy: string): void => {
      items.push({ class: 'external', job: name, detail, remedy });
    };
    if (isOrphaned) {
      const detail = 'it runs on although the manifest has it no more: a guard keeps it';
      const remedy = 'jm2 plan shows it; jm2 apply decides';
      items.push({ class: 'source', job: name, detail, remedy });
    } else if (specDigest !== digest) add('its recorded spec was changed in the store', anew);
    else if (isComparable && wanted === null) {
      add(`revision ${recorded.revision} does not have it, and it is recorded all the same`, again);
    } else if (isComparable && wanted !== digest) {
      add(`it is recorded otherwise than revision ${recorded.revision} says`, again);
    }
    if (fault !== null) add(`it is not scheduled: ${fault}`, `jm2 why ${name}`);
    else if (!isArmed) add('it has starts to come, and no timer waits for one', 'jm2 restart');
  }
  if (isComparable) {
    for (const name of accepted.jobDigests.keys()) {
      if (known.has(name)) continue;
      items.push({
        class: 'external',
        job: name,
        detail: `revision ${recorded.revision} has it, and it is not recorded`,
        remedy: again,
      });
    }
  }
  return items;
}

function environmentDrift({
  accepted,
  recorded,
  environment,
  timezoneData,
}: DriftFacts): DriftItem[] {
  const items: DriftItem[] = environment.map(({ job, problem }) => ({
    class: 'environment',
    job,
    detail: problem,
    remedy: 'jm2 doctor',
  }));
  if (accepted !== null && accepted.digest !== recorded.digest) {
    items.push({
      class: 'environment',
      job: null,
      detail: `the text of revision ${recorded.revision} means something else now than when it was applied: another version of jm2, or a calendar beside it that changed`,
      remedy: 'jm2 plan, then jm2 apply',
    });
  }
  const { applied, now } = timezoneData;
  if (applied !== null && now !== null && applied !== now) {
    items.push({
      class: 'environment',
      job: null,
      detail: `time-zone data ${applied} when revision ${recorded.revision} was applied, ${now} now: local times may lie elsewhere`,
      remedy: 'jm2 preview',
    });
  }
  return items;
}

function behaviourDrift({ name, past }: RecordedFact): DriftItem[] {
  if (past === null) return [];
  const { expected, ran, heldBack, others } = past;
  const short = expected - ran - heldBack;
  if (short <= 0) return [];
  const told = Object.entries(others)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason}`);
  const untold = short - Object.values(others).reduce((sum, count) => sum + count, 0);
  if (untold > 0) told.push(`${untold} without a record`);
  return [
    {
      class: 'behaviour',
      job: name,
      detail: `ran ${ran} of ${expected - heldBack} times since ${new Date(past.since).toISOString()}: ${told.join(', ')}`,
      remedy: `jm2 why ${name}`,
    },
  ];
}

/** `CLASS`, `JOB` or `JOB/CLASS`. */
export function isIgnored(item: DriftItem, paths: readonly string[]): boolean {
  return paths.some(
    (path) => path === item.class || path === item.job || path === `${item.job}/${item.class}`,
  );
}

/** `today` is a local day, 2026-12-31; entries from before it are over and cover nothing. */
export function splitIgnored(
  items: readonly DriftItem[],
  ignores: readonly DriftIgnore[],
  today: string,
): {
  readonly open: readonly DriftItem[];
  readonly ignored: readonly IgnoredItem[];
  readonly over: readonly DriftIgnore[];
} {
  const [open, ignored]: [DriftItem[], IgnoredItem[]] = [[], []];
  const live = ignores.filter(({ until }) => until >= today);
  for (const item of items) {
    const by = live.find(({ path }) => isIgnored(item, [path]));
    if (by === undefined) open.push(item);
    else ignored.push({ ...item, owner: by.owner, reason: by.reason, until: by.until });
  }
  return { open, ignored, over: ignores.filter(({ until }) => until < today) };
}

/** A difference that people made on purpose is none. */
export function isDrift({ class: kind }: DriftItem): boolean {
  return kind !== 'expected' && kind !== 'source';
}
