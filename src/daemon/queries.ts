// The read half of the service that needs no daemon: jobs, history and run logs
// out of the store and the run directories. Shared by the daemon and by
// commands while none runs; status and plan differ between the two.
import { displayZone } from '../core/schedule/display-zone.ts';
import type {
  HistoryQuery,
  JobDetailView,
  JobState,
  JobView,
  NamesakeView,
  ReadService,
  RunView,
} from '../api/service.ts';
import { historyPageMax } from '../api/wire.ts';
import {
  covers,
  livePause,
  nextStartAfter,
  pauseOutlook,
  type PauseOutlook,
} from '../core/overrides/pause.ts';
import { diffJob } from '../core/plan/diff-job.ts';
import { maskJob } from '../core/plan/mask.ts';
import { dueUntil } from '../core/runs/catch-up.ts';
import {
  madeUpFact,
  parseMadeUp,
  withoutMadeUp,
  type MadeUpAhead,
} from '../core/runs/made-up-ahead.ts';
import type { Outcome, Run } from '../core/runs/run.ts';
import { compileSchedule } from '../core/schedule/compile-schedule.ts';
import { describeSchedules } from '../core/schedule/describe-schedule.ts';
import { readOrphans, type Orphan } from '../reconciler/orphans.ts';
import { readHold } from '../reconciler/stored-hold.ts';
import type { JobRecord, OutcomeFilter, StoreReader } from '../store/store.ts';
import { breathe } from '../system/breathe.ts';
import { findJob, findRun } from './find.ts';
import { missedOccurrences } from './missed.ts';
import { findNamesakes, namesakeView, type Namesakes } from './namesakes.ts';
import { notesAbout, notesBeside, withPersonNotes } from './notes.ts';
import { orphanView } from './manifest-state.ts';
import { createRunLogs } from './run-logs.ts';
import { jobStatistics, runStatistics } from './run-statistics.ts';
import type { RedactionOf } from './run-secrets.ts';
import {
  attemptView,
  commandText,
  iso,
  isoOrNull,
  jobState,
  lastRunView,
  outcomeView,
  pauseView,
  runView,
  scheduleText,
} from './views.ts';

export type Queries = Pick<
  ReadService,
  | 'list'
  | 'show'
  | 'history'
  | 'missed'
  | 'stats'
  | 'notes'
  | 'getRun'
  | 'compare'
  | 'attempts'
  | 'logs'
  | 'logsFrom'
>;

export interface QueryParts {
  readonly store: StoreReader;
  readonly runsDir: string;
  /** What to hide in run logs. */
  readonly redactionOf: RedactionOf;
  readonly now: () => number;
  /** Next start of a job in force (epoch ms), after its pause; null when nothing is due any more. */
  readonly nextStart: (record: JobRecord) => number | null;
  /** What its pause has skipped and skips next. */
  readonly pauseOutlook: (record: JobRecord) => PauseOutlook | null;
  /** Why runs wait now, by id, as far as somebody knows; otherwise what was recorded stands. */
  readonly waitReasons?: () => ReadonlyMap<string, string>;
  /** True while nothing is admitted: then no next run is promised. Default false. */
  readonly admitsNothing?: boolean;
}

const nextRunsShown = 5;
const recentRunsShown = 10;
const statisticsOverMs = 30 * 86_400_000;
/** Jobs whose views are made between two breaths: some milliseconds of work. */
const listedAtOnce = 500;
/** Ledger rows looked through for those that are not runs. */
const ledgerRowsMax = 20_000;

