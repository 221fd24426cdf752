// A field of a job or of the manifest (`timeout`, `calendars.holidays.dates`), or of one
// job with the value that holds there and where it comes from: `dump-shop.retry.limit`.
import schema from '../../schema/jobs.schema.json' with { type: 'json' };
import type { JobDetailView } from '../api/service.ts';
import { resolvedFields } from '../core/manifest/resolved-fields.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { allFieldNames, fieldHelp, manifestFieldHelp } from './field-help.ts';
import type { FieldHelp } from './field-help.ts';
import { jobOrigins } from './job-origins.ts';
import { withNearJobs } from './near-jobs.ts';
import { fieldHelpText } from './views/field-help-text.ts';
import { resolvedTable } from './views/resolved-table.ts';

/** Null when the words name no field. Throws JM2-R101 for an unknown job before a field. */
export async function explainField(context: Context, asked: string): Promise<Answer | null> {
  const words = asked.replace(/^jobs\.(?=.)/, '').split('.');
  const ofManifest = fieldHelp(schema, words) === null ? manifestFieldHelp(schema, words) : null;
  if (ofManifest !== null) return asAnswer(ofManifest);
  // A name may have dots, so a job's field is what is left behind the name.
  for (let from = 0; from < words.length; from += 1) {
    const help = fieldHelp(schema, words.slice(from));
    if (help === null) continue;
    const job = words.slice(0, from).join('.');
    return job === '' ? asAnswer(help) : ofJob(context, job, help, words.slice(from));
  }
  return null;
}

export function explainableFields(): readonly string[] {
  return allFieldNames(schema);
}

function asAnswer(help: FieldHelp): Answer {
  return {
    data: { ...help, job: null, values: [] },
    text: (terminal) => fieldHelpText(help, terminal),
  };
}

async function ofJob(
  context: Context,
  name: string,
  help: FieldHelp,
  path: readonly string[],
): Promise<Answer> {
  const { value: job } = await withNearJobs(context, name, () =>
    context.read((service) => service.show(name)),
  );
  const { origins, file } = await jobOrigins(context, job);
  const wanted = `/${path.join('/')}`;
  const pointers = new Set(
    pointersOf(job).filter((pointer) => `${pointer}/`.startsWith(`${wanted}/`)),
  );
  const values = resolvedFields(job.spec)
    .filter(({ pointer }) => pointers.has(pointer))
    .map(({ pointer, value }) => ({
      pointer,
      value: pointer === '/schedule' ? job.schedule : value,
      ...(origins[pointer] ?? { from: 'default', line: null }),
    }));
  return {
    data: { ...help, job: job.name, values },
    text: (terminal) =>
      [
        values.length === 0
          ? `${job.name} has no ${help.field}.`
          : resolvedTable({ job, origins, file, only: pointers }, terminal),
        '',
        fieldHelpText(help, terminal),
      ].join('\n'),
  };
}

function pointersOf(job: JobDetailView): string[] {
  return resolvedFields(job.spec).map(({ pointer }) => pointer);
}
