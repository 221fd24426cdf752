// Starts a job now; with --wait, shows its output and ends as the run ended.
import type { RunView, Service } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { followRun } from '../follow-logs.ts';
import type { Input } from '../input.ts';
import { withNearJobs } from '../near-jobs.ts';
import { isFailure, runbookOf } from '../runbooks.ts';
import { parsePriority } from '../../core/manifest/priority.ts';
import { wrongArguments } from '../usage-errors.ts';
import { exitCodeOfRun } from '../run-exit-code.ts';
import { humanDuration } from '../views/durations.ts';
import { oneLine } from '../views/foreign.ts';
import { pauseWords } from '../views/overrides.ts';
import { logText } from '../views/log-lines.ts';
import { exitWords, stateStyle, stateWords } from '../views/states.ts';
import type { Terminal } from '../terminal.ts';

/** What a shell reports for a program that was ended by Ctrl-C. */
const interrupted = 130;

export const runCommand: CommandDefinition = {
  name: 'run',
  summary: 'Start a job now',
  description:
    "The job's concurrency policy holds; --force starts it all the same. While no slot is free (concurrency.max, groups) it waits in line, where --priority moves it. With --wait, jm2 ends with the run's own exit code, also when success_codes make another code than 0 a success; 1 when a run failed with code 0, 124 timed out, 125 lost, 126 could not start, 128+N ended by signal N, 130 canceled.",
  arguments: [{ name: '<job>', description: 'name of the job' }],
  options: [
    { flags: '-w, --wait', description: 'show the output and end as the run ends' },
    { flags: '--force', description: 'start although a run of the job goes on' },
    {
      flags: '-p, --priority <priority>',
      description: 'low, normal, high or -100 to 100: its place in line, this once',
    },
  ],
  examples: [
    { command: 'jm2 run dump-shop', meaning: 'start it and return' },
    { command: 'jm2 run dump-shop --wait', meaning: 'watch it; end with its code' },
  ],
  run: runNow,
};

async function runNow(context: Context, input: Input): Promise<Answer | number> {
  const daemon = await context.daemon();
  const job = input.needed(0);
  const priority = wantedPriority(input.text('priority'));
  const started = await withNearJobs(context, job, () =>
    daemon.run({ job, by: context.actor, force: input.flag('force'), priority }),
  );
  await tellPause(context, daemon, job);
  if (!input.flag('wait')) {
    return {
      data: { run: started },
      confirmation: true,
      text: () =>
        `run ${started.id} of ${oneLine(started.job)} is ${stateWords(started.state)}\n\n  jm2 logs --run ${started.id} -f`,
    };
  }
  const { output, terminal } = context;
  const stopWatching = (): void => {
    output.note(`\nRun ${started.id} goes on; end it with: jm2 cancel ${started.id}`);
    process.exit(interrupted);
  };
  process.once('SIGINT', stopWatching);
  const ended = await followRun(context, started.id, null, (lines) =>
    output.raw(logText(lines, { named: false }, terminal)),
  );
  process.off('SIGINT', stopWatching);
  output.note(endText(ended, terminal));
  const runbook = isFailure(ended.state) ? await runbookOf(context, ended.job) : null;
  if (runbook !== null) output.note(`runbook  ${runbook}`);
  if (!output.json) return exitCodeOfRun(ended);
  return { data: { run: ended }, text: () => '', exitCode: exitCodeOfRun(ended) };
}

/** A run by hand is wanted whatever holds the schedule back; but whoever asks may not know. */
async function tellPause(context: Context, daemon: Service, job: string): Promise<void> {
  if (context.output.json) return;
  // A missing remark is no reason to call a run that was started a failure.
  const pause = await daemon.show(job).then(
    (shown) => shown.pause ?? null,
    () => null,
  );
  if (pause === null) return;
  const words = pauseWords(pause, context.terminal);
  context.output.note(`${oneLine(job)} is paused ${words}; a run by hand starts all the same.`);
}

function wantedPriority(text: string | null): number | null {
  if (text === null) return null;
  const priority = parsePriority(text);
  if (priority !== null) return priority;
  throw wrongArguments(
    `--priority knows no "${text}".`,
    'Give low, normal, high, or a whole number from -100 to 100.',
  );
}

function endText(run: RunView, terminal: Terminal): string {
  const style = stateStyle(run.state);
  const state = stateWords(run.state);
  const facts = [
    run.state === 'succeeded' ? '' : exitWords(run),
    run.durationMs === null ? '' : `in ${humanDuration(run.durationMs)}`,
    run.attempts > 1 ? `after ${run.attempts} attempts` : '',
    run.reason === null || run.state === 'succeeded' ? '' : oneLine(run.reason),
  ].filter((fact) => fact !== '');
  return `${style === null ? state : terminal.style(style, state)}  ${[oneLine(run.job), ...facts].join(', ')}`;
}