export function createQueries(parts: QueryParts): Queries {
  const { store } = parts;
  const runLogs = createRunLogs(store, parts.runsDir, parts.redactionOf);

  /** Looked up once for all runs of an answer, and not at all when none waits. */
  const runViews = (runs: readonly Run[]): readonly RunView[] => {
    const isAsked = runs.some((run) => run.state === 'queued');
    const reasons = isAsked ? parts.waitReasons?.() : undefined;
    const views = runs.map((run) => {
      const reason = reasons?.get(run.id);
      return reason === undefined ? runView(run) : { ...runView(run), reason };
    });
    return withPersonNotes(store, views);
  };

  const jobView = (
    record: JobRecord,
    newest: Run | null,
    running: Run | null,
    flushedAt: number | null,
    orphan: Orphan | null,
  ): JobView => {
    const { job, fault } = record;
    // One that waits behind it has not begun to say anything.
    const lastRun = newest?.state === 'queued' ? (running ?? newest) : newest;
    const next = fault !== null || job.suspend ? null : parts.nextStart(record);
    const now = parts.now();
    const live = livePause(record.pause, now);
    const outlook = live === null ? null : parts.pauseOutlook(record);
    const state = jobState({
      job,
      fault,
      isRunning: running !== null,
      isPaused: live !== null,
      next,
      lastRun,
      wasMissed: lastRun === null && next === null && isMissed(store, record),
    });
    return {
      name: record.name,
      schedule: scheduleText(job),
      timezone: displayZone(job.schedules, job.timezone),
      state,
      nextRun: isoOrNull(parts.admitsNothing === true ? null : next),
      lastRun: lastRun === null ? null : lastRunView(lastRun),
      description: job.description,
      owner: job.owner,
      runbook: job.runbook,
      tags: job.tags,
      revision: record.revision,
      pause: pauseView(live, outlook, now),
      orphaned: orphan === null ? null : orphanView(orphan),
      flushed: isFlushed(flushedAt, state, lastRun),
    };
  };

  /** By job, the newest of each. */
  const runningJobs = (): ReadonlyMap<string, Run> =>
    new Map(
      store
        .unfinishedRuns()
        .filter((run) => run.state === 'running')
        .map((run) => [run.jobUid, run]),
    );

  const show = async (name: string): Promise<JobDetailView> => {
    const record = findJob(store, name);
    const recent = store.runs({ jobUid: record.uid, limit: recentRunsShown });
    const { job } = record;
    const shown = maskJob(job);
    const isInForce = record.removedAt === null;
    const since = iso(parts.now() - statisticsOverMs);
    const { overall } = await jobStatistics(store, record, { since, until: null }, parts.now());
    const flushedAt = store.flushedJobs([record.uid]).get(record.uid) ?? null;
    const orphan = readOrphans(store).get(record.uid) ?? null;
    const running = runningJobs().get(record.uid) ?? null;
    const view = jobView(record, recent[0] ?? null, running, flushedAt, orphan);
    return {
      ...view,
      nextRun: isInForce ? view.nextRun : null,
      spec: shown,
      specDigest: record.digest,
      command: commandText(shown.command),
      scheduleInWords: job.schedules.length === 0 ? null : describeSchedules(job.schedules),
      nextRuns:
        isInForce && view.nextRun !== null
          ? upcoming(record, parts.now(), nextRunsShown, madeUpNow(store, parts.now()))
          : [],
      recentRuns: runViews(recent),
      statistics: overall,
      logs: store.logsOfJob(record.uid),
      aliases: record.aliases,
      fault: record.fault,
      ...notesBeside(store, record.uid),
    };
  };

  const history = (query: HistoryQuery): Awaited<ReturnType<ReadService['history']>> => {
    const named = query.job === undefined ? null : findNamesakes(store, query.job);
    const filter = {
      ...(query.since === undefined ? {} : { since: Date.parse(query.since) }),
      ...(query.until === undefined ? {} : { until: Date.parse(query.until) }),
      limit: Math.min(query.limit, historyPageMax),
    };
    const { states, triggers, tookMinMs, tookMaxMs, adhoc } = query;
    const ofRuns = {
      ...(adhoc === true ? { adhoc: true as const } : {}),
      ...(states === undefined ? {} : { states }),
      ...(triggers === undefined ? {} : { triggers }),
      ...(tookMinMs === undefined ? {} : { tookMinMs }),
      ...(tookMaxMs === undefined ? {} : { tookMaxMs }),
    };
    const isShared = query.namesakes === true && named !== null && named.tenures.length > 0;
    const ofJob = named === null ? {} : { jobUid: named.current.uid };
    const asked = isShared ? historiesOf(named, query.job ?? '') : [ofJob];
    const runs = asked
      .flatMap((one) => store.runs({ ...filter, ...ofRuns, ...one }))
      .toSorted((a, b) => (asked.length < 2 ? 0 : b.queuedAt - a.queuedAt))
      .slice(0, filter.limit);
    const outcomes =
      query.all === true
        ? asked
            .flatMap((one) => withoutRuns(store, { ...filter, ...one }))
            .toSorted((a, b) => (asked.length < 2 ? 0 : b.nominalTime - a.nominalTime))
            .slice(0, filter.limit)
        : [];
    const whose = (uid: string): { readonly namesake?: NamesakeView } => {
      if (!isShared) return {};
      const tenures = named.tenures.filter((tenure) => tenure.uid === uid);
      return { namesake: namesakeView(named, uid, tenures) };
    };
    return {
      runs: runViews(runs).map((view, at) => ({ ...view, ...whose(runs[at]?.jobUid ?? '') })),
      outcomes: outcomes.map((one) => ({ ...outcomeView(one), ...whose(one.jobUid) })),
      prunedUntil: isoOrNull(named === null ? null : store.prunedUntil(named.current.uid)),
      ...(named === null ? {} : notesBeside(store, named.current.uid)),
    };
  };

  return {
    list: async () => {
      const records = store.jobs();
      const running = runningJobs();
      const orphans = readOrphans(store);
      const held = new Set(Object.keys(readHold(store)?.held ?? {}));
      const jobs: JobView[] = [];
      for (let from = 0; from < records.length; from += listedAtOnce) {
        if (from > 0) await breathe();
        const slice = records.slice(from, from + listedAtOnce);
        const uids = slice.map(({ uid }) => uid);
        const lastRuns = store.lastRuns(uids);
        const flushed = store.flushedJobs(uids);
        for (const record of slice) {
          const view = jobView(
            record,
            lastRuns.get(record.uid) ?? null,
            running.get(record.uid) ?? null,
            flushed.get(record.uid) ?? null,
            orphans.get(record.uid) ?? null,
          );
          jobs.push(held.has(record.name) ? { ...view, held: true } : view);
        }
      }
      return { jobs };
    },
    show,
    history: async (query) => history(query),
    missed: async (query) => missedOccurrences(store, query),
    notes: async (query) => notesAbout(store, query),
    stats: (query) => runStatistics(store, query, parts.now()),
    getRun: async (id) => {
      const run = findRun(store, id);
      return runViews([run])[0] ?? runView(run);
    },
    compare: async ({ from, to }) => {
      const [left, right] = [findRun(store, from), findRun(store, to)];
      const [before, after] = [left, right].map(({ specDigest }) => store.jobSpec(specDigest));
      const [first = runView(left), second = runView(right)] = runViews([left, right]);
      const fields =
        before && after
          ? diffJob(before, after).map(({ effect: _effect, ...field }) => field)
          : null;
      return { runs: [first, second], fields };
    },
    attempts: async (id) => store.attempts(findRun(store, id).id).map(attemptView),
    logs: async (query) => runLogs.logs(query),
    logsFrom: async (cursor) => runLogs.logsFrom(cursor),
  };
}

