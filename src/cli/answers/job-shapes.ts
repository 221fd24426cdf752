// Shapes of jobs as `list` and `show` tell them.
import Type from 'typebox';
import type { JobDetailView, JobState, JobView } from '../../api/service.ts';
import type { Origin } from '../../core/manifest/origins.ts';
import { lastRunShape, noteShape, runShape } from './run-shapes.ts';
import { statisticsShape } from './stats-shapes.ts';
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

const jobState = oneOf(
  'scheduled',
  'running',
  'paused',
  'suspended',
  'manual',
  'completed',
  'failed',
  'invalid',
);
same<Same<Value<typeof jobState>, JobState>>();

export const pauseKeys = {
  by: text,
  reason: nullable(text),
  since: instant,
  until: nullable(instant),
  skipped: count,
  nextSkipped: nullable(instant),
  old: Type.Boolean(),
};

export const orphanKeys = { since: instant, reason: oneOf('protected', 'over_prune_limit') };

const jobKeys = {
  name: text,
  schedule: nullable(text),
  timezone: text,
  state: jobState,
  nextRun: nullable(instant),
  lastRun: nullable(lastRunShape),
  description: nullable(text),
  owner: nullable(text),
  runbook: nullable(text),
  tags: Type.Array(text),
  revision: count,
  pause: nullable(shape(pauseKeys)),
  orphaned: nullable(shape(orphanKeys)),
  flushed: Type.Boolean({ description: 'A one-shot that is over and was taken out of the list.' }),
  held: Type.Optional(Type.Literal(true)),
};

export const jobShape = shape(jobKeys, 'A job in force.');
same<Same<Value<typeof jobShape>, JobView>>();

const jobDetailKeys = {
  ...jobKeys,
  spec: Type.Unknown({ description: 'The job with all defaults filled in; secrets masked.' }),
  specDigest: text,
  command: text,
  scheduleInWords: nullable(text),
  nextRuns: Type.Array(instant),
  recentRuns: Type.Array(runShape),
  statistics: statisticsShape,
  logs: shape({ runs: count, bytes: count }),
  aliases: Type.Array(text),
  fault: nullable(text),
  personNotes: Type.Optional(Type.Array(noteShape)),
};
const jobDetailShape = shape(jobDetailKeys);
same<Same<Value<typeof jobDetailShape>, JobDetailView>>();

export const originKeys = {
  from: oneOf('job', 'defaults', 'manifest', 'settings', 'override', 'default'),
  line: nullable(count),
};
const originShape = shape(originKeys);
same<Same<Value<typeof originShape>, Origin>>();

/** What `show` adds when it is asked for. */
export const shownJobShape = shape({
  ...jobDetailKeys,
  origins: Type.Optional(
    Type.Record(Type.String(), originShape, {
      description: 'With --resolved: where each value comes from, by its pointer in the job.',
    }),
  ),
  source: Type.Optional(
    shape(
      { file: text, revision: count, current: Type.Boolean() },
      'Which text the lines belong to; current: the file has the same bytes.',
    ),
  ),
  yaml: Type.Optional(Type.String({ description: 'With --yaml: the job as it is written.' })),
});
