// Answers `stats`. Up to some thousand runs are looked at one by one; of more, the sums
// per day are read that the store keeps, and the newest runs of each job, on which
// percentiles then rest: so a million runs take as long as a thousand. The figures
// themselves are the core's.
import { setImmediate } from 'node:timers/promises';
import type { StatsQuery, StatsView } from '../api/service.ts';
import type { RunState } from '../core/runs/run.ts';
import { joinedDays, statisticsOfDays, type DaySum } from '../core/runs/statistics-of-days.ts';
import { StatisticsOf } from '../core/runs/statistics.ts';
import type { JobRecord, RunFactCursor, StoreReader } from '../store/store.ts';
import { findJob } from './find.ts';
import { iso, isoOrNull } from './views.ts';

/** Some milliseconds of reading; more runs than these are told by sums. */
const pageMax = 2_000;
/** Newest runs of each job on which percentiles rest, when they are not all looked at. */
const newestMax = 200;
/** The same for many jobs: some are enough for a median, and all have their turn. */
const newestOfAllMax = 10_000;
const newestMin = 20;
/** Jobs between which others have their turn. */
const jobsAtOnce = 100;
const dayMs = 86_400_000;

export async function runStatistics(
  store: StoreReader,
  { jobs, ...span }: StatsQuery,
  now: number,
): Promise<StatsView> {
  const wanted = jobs === null ? null : jobs.map((name) => findJob(store, name));
  return statisticsOf(store, wanted, span, now);
}

/** Of a job that is found already. */
export async function jobStatistics(
  store: StoreReader,
  record: JobRecord,
  span: Span,
  now: number,
): Promise<StatsView> {
  return statisticsOf(store, [record], span, now);
}

type Span = Pick<StatsQuery, 'since' | 'until'>;

type Fact = ReturnType<StoreReader['runFacts']>[number];
interface Asked {
  readonly store: StoreReader;
  /** Null: all jobs. */
  readonly wanted: ReadonlySet<string> | null;
  readonly since: number | null;
  readonly until: number | null;
}
type Figures = Pick<StatsView, 'jobs' | 'overall' | 'sampled'>;

async function statisticsOf(
  store: StoreReader,
  wanted: readonly JobRecord[] | null,
  query: Span,
  now: number,
): Promise<StatsView> {
  const names = new Map<string, string>();
  for (const { uid, name } of wanted ?? store.jobs()) names.set(uid, name);
  const since = query.since === null ? null : Date.parse(query.since);
  const until = query.until === null ? null : Date.parse(query.until);
  const asked: Asked = {
    store,
    wanted: wanted === null ? null : new Set(wanted.map(({ uid }) => uid)),
    since,
    until,
  };
  const [only, ...others] = wanted ?? [];
  const newest = pageOf(asked, others.length === 0 ? only?.uid : undefined, null, pageMax);
  const figures =
    newest.length < pageMax
      ? figuresOfRuns(newest, names, asked)
      : await figuresOfDays(newest, names, asked);
  return { since: isoOrNull(since), until: iso(until ?? now), ...figures, truncated: false };
}

function figuresOfRuns(newest: readonly Fact[], names: Map<string, string>, asked: Asked): Figures {
  const overall = new StatisticsOf();
  const byJob = new Map<string, StatisticsOf>();
  for (const fact of newest) {
    if (asked.wanted !== null && !asked.wanted.has(fact.jobUid)) continue;
    // Of a job that has left the manifest: by the name it had.
    if (!names.has(fact.jobUid)) names.set(fact.jobUid, fact.job);
    const ofJob = byJob.get(fact.jobUid) ?? new StatisticsOf();
    byJob.set(fact.jobUid, ofJob);
    ofJob.add(fact);
    overall.add(fact);
  }
  const jobs = [...names].map(([uid, job]) => ({
    job,
    ...(byJob.get(uid) ?? new StatisticsOf()).result(),
  }));
  return { jobs: byName(jobs), overall: overall.result(), sampled: false };
}

