// Repeats a run, or all whose failure still stands.
import type { RunView, Service } from '../../api/service.ts';
import { historyPageMax } from '../../api/wire.ts';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { lastFailures } from '../../core/runs/last-failures.ts';
import { awaitRun } from '../await-run.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { confirmed } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { jobsToLookAt } from '../jobs-to-look-at.ts';
import { namedRun } from '../named-runs.ts';
import { withNearJobs } from '../near-jobs.ts';
import { requestKey } from '../request-key.ts';
import { wrongArguments } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { runTable } from '../views/run-table.ts';
import { stateWords } from '../views/states.ts';
import { wrapped } from '../views/wrapped.ts';

const dayMs = 86_400_000;

export const rerunCommand: CommandDefinition = {
  name: 'rerun',
  summary: 'Repeat a run, or the failed ones',
  description:
    "The new run has the spec, the nominal time, the arguments and the variables of the one it repeats; with --current, the spec in force. With a job's name, its last run is meant. With --failed, all runs of the last day (or --since) are repeated whose failure still stands: no later run made up for it. Those of one job then wait for each other. Ad-hoc runs are repeated by their id.",
  arguments: [
    {
      name: '[run-or-job...]',
      description: 'ids of runs (or their beginnings), or jobs; with --failed also patterns',
    },
  ],
  options: [
    {
      flags: '-t, --tag <tag>',
      description: 'with --failed: of jobs with this tag; may be repeated',
      repeat: true,
    },
    { flags: '--current', description: 'by the spec in force instead of the one it had' },
    { flags: '-w, --wait', description: 'show the output and end as the run ends' },
    { flags: '--force', description: 'start although a run of the job goes on' },
    {
      flags: '--request-id <key>',
      description: 'a key of your own: sent again, it starts nothing twice',
    },
    { flags: '-f, --failed', description: 'those that failed, timed out or were lost' },
    { flags: '--since <time>', description: 'with --failed: from when on (default: 1d ago)' },
    { flags: '--dry-run', description: 'with --failed: show which, and start nothing' },
    { flags: '-l, --limit <number>', description: 'with --failed: only the newest so many' },
    { flags: '-y, --yes', description: 'do not ask before several' },
  ],
  examples: [
    { command: 'jm2 rerun 01jq8v3k --wait', meaning: 'one run again, and watch it' },
    {
      command: 'jm2 rerun dump-shop --current',
      meaning: 'the last run, with the job as it is now',
    },
    { command: 'jm2 rerun --failed --since -2h', meaning: 'what failed in an outage' },
  ],
  run: (context, input) =>
    input.flag('failed') ? rerunFailed(context, input) : rerunNamed(context, input),
};

function rerunNamed(context: Context, input: Input): Promise<Answer | number> {
  const names = input.list(0);
  const [name] = names;
  if (name === undefined) {
    throw wrongArguments('No run was named.', 'jm2 rerun RUN, or jm2 rerun --failed');
  }
  const isOfFailed =
    input.flag('dryRun') ||
    input.texts('tag').length > 0 ||
    ['since', 'limit'].some((option) => input.text(option) !== null);
  if (isOfFailed) {
    throw wrongArguments(
      '--since, --dry-run, --tag and --limit belong to --failed.',
      'jm2 rerun --help',
    );
  }
  return names.length === 1 ? rerunOne(context, input, name) : rerunEach(context, input, names);
}

/** Those of one job wait for each other, as they did the first time. */
async function rerunEach(
  context: Context,
  input: Input,
  names: readonly string[],
): Promise<Answer> {
  refuseForSeveral(input, 'Name one run');
  const daemon = await context.daemon();
  const meant = await Promise.all(names.map((name) => namedRun(daemon, name)));
  const wanted = [...new Map(meant.map((run) => [run.id, run])).values()];
  if (wanted.length > 1 && !input.flag('yes')) {
    await confirmed(context, `Repeat ${wanted.length} runs?`, { failed: wanted, runs: [] });
  }
  return repeated(context, daemon, input, wanted);
}

