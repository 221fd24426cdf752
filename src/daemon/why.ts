// Looks up what an explanation is made of, in the store alone, so that the
// answer is the same with and without a daemon. What the facts mean is decided
// in core/why; nothing is written.
import type { WhyQuery, WhyView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { livePause } from '../core/overrides/pause.ts';
import { startTimeOf } from '../core/runs/catch-up.ts';
import { occurrenceTime, type Outcome, type Run } from '../core/runs/run.ts';
import { displayZone } from '../core/schedule/display-zone.ts';
import { askedTime, type AskedSpan, type AskedTime } from '../core/why/asked-time.ts';
import { explainNext } from '../core/why/explain-next.ts';
import { explainOutcome } from '../core/why/explain-outcome.ts';
import { explainRun } from '../core/why/explain-run.ts';
import { explainNoOccurrence, explainUnsettled } from '../core/why/explain-unrecorded.ts';
import { explanation, type Explanation } from '../core/why/explanation.ts';
import type { Attendance, JobFacts, PastInterruption, RunFacts } from '../core/why/facts.ts';
import { changeAt, scheduleOf } from '../core/why/past-specs.ts';
import { occurrencesIn } from '../core/why/past-occurrences.ts';
import { readRecovered, recoveredFact } from '../store/recovered.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';
import { findJob, findRun } from './find.ts';
import { whyView } from './why-view.ts';

export interface WhyParts {
  readonly store: StoreReader;
  readonly now: () => number;
  readonly attendance: () => Attendance;
  /** Sentences on what else stands in the way, such as changes that wait for an apply. */
  readonly remarks: () => readonly string[];
  /** What waiting runs wait for now, by their ids; absent while nobody lets them begin. */
  readonly waitReasons?: () => ReadonlyMap<string, string>;
}

/** Jobs that had one name looked at; occurrences of one asked time explained one by one. */
const namesakesMax = 20;
const explainedMax = 3;
const aroundMax = 20;

export function createWhy(parts: WhyParts): (query: WhyQuery) => WhyView {
  // Anew for each question: what runs wait for changes.
  return (query) => answerFrom(parts, withWaitReasons(parts), query);
}

function answerFrom(parts: WhyParts, store: StoreReader, query: WhyQuery): WhyView {
  const jobFacts = (record: JobRecord): JobFacts => ({
    now: parts.now(),
    name: record.name,
    zone: displayZone(record.job.schedules, record.job.timezone),
    changes: store
      .jobChanges(record.uid)
      .map(({ specDigest, ...change }) => ({ ...change, spec: store.jobSpec(specDigest) })),
    watermark: record.watermark,
    fault: record.fault,
    pause: record.removedAt === null ? livePause(record.pause, parts.now()) : null,
    prunedUntil: store.prunedUntil(record.uid),
    storeLostAt: readRecovered(store.fact(recoveredFact))?.at ?? null,
    attendance: parts.attendance(),
  });

  const aboutTime = (name: string, text: string): WhyView => {
    const candidates = store.namesakes(name, namesakesMax);
    const current = candidates[0] ?? findJob(store, name);
    const first = jobFacts(current);
    const asked = askedTime(text, first.zone, first.now);
    if (asked === null) {
      throw operationalError('JM2-D107', { detail: `"${text}" is not a time jm2 can read.` });
    }
    const at = asked.spans[0]?.from ?? first.now;
    // Jobs that have the name one after the other are different jobs.
    const record = candidates.find((one) => wasThere(store, one, at)) ?? current;
    const job = record === current ? first : jobFacts(record);
    const found = asked.spans.map((span) => ofSpan(store, record, job, span, asked));
    return whyView(job, {
      asked: text,
      remark: asked.remark,
      explanations: found.flatMap(({ explanations }) => explanations),
      more: found.reduce((sum, { more }) => sum + more, 0),
    });
  };

  const aboutRun = (id: string): WhyView => {
    const run = findRun(store, id);
    const named = store.namesakes(run.job, namesakesMax);
    const record = named.find((one) => one.uid === run.jobUid) ?? findJob(store, run.job);
    const job = jobFacts(record);
    const explanations = [explainRun(runFacts(store, run, job), job)];
    return whyView(job, { asked: null, remark: null, explanations, more: 0 });
  };

  const aboutNow = (name: string): WhyView => {
    const record = findJob(store, name);
    const job = jobFacts(record);
    const unfinished = store
      .runs({ jobUid: record.uid, states: ['queued', 'running'], limit: aroundMax })
      .toReversed();
    const explanations = [
      ...lastSettled(store, record, job, unfinished),
      explainNext({ unfinished, remarks: parts.remarks() }, job),
    ];
    return whyView(job, { asked: null, remark: null, explanations, more: 0 });
  };

  const { job, time, run } = query;
  if (run !== undefined) return aboutRun(run);
  if (job === undefined) {
    throw operationalError('JM2-D107', { detail: 'A job or a run is wanted.' });
  }
  return time === undefined ? aboutNow(job) : aboutTime(job, time);
}

/** The store, with the reasons of waiting runs as they are now: as history tells them. */
function withWaitReasons({ store, waitReasons }: WhyParts): StoreReader {
  if (waitReasons === undefined) return store;
  let reasons: ReadonlyMap<string, string> | null = null;
  const asNow = (run: Run): Run => {
    if (run.state !== 'queued') return run;
    reasons ??= waitReasons();
    const reason = reasons.get(run.id);
    return reason === undefined ? run : { ...run, reason };
  };
  return {
    ...store,
    run: (id) => {
      const run = store.run(id);
      return run === null ? null : asNow(run);
    },
    runs: (filter) => store.runs(filter).map(asNow),
  };
}

/** True when the job was in force at that time, as far as is known. */
function wasThere(store: StoreReader, record: JobRecord, at: number): boolean {
  const first = store.jobChanges(record.uid)[0];
  return first !== undefined && first.at <= at && (record.removedAt ?? Infinity) > at;
}

interface Found {
  readonly explanations: readonly Explanation[];
  readonly more: number;
}

function ofSpan(
  store: StoreReader,
  record: JobRecord,
  job: JobFacts,
  span: AskedSpan,
  asked: AskedTime,
): Found {
  const occurrences = occurrencesIn(job.changes, span, explainedMax);
  const standIn = asked.gap?.standIns
    .flatMap((at) => occurrencesIn(job.changes, { from: at, to: at + 1 }, 1).shown)
    .find(({ note }) => note === 'dst_gap' || note === 'dst_shift');
  const shown = asked.gap === null ? occurrences.shown : standIn === undefined ? [] : [standIn];
  const known = new Set(shown.map(({ nominalTime }) => nominalTime));
  // What the ledger has and no schedule on record names: its schedule is not known any more.
  const others = store
    .outcomes({ jobUid: record.uid, since: span.from, until: span.to, limit: aroundMax })
    .filter((row) => asked.gap === null && isOwnAnswer(row, job, known, span));
  const explanations = [
    ...shown.flatMap((occurrence) => {
      const rows = rowsAt(store, record, occurrence.nominalTime);
      return rows.length === 0
        ? [explainUnsettled(occurrence, job)]
        : rows.map((row) => ofRow(store, row, occurrence.nominalTime, job));
    }),
    ...others
      .slice(0, explainedMax)
      .map((row) => ofRow(store, row, Math.max(row.nominalTime, span.from), job)),
  ];
  if (explanations.length > 0) {
    const sorted = explanations.toSorted((a, b) => (a.nominalTime ?? 0) - (b.nominalTime ?? 0));
    return { explanations: sorted, more: occurrences.more };
  }
  if (asked.gap === null) return { explanations: [explainNoOccurrence(span.from, job)], more: 0 };
  // The instant of the change itself may be an occurrence, and a neighbour of this time.
  return { explanations: [explainNoOccurrence(span.from - 1, job, asked.gap.wall)], more: 0 };
}

/** A row that the occurrences shown do not cover and whose time no known schedule explains. */
function isOwnAnswer(
  row: Outcome,
  job: JobFacts,
  known: ReadonlySet<number>,
  span: AskedSpan,
): boolean {
  if (known.has(row.nominalTime)) return false;
  const at = Math.max(row.nominalTime, span.from);
  const schedule = scheduleOf(changeAt(job.changes, at - 1));
  if (schedule === null) return true;
  // A single row stands for its own time, whatever the schedule says of it now.
  return row.count === 1 && schedule.next(at - 1)?.nominalTime !== at;
}

/** One for each clock epoch in which this time came. */
function rowsAt(store: StoreReader, record: JobRecord, at: number): Outcome[] {
  return store
    .outcomes({ jobUid: record.uid, since: at, until: at + 1, limit: aroundMax })
    .toSorted((a, b) => a.epoch - b.epoch);
}

function ofRow(store: StoreReader, row: Outcome, at: number, job: JobFacts): Explanation {
  if (row.disposition !== 'admitted') {
    return explainOutcome(
      {
        outcome: row,
        at,
        waited: row.runId === null ? null : store.run(row.runId),
        inTheWay: runNamed(store, row.detail),
        caughtUp: row.reason === 'catch_up_latest' ? caughtUp(store, row) : null,
        interruptions: covering(store, at, row.recordedAt),
      },
      job,
    );
  }
  const run = row.runId === null ? null : store.run(row.runId);
  if (run !== null) return explainRun(runFacts(store, run, job), job);
  return explanation({
    subject: 'occurrence',
    verdict: 'pruned',
    nominalTime: at,
    runId: row.runId,
    disposition: row.disposition,
    answer: `It was admitted as run ${row.runId}, whose record is gone.`,
  });
}

function runFacts(store: StoreReader, run: Run, job: JobFacts): RunFacts {
  const attempts = store.attempts(run.id);
  const { jobUid } = run;
  const nominalTime = occurrenceTime(run);
  const schedule = nominalTime === null ? null : scheduleOf(changeAt(job.changes, nominalTime - 1));
  const dueAt =
    nominalTime === null || schedule === null ? nominalTime : startTimeOf(schedule, nominalTime);
  const began = run.startedAt ?? attempts[0]?.intendedAt ?? job.now;
  const last = attempts.at(-1);
  const wasReplaced =
    last?.killIntent === 'replace' || run.reason?.startsWith('replaced by') === true;
  const canceled = store.audits(run.id, 'run.canceled')[0];
  return {
    run,
    attempts,
    spec: store.jobSpec(run.specDigest),
    dueAt,
    before: store
      .runs({ jobUid, until: run.queuedAt + 1, limit: aroundMax })
      .filter((one) => one.id !== run.id && (one.endedAt === null || one.endedAt >= run.queuedAt))
      .toReversed(),
    replacedBy: wasReplaced ? replacement(store, run) : null,
    canceledBy: canceled === undefined ? null : { actor: canceled.actor, at: canceled.at },
    interruptions: store.interruptions({
      since: dueAt ?? run.queuedAt,
      until: began,
      limit: aroundMax,
    }),
    daemon:
      last === undefined
        ? null
        : (store.daemons(200).find(({ startedAt }) => startedAt <= last.intendedAt) ?? null),
  };
}

/** The reason names it for a run that waited; otherwise it is the next one that was admitted. */
function replacement(store: StoreReader, run: Run): Run | null {
  const named = runNamed(store, run.reason);
  if (named !== null) return named;
  const until = (run.endedAt ?? Number.MAX_SAFE_INTEGER - 1) + 1;
  return (
    store
      .runs({ jobUid: run.jobUid, since: run.queuedAt, until, limit: 500 })
      .filter((one) => one.id !== run.id && one.queuedAt >= (run.startedAt ?? run.queuedAt))
      .at(-1) ?? null
  );
}

function runNamed(store: StoreReader, text: string | null): Run | null {
  const id = /\brun ([0-9a-z-]{8,})/.exec(text ?? '')?.[1];
  return id === undefined ? null : store.run(id);
}

/** The first run that catch-up admitted after the ones it left out. */
function caughtUp(store: StoreReader, row: Outcome): Run | null {
  const later = store.outcomes({
    jobUid: row.jobUid,
    since: row.lastNominalTime + 1,
    until: row.recordedAt + 1,
    limit: 500,
  });
  const id = later.findLast(({ disposition }) => disposition === 'admitted')?.runId ?? null;
  const run = id === null ? null : store.run(id);
  return run?.trigger === 'catch-up' ? run : null;
}

/** Interruptions in which an occurrence of this time came due. */
function covering(store: StoreReader, at: number, recordedAt: number): PastInterruption[] {
  return store
    .interruptions({ since: at, until: recordedAt, limit: aroundMax })
    .filter(({ from, until, stepMs }) => {
      return (stepMs === null || stepMs > 0) && (from ?? -Infinity) <= at && until >= at;
    });
}

function lastSettled(
  store: StoreReader,
  record: JobRecord,
  job: JobFacts,
  unfinished: readonly Run[],
): Explanation[] {
  const row = store.outcomes({ jobUid: record.uid, limit: 1 })[0];
  const newest = store.runs({ jobUid: record.uid, limit: 1 })[0];
  const explained = row === undefined ? [] : [ofRow(store, row, row.lastNominalTime, job)];
  const told = new Set(explained.map(({ runId }) => runId));
  const isNewer = newest !== undefined && newest.queuedAt >= (row?.recordedAt ?? -Infinity);
  const runs = [...unfinished.slice(0, explainedMax), ...(isNewer ? [newest] : [])];
  for (const run of runs) {
    if (told.has(run.id)) continue;
    told.add(run.id);
    explained.push(explainRun(runFacts(store, run, job), job));
  }
  return explained;
}