async function figuresOfDays(
  newestOfAll: readonly Fact[],
  names: Map<string, string>,
  asked: Asked,
): Promise<Figures> {
  const { store, wanted } = asked;
  const only = wanted?.size === 1 ? [...wanted][0] : undefined;
  const { byJob, starts } = store.runDays({
    ...(only === undefined ? {} : { jobUid: only }),
    ...spanOf(asked),
  });
  const unfinished = new Map<string, Fact[]>();
  for (const fact of unfinishedOf(asked)) {
    const list = unfinished.get(fact.jobUid);
    if (list === undefined) unfinished.set(fact.jobUid, [fact]);
    else list.push(fact);
  }
  const uids = new Set(wanted ?? [...names.keys(), ...byJob.keys(), ...unfinished.keys()]);
  const limit = Math.max(newestMin, Math.min(newestMax, Math.floor(newestOfAllMax / uids.size)));
  const jobs: Figures['jobs'][number][] = [];
  const newestOfEach: Fact[] = [];
  let sampled = wanted === null;
  for (const uid of uids) {
    const facts = pageOf(asked, uid, null, limit);
    const name = names.get(uid) ?? facts[0]?.job;
    if (name === undefined) continue;
    sampled ||= facts.length === limit;
    if (wanted !== null) newestOfEach.push(...facts);
    const of = {
      facts,
      unfinished: unfinished.get(uid) ?? [],
      statesOf: (day: number) => statesBack(asked, [uid], day),
    };
    jobs.push({ job: name, ...statisticsOfDays(byJob.get(uid) ?? [], of) });
    if (jobs.length % jobsAtOnce === 0) await setImmediate();
  }
  const [first] = jobs;
  if (only !== undefined && first !== undefined) {
    const { job: _, ...overall } = first;
    return { jobs, overall, sampled };
  }
  const all: DaySum[] = [...uids].flatMap((uid) => byJob.get(uid) ?? []);
  const overall = statisticsOfDays(
    joinedDays(all),
    {
      facts: wanted === null ? newestOfAll : newestOfEach.toSorted(newestFirst).slice(0, pageMax),
      unfinished: [...uids].flatMap((uid) => unfinished.get(uid) ?? []),
      statesOf: (day) => statesBack(asked, wanted === null ? null : [...wanted], day),
    },
    wanted === null ? starts : 'unknown',
  );
  return { jobs: byName(jobs), overall, sampled };
}

function spanOf({ since, until }: Asked): { since?: number; until?: number } {
  return { ...(since === null ? {} : { since }), ...(until === null ? {} : { until }) };
}

/** Newest first. */
function pageOf(
  asked: Asked,
  jobUid: string | undefined,
  before: RunFactCursor | null,
  limit: number,
): Fact[] {
  const ofJob = jobUid === undefined ? {} : { jobUid };
  return asked.store.runFacts({ ...ofJob, ...spanOf(asked), before, limit });
}

function unfinishedOf({ store, wanted, since, until }: Asked): Fact[] {
  return store
    .unfinishedRuns()
    .filter(
      ({ jobUid, queuedAt }) =>
        (wanted === null || wanted.has(jobUid)) &&
        (since === null || queuedAt >= since) &&
        (until === null || queuedAt < until),
    );
}

/** States of the runs that these jobs (null: all) queued on one day, within the span. */
function* statesBack(
  asked: Asked,
  uids: readonly string[] | null,
  day: number,
): Generator<RunState> {
  const span = {
    ...asked,
    since: Math.max(asked.since ?? 0, day * dayMs),
    until: Math.min(asked.until ?? Number.MAX_SAFE_INTEGER, (day + 1) * dayMs),
  };
  if (uids === null || uids.length === 1) {
    for (const { state } of factsBack(span, uids?.[0])) yield state;
    return;
  }
  const facts = uids.flatMap((uid) => [...factsBack(span, uid)]);
  for (const { state } of facts.sort(newestFirst)) yield state;
}

function* factsBack(asked: Asked, jobUid: string | undefined): Generator<Fact> {
  let before: RunFactCursor | null = null;
  for (;;) {
    const page = pageOf(asked, jobUid, before, newestMax);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < newestMax) return;
    before = { queuedAt: last.queuedAt, id: last.id };
  }
}

function newestFirst(a: Fact, b: Fact): number {
  return b.queuedAt - a.queuedAt || (a.id < b.id ? 1 : -1);
}

function byName(jobs: Figures['jobs']): Figures['jobs'] {
  return jobs.toSorted((a, b) => (a.job < b.job ? -1 : 1));
}
