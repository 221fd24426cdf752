// Shapes of what `stats` tells.
import type { StatsView } from '../../api/service.ts';
import type { PeriodFigures, Report } from '../../core/runs/report.ts';
import type { Statistics } from '../../core/runs/statistics.ts';
import Type from 'typebox';
import {
  count,
  durationMs,
  instant,
  nullable,
  oneOf,
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

const rate = nullable(
  Type.Number({ minimum: 0, maximum: 1, description: 'Of runs that succeeded or failed.' }),
);
const periodKeys = {
  runs: count,
  succeeded: count,
  failed: count,
  canceled: count,
  successRate: rate,
  p50Ms: nullable(durationMs),
  p95Ms: nullable(durationMs),
  maxMs: nullable(durationMs),
  lateMaxMs: nullable(durationMs),
  retries: count,
  runningMs: durationMs,
  longestGapMs: nullable(durationMs),
  missed: count,
};
const periodShape = shape(periodKeys);
same<Same<Value<typeof periodShape>, PeriodFigures>>();

const comparedKeys = {
  ...periodKeys,
  before: periodShape,
  trend: shape({
    verdict: oneOf('better', 'worse', 'same', 'new', 'idle'),
    because: nullable(oneOf('failures', 'missed', 'duration')),
  }),
};
const reportKeys = {
  jobs: Type.Array(shape({ job: text, ...comparedKeys })),
  overall: shape(comparedKeys),
  retryShare: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  slowest: Type.Array(text),
  flakiest: Type.Array(text),
  longestWaits: Type.Array(text),
};
const reportShape = shape(reportKeys);
same<Same<Value<typeof reportShape>, Report>>();

const span = { since: instant, until: instant, before: shape({ since: instant, until: instant }) };
/** Of the jobs of a project, or with `--all` of projects. */
export const reportedShape = Type.Union([
  shape({ ...span, ...reportKeys, truncated: Type.Boolean() }),
  shape({
    ...span,
    projects: Type.Array(
      shape({
        manifest: nullable(text),
        stateDir: text,
        overall: nullable(shape(comparedKeys)),
        fault: nullable(text),
      }),
    ),
  }),
]);
