// The origins of a job's values, from the accepted text that it stands in.
import type { JobDetailView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { loadManifest } from '../core/manifest/load-manifest.ts';
import { originsOf } from '../core/manifest/origins.ts';
import type { Origin } from '../core/manifest/origins.ts';
import { resolvedFields } from '../core/manifest/resolved-fields.ts';
import { sha256 } from '../system/digest.ts';
import type { Context } from './context.ts';
import { jobSource } from './job-source.ts';
import type { JobSource } from './job-source.ts';

export interface JobOrigins {
  /** By the pointer of the field within the job. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly source: JobSource;
  /** How the place of a line is named: the file, or the revision where the file has changed. */
  readonly file: string;
}

/** Says on stderr when the lines are not those of the file as it is now. */
export async function jobOrigins(context: Context, job: JobDetailView): Promise<JobOrigins> {
  const source = await acceptedSource(context, job);
  const { places } = loadManifest(source.text, { file: source.file, digest: sha256 });
  const pointers = resolvedFields(job.spec).map(({ pointer }) => pointer);
  const paused: Readonly<Record<string, Origin>> =
    job.pause === null ? {} : { '/pause': { from: 'override', line: null } };
  if (!source.isCurrent) {
    context.output.note(
      `${source.file} has changed; lines are those of revision ${source.revision}.`,
    );
  }
  return {
    origins: { ...originsOf(job.name, pointers, places), ...paused },
    source,
    file: source.isCurrent ? source.file : `revision ${source.revision}`,
  };
}

/** Throws JM2-R101 for a job that no text has. */
export async function acceptedSource(context: Context, job: JobDetailView): Promise<JobSource> {
  const source = await jobSource(context, job);
  if (source !== null) return source;
  throw operationalError('JM2-R101', {
    detail: `No accepted manifest that is kept has the job "${job.name}".`,
    hint: `jm2 show ${job.name}`,
  });
}
