// Ends pauses. Nothing starts: the schedule goes on with what comes due next.
import type { ResumedJobView } from '../../api/service.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { inPieces } from '../pauses.ts';
import { selectedJobs, selectionOptions } from '../select-jobs.ts';
import { resumedText } from '../views/overrides.ts';

export const resumeCommand: CommandDefinition = {
  name: 'resume',
  summary: 'End the pause of jobs',
  description:
    'Nothing starts at once: the schedule goes on with what comes due from now on, and what was skipped stays skipped; jm2 run makes up for it. A job that is suspended in the manifest is resumed there.',
  arguments: [
    {
      name: '[job...]',
      description: 'names of jobs, or patterns such as "web-*"',
      offers: 'paused jobs',
    },
  ],
  options: [...selectionOptions],
  examples: [
    { command: 'jm2 resume dump-shop', meaning: 'one job' },
    { command: 'jm2 resume --all', meaning: 'all that are paused' },
  ],
  run: resume,
};

async function resume(context: Context, input: Input): Promise<Answer> {
  const isNamed = input.list(0).length > 0;
  const names = isNamed
    ? (await selectedJobs(context, input)).names
    : await pausedOnes(context, input);
  if (names.length === 0) {
    return { data: { jobs: [] }, confirmation: true, text: () => 'No such job is paused.' };
  }
  const by = context.actor;
  const jobs = await inPieces(context, names, (daemon, piece) =>
    daemon.resume({ jobs: piece, by }),
  );
  refuseSuspended(jobs);
  return {
    data: { jobs },
    confirmation: true,
    text: (terminal) => resumedText(jobs, terminal),
  };
}

/** Of a selection by tag, text or --all, those that there is something to do about. */
async function pausedOnes(context: Context, input: Input): Promise<readonly string[]> {
  const { jobs } = (await context.read((service) => service.list())).value;
  const { names } = await selectedJobs(context, input, jobs);
  const wanted = new Set(names);
  return jobs
    .filter(({ name, pause }) => wanted.has(name) && pause !== null)
    .map((job) => job.name);
}

/** Whoever resumes a job that only the manifest holds back is told where to go. */
function refuseSuspended(jobs: readonly ResumedJobView[]): void {
  const suspended = jobs.filter((job) => job.outcome === 'not_paused' && job.suspended);
  const [first] = suspended;
  if (first === undefined || suspended.length < jobs.length) return;
  const names = suspended.map(({ job }) => `"${job}"`).join(', ');
  throw operationalError('JM2-R108', {
    detail: `The manifest says suspend: true for ${names}. Nothing was changed.`,
    hint: `jm2 edit ${first.job} --unset suspend`,
  });
}
