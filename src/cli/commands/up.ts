// Runs the scheduler in the foreground: start-up step by step, the jobs with
// their next runs, then each fact as it happens, until it is told to stop.
import type { EventView, Service } from '../../api/service.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Daemon, StartStep } from '../../daemon/daemon.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { judgeStart } from '../first-start.ts';
import { followRun } from '../follow-logs.ts';
import type { Input } from '../input.ts';
import { settingFlags, settingOptions } from '../setting-options.ts';
import { showStartUp } from '../start-up-steps.ts';
import { ensureUserManifest } from '../user-manifest.ts';
import { eventLine } from '../views/events.ts';
import { oneLine } from '../views/foreign.ts';
import { jobTable } from '../views/job-table.ts';
import { logText } from '../views/log-lines.ts';
import { rendered } from '../terminal.ts';
import { count } from '../views/status.ts';

export const upCommand: CommandDefinition = {
  name: 'up',
  summary: 'Run the scheduler in the foreground',
  description:
    'Shows each run as it happens. Ctrl-C admits nothing more and lets runs finish; a second Ctrl-C ends them at once. Saving the manifest takes effect without a restart.',
  arguments: [],
  options: [
    ...settingOptions,
    { flags: '--output', description: 'show what jobs print, too' },
    {
      flags: '--foreground-child',
      description: 'run as the process behind jm2 start or a service',
      hidden: true,
    },
  ],
  examples: [
    { command: 'jm2 up', meaning: 'run the nearest jobs.yaml' },
    { command: 'jm2 up --output', meaning: 'with what the jobs print' },
    { command: 'jm2 up --sync manual', meaning: 'changes wait for jm2 apply' },
  ],
  run: up,
};

const stepWords: Readonly<Record<StartStep, string>> = {
  'state directory': 'Prepare the state directory',
  lock: 'Be the only daemon of this manifest',
  store: 'Open the store',
  launcher: 'Start the launcher of commands',
  manifest: 'Bring the manifest into force',
  scheduler: 'Settle what was missed and arm the schedule',
  socket: 'Listen for other commands',
};

async function up(context: Context, input: Input): Promise<Answer | number> {
  context.useFlags(settingFlags(input));
  const place = await ensureUserManifest(context);
  const isChild = input.flag('foregroundChild');
  // The parent of a child has judged the manifest before.
  const verdict = isChild ? null : await judgeStart(context, place);
  if (verdict !== null && verdict.refusal !== null) return verdict.refusal;
  const lastGood = verdict?.lastGood ?? null;
  const wordsOf = (step: StartStep): string =>
    step === 'manifest' && lastGood !== null
      ? `Bring the last good manifest into force (revision ${lastGood})`
      : stepWords[step];
  const { startDaemon } = await import('../../daemon/daemon.ts');
  const { settings } = await context.settings();
  const steps = isChild ? null : await showStartUp(context);
  let daemon: Daemon;
  try {
    daemon = await startDaemon({
      settings,
      locations: place,
      foreground: !isChild,
      version: context.version,
      onStep: (step, state) => steps?.report(wordsOf(step), state),
    });
  } finally {
    await steps?.finish();
  }
  if (isChild) return daemon.closed;
  return watch(context, daemon, input.flag('output'));
}

/** Shows what happens until the daemon has closed; returns its exit code. */
async function watch(context: Context, daemon: Daemon, withOutput: boolean): Promise<number> {
  const { output } = context;
  // The start took its time: distances are measured from now.
  const screen = { ...context.terminal, now: Date.now() };
  // Nobody reads any more: like a lost terminal.
  output.onReaderGone(() => void daemon.stop('drain'));
  const ending = new AbortController();
  const events = daemon.service.events(ending.signal);
  const tellWait = (): void => void sayWhatIsWaitedFor(context, daemon.service);
  process.once('SIGINT', tellWait);
  process.once('SIGTERM', tellWait);
  const { jobs } = await daemon.service.list();
  const table = await rendered((terminal) => jobTable(jobs, terminal), screen);
  const { health } = await daemon.service.status();
  for (const problem of health.problems) output.note(`! ${oneLine(problem)}`);
  output.text(`\n${jobs.length === 0 ? 'No jobs are in force.' : table}\n`);
  const shown = showEvents(context, events, withOutput);
  const code = await daemon.closed;
  ending.abort();
  await shown;
  output.text('stopped');
  return code === 0 ? ExitCode.ok : code;
}

async function showEvents(
  context: Context,
  events: AsyncIterable<EventView>,
  withOutput: boolean,
): Promise<void> {
  const { output, terminal } = context;
  for await (const event of events) {
    if (output.json) {
      output.jsonLine(event);
      continue;
    }
    const line = eventLine(event, terminal, Date.now(), (path) => context.shownPath(path));
    if (line !== null) output.text(line);
    if (withOutput && event.kind === 'run.started' && event['attempt'] === 1) {
      void showOutput(context, event);
    }
  }
}

/** Best effort beside the events: a log that cannot be read ends no daemon. */
async function showOutput(context: Context, event: EventView): Promise<void> {
  const run = event['run'];
  const id = typeof run === 'object' && run !== null && 'id' in run ? run.id : null;
  if (typeof id !== 'string') return;
  try {
    await followRun(context, id, null, (lines) =>
      context.output.raw(logText(lines, { named: true }, context.terminal)),
    );
  } catch (error) {
    context.output.note(
      `output of run ${id}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function sayWhatIsWaitedFor(context: Context, service: Service): Promise<void> {
  const { runs } = await service.history({ states: ['running'], limit: 20 });
  if (runs.length === 0) return;
  const names = runs.map(({ job }) => oneLine(job)).join(', ');
  context.output.note(
    `\nWaiting for ${count(runs.length, 'run')} to end: ${names}. Ctrl-C again ends them at once.`,
  );
}
