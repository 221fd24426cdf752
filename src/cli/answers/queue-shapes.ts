// Shape of what is told about the runs that wait.
import Type from 'typebox';
import type { QueueView } from '../../api/service.ts';
import { trigger } from './run-shapes.ts';
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

export const queueShape = shape({
  queue: Type.Array(
    shape({
      run: text,
      job: text,
      trigger,
      nominalTime: nullable(instant),
      attempt: Type.Integer({ minimum: 1 }),
      waitsFor: oneOf('slot', 'group', 'run', 'retry', 'time', 'daemon'),
      reason: text,
      ahead: nullable(count),
      queuedAt: instant,
      notBefore: nullable(instant),
      startBy: nullable(instant),
      priority: Type.Integer(),
      group: nullable(text),
    }),
  ),
  queued: count,
  running: count,
  limits: shape({
    concurrencyMax: count,
    queueLimit: count,
    groups: Type.Array(shape({ name: text, max: count, running: count, waiting: count })),
  }),
});
same<Same<Value<typeof queueShape>, QueueView>>();
