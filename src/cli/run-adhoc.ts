// Runs a command that no manifest has, as a run like any other.
import { resolve } from 'node:path';
import type { Answer } from './command.ts';
import { awaitRun } from './await-run.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import { withNearJobs } from './near-jobs.ts';
import { wrongArguments } from './usage-errors.ts';
import { startedAnswer, wantedRun } from './wanted-run.ts';

export async function runAdhoc(context: Context, input: Input): Promise<Answer | number> {
  refuseJobOptions(input);
  const template = input.text('template');
  const shell = input.text('shell');
  const cwd = input.text('cwd') ?? (template === null ? '.' : null);
  const request = {
    command: input.text('adhoc') ?? '',
    by: context.actor,
    name: input.text('name'),
    template,
    cwd: cwd === null ? null : resolve(context.cwd, cwd),
    shell,
    timeoutMs: input.duration('timeout'),
    ...wantedRun(context, input),
  };
  const daemon = await context.daemon();
  const run = await withNearJobs(context, template, () => daemon.adhoc(request));
  if (input.flag('wait')) return awaitRun(context, run.id, { shows: true, timeoutMs: null });
  return startedAnswer(run);
}

function refuseJobOptions(input: Input): void {
  const [job] = input.list(0);
  if (job !== undefined) {
    throw wrongArguments(
      `--adhoc runs a command, and "${job}" is named besides.`,
      `Quote the whole command; with the settings of a job: --template ${job}.`,
    );
  }
  const flags = ['all', 'force', 'dryRun'].filter((name) => input.flag(name));
  const texts = ['grep', 'limit'].filter((name) => input.text(name) !== null);
  const lists = ['tag'].filter((name) => input.texts(name).length > 0);
  const [first] = [...flags, ...texts, ...lists];
  if (first === undefined) return;
  const option = first === 'dryRun' ? 'dry-run' : first;
  throw wrongArguments(`--${option} is about jobs, and --adhoc runs none.`, 'Leave it out.');
}
