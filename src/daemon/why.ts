// Looks up what an explanation is made of, in the store alone, so that the
// answer is the same with and without a daemon. What the facts mean is decided
// in core/why; nothing is written.
import type { NamesakeView, WhyQuery, WhyView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { livePause } from '../core/overrides/pause.ts';
import { isAdhoc } from '../core/runs/adhoc.ts';
import { isDeferred, type Outcome, type Run } from '../core/runs/run.ts';
import { displayZone } from '../core/schedule/display-zone.ts';
import { askedTime, type AskedSpan, type AskedTime } from '../core/why/asked-time.ts';
import { explainNext } from '../core/why/explain-next.ts';
import { explainOutcome } from '../core/why/explain-outcome.ts';
import { explainRun } from '../core/why/explain-run.ts';
import { explainNoOccurrence, explainUnsettled } from '../core/why/explain-unrecorded.ts';
import { explanation, type Explanation } from '../core/why/explanation.ts';
import type { Attendance, JobFacts } from '../core/why/facts.ts';
import { changeAt, scheduleOf } from '../core/why/past-specs.ts';
import { occurrencesIn } from '../core/why/past-occurrences.ts';
import { tenuresWithin, type Tenure } from '../core/why/tenures.ts';
import { moment } from '../core/why/words.ts';
import { readRecovered, recoveredFact } from '../store/recovered.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';
import { findJob, findRun } from './find.ts';
import { findNamesakes, namesakeView } from './namesakes.ts';
import { withNotesAsEvidence } from './notes.ts';
import { aroundMax, caughtUp, covering, runFacts, runNamed } from './why-facts.ts';
import { whyView, type FoundOut } from './why-view.ts';

export interface WhyParts {
  readonly store: StoreReader;
  readonly now: () => number;
  readonly attendance: () => Attendance;
  /** Sentences on what else stands in the way, such as changes that wait for an apply. */
  readonly remarks: () => readonly string[];
  /** What waiting runs wait for now, by their ids; absent while nobody lets them begin. */
  readonly waitReasons?: () => ReadonlyMap<string, string>;
}

/** Occurrences of one asked time explained one by one. */
const explainedMax = 3;
/** What a time to the minute spans. */
const momentMs = 60_000;

export function createWhy(parts: WhyParts): (query: WhyQuery) => WhyView {
  // Anew for each question: what runs wait for changes.
  return (query) =>
    withNotesAsEvidence(parts.store, answerFrom(parts, withWaitReasons(parts), query));
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
    const named = findNamesakes(store, name);
    const current = jobFacts(named.current);
    const read = (zone: string): AskedTime => {
      const asked = askedTime(text, zone, current.now);
      if (asked !== null) return asked;
      throw operationalError('JM2-D107', { detail: `"${text}" is not a time jm2 can read.` });
    };
    const { spans, remark } = read(current.zone);
    if (named.tenures.length === 0) {
      const found = spans.map((span) =>
        ofSpan(store, named.current, current, span, read(current.zone)),
      );
      return whyView(current, { asked: text, remark, ...together(found) });
    }
    const whole = { from: spans[0]?.from ?? current.now, to: spans.at(-1)?.to ?? current.now + 1 };
    const tenures = tenuresWithin(named.tenures, whole);
    const found = tenures.flatMap((tenure) => {
      const record = named.records.get(tenure.uid) ?? named.current;
      const job = jobFacts(record);
      const asked = read(job.zone);
      const namesake = namesakeView(named, tenure.uid, [tenure]);
      return withinTenure(asked.spans, tenure).map((span): Found => {
        // One alone answers for the whole time that was asked about.
        const at = tenures.length === 1 ? whole.from : span.from;
        const ofJob = ofSpan(store, record, job, span, asked, at);
        const explanations = ofJob.explanations.map((one) => withoutNameIn(one, namesake));
        return { ...ofJob, explanations, namesake };
      });
    });
    const isMoment = whole.to - whole.from <= momentMs;
    const told = isMoment ? withoutBystanders(found) : found;
    return whyView({ ...current, name }, { asked: text, remark, ...together(told) });
  };

  const aboutRun = (id: string): WhyView => {
    const run = findRun(store, id);
    const { records, current } = findNamesakes(store, run.job);
    const record = records.get(run.jobUid) ?? current;
    const job = jobFacts(record);
    const explanations = [explainRun(runFacts(store, run, job), job)];
    return whyView(job, { asked: null, remark: null, explanations, more: 0, toCome: 0 });
  };

  const aboutNow = (name: string): WhyView => {
    const record = findJob(store, name);
    const job = jobFacts(record);
    const unfinished = store
      .runs({ jobUid: record.uid, states: ['queued', 'running'], limit: aroundMax })
      .toReversed();
    // One that waits for its time is in nobody's way until then.
    const inTheWay = unfinished.filter((run) => !isDeferred(run, job.now));
    const explanations = [
      ...lastSettled(store, record, job, unfinished),
      // An ad-hoc run has no schedule that could bring a next one.
      ...(isAdhoc(record.uid)
        ? []
        : [explainNext({ unfinished: inTheWay, remarks: parts.remarks() }, job)]),
    ];
    return whyView(job, { asked: null, remark: null, explanations, more: 0, toCome: 0 });
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

/** Within one minute of a change of jobs, the one that had no occurrence has nothing to say. */
function withoutBystanders(found: readonly Found[]): readonly Found[] {
  const isOccurrence = ({ explanations }: Found): boolean =>
    explanations.some(({ subject }) => subject !== 'time');
  return found.some(isOccurrence) ? found.filter(isOccurrence) : found;
}

/** A command in a hint that names the job would act on the one that has the name now. */
function withoutNameIn(one: Explanation, { name, current, until }: NamesakeView): Explanation {
  if (current || until === null || one.hint?.includes(` ${name}`) !== true) return one;
  return { ...one, hint: null };
}

/** What of the spans a job had the name in; as they are when that is nothing. */
function withinTenure(spans: readonly AskedSpan[], { from, to }: Tenure): readonly AskedSpan[] {
  const clipped = spans
    .map((span) => ({ from: Math.max(span.from, from + 1), to: Math.min(span.to, to + 1) }))
    .filter((span) => span.from < span.to);
  return clipped.length > 0 ? clipped : spans;
}

interface Found {
  readonly explanations: readonly Explanation[];
  readonly more: number;
  readonly toCome: number;
  /** Which of several jobs these are about; absent for the only one. */
  readonly namesake?: NamesakeView;
}

function together(found: readonly Found[]): Pick<FoundOut, 'explanations' | 'more' | 'toCome'> {
  return {
    explanations: found.flatMap(({ explanations, namesake = null }) =>
      explanations.map((one) => ({ ...one, namesake })),
    ),
    more: found.reduce((sum, { more }) => sum + more, 0),
    toCome: found.reduce((sum, { toCome }) => sum + toCome, 0),
  };
}

function ofSpan(
  store: StoreReader,
  record: JobRecord,
  job: JobFacts,
  span: AskedSpan,
  asked: AskedTime,
  at: number = span.from,
): Found {
  const occurrences = occurrencesIn(job.changes, span, explainedMax, job.now);
  const standIn = asked.gap?.standIns
    .flatMap((at) => occurrencesIn(job.changes, { from: at, to: at + 1 }, 1, job.now).shown)
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
    return { explanations: sorted, more: occurrences.more, toCome: occurrences.toCome };
  }
  const none =
    asked.gap === null
      ? explainNoOccurrence(at, job, moment(at, job.zone), span.to)
      : // The instant of the change itself may be an occurrence, and a neighbour of this time.
        explainNoOccurrence(span.from - 1, job, asked.gap.wall);
  return { explanations: [none], more: 0, toCome: 0 };
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
