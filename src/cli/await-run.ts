// Waits for a run to end and ends as it ended, with its output or without. The
// run is only watched: giving up, by Ctrl-C or after a time, leaves it alone.
import type { RunView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { followRun, hasEnded } from './follow-logs.ts';
import { exitCodeOfRun } from './run-exit-code.ts';
import { isFailure, runbookOf } from './runbooks.ts';
import { humanDuration } from './views/durations.ts';
import { logText } from './views/log-lines.ts';
import { endText } from './views/run-end.ts';

/** What a shell reports for a program that was ended by Ctrl-C. */
const interrupted = 130;
const pollEveryMs = 200;

export interface Waiting {
  /** Show what the run prints. */
  readonly shows: boolean;
  /** Null for no bound. */
  readonly timeoutMs: number | null;
}

export async function awaitRun(
  context: Context,
  runId: string,
  { shows, timeoutMs }: Waiting,
): Promise<Answer | number> {
  const { output, terminal } = context;
  const stopWatching = (): void => {
    output.note(`\nRun ${runId} goes on; end it with: jm2 cancel ${runId}`);
    process.exit(interrupted);
  };
  process.once('SIGINT', stopWatching);
  const ended = await within(
    timeoutMs,
    runId,
    shows ? shown(context, runId) : silent(context, runId),
  );
  process.off('SIGINT', stopWatching);
  output.note(endText(ended, terminal));
  const runbook = isFailure(ended.state) ? await runbookOf(context, ended.job) : null;
  if (runbook !== null) output.note(`runbook  ${runbook}`);
  if (!output.json) return exitCodeOfRun(ended);
  return { data: { run: ended }, text: () => '', exitCode: exitCodeOfRun(ended) };
}

/** Waits for all of them, within one time; the worst, by its exit code, says how it ends. */
export async function awaitRuns(
  context: Context,
  runIds: readonly string[],
  timeoutMs: number | null,
): Promise<Answer> {
  const until = timeoutMs === null ? null : Date.now() + timeoutMs;
  const stopWatching = (): void => {
    context.output.note('\nThe runs go on; see them with: jm2 queue, jm2 history');
    process.exit(interrupted);
  };
  process.once('SIGINT', stopWatching);
  const runs: RunView[] = [];
  for (const id of runIds) {
    const leftMs = until === null ? null : Math.max(1, until - Date.now());
    runs.push(await within(leftMs, id, silent(context, id)));
  }
  process.off('SIGINT', stopWatching);
  return {
    data: { runs },
    text: (terminal) =>
      runs.length === 0
        ? 'Nothing runs or waits.'
        : runs.map((run) => endText(run, terminal)).join('\n'),
    exitCode: Math.max(0, ...runs.map(exitCodeOfRun)),
  };
}

function shown(context: Context, runId: string): Promise<RunView> {
  return followRun(context, runId, null, (lines) =>
    context.output.raw(logText(lines, { named: false }, context.terminal)),
  );
}

async function silent(context: Context, runId: string): Promise<RunView> {
  for (;;) {
    const { value: run } = await context.read((service) => service.getRun(runId));
    if (hasEnded(run.state)) return run;
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
  }
}

/** The program ends after the error, and what still waits with it. */
async function within<T>(timeoutMs: number | null, runId: string, end: Promise<T>): Promise<T> {
  if (timeoutMs === null) return end;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const detail = `Run ${runId} had not ended after ${humanDuration(timeoutMs)}; it goes on.`;
      reject(operationalError('JM2-R106', { detail, hint: `jm2 cancel ${runId}` }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([end, late]);
  } finally {
    clearTimeout(timer);
  }
}
