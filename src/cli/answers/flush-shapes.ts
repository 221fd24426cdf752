// Shape of what a flush took away, or would.
import Type from 'typebox';
import type { FlushView } from '../../api/service.ts';
import { count, same, shape, text, type Same, type Value } from './shape.ts';

export const flushShape = shape({
  dryRun: Type.Boolean(),
  runs: count,
  outcomes: Type.Integer({
    minimum: 0,
    description: 'Records of occurrences that had no run.',
  }),
  logs: Type.Integer({ minimum: 0, description: 'Runs whose logs alone went.' }),
  bytes: Type.Integer({ minimum: 0, description: 'Of all logs that went.' }),
  jobs: Type.Array(text, { description: 'One-shots that left the list.' }),
  removedFromFile: Type.Array(text),
});
same<Same<Omit<Value<typeof flushShape>, 'dryRun' | 'removedFromFile'>, Omit<FlushView, 'next'>>>();
