// Shapes of what `stats` tells.
import type { StatsView } from '../../api/service.ts';
import type { Statistics } from '../../core/runs/statistics.ts';
import Type from 'typebox';
import {
  count,
  durationMs,
  instant,
  nullable,
  same,
  shape,
  text,
  type Same,
  type Value,
} from './shape.ts';

const spread = shape({
  p50: durationMs,
  p95: durationMs,
  max: durationMs,
  of: Type.Integer({
    minimum: 0,
    description: 'The newest runs, on which p50 and p95 rest; max is that of all runs.',
  }),
});

const figures = {
  runs: count,
  states: shape({
    queued: count,
    running: count,
    succeeded: count,
    failed: count,
    timed_out: count,
    canceled: count,
    lost: count,
  }),
  successRate: nullable(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Of runs that succeeded, failed, timed out or were lost.',
    }),
  ),
  durationMs: nullable(spread),
  lateMs: nullable(spread),
  retries: count,
  runningMs: durationMs,
  streak: nullable(shape({ succeeded: Type.Boolean(), runs: count })),
  longestGapMs: nullable(durationMs),
};

export const statisticsShape = shape(figures);
same<Same<Value<typeof statisticsShape>, Statistics>>();

export const statsShape = shape({
  since: nullable(instant),
  until: instant,
  jobs: Type.Array(shape({ job: text, ...figures })),
  overall: statisticsShape,
  truncated: Type.Boolean(),
  sampled: Type.Boolean({
    description: 'There are so many runs that percentiles rest on the newest ones: see `of`.',
  }),
});
same<Same<Value<typeof statsShape>, StatsView>>();
