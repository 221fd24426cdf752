// Ends runs: by their ids, or the unfinished ones of jobs that are named or selected.
import type { RunView, Service } from '../../api/service.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { endRuns, unfinishedOfAll } from '../end-runs.ts';
import type { Input } from '../input.ts';
import { isCode, runById, unfinishedRuns } from '../named-runs.ts';
import { selectedJobs, selectionOptions, selectsJobs } from '../select-jobs.ts';
import { isAdhoc } from '../../core/runs/adhoc.ts';
import { isPattern, selectJobs } from '../../core/selection/select-jobs.ts';
import { wrongArguments } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';

export const cancelCommand: CommandDefinition = {
  name: 'cancel',
  summary: 'End queued or running runs',
  description:
    "The command's process group gets the job's kill signal, and SIGKILL after its grace. With a job's name, all its queued and running runs are meant; when there are several, jm2 asks. --all means those of every job and ad-hoc runs.",
  arguments: [
    {
      name: '[run-or-job...]',
      description:
        'ids of runs (or their beginnings), jobs, or patterns such as "web-*" and "adhoc/*"',
      offers: 'unfinished',
    },
  ],
  options: [
    ...selectionOptions,
    { flags: '--queued', description: 'only runs that have not begun' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'jm2 cancel dump-shop', meaning: 'end what runs and waits of a job' },
    { command: 'jm2 cancel dump-shop --queued', meaning: 'only what waits' },
    { command: 'jm2 cancel "adhoc/*" --yes', meaning: 'every ad-hoc run' },
    { command: 'jm2 cancel 01jq8v3k', meaning: 'end one run' },
    { command: 'jm2 cancel --tag backup --yes', meaning: 'of all jobs with a tag' },
  ],
  async run(context, input) {
    const daemon = await context.daemon();
    const found = await meantRuns(context, daemon, input);
    const runs = await endRuns(context, daemon, found, input.flag('yes'));
    const run = runs[0] ?? found[0];
    return {
      data: { run, runs },
      confirmation: true,
      text: () => runs.map(({ id, job }) => `canceling run ${id} of ${oneLine(job)}`).join('\n'),
    };
  },
};

/** Each once; those that wait come first: otherwise the end of one would let another begin. */
async function meantRuns(
  context: Context,
  daemon: Service,
  input: Input,
): Promise<readonly RunView[]> {
  const onlyQueued = input.flag('queued');
  const names = input.list(0);
  const isSweep = selectsJobs(input);
  if (!isSweep && names.length === 0) {
    throw wrongArguments('No run is named.', 'Name runs or jobs, or give --tag, --grep or --all.');
  }
  const found = new Map<string, RunView>();
  for (const run of isSweep
    ? await selectedRuns(context, daemon, input)
    : (await Promise.all(names.map((name) => runsNamed(daemon, name, onlyQueued)))).flat()) {
    if (run.state === 'queued' || !onlyQueued) found.set(run.id, run);
  }
  const runs = [...found.values()];
  if (runs.length === 0) {
    throw operationalError('JM2-R104', {
      detail: `No run that is selected is ${onlyQueued ? 'queued' : 'queued or running'}.`,
      hint: 'jm2 queue',
    });
  }
  return [
    ...runs.filter(({ state }) => state === 'queued'),
    ...runs.filter(({ state }) => state !== 'queued'),
  ];
}

async function selectedRuns(
  context: Context,
  daemon: Service,
  input: Input,
): Promise<readonly RunView[]> {
  if (!input.flag('all')) {
    const adhoc = input.list(0).filter((name) => isPattern(name) && isAdhoc(name));
    const found: RunView[] = [...(await adhocRuns(context, daemon, adhoc))];
    const others = adhoc.length === 0 ? input : input.withList(0, (name) => !adhoc.includes(name));
    if (adhoc.length > 0 && others.list(0).length === 0) {
      if (input.texts('tag').length === 0 && input.text('grep') === null) return found;
      throw wrongArguments('An ad-hoc run has no tags and no description.', 'jm2 cancel "adhoc/*"');
    }
    const { names } = await selectedJobs(context, others);
    for (const name of names) {
      const runs = await unfinishedRuns(daemon, name);
      if (runs === null) {
        throw operationalError('JM2-R101', {
          detail: `There is no job "${name}"; a selection is about jobs. Nothing was ended.`,
          hint: 'jm2 list',
        });
      }
      found.push(...runs);
    }
    return found;
  }
  // Checks that nothing else is said; ad-hoc runs belong to none of these jobs.
  await selectedJobs(context, input, []).catch((error: unknown) => {
    if (!isCode(error, 'JM2-R101')) throw error;
  });
  return unfinishedOfAll(context, daemon, ['queued', 'running']);
}

/** Runs of no job: nobody lists them, but what waits and runs is known. */
async function adhocRuns(
  context: Context,
  daemon: Service,
  patterns: readonly string[],
): Promise<readonly RunView[]> {
  if (patterns.length === 0) return [];
  const runs = (await unfinishedOfAll(context, daemon, ['queued', 'running'])).filter(({ job }) =>
    isAdhoc(job),
  );
  const jobs = runs.map(({ job }) => ({ name: job, tags: [], description: null }));
  const wanted = new Set(selectJobs(jobs, { names: patterns, tags: [], grep: null }).names);
  return runs.filter(({ job }) => wanted.has(job));
}

async function runsNamed(
  daemon: Service,
  name: string,
  onlyQueued: boolean,
): Promise<readonly RunView[]> {
  const ofJob = await unfinishedRuns(daemon, name);
  const isWanted = ({ state }: RunView): boolean => state === 'queued' || !onlyQueued;
  if (ofJob === null) {
    const run = await runById(daemon, name);
    if (isWanted(run)) return [run];
    throw operationalError('JM2-R104', {
      detail: `Run ${run.id} of "${run.job}" is ${run.state}, not queued. It goes on.`,
      hint: `jm2 cancel ${run.id}`,
    });
  }
  if (ofJob.some(isWanted)) return ofJob;
  throw operationalError('JM2-R104', {
    detail: `No run of "${name}" is ${onlyQueued ? 'queued' : 'queued or running'}.`,
    hint: `jm2 history ${name}`,
  });
}
