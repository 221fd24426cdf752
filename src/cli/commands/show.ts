// Shows one job in full, with the origin of each value, or as it is written.
import type { JobDetailView } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { isCode } from '../named-runs.ts';
import { withNearJobs } from '../near-jobs.ts';
import { wrongArguments } from '../usage-errors.ts';
import { jobDetail } from '../views/job-detail.ts';

export const showCommand: CommandDefinition = {
  name: 'show',
  summary: 'Show a job or a run in full, or a plan that was kept',
  description:
    'Of a run its attempts; of a job its settings with all defaults filled in, the next five starts and the newest runs. While no daemon runs, the store answers.',
  arguments: [
    {
      name: '<run-or-job>',
      description: 'job, id of a run or its beginning, or a file of plan --out: FILE.jm2plan',
    },
  ],
  options: [
    {
      flags: '--resolved',
      description: 'say of each value where it comes from: job, defaults, manifest, …',
    },
    {
      flags: '--yaml',
      description: 'only the job as the accepted manifest has it, to be pasted; nothing is masked',
    },
  ],
  examples: [
    { command: 'jm2 show dump-shop', meaning: 'everything about one job' },
    { command: 'jm2 show 01jq8v3k', meaning: 'one run with its attempts' },
    { command: 'jm2 show dump-shop --resolved', meaning: 'where its timeout comes from' },
    { command: 'jm2 show dump-shop --yaml', meaning: 'as it is written' },
    {
      command: 'jm2 show change.jm2plan',
      meaning: 'what a kept plan would do, and if it still holds',
    },
  ],
  async run(context, input) {
    const name = input.needed(0);
    if (name.endsWith('.jm2plan')) return keptPlan(context, name);
    const wanted = { resolved: input.flag('resolved'), yaml: input.flag('yaml') };
    if (wanted.resolved && wanted.yaml) {
      throw wrongArguments('--resolved and --yaml show two things.', 'Leave one of them out.');
    }
    const value = await jobOrNull(context, name);
    if (value === null) return runInstead(context, name, wanted);
    if (wanted.yaml) return asYaml(context, value);
    if (wanted.resolved) return withOrigins(context, value);
    return { data: value, text: (terminal) => jobDetail(value, terminal) };
  },
};

/** Null where it may be the id of a run; what can be none is answered with jobs of near names. */
async function jobOrNull(context: Context, name: string): Promise<JobDetailView | null> {
  const ask = async () => (await context.read((service) => service.show(name))).value;
  if (!/^[0-9a-z]{6,26}$/.test(name)) return withNearJobs(context, name, ask);
  try {
    return await ask();
  } catch (error) {
    if (isCode(error, 'JM2-R101')) return null;
    throw error;
  }
}

/** Neither run nor job: told as of a job, which people name more often, unless it is a whole id. */
async function runInstead(
  context: Context,
  id: string,
  { resolved, yaml }: { readonly resolved: boolean; readonly yaml: boolean },
): Promise<Answer> {
  const { oneRun } = await import('../one-run.ts');
  let answer: Answer;
  try {
    answer = await oneRun(context, id);
  } catch (error) {
    if (!isCode(error, 'JM2-R102') || id.length === 26) throw error;
    return withNearJobs(context, id, async () => {
      await context.read((service) => service.show(id));
      throw error;
    });
  }
  if (resolved || yaml) {
    throw wrongArguments('--resolved and --yaml are about jobs.', `jm2 show ${id}`);
  }
  return answer;
}

/** Whatever has become of it, a kept plan can be read. */
async function keptPlan(context: Context, path: string): Promise<Answer> {
  const [{ readPlanFile }, { standingNow }, { planFileText }] = await Promise.all([
    import('../plan-files.ts'),
    import('../apply-plan-file.ts'),
    import('../views/plan-file.ts'),
  ]);
  const file = await readPlanFile(context, path);
  const standing = await standingNow(context, file);
  const { source: _source, ...shown } = file;
  return {
    data: { file: shown, standing },
    text: (terminal) => planFileText(path, file, standing, terminal),
  };
}

async function asYaml(context: Context, job: JobDetailView): Promise<Answer> {
  const [{ acceptedSource }, { jobSnippet }] = await Promise.all([
    import('../job-origins.ts'),
    import('../../core/manifest/edit/job-snippet.ts'),
  ]);
  const { text } = await acceptedSource(context, job);
  const yaml = jobSnippet(text, job.name) ?? '';
  return { data: { ...job, yaml }, text: () => yaml };
}

async function withOrigins(context: Context, job: JobDetailView): Promise<Answer> {
  const [{ jobOrigins }, { resolvedTable }] = await Promise.all([
    import('../job-origins.ts'),
    import('../views/resolved-table.ts'),
  ]);
  const { origins, source, file } = await jobOrigins(context, job);
  return {
    data: {
      ...job,
      origins,
      source: { file: source.file, revision: source.revision, current: source.isCurrent },
    },
    text: (terminal) => jobDetail(job, terminal, resolvedTable({ job, origins, file }, terminal)),
  };
}
