// Starts a job, now or later; with --wait, shows its output and ends as the run ended.
// Several jobs are in run-several.ts, commands of no job in run-adhoc.ts.
import { resolve } from 'node:path';
import type { JobDetailView, Service } from '../../api/service.ts';
import type { Job } from '../../core/manifest/job.ts';
import { argvOf, takesArguments, type RunGiven } from '../../core/runs/given.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { awaitRun } from '../await-run.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { readGiven } from '../given-values.ts';
import type { Input } from '../input.ts';
import { withNearJobs } from '../near-jobs.ts';
import { runAdhoc } from '../run-adhoc.ts';
import { runSeveral } from '../run-several.ts';
import { selectionOptions, selectsJobs } from '../select-jobs.ts';
import { startedAnswer, wantedRun } from '../wanted-run.ts';
import { wrongArguments } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { pauseWords } from '../views/overrides.ts';
import { preparedRun, type PreparedRun } from '../views/prepared-run.ts';

export const runCommand: CommandDefinition = {
  name: 'run',
  summary: 'Start a job, several, or a command, now or later',
  description:
    'The job\'s concurrency policy holds; --force starts it all the same. While no slot is free (concurrency.max, groups) it waits in line, where --priority moves it. With --wait, jm2 ends with the run\'s own exit code, also when success_codes make another code than 0 a success; 1 when a run failed with code 0, 124 timed out, 125 lost, 126 could not start, 128+N ended by signal N, 130 canceled. Of several jobs, --wait waits for all of them without their output and ends with the highest code; those that a pattern, a tag or a text selects are started after a question. What stands behind -- is given to the command: at the end of a list, as "$@" to the text of a shell. With --in or --at it is recorded now and begins then, also when the daemon was restarted meanwhile; when none runs at that time, it begins when one is back within a day (catch_up.window) or its start_deadline. --adhoc runs a command that no manifest has, in this directory and as adhoc/NAME, by which history, logs, why, cancel and rerun know it.',
  arguments: [{ name: '[job...]', description: 'names of jobs, or patterns such as "web-*"' }],
  passesOn: true,
  options: [
    { flags: '-w, --wait', description: 'show the output and end as the run ends' },
    { flags: '--detach', description: 'return at once, as without --wait', hidden: true },
    {
      flags: '-e, --env <name=value>',
      description: 'a variable for this run; NAME alone takes it from here (repeatable)',
      repeat: true,
    },
    { flags: '-i, --in <duration>', description: 'begin so long from now: 90s, 1h30m' },
    { flags: '--delay <duration>', description: 'the same as --in', hidden: true },
    { flags: '--at <time>', description: 'begin then: 18:00, "tomorrow 14:30", 2026-12-31T23:59' },
    { flags: '--force', description: 'start although a run of the job goes on' },
    {
      flags: '-p, --priority <priority>',
      description: 'low, normal, high or -100 to 100: its place in line, this once',
      offers: ['low', 'normal', 'high'],
    },
    {
      flags: '--request-id <key>',
      description: 'a key of your own: sent again, it starts nothing twice',
    },
    { flags: '--dry-run', description: 'show what would be run and start nothing' },
    ...selectionOptions,
    { flags: '-l, --limit <number>', description: 'of several, only the first so many' },
    { flags: '-y, --yes', description: 'do not ask before several' },
    { flags: '--adhoc <command>', description: 'run this, read by a shell, instead of a job' },
    { flags: '-n, --name <name>', description: 'with --adhoc: its name (default: a new one)' },
    {
      flags: '--template <job>',
      description: 'with --adhoc: everything but command and schedule as this job has it',
    },
    {
      flags: '--cwd <dir>',
      description: 'with --adhoc: where it runs (default: here, or as its template)',
    },
    { flags: '--shell <path>', description: 'with --adhoc: what reads it (default: /bin/sh)' },
    { flags: '--timeout <duration>', description: 'with --adhoc: end it when it takes longer' },
  ],
  examples: [
    { command: 'jm2 run dump-shop', meaning: 'start it and return' },
    { command: 'jm2 run dump-shop --wait', meaning: 'watch it; end with its code' },
    {
      command: 'jm2 run report --env MONTH=2026-03 -- --full',
      meaning: 'with a variable and an argument more',
    },
    { command: 'jm2 run dump-shop --at 18:00', meaning: 'later, once' },
    { command: 'jm2 run dump-shop dump-blog --wait', meaning: 'two jobs, until both have ended' },
    { command: 'jm2 run --tag backup --yes', meaning: 'all jobs with a tag' },
    { command: 'jm2 run --adhoc "df -h" --wait', meaning: 'a command that is no job' },
  ],
  run: (context, input) => {
    if (input.flag('wait') && input.flag('detach')) {
      throw wrongArguments('--wait and --detach say two things.', 'Leave one of them out.');
    }
    if (input.text('adhoc') !== null) return runAdhoc(context, input);
    refuseAdhocOptions(input);
    return isOne(input) ? runNow(context, input) : runSeveral(context, input);
  },
};

function isOne(input: Input): boolean {
  return input.list(0).length === 1 && !selectsJobs(input);
}

function refuseAdhocOptions(input: Input): void {
  for (const option of ['name', 'template', 'cwd', 'shell', 'timeout']) {
    if (input.text(option) === null) continue;
    throw wrongArguments(
      `--${option} belongs to --adhoc.`,
      'A job has it in the manifest: jm2 edit JOB changes it there.',
    );
  }
}

async function runNow(context: Context, input: Input): Promise<Answer | number> {
  const [job = ''] = input.list(0);
  if (input.text('limit') !== null) {
    throw wrongArguments('--limit is for several jobs.', 'Leave it out.');
  }
  const request = wantedRun(context, input);
  if (input.flag('dryRun')) return dryRun(context, job, readGiven(input));
  const daemon = await context.daemon();
  const started = await withNearJobs(context, job, () =>
    daemon.run({ job, by: context.actor, force: input.flag('force'), ...request }),
  );
  await tellPause(context, daemon, job);
  if (input.flag('wait')) {
    return awaitRun(context, started.id, { shows: true, timeoutMs: null });
  }
  return startedAnswer(started);
}

async function dryRun(context: Context, name: string, given: RunGiven): Promise<Answer> {
  const { value } = await withNearJobs(context, name, () =>
    context.read((service) => service.show(name)),
  );
  // The spec as the daemon holds it, masked: the border where that is taken as given.
  const spec = value.spec as Job;
  if (given.args.length > 0 && !takesArguments(spec)) {
    throw operationalError('JM2-R122', { detail: `No run of "${name}" would be started.` });
  }
  const { manifestDir } = await context.locations();
  const prepared = prepare(value, spec, given, manifestDir);
  return {
    data: { dryRun: prepared },
    text: (terminal) => preparedRun(prepared, terminal),
  };
}

function prepare(
  { name }: JobDetailView,
  spec: Job,
  given: RunGiven,
  manifestDir: string,
): PreparedRun {
  const own = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG'];
  const set = ['JM2_RUN_ID', 'JM2_JOB', 'JM2_ATTEMPT'];
  const declared = [...spec.inheritEnv, ...Object.keys(spec.env), ...Object.keys(given.env)];
  return {
    job: name,
    argv: argvOf({ command: spec.command, name }, given.args),
    cwd: resolve(manifestDir, spec.cwd ?? ''),
    user: spec.user,
    env: [...new Set([...own, ...declared, ...set])],
    envFiles: spec.envFile,
  };
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
