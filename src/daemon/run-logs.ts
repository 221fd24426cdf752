// Answers questions about run logs: which runs are meant, which page of lines,
// where to go on. Files are found through the store's ids, never through a
// client's text. A log that may hold a secret which cannot be hidden is withheld.
import type {
  LogCursor,
  LogLine,
  LogPosition,
  LogsQuery,
  ReadService,
  ReplacedSecret,
} from '../api/service.ts';
import { logPageMaxLines } from '../api/wire.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Run } from '../core/runs/run.ts';
import { passOverLog, type CannotHold } from '../executor/pass-over-log.ts';
import { readLogEnd, readLogFrom } from '../executor/read-log.ts';
import type { LogPage } from '../executor/read-log.ts';
import { attemptDirectory } from '../executor/run-directory.ts';
import type { StoreReader } from '../store/store.ts';
import { findJob, findRun } from './find.ts';
import type { RedactionOf, RunRedaction } from './run-secrets.ts';

/** Runs that one question may span; the newest are taken. */
const runsMax = 200;
/** A run may have waited this long between its queueing, which the store searches, and its start. */
const waitedMaxMs = 7 * 86_400_000;
/** Variables named in an error. */
const namedMax = 5;

type Answer = Awaited<ReturnType<ReadService['logs']>>;
type Onward = Awaited<ReturnType<ReadService['logsFrom']>>;

export interface RunLogs {
  readonly logs: (query: LogsQuery) => Promise<Answer>;
  /** Where it is given, lines that `cannot` rules out may be left out of the answer. */
  readonly logsFrom: (position: LogPosition, cannot?: CannotHold) => Promise<Onward>;
}

export function createRunLogs(
  store: StoreReader,
  runsDir: string,
  redactionOf: RedactionOf,
): RunLogs {
  const directory = (run: Run, attempt: number): string =>
    attemptDirectory(runsDir, run.id, attempt);

  /** Nothing more is written by this attempt's command. */
  const isOver = (run: Run, attempt: number): boolean => {
    if (attempt < run.attempts || hasEnded(run)) return true;
    const found = store.attempts(run.id).find((other) => other.attempt === attempt);
    return found !== undefined && found.state !== null;
  };

  /** Oldest first; `isCut` when older ones were left out. */
  const selectRuns = (query: LogsQuery): { runs: Run[]; isCut: boolean } => {
    if (query.run !== undefined) return { runs: [findRun(store, query.run)], isCut: false };
    const ofJob = query.job === undefined ? {} : { jobUid: findJob(store, query.job).uid };
    if (query.since === undefined && query.until === undefined) {
      const begun = store.runs({ ...ofJob, limit: runsMax }).find((run) => run.attempts > 0);
      return { runs: begun === undefined ? [] : [begun], isCut: false };
    }
    const since = query.since === undefined ? Number.MIN_SAFE_INTEGER : Date.parse(query.since);
    const until = query.until === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(query.until);
    const found = store.runs({
      ...ofJob,
      since: Math.max(since - waitedMaxMs, 0),
      until,
      limit: runsMax,
    });
    const runs = found.filter(
      ({ startedAt }) => startedAt !== null && startedAt >= since && startedAt < until,
    );
    return { runs: runs.toReversed(), isCut: found.length === runsMax };
  };

  /** Numbers of the attempts that are asked for, in order. */
  const attemptsOf = (run: Run, only: number | undefined): number[] => {
    const all = Array.from({ length: run.attempts }, (_, index) => index + 1);
    return only === undefined ? all : all.filter((attempt) => attempt === only);
  };

  const fromStart = async (
    runs: readonly Run[],
    { attempt: only, unmasked }: LogsQuery,
    isCut: boolean,
  ): Promise<Answer> => {
    const lines: LogLine[] = [];
    const replaced: ReplacedSecret[] = [];
    let cursor: LogCursor | null = null;
    for (const run of runs) {
      const hidden = await redactionOf(run);
      replaced.push(...replacedOf(run, hidden));
      for (const attempt of attemptsOf(run, only)) {
        const room = logPageMaxLines - lines.length;
        const page = firstLines(
          readLogFrom(directory(run, attempt), 0, isOver(run, attempt), hidden.redaction, room),
          room,
        );
        lines.push(...linesOf(run, attempt, page, hidden, unmasked));
        cursor = { run: run.id, attempt, offset: page.next };
        if (!page.atEnd) return { lines, cursor, truncated: true, replaced };
      }
    }
    return { lines, cursor, truncated: isCut, replaced };
  };

  const lastLines = async (
    runs: readonly Run[],
    { attempt: only, unmasked }: LogsQuery,
    count: number,
    isCut: boolean,
  ): Promise<Answer> => {
    const pages: LogLine[][] = [];
    let cursor: LogCursor | null = null;
    let wanted = Math.min(count, logPageMaxLines);
    const replaced: ReplacedSecret[] = [];
    for (const run of runs.toReversed()) {
      const hidden = await redactionOf(run);
      replaced.push(...replacedOf(run, hidden));
      for (const attempt of attemptsOf(run, only).toReversed()) {
        const over = isOver(run, attempt);
        const page = readLogEnd(directory(run, attempt), wanted, over, hidden.redaction);
        cursor ??= { run: run.id, attempt, offset: page.next };
        const lines = linesOf(run, attempt, page, hidden, unmasked);
        pages.unshift(lines);
        wanted -= lines.length;
        if (wanted <= 0) return { lines: pages.flat(), cursor, truncated: false, replaced };
      }
    }
    return { lines: pages.flat(), cursor, truncated: isCut, replaced };
  };

  return {
    logs: async (query) => {
      const { runs, isCut } = selectRuns(query);
      return query.lines === undefined
        ? fromStart(runs, query, isCut)
        : lastLines(runs, query, query.lines, isCut);
    },
    logsFrom: async ({ unmasked, ...cursor }, cannot) => {
      const hidden = await redactionOf(findRun(store, cursor.run));
      // As it is now: the run may have gone on while its secrets were read.
      const run = findRun(store, cursor.run);
      const { attempt } = cursor;
      // Asked before reading: what was written until the end is then read after it.
      const over = isOver(run, attempt);
      if (attempt < 1 || attempt > run.attempts) {
        return { lines: [], cursor, ended: hasEnded(run) };
      }
      const place = directory(run, attempt);
      // What is shown in place of a secret may be what is looked for.
      const passes =
        cannot !== undefined && hidden.redaction === null && hidden.unreadable.length === 0;
      const from = passes ? passOverLog(place, cursor.offset, cannot) : cursor.offset;
      const read = readLogFrom(place, from, over, hidden.redaction, logPageMaxLines);
      const page = firstLines(read, logPageMaxLines);
      const lines = linesOf(run, attempt, page, hidden, unmasked);
      const replaced = replacedOf(run, hidden);
      if (!page.atEnd || !over) {
        const next = { run: run.id, attempt, offset: page.next };
        return { lines, cursor: next, ended: false, replaced };
      }
      // On to the output of the retry.
      if (attempt < run.attempts) {
        const next = { run: run.id, attempt: attempt + 1, offset: 0 };
        return { lines, cursor: next, ended: false, replaced };
      }
      const next = { run: run.id, attempt, offset: page.next };
      return { lines, cursor: next, ended: hasEnded(run), replaced };
    },
  };
}

