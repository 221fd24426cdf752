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
import { namedRun } from '../named-runs.ts';
import { withNearJobs } from '../near-jobs.ts';
import { requestKey } from '../request-key.ts';
import { wrongArguments } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { runTable } from '../views/run-table.ts';
import { stateWords } from '../views/states.ts';

const dayMs = 86_400_000;

export const rerunCommand: CommandDefinition = {
  name: 'rerun',
  summary: 'Repeat a run, or the failed ones',
  description:
    "The new run has the spec, the nominal time, the arguments and the variables of the one it repeats; with --current, the spec in force. With a job's name, its last run is meant. With --failed, all runs of the last day (or --since) are repeated whose failure still stands: no later run made up for it. Those of one job then wait for each other.",
  arguments: [{ name: '[run-or-job]', description: 'id of a run (or its beginning), or a job' }],
  options: [
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
    { flags: '-y, --yes', description: 'do not ask' },
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
    input.flag('failed') ? rerunFailed(context, input) : rerunOne(context, input),
};

async function rerunOne(context: Context, input: Input): Promise<Answer | number> {
  const name = input.argument(0);
  if (name === null) {
    throw wrongArguments('No run was named.', 'jm2 rerun RUN, or jm2 rerun --failed');
  }
  if (input.text('since') !== null || input.flag('dryRun')) {
    throw wrongArguments('--since and --dry-run belong to --failed.', 'jm2 rerun --help');
  }
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
    text: () =>
      `run ${run.id} repeats ${id} of ${oneLine(run.job)} and is ${stateWords(run.state)}`,
  };
}

async function rerunFailed(context: Context, input: Input): Promise<Answer> {
  for (const flag of ['wait', 'force'] as const) {
    if (input.flag(flag)) {
      throw wrongArguments(`--${flag} is for one run.`, 'Leave out --failed or that option.');
    }
  }
  if (input.text('requestId') !== null) {
    throw wrongArguments('--request-id is for one run.', 'Leave out --failed or that option.');
  }
  const job = input.argument(0);
  const { zone, now } = context.terminal;
  const since = input.instant('since', { zone, now }) ?? now - dayMs;
  const daemon = await context.daemon();
  const { runs: looked } = await withNearJobs(context, job, () =>
    daemon.history({
      ...(job === null ? {} : { job }),
      since: new Date(since).toISOString(),
      limit: historyPageMax,
    }),
  );
  if (looked.length === historyPageMax) {
    context.output.note(`Only the newest ${historyPageMax} runs were looked at.`);
  }
  const failed = lastFailures(looked);
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