function refuseForSeveral(input: Input, wayOut: string): void {
  for (const flag of ['wait', 'force'] as const) {
    if (input.flag(flag)) {
      throw wrongArguments(`--${flag} is for one run.`, `${wayOut}, or leave out that option.`);
    }
  }
  if (input.text('requestId') !== null) {
    throw wrongArguments('--request-id is for one run.', `${wayOut}, or leave out that option.`);
  }
}

async function rerunOne(context: Context, input: Input, name: string): Promise<Answer | number> {
  const requestId = requestKey(input);
  const daemon = await context.daemon();
  const { id } = await namedRun(daemon, name);
  const run = await daemon.rerun({
    run: id,
    by: context.actor,
    force: input.flag('force'),
    current: input.flag('current'),
    serial: false,
    ...(requestId === null ? {} : { requestId }),
  });
  if (input.flag('wait')) return awaitRun(context, run.id, { shows: true, timeoutMs: null });
  return {
    data: { run },
    confirmation: true,
    text: (terminal) =>
      wrapped(
        `run ${run.id} repeats ${id} of ${oneLine(run.job)} and is ${stateWords(run.state)}`,
        '',
        terminal,
      ),
  };
}

async function rerunFailed(context: Context, input: Input): Promise<Answer> {
  refuseForSeveral(input, 'Leave out --failed');
  const limit = input.count('limit', { min: 1, max: historyPageMax });
  const jobs = await jobsToLookAt(context, { names: input.list(0), tags: input.texts('tag') });
  const { zone, now } = context.terminal;
  const since = input.past('since', { zone, now }) ?? now - dayMs;
  const daemon = await context.daemon();
  const looked: RunView[] = [];
  for (const job of jobs ?? [null]) {
    const { runs } = await withNearJobs(context, job, () =>
      daemon.history({
        ...(job === null ? {} : { job }),
        since: new Date(since).toISOString(),
        limit: historyPageMax,
      }),
    );
    if (runs.length === historyPageMax) {
      context.output.note(`Only the newest ${historyPageMax} runs were looked at.`);
    }
    looked.push(...runs);
  }
  looked.sort((a, b) => (a.queuedAt < b.queuedAt ? 1 : -1));
  // Oldest first, so the newest stand at the end.
  const failed = lastFailures(looked).slice(-(limit ?? historyPageMax));
  const isDryRun = input.flag('dryRun');
  if (failed.length === 0 || isDryRun) {
    return {
      data: { failed, runs: [] },
      text: (terminal) =>
        failed.length === 0 ? 'No failure still stands.' : runTable(failed, terminal),
    };
  }
  if (failed.length > 1 && !input.flag('yes')) {
    await confirmed(context, `Repeat ${failed.length} runs?`, { failed, runs: [] });
  }
  return repeated(context, daemon, input, failed);
}

async function repeated(
  context: Context,
  daemon: Service,
  input: Input,
  failed: readonly RunView[],
): Promise<Answer> {
  const runs = await rerunAll(context, daemon, failed, input.flag('current'));
  return {
    data: { failed, runs },
    confirmation: true,
    text: (terminal) => (runs.length === 0 ? '' : runTable(runs, terminal)),
    exitCode: runs.length === failed.length ? 0 : 1,
  };
}

/** Oldest first. One that cannot be repeated, such as of a job that is gone, keeps no other from it. */
async function rerunAll(
  context: Context,
  daemon: Service,
  failed: readonly RunView[],
  current: boolean,
): Promise<RunView[]> {
  const runs: RunView[] = [];
  for (const { id } of failed) {
    const how = { force: false, current, serial: true };
    try {
      runs.push(await daemon.rerun({ run: id, by: context.actor, ...how }));
    } catch (error) {
      if (!(error instanceof Jm2Error) || !error.code.startsWith('JM2-R')) throw error;
      context.output.note(`Run ${id} was not repeated: ${error.detail}`);
    }
  }
  return runs;
}
