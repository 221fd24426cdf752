// Shapes of the lines that `--format jsonl` prints for validate and plan.
import Type from 'typebox';
import type { FileVerdict } from '../formats/report.ts';
import { changeShape, planShape } from './plan-shapes.ts';
import { diagnosticShape, errorShape } from './problem-shapes.ts';
import { count, nullable, oneOf, same, shape, text, type Same, type Value } from './shape.ts';

/** The verdict on one file. */
export const verdictShape = shape({
  file: text,
  accepted: Type.Boolean(),
  jobs: nullable(count),
  digest: nullable(text),
});
same<Same<Value<typeof verdictShape>, FileVerdict>>();

const event = (type: string, properties: Type.TProperties, description: string) =>
  shape({ type: Type.Literal(type), ...properties }, description);

const { changes: _changes, diagnostics: _diagnostics, ...summary } = planShape.properties;

/** New types and keys may come; none goes or changes its meaning without a new `format`. */
export const resultLineShape = Type.Union([
  event(
    'version',
    { format: Type.Literal(1), jm2: text, command: oneOf('validate', 'plan') },
    'The first line.',
  ),
  event('diagnostic', diagnosticShape.properties, 'A problem of a manifest.'),
  event('file', verdictShape.properties, 'The verdict on a file.'),
  event('change', changeShape.properties, 'A job that changes.'),
  event('plan_summary', summary, 'The plan without its changes and diagnostics.'),
  event('error', errorShape.properties, 'Why the call failed.'),
  event('end', { accepted: Type.Boolean() }, 'The last line: without it the text was cut short.'),
]);