function hasEnded(run: Run): boolean {
  return run.state !== 'queued' && run.state !== 'running';
}

/** A page of a megabyte may hold a million empty lines; the rest of them comes with the next page. */
function firstLines(page: LogPage, count: number): LogPage {
  const behind = page.lines[count];
  if (behind === undefined) return page;
  return { lines: page.lines.slice(0, count), next: behind.offset, atEnd: false };
}

/** Throws JM2-R110 when they may hold what cannot be hidden, and were not asked for so. */
function linesOf(
  run: Run,
  attempt: number,
  page: LogPage,
  { unreadable }: RunRedaction,
  unmasked = false,
): LogLine[] {
  if (page.lines.length > 0 && unreadable.length > 0 && !unmasked) throw withheld(run, unreadable);
  return page.lines.map(({ text, bytes, unfinished }) => ({
    job: run.job,
    run: run.id,
    attempt,
    time: null,
    text,
    ...(bytes === undefined ? {} : { base64: bytes.toString('base64') }),
    ...(unfinished === undefined ? {} : { unfinished }),
  }));
}

function replacedOf(run: Run, { replaced }: RunRedaction): ReplacedSecret[] {
  return replaced.map((name) => ({ run: run.id, name }));
}

function withheld({ id, job }: Run, unreadable: readonly string[]): Error {
  const named = unreadable.slice(0, namedMax).join(', ');
  const more = unreadable.length > namedMax ? ` and ${unreadable.length - namedMax} more` : '';
  const detail = `The log of run ${id} of ${job} may hold the value of ${named}${more}, which cannot be read here, so it cannot be hidden.`;
  return operationalError('JM2-R110', { detail, hint: `jm2 logs --run ${id} --unmasked` });
}