/**
 * The job that has the name now with all of its past, under whatever names, and
 * the others as far as they had this one.
 */
function historiesOf(
  { current, records }: Namesakes,
  name: string,
): { readonly jobUid: string; readonly named?: string }[] {
  return [...records.keys()].map((jobUid) =>
    jobUid === current.uid ? { jobUid } : { jobUid, named: name },
  );
}

/** Next start as schedule and pause say, for when no scheduler waits for it. */
export function nextStartBySchedule(
  record: JobRecord,
  now: number,
  madeUp: MadeUpAhead,
): number | null {
  const pause = livePause(record.pause, now);
  try {
    const compiled = compileSchedule(record.job.schedules, record.name);
    const schedule = withoutMadeUp(compiled, madeUp.get(record.uid));
    if (pause !== null) return nextStartAfter(schedule, now, pause);
    return schedule.next(now)?.startTime ?? null;
  } catch {
    // A schedule the engine cannot compute has no next start; the daemon records the fault.
    return null;
  }
}

/** The same for what a pause does meanwhile: the next daemon writes it down. */
export function outlookBySchedule(record: JobRecord, now: number): PauseOutlook | null {
  const pause = livePause(record.pause, now);
  if (pause === null || record.fault !== null || record.job.suspend) return null;
  try {
    const schedule = compileSchedule(record.job.schedules, record.name);
    return pauseOutlook(schedule, record.watermark, pause, now);
  } catch {
    return null;
  }
}

/** Occurrences to come that have had their run. */
export function madeUpNow(store: Pick<StoreReader, 'fact'>, now: number): MadeUpAhead {
  return parseMadeUp(store.fact(madeUpFact), now);
}

function upcoming(record: JobRecord, now: number, count: number, madeUp: MadeUpAhead): string[] {
  const starts: string[] = [];
  try {
    const compiled = compileSchedule(record.job.schedules, record.name);
    const schedule = withoutMadeUp(compiled, madeUp.get(record.uid));
    const pause = livePause(record.pause, now);
    let after = now;
    while (starts.length < count) {
      const occurrence = schedule.next(after);
      if (occurrence === null) break;
      after = occurrence.nominalTime;
      if (covers(pause, occurrence.startTime)) {
        // Over those that the pause skips in one step.
        after = Math.max(after, dueUntil(schedule, (pause?.until ?? after) - 1));
        continue;
      }
      starts.push(iso(occurrence.startTime));
    }
  } catch {
    // As above: those found so far are true.
  }
  return starts;
}

function isMissed(store: StoreReader, record: JobRecord): boolean {
  return store.outcomes({ jobUid: record.uid, limit: 1 })[0]?.disposition === 'missed';
}

/** Skipped and missed occurrences, newest first; admitted ones are told as runs. */
function withoutRuns(
  store: StoreReader,
  { named, ...filter }: OutcomeFilter & { readonly named?: string },
): Outcome[] {
  const isNamed = ({ job }: Outcome): boolean =>
    named === undefined || job.toLowerCase() === named.toLowerCase();
  const found: Outcome[] = [];
  let until = filter.until;
  for (let looked = 0; looked < ledgerRowsMax && found.length < filter.limit;) {
    const rows = store.outcomes({
      ...filter,
      ...(until === undefined ? {} : { until }),
      limit: historyPageMax,
    });
    found.push(...rows.filter((row) => row.disposition !== 'admitted' && isNamed(row)));
    looked += rows.length;
    const oldest = rows.at(-1);
    if (oldest === undefined || rows.length < historyPageMax) break;
    // Rows of one instant that a page boundary splits are rare, and only fewer are shown.
    until = oldest.nominalTime;
  }
  return found.slice(0, filter.limit);
}

/** A job that was taken out of the list comes back with whatever happens to it later. */
function isFlushed(flushedAt: number | null, state: JobState, lastRun: Run | null): boolean {
  if (flushedAt === null || (state !== 'completed' && state !== 'failed')) return false;
  return lastRun === null || (lastRun.endedAt !== null && lastRun.endedAt <= flushedAt);
}
