// Starts several jobs, named or selected by a pattern, a tag or a text: each by its own policy,
// so that one that is refused keeps no other from running.
import type { RunView } from '../api/service.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { awaitRuns } from './await-run.ts';
import { isCode } from './named-runs.ts';
import type { Answer } from './command.ts';
import { confirmed } from './confirm.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import { selectedJobs, selectsJobs } from './select-jobs.ts';
import { didYouMean, nearest, wrongArguments } from './usage-errors.ts';
import { oneLine } from './views/foreign.ts';
import { runTable } from './views/run-table.ts';
import { wantedRun } from './wanted-run.ts';

const jobsMax = 10_000;
const namesShown = 10;

interface Refused {
  readonly job: string;
  readonly code: string;
  readonly detail: string;
}

export async function runSeveral(context: Context, input: Input): Promise<Answer | number> {
  if (input.list(0).length === 0 && !selectsJobs(input)) {
    throw wrongArguments('No job is named.', 'Name jobs, or give --tag, --grep, --all or --adhoc.');
  }
  if (input.text('requestId') !== null) {
    throw wrongArguments('--request-id is for one run.', 'Leave it out, or name one job.');
  }
  const limit = input.count('limit', { min: 1, max: jobsMax });
  const request = wantedRun(context, input);
  const selected = await selectedJobs(context, input);
  if (!selected.isSweeping) await requireJobs(context, selected.names);
  const jobs = selected.names.slice(0, limit ?? jobsMax);
  if (input.flag('dryRun')) {
    return {
      data: { jobs },
      text: () => `${jobs.map(oneLine).join('\n')}\n\nNothing was started.`,
    };
  }
  // Whoever named each of them knows how many they are.
  if (jobs.length > 1 && selected.isSweeping && !input.flag('yes')) {
    const more = jobs.length - namesShown;
    const names = jobs.slice(0, namesShown).map(oneLine).join(', ');
    context.output.note(more > 0 ? `${names} and ${more} more` : names);
    await confirmed(context, `Start ${jobs.length} jobs?`, { jobs });
  }
  const daemon = await context.daemon();
  const runs: RunView[] = [];
  const refused: Refused[] = [];
  for (const job of jobs) {
    try {
      const force = input.flag('force');
      runs.push(await daemon.run({ job, by: context.actor, force, ...request }));
    } catch (error) {
      if (!(error instanceof Jm2Error) || !error.code.startsWith('JM2-R')) throw error;
      refused.push({ job, code: error.code, detail: error.detail });
    }
  }
  for (const { code, detail } of refused) context.output.note(`${code}: ${oneLine(detail)}`);
  if (input.flag('wait')) return waited(context, runs, refused);
  return {
    data: { runs, refused },
    confirmation: true,
    text: (terminal) => (runs.length === 0 ? 'Nothing was started.' : runTable(runs, terminal)),
    exitCode: refused.length === 0 ? 0 : 1,
  };
}

/** The worst of them says how it ends; one that was refused is at least a failure. */
async function waited(
  context: Context,
  started: readonly RunView[],
  refused: readonly Refused[],
): Promise<Answer> {
  const ids = started.map(({ id }) => id);
  const { data, text, exitCode = 0 } = await awaitRuns(context, ids, null);
  const { runs } = data as { readonly runs: readonly RunView[] };
  return {
    data: { runs, refused },
    text: (terminal) => (runs.length === 0 ? 'Nothing was started.' : text(terminal)),
    exitCode: refused.length === 0 ? exitCode : Math.max(1, exitCode),
  };
}

/** Before the first is started: a word too many may be meant for the command. */
async function requireJobs(context: Context, names: readonly string[]): Promise<void> {
  const { value } = await context.read((service) => service.list());
  const known = new Set(value.jobs.map(({ name }) => name.toLowerCase()));
  const [first = '', ...others] = names;
  for (const name of names) {
    if (known.has(name.toLowerCase())) continue;
    try {
      await context.read((service) => service.show(name));
    } catch (error) {
      if (!isCode(error, 'JM2-R101')) throw error;
      const near = nearest(
        name,
        value.jobs.map((job) => job.name),
      );
      throw operationalError('JM2-R101', {
        detail: `There is no job "${name}". Nothing was started.`,
        hint:
          didYouMean(near) ??
          (others.includes(name)
            ? `Arguments of the command go behind --: jm2 run ${first} -- ${name}`
            : 'jm2 list'),
        cause: error,
      });
    }
  }
}
