// Shows one job in full, with the origin of each value, or as it is written.
import type { JobDetailView } from '../../api/service.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Origin } from '../../core/manifest/origins.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { JobSource } from '../job-source.ts';
import { withNearJobs } from '../near-jobs.ts';
import { wrongArguments } from '../usage-errors.ts';
import { jobDetail } from '../views/job-detail.ts';

export const showCommand: CommandDefinition = {
  name: 'show',
  summary: 'Show one job in full',
  description:
    'Its settings with all defaults filled in, the next five starts and the newest runs. While no daemon runs, the store answers.',
  arguments: [{ name: '<job>', description: 'name of the job' }],
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
    { command: 'jm2 show dump-shop --resolved', meaning: 'where its timeout comes from' },
    { command: 'jm2 show dump-shop --yaml', meaning: 'as it is written' },
  ],
  async run(context, input) {
    const name = input.needed(0);
    const wanted = { resolved: input.flag('resolved'), yaml: input.flag('yaml') };
    if (wanted.resolved && wanted.yaml) {
      throw wrongArguments('--resolved and --yaml show two things.', 'Leave one of them out.');
    }
    const { value } = await withNearJobs(context, name, () =>
      context.read((service) => service.show(name)),
    );
    if (wanted.yaml) return asYaml(context, value);
    if (wanted.resolved) return withOrigins(context, value);
    return { data: value, text: (terminal) => jobDetail(value, terminal) };
  },
};

async function asYaml(context: Context, job: JobDetailView): Promise<Answer> {
  const source = await sourceOf(context, job);
  const { jobSnippet } = await import('../../core/manifest/edit/job-snippet.ts');
  const yaml = jobSnippet(source.text, job.name) ?? '';
  return { data: { ...job, yaml }, text: () => yaml };
}

async function withOrigins(context: Context, job: JobDetailView): Promise<Answer> {
  const source = await sourceOf(context, job);
  const [{ loadManifest }, { originsOf }, { resolvedFields }, { sha256 }, { resolvedTable }] =
    await Promise.all([
      import('../../core/manifest/load-manifest.ts'),
      import('../../core/manifest/origins.ts'),
      import('../../core/manifest/resolved-fields.ts'),
      import('../../system/digest.ts'),
      import('../views/resolved-table.ts'),
    ]);
  const { places } = loadManifest(source.text, { file: source.file, digest: sha256 });
  const pointers = resolvedFields(job.spec).map(({ pointer }) => pointer);
  const paused: Readonly<Record<string, Origin>> =
    job.pause === null ? {} : { '/pause': { from: 'override', line: null } };
  const origins = { ...originsOf(job.name, pointers, places), ...paused };
  if (!source.isCurrent) {
    context.output.note(
      `${source.file} has changed; lines are those of revision ${source.revision}.`,
    );
  }
  const file = source.isCurrent ? source.file : `revision ${source.revision}`;
  return {
    data: {
      ...job,
      origins,
      source: { file: source.file, revision: source.revision, current: source.isCurrent },
    },
    text: (terminal) => jobDetail(job, terminal, resolvedTable({ job, origins, file }, terminal)),
  };
}

async function sourceOf(context: Context, job: JobDetailView): Promise<JobSource> {
  const { jobSource } = await import('../job-source.ts');
  const source = await jobSource(context, job);
  if (source !== null) return source;
  throw operationalError('JM2-R101', {
    detail: `No accepted manifest that is kept has the job "${job.name}".`,
    hint: `jm2 show ${job.name}`,
  });
}
