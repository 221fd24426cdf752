// Starts the jobs that a pattern, a tag or a text selects: each by its own policy,
// so that one that is refused keeps no other from running.
import type { RunView } from '../api/service.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Answer } from './command.ts';
import { confirmed } from './confirm.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import { selectedJobs, selectsJobs } from './select-jobs.ts';
import { wrongArguments } from './usage-errors.ts';
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

export async function runSeveral(context: Context, input: Input): Promise<Answer> {
  if (input.list(0).length === 0 && !selectsJobs(input)) {
    throw wrongArguments('No job is named.', 'Name jobs, or give --tag, --grep, --all or --adhoc.');
  }
  if (input.flag('wait')) {
    throw wrongArguments(
      '--wait is for one run.',
      'Start them, then: jm2 wait --tag TAG, or names.',
    );
  }
  if (input.text('requestId') !== null) {
    throw wrongArguments('--request-id is for one run.', 'Leave it out, or name one job.');
  }
  const limit = input.count('limit', { min: 1, max: jobsMax });
  const request = wantedRun(context, input);
  const selected = await selectedJobs(context, input);
  const jobs = selected.names.slice(0, limit ?? jobsMax);
  if (input.flag('dryRun')) {
    return {
      data: { jobs },
      text: () => `${jobs.map(oneLine).join('\n')}\n\nNothing was started.`,
    };
  }
  if (jobs.length > 1 && !input.flag('yes')) {
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
  return {
    data: { runs, refused },
    confirmation: true,
    text: (terminal) => (runs.length === 0 ? 'Nothing was started.' : runTable(runs, terminal)),
    exitCode: refused.length === 0 ? 0 : 1,
  };
}
