// Reads run logs as they grow: pages behind a cursor, through retries, and on
// to newer runs. Works through the daemon and, while none runs, on the store.
import type { LogCursor, LogLine, RunView } from '../api/service.ts';
import type { RunState } from '../core/runs/run.ts';
import type { Context } from './context.ts';

const pollEveryMs = 200;
/** Newest runs looked at per poll: more do not start between two polls on one host. */
const newestRuns = 100;
/** Pages read in a row before other runs get their turn. */
const pagesPerTurn = 64;

export type ShowLines = (lines: readonly LogLine[]) => void;

export function hasEnded(state: RunState): boolean {
  return state !== 'queued' && state !== 'running';
}

interface Reading {
  /** Behind what was shown. */
  readonly cursor: LogCursor;
  /** The run has ended and all of its log was shown. */
  readonly isComplete: boolean;
}

/** Shows what stands behind the cursor now. */
async function readOn(
  context: Context,
  cursor: LogCursor,
  show: ShowLines,
  onlyThisAttempt = false,
): Promise<Reading> {
  let at = cursor;
  for (let page = 0; page < pagesPerTurn; page += 1) {
    const { value } = await context.read((service) => service.logsFrom(at));
    show(value.lines);
    // These lines are still its own; the next ones are not.
    if (onlyThisAttempt && value.cursor.attempt !== at.attempt) {
      return { cursor: value.cursor, isComplete: true };
    }
    const hasMoved = value.cursor.offset !== at.offset || value.cursor.attempt !== at.attempt;
    at = value.cursor;
    if (value.ended || !hasMoved) return { cursor: at, isComplete: value.ended };
  }
  return { cursor: at, isComplete: false };
}

/** Before the first line of a run. */
export function startOf(runId: string): LogCursor {
  return { run: runId, attempt: 1, offset: 0 };
}

/** Everything from the cursor to the present end of the log; answers with where that is. */
export async function readToEnd(
  context: Context,
  cursor: LogCursor,
  show: ShowLines,
  onlyThisAttempt = false,
): Promise<LogCursor> {
  let at = cursor;
  for (;;) {
    const before = at;
    const reading = await readOn(context, before, show, onlyThisAttempt);
    at = reading.cursor;
    if (reading.isComplete) return at;
    if (at.offset === before.offset && at.attempt === before.attempt) return at;
  }
}

/** Shows a run's log until the run has ended and all of it was shown. */
export async function followRun(
  context: Context,
  runId: string,
  from: LogCursor | null,
  show: ShowLines,
): Promise<RunView> {
  let cursor: LogCursor | null = from;
  for (;;) {
    // Asked before reading: what was written until the end is then read after it.
    const { value: run } = await context.read((service) => service.getRun(runId));
    if (cursor === null && run.startedAt !== null) cursor = startOf(run.id);
    if (hasEnded(run.state)) {
      if (cursor !== null) await readToEnd(context, cursor, show);
      return run;
    }
    // The run may end between the two questions: what was shown is behind the cursor then.
    if (cursor !== null) cursor = (await readOn(context, cursor, show)).cursor;
    await pause();
  }
}

/** Shows the logs of all runs (of some jobs) from now on; ends only with the process. */
export async function followRuns(
  context: Context,
  options: { readonly jobs: readonly string[] | null; readonly from: readonly LogCursor[] },
  show: ShowLines,
): Promise<never> {
  // One job is asked for by whatever name it has had; several, by those of their runs.
  const [job] = options.jobs?.length === 1 ? options.jobs : [];
  const wanted = options.jobs === null ? null : new Set(options.jobs);
  const newest = async (): Promise<readonly RunView[]> => {
    const query = { limit: newestRuns, ...(job === undefined ? {} : { job }) };
    const { value } = await context.read((service) => service.history(query));
    const runs = value.runs.toReversed();
    return job !== undefined || wanted === null ? runs : runs.filter((run) => wanted.has(run.job));
  };
  const open = new Map<string, LogCursor>(options.from.map((cursor) => [cursor.run, cursor]));
  let seen = new Set<string>();
  for (const run of await newest()) if (hasEnded(run.state)) seen.add(run.id);
  for (const { run } of options.from) seen.add(run);
  for (;;) {
    const runs = await newest();
    for (const run of runs) {
      if (seen.has(run.id) || run.startedAt === null) continue;
      seen.add(run.id);
      open.set(run.id, startOf(run.id));
    }
    for (const [id, cursor] of open) {
      const reading = await readOn(context, cursor, show);
      if (reading.isComplete) open.delete(id);
      else open.set(id, reading.cursor);
    }
    // Only what can come up again need be remembered.
    const present = new Set(runs.map(({ id }) => id));
    seen = new Set([...seen].filter((id) => present.has(id) || open.has(id)));
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollEveryMs));
}
