// Shape of what keeps content of the manifest waiting.
import Type from 'typebox';
import type { HoldView } from '../../api/status-views.ts';
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

export const holdShape = shape({
  cause: oneOf('rollback', 'taken_back', 'plan_file', 'person'),
  mode: oneOf('until_changed', 'manual'),
  by: text,
  reason: nullable(text),
  since: instant,
  until: nullable(instant),
  revision: count,
  jobs: Type.Array(text),
});
same<Same<Value<typeof holdShape>, HoldView>>();
