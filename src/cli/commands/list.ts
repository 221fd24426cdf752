// Lists jobs with state, next and last run.
import type { JobState, JobView } from '../../api/service.ts';
import type { CommandDefinition } from '../command.ts';
import type { Input } from '../input.ts';
import { ensureUserManifest } from '../user-manifest.ts';
import { pausedNotes } from '../views/overrides.ts';
import { jobTable } from '../views/job-table.ts';

const states: readonly JobState[] = [
  'scheduled',
  'running',
  'paused',
  'suspended',
  'manual',
  'completed',
  'failed',
  'invalid',
];

export const listCommand: CommandDefinition = {
  name: 'list',
  summary: 'List jobs with state, next and last run',
  description: 'While no daemon runs, the store answers.',
  arguments: [],
  options: [
    {
      flags: '-t, --tag <tag>',
      description: 'only jobs with this tag; may be repeated',
      repeat: true,
    },
    { flags: '-s, --state <state>', description: 'only jobs in this state', choices: states },
    { flags: '-f, --failed', description: 'only jobs whose last run went wrong' },
  ],
  examples: [
    { command: 'jm2 list', meaning: 'all jobs' },
    { command: 'jm2 list --tag backup --failed', meaning: 'backups that went wrong' },
  ],
  async run(context, input) {
    await ensureUserManifest(context);
    const { value, live } = await context.read((service) => service.list());
    const jobs = value.jobs.filter((job) => isWanted(job, input));
    if (!live)
      context.output.note('The daemon is not running: nothing will start until jm2 start.');
    return {
      data: { jobs },
      text: (terminal) =>
        jobs.length > 0
          ? jobTable(jobs, terminal) + pausedNotes(jobs, terminal)
          : value.jobs.length === 0
            ? 'No jobs are in force.'
            : 'No job matches.',
    };
  },
};

function isWanted(job: JobView, input: Input): boolean {
  const state = input.text('state');
  if (!input.texts('tag').every((tag) => job.tags.includes(tag))) return false;
  if (state !== null && job.state !== state) return false;
  const last = job.lastRun?.state ?? '';
  return !input.flag('failed') || ['failed', 'timed_out', 'lost'].includes(last);
}
