// The newest facts out of what is recorded: starts, retries and ends of runs, what
// was skipped or missed, accepted manifests, pauses and the daemons there were, in
// the shapes in which a daemon tells them. What leaves no record of its own, such as
// a refused manifest, is told only to those who watch.
import type { EventView, OutcomeView, ReadService, RunView } from '../api/service.ts';
import { historyPageMax } from '../api/wire.ts';
import type { Attempt } from '../core/runs/run.ts';
import type { Context } from './context.ts';
import { withNearJobs } from './near-jobs.ts';

type IsWanted = (event: EventView) => boolean;
type History = Awaited<ReturnType<ReadService['history']>>;

/** Pages looked through for what a selection lets through. */
const pagesMax = 20;

export interface PastQuery {
  /** Null: of all, and what is about no job. */
  readonly jobs: readonly string[] | null;
  /** Epoch ms; [since, until). */
  readonly since: number;
  readonly until: number;
  readonly isWanted: IsWanted;
  readonly limit: number;
}

/** Oldest first, at most `limit`. */
export async function pastEvents(
  context: Context,
  query: PastQuery,
): Promise<readonly EventView[]> {
  const { since, until, limit } = query;
  const isWanted: IsWanted = (event) => {
    const at = Date.parse(event.at);
    return at >= since && at < until && query.isWanted(event);
  };
  const found: EventView[] = [];
  for (const job of query.jobs ?? [null]) {
    found.push(...(await eventsOfRuns(context, job, { ...query, isWanted })));
  }
  const { readRecordedEvents } = await import('../daemon/read-recorded-events.ts');
  const places = await context.locations();
  const recorded = readRecordedEvents(places, {
    since,
    until: Math.min(until, Number.MAX_SAFE_INTEGER),
    limit: historyPageMax,
  });
  const jobs = query.jobs === null ? null : new Set(query.jobs);
  found.push(
    ...recorded.filter(
      (event) => isWanted(event) && (jobs === null || isAbout(jobs, event['job'])),
    ),
  );
  return found.toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1)).slice(-limit);
}

function isAbout(jobs: ReadonlySet<string>, job: unknown): boolean {
  return typeof job === 'string' && jobs.has(job);
}

/** Newest first by page, until enough is found or what is older lies before `since`. */
async function eventsOfRuns(
  context: Context,
  job: string | null,
  { since, until, limit, isWanted }: PastQuery,
): Promise<EventView[]> {
  const found: EventView[] = [];
  let before = until;
  for (let page = 0; page < pagesMax && found.length < limit; page += 1) {
    const range = before === Infinity ? {} : { until: new Date(before).toISOString() };
    const { value } = await withNearJobs(context, job, () =>
      context.read((service) =>
        service.history({
          ...(job === null ? {} : { job }),
          ...range,
          all: page === 0,
          limit: historyPageMax,
        }),
      ),
    );
    found.push(...(await ofPage(context, value)).filter(isWanted));
    const oldest = value.runs.at(-1);
    if (oldest === undefined || value.runs.length < historyPageMax) break;
    before = Date.parse(oldest.queuedAt);
    // A run that waited or ran long is told by its start and its end as well.
    if (before < since - 86_400_000) break;
  }
  return found;
}

async function ofPage(context: Context, { runs, outcomes }: History): Promise<EventView[]> {
  const retried = runs.filter(({ attempts }) => attempts > 1).map(({ id }) => id);
  const { readRetries } = await import('../daemon/read-recorded-events.ts');
  const attempts =
    retried.length === 0 ? new Map() : readRetries(await context.locations(), retried);
  return [
    ...runs.flatMap((run) =>
      ofRun(run, retriesOf(run, (attempts.get(run.id) ?? []) as readonly Attempt[])),
    ),
    ...outcomes.map(ofOutcome),
  ];
}

/** In the order of one run, which facts of one millisecond keep. */
function ofRun(run: RunView, retries: readonly EventView[]): EventView[] {
  const { job, startedAt, endedAt } = run;
  return [
    ...(startedAt === null ? [] : [{ at: startedAt, kind: 'run.started', job, attempt: 1, run }]),
    ...retries,
    ...(endedAt === null ? [] : [{ at: endedAt, kind: 'run.ended', job, run }]),
  ];
}

/** Each as it was told then: after which end, and for when. */
function retriesOf(run: RunView, attempts: readonly Attempt[]): EventView[] {
  const { job } = run;
  return attempts.flatMap((next, index): EventView[] => {
    const before = attempts[index - 1];
    if (before === undefined || before.endedAt === null) return [];
    const { exitCode, signal, reason } = before;
    const then = { ...run, state: 'queued', exitCode, signal, reason };
    const { attempt, intendedAt, startedAt } = next;
    const at = new Date(before.endedAt).toISOString();
    const retryAt = new Date(intendedAt).toISOString();
    return [
      { at, kind: 'run.retried', job, attempt, retryAt, run: then },
      ...(startedAt === null
        ? []
        : [{ at: new Date(startedAt).toISOString(), kind: 'run.started', job, attempt, run }]),
    ];
  });
}

function ofOutcome(outcome: OutcomeView): EventView {
  const { disposition, ...facts } = outcome;
  return { ...facts, at: outcome.lastNominalTime, kind: `occurrence.${disposition}` };
}
