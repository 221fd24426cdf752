// Shapes of what pause and resume did.
import Type from 'typebox';
import type { PausedJobView, ResumedJobView } from '../../api/service.ts';
import { pauseKeys } from './job-shapes.ts';
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

const pausedJob = shape({
  job: text,
  outcome: oneOf('paused', 'changed', 'extended', 'kept'),
  pause: shape(pauseKeys),
  nextRun: nullable(instant),
  unfinished: Type.Array(text),
  canceled: Type.Array(text),
});
same<Same<Value<typeof pausedJob>, PausedJobView>>();

const resumedJob = shape({
  job: text,
  outcome: oneOf('resumed', 'not_paused'),
  skipped: count,
  nextRun: nullable(instant),
  suspended: Type.Boolean(),
});
same<Same<Value<typeof resumedJob>, ResumedJobView>>();

export const pausedShape = shape({ jobs: Type.Array(pausedJob) });
export const resumedShape = shape({ jobs: Type.Array(resumedJob) });
