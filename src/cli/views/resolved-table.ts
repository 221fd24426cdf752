// Every setting of a job with where it comes from, in the words of a manifest.
import type { JobDetailView } from '../../api/service.ts';
import type { Origin } from '../../core/manifest/origins.ts';
import { pointerParts } from '../../core/manifest/pointer.ts';
import { resolvedFields } from '../../core/manifest/resolved-fields.ts';
import type { ResolvedField } from '../../core/manifest/resolved-fields.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { written } from './setting-lines.ts';
import { renderTable } from './table.ts';

export interface ResolvedJob {
  readonly job: JobDetailView;
  readonly origins: Readonly<Record<string, Origin>>;
  /** How the place of a line is named: `jobs.yaml`, or a revision of it. */
  readonly file: string;
  /** Only these, by their pointers; by default all that say something. */
  readonly only?: ReadonlySet<string>;
}

export function resolvedTable(
  { job, origins, file, only }: ResolvedJob,
  terminal: Terminal,
): string {
  const originOf = ({ pointer }: ResolvedField): Origin =>
    origins[pointer] ?? { from: 'default', line: null };
  const pause = origins['/pause'];
  const isShown = (field: ResolvedField): boolean =>
    only === undefined
      ? !isEmpty(field.value) || originOf(field).line !== null
      : only.has(field.pointer);
  const rows = [
    ...resolvedFields(job.spec).filter(isShown),
    ...(pause === undefined || job.pause === null || only !== undefined
      ? []
      : [{ pointer: '/pause', key: 'pause', value: job.pause.until ?? 'until it is resumed' }]),
  ];
  return renderTable<ResolvedField>(
    [
      {
        header: 'SETTING',
        cell: ({ pointer }) => oneLine(pointerParts(pointer).join('.')),
        rank: 0,
      },
      { header: 'VALUE', cell: (field) => valueWords(field, job), rank: 0, cuttable: true },
      { header: 'ORIGIN', cell: (field) => originOf(field).from, rank: 0 },
      { header: 'FROM', cell: (field) => fromWords(originOf(field), file, job), rank: 1 },
    ],
    rows,
    terminal,
  );
}

function fromWords({ from, line }: Origin, file: string, { pause }: JobDetailView): string {
  if (line !== null) return `${oneLine(file)}:${line}`;
  if (from === 'override') return oneLine(pause?.by ?? '');
  return from === 'settings' ? 'jm2 config list' : '';
}

function valueWords({ key, value }: ResolvedField, job: JobDetailView): string {
  if (key === 'schedules') return job.schedule === null ? '(only by hand)' : oneLine(job.schedule);
  if (value === null) return '(none)';
  return oneLine(typeof value === 'string' ? value : written(key, value));
}

function isEmpty(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
