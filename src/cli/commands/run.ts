// Starts a job now; with --wait, shows its output and ends as the run ended.
import { resolve } from 'node:path';
import type { JobDetailView, Service } from '../../api/service.ts';
import type { Job } from '../../core/manifest/job.ts';
import { parsePriority } from '../../core/manifest/priority.ts';
import { argvOf, takesArguments, type RunGiven } from '../../core/runs/given.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { awaitRun } from '../await-run.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { readGiven } from '../given-values.ts';
import type { Input } from '../input.ts';
import { withNearJobs } from '../near-jobs.ts';
import { requestKey } from '../request-key.ts';
import { wrongArguments } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { pauseWords } from '../views/overrides.ts';
import { preparedRun, type PreparedRun } from '../views/prepared-run.ts';
import { stateWords } from '../views/states.ts';

export const runCommand: CommandDefinition = {
  name: 'run',
  summary: 'Start a job now',
  description:
    'The job\'s concurrency policy holds; --force starts it all the same. While no slot is free (concurrency.max, groups) it waits in line, where --priority moves it. With --wait, jm2 ends with the run\'s own exit code, also when success_codes make another code than 0 a success; 1 when a run failed with code 0, 124 timed out, 125 lost, 126 could not start, 128+N ended by signal N, 130 canceled. What stands behind -- is given to the command: at the end of a list, as "$@" to the text of a shell.',
  arguments: [{ name: '<job>', description: 'name of the job' }],
  passesOn: true,
  options: [
    { flags: '-w, --wait', description: 'show the output and end as the run ends' },
    {
      flags: '-e, --env <name=value>',
      description: 'a variable for this run; NAME alone takes it from here (repeatable)',
      repeat: true,
    },
    { flags: '--force', description: 'start although a run of the job goes on' },
    {
      flags: '-p, --priority <priority>',
      description: 'low, normal, high or -100 to 100: its place in line, this once',
    },
    {
      flags: '--request-id <key>',
      description: 'a key of your own: sent again, it starts nothing twice',
    },
    { flags: '--dry-run', description: 'show what would be run and start nothing' },
  ],
  examples: [
    { command: 'jm2 run dump-shop', meaning: 'start it and return' },
    { command: 'jm2 run dump-shop --wait', meaning: 'watch it; end with its code' },
    {
      command: 'jm2 run report --env MONTH=2026-03 -- --full',
      meaning: 'with a variable and an argument more',
    },
  ],
  run: runNow,
};

async function runNow(context: Context, input: Input): Promise<Answer | number> {
  const job = input.needed(0);
  const priority = wantedPriority(input.text('priority'));
  const requestId = requestKey(input);
  const given = readGiven(input);
  if (input.flag('dryRun')) return dryRun(context, job, given);
  const daemon = await context.daemon();
  const started = await withNearJobs(context, job, () =>
    daemon.run({
      job,
      by: context.actor,
      force: input.flag('force'),
      priority,
      // An older daemon, right after an upgrade, takes no keys that it does not know.
      ...(given.args.length + Object.keys(given.env).length === 0 ? {} : { given }),
      ...(requestId === null ? {} : { requestId }),
    }),
  );
  await tellPause(context, daemon, job);
  if (input.flag('wait')) {
    return awaitRun(context, started.id, { shows: true, timeoutMs: null });
  }
  return {
    data: { run: started },
    confirmation: true,
    text: () =>
      `run ${started.id} of ${oneLine(started.job)} is ${stateWords(started.state)}\n\n  jm2 logs --run ${started.id} -f`,
  };
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

function wantedPriority(text: string | null): number | null {
  if (text === null) return null;
  const priority = parsePriority(text);
  if (priority !== null) return priority;
  throw wrongArguments(
    `--priority knows no "${text}".`,
    'Give low, normal, high, or a whole number from -100 to 100.',
  );
}
