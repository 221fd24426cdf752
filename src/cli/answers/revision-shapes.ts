// Shapes of what is told about earlier manifests, comparisons and drift.
import Type from 'typebox';
import type { DriftItem } from '../../core/sync/drift.ts';
import { holdShape } from './hold-shape.ts';
import { pauseKeys } from './job-shapes.ts';
import { changeShape, planShape } from './plan-shapes.ts';
import { count, nullable, oneOf, same, shape, text, type Same, type Value } from './shape.ts';

export const rolledBackShape = shape({
  rolledBack: Type.Boolean(),
  revision: count,
  restores: nullable(count),
  plan: nullable(planShape),
  hold: nullable(holdShape),
});

export const taggedShape = shape({
  name: text,
  revision: nullable(count),
  before: nullable(count),
});

const { job, action, reason, previousName, fields } = changeShape.properties;

export const differenceShape = Type.Union([
  shape({
    from: text,
    to: text,
    changes: Type.Array(shape({ job, action, reason, previousName, fields })),
    manifestFields: fields,
    patch: nullable(text),
  }),
  shape({
    revision: count,
    overrides: Type.Array(shape({ job: text, kind: Type.Literal('pause'), ...pauseKeys })),
    unarmed: Type.Array(text),
  }),
]);

const driftItem = shape({
  class: oneOf('expected', 'stale_override', 'external', 'environment', 'source', 'behaviour'),
  job: nullable(text),
  detail: text,
  remedy: nullable(text),
});
same<Same<Value<typeof driftItem>, DriftItem>>();

export const driftShape = shape({
  revision: count,
  drift: Type.Boolean(),
  items: Type.Array(driftItem),
  summary: Type.Record(Type.String(), count),
  ignored: count,
});
