// Shapes of the lines that `jm2 apply --format jsonl` prints.
import Type from 'typebox';
import { hazardShape, planShape } from './plan-shapes.ts';
import { diagnosticShape, errorShape } from './problem-shapes.ts';
import { count, nullable, shape, text } from './shape.ts';

const event = (type: string, properties: Type.TProperties, description: string) =>
  shape({ type: Type.Literal(type), ...properties }, description);

const { changes: _changes, diagnostics: _diagnostics, ...summary } = planShape.properties;

/** New types and keys may come; none goes or changes its meaning without a new `format`. */
export const applyLineShape = Type.Union([
  event(
    'version',
    { format: Type.Literal(1), jm2: text, command: Type.Literal('apply') },
    'The first line.',
  ),
  event('diagnostic', diagnosticShape.properties, 'A problem of the manifest.'),
  event('hazard', { job: text, ...hazardShape.properties }, 'What deserves a second look.'),
  event('plan_summary', summary, 'The plan without its changes and diagnostics.'),
  event(
    'waiting',
    { until: nullable(text), reason: text },
    'Agreed to, and waits for the moment of --when; the time where it is known.',
  ),
  event('apply_start', { revision: count, by: text }, 'It begins; the revision is that of before.'),
  event(
    'job_applied',
    { job: text, action: text, previousName: nullable(text), revision: count },
    'A job whose change is in force.',
  ),
  event(
    'apply_complete',
    { applied: Type.Boolean(), revision: count },
    'Recorded, or found in force already.',
  ),
  event(
    'verify',
    { revision: count, inForce: Type.Literal(true) },
    'The daemon waits for the planned next runs.',
  ),
  event('error', errorShape.properties, 'Why the call failed.'),
  event('end', { applied: Type.Boolean() }, 'The last line: without it the text was cut short.'),
]);
