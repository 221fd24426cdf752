// Shapes of what is imported and exported.
import Type from 'typebox';
import type { TProperties } from 'typebox';
import type { ExportRemark } from '../../core/exchange/exported.ts';
import type { ImportedView, ImportRemarkView, ImportReport } from '../imported-view.ts';
import {
  count,
  instant,
  nullable,
  oneOf,
  same,
  shape,
  text,
  type Same,
  type Value,
} from './shape.ts';

const proof = shape(
  {
    agrees: Type.Boolean(),
    method: oneOf('times', 'spec'),
    sameTimes: Type.Boolean(),
    compared: count,
    until: nullable(instant),
    source: Type.Array(instant),
    jm2: Type.Array(instant),
  },
  'Starts by the rules of the source against those of jm2; for a manifest, the specs of the jobs.',
);

const imported = shape({
  job: text,
  file: text,
  line: count,
  action: oneOf('add', 'unchanged', 'skip', 'overwrite', 'merge'),
  proof: nullable(proof),
});
same<Same<Value<typeof imported>, ImportedView>>();

const remark = shape({
  file: text,
  line: nullable(count),
  kind: oneOf('dropped', 'changed'),
  text,
});
same<Same<Value<typeof remark>, ImportRemarkView>>();

const report = {
  imported: Type.Array(imported),
  remarks: Type.Array(remark),
  removed: Type.Array(text),
};
export const importReportShape = shape(report);
same<Same<Value<typeof importReportShape>, ImportReport>>();

/** A change of the manifest, with where it came from. */
export function importedShape(change: TProperties): ReturnType<typeof shape> {
  return shape({ ...change, ...report });
}

const exportRemark = shape({
  job: nullable(text),
  kind: oneOf('dropped', 'changed'),
  text,
});
same<Same<Value<typeof exportRemark>, ExportRemark>>();

export const exportedShape = shape({
  format: oneOf('yaml', 'json', 'crontab', 'crontab-system', 'systemd', 'kubernetes'),
  jobs: Type.Array(text),
  text: Type.String({ description: 'The export itself; also when it went to a file.' }),
  file: nullable(text),
  files: Type.Array(text, { description: 'What was written; of units, one file each.' }),
  remarks: Type.Array(exportRemark),
});
