// Shapes of runs, of what became of occurrences, and of what jobs printed.
import Type from 'typebox';
import type {
  AttemptView,
  BackfillView,
  ComparisonView,
  LastRunView,
  LogLine,
  MissedView,
  NamesakeView,
  NoteView,
  OutcomeView,
  RunNoteView,
  RunView,
} from '../../api/service.ts';
import type { OutputDifference } from '../compared-outputs.ts';
import type { PreparedRun } from '../views/prepared-run.ts';
import type { OutcomeReason, RunState, Trigger } from '../../core/runs/run.ts';
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

const runState = oneOf('queued', 'running', 'succeeded', 'failed', 'timed_out', 'canceled', 'lost');
same<Same<Value<typeof runState>, RunState>>();

export const trigger = oneOf('schedule', 'catch-up', 'manual', 'rerun', 'backfill', 'restart');
same<Same<Value<typeof trigger>, Trigger>>();

const exitCode = nullable(Type.Integer());

export const lastRunShape = shape({
  id: text,
  state: runState,
  exitCode,
  startedAt: nullable(instant),
  endedAt: nullable(instant),
  durationMs: nullable(durationMs),
});
same<Same<Value<typeof lastRunShape>, LastRunView>>();

const noteCode = oneOf(
  'log_cut',
  'leftovers',
  'out_of_memory',
  'log_removed',
  'log_incomplete',
  'log_replaced',
  'person',
);
same<Same<Value<typeof noteCode>, RunNoteView['code']>>();

const givenShape = shape(
  { args: Type.Array(text), env: Type.Record(Type.String(), text) },
  'Given for this run alone; what looks like a secret is masked.',
);

const runNoteShape = shape({
  code: noteCode,
  text,
  at: instant,
  by: Type.Optional(text),
  id: Type.Optional(count),
});

export const noteShape = shape(
  { id: count, job: text, run: nullable(text), at: instant, by: text, text },
  'What a person remarked; `run` is null for a remark about the job itself.',
);
same<Same<Value<typeof noteShape>, NoteView>>();

export const namesakeShape = shape(
  { name: text, since: nullable(count), until: nullable(count), current: Type.Boolean() },
  'One of several jobs that have or had a name: from which revision to which, and its name now.',
);
same<Same<Value<typeof namesakeShape>, NamesakeView>>();

export const runShape = shape(
  {
    id: text,
    job: text,
    trigger,
    nominalTime: nullable(instant),
    state: runState,
    exitCode,
    signal: nullable(text),
    attempts: count,
    queuedAt: instant,
    startedAt: nullable(instant),
    endedAt: nullable(instant),
    durationMs: nullable(durationMs),
    lateMs: nullable(durationMs),
    revision: count,
    reason: nullable(text),
    given: nullable(givenShape),
    requestId: nullable(text),
    repeats: nullable(text),
    startAt: nullable(instant),
    notes: Type.Array(runNoteShape),
    namesake: Type.Optional(namesakeShape),
  },
  'One admitted execution of a job.',
);
same<Same<Value<typeof runShape>, RunView>>();

export const preparedRunShape = shape(
  {
    job: text,
    argv: Type.Array(text),
    cwd: text,
    user: nullable(text),
    env: Type.Array(text),
    envFiles: Type.Array(text),
  },
  'What a run would execute; of its variables the names.',
);
same<Same<Value<typeof preparedRunShape>, PreparedRun>>();

export const backfillShape = shape(
  {
    occurrences: Type.Array(
      shape({
        nominalTime: instant,
        decision: oneOf('run', 'succeeded', 'under_way'),
        run: nullable(text),
      }),
    ),
    runs: Type.Array(runShape),
    more: Type.Boolean(),
  },
  'What a backfill makes of the occurrences of a range.',
);
same<Same<Value<typeof backfillShape>, BackfillView>>();

export const outcomeReason = oneOf(
  'forbid',
  'queue_full',
  'suspended',
  'paused',
  'replaced',
  'removed',
  'schedule_changed',
  'catch_up_none',
  'catch_up_window',
  'catch_up_latest',
  'catch_up_limit',
  'deadline',
  'clock_step',
  'zone_data',
  'stopping',
  'engine_fault',
  'restored',
);
same<Same<Value<typeof outcomeReason>, OutcomeReason>>();

export const attemptShape = shape(
  {
    run: text,
    attempt: Type.Integer({ minimum: 1 }),
    state: runState,
    exitCode,
    signal: nullable(text),
    intendedAt: instant,
    startedAt: nullable(instant),
    endedAt: nullable(instant),
    durationMs: nullable(durationMs),
    reason: nullable(text),
  },
  "One launch of a run's command.",
);
same<Same<Value<typeof attemptShape>, AttemptView>>();

export const outcomeShape = shape(
  {
    job: text,
    nominalTime: instant,
    lastNominalTime: instant,
    disposition: oneOf('admitted', 'skipped', 'missed'),
    reason: nullable(outcomeReason),
    count: Type.Integer({ minimum: 1 }),
    detail: nullable(text),
    run: nullable(text),
    namesake: Type.Optional(namesakeShape),
  },
  'What became of an occurrence, or of several with one cause.',
);
same<Same<Value<typeof outcomeShape>, OutcomeView>>();

export const missedShape = shape(
  {
    job: text,
    nominalTime: instant,
    lastNominalTime: instant,
    count: Type.Integer({ minimum: 1 }),
    madeUpFor: count,
    reason: nullable(outcomeReason),
    detail: nullable(text),
    inForce: Type.Boolean(),
  },
  'What was missed, and how much of it a run made up for.',
);
same<Same<Value<typeof missedShape>, MissedView>>();

export const logLineShape = shape({
  job: text,
  run: text,
  attempt: Type.Integer({ minimum: 1 }),
  time: nullable(instant),
  text,
  base64: Type.Optional(text),
  unfinished: Type.Optional(Type.Literal(true)),
});
same<Same<Value<typeof logLineShape>, LogLine>>();

const comparedFields = nullable(
  Type.Array(shape({ path: text, before: Type.Unknown(), after: Type.Unknown() })),
);
const comparisonShape = shape({
  runs: Type.Unsafe<readonly [RunView, RunView]>(
    Type.Array(runShape, { minItems: 2, maxItems: 2 }),
  ),
  fields: comparedFields,
});
same<Same<Value<typeof comparisonShape>, ComparisonView>>();

const outputDifferenceShape = shape({
  same: Type.Boolean(),
  lines: Type.Unsafe<readonly [number, number]>(
    Type.Array(count, { minItems: 2, maxItems: 2, description: 'Lines compared of each.' }),
  ),
  truncated: Type.Boolean(),
  removed: count,
  added: count,
  patch: nullable(text),
});
same<Same<Value<typeof outputDifferenceShape>, OutputDifference>>();

export const comparedShape = shape({
  ...comparisonShape.properties,
  differences: Type.Array(text),
  output: nullable(outputDifferenceShape),
  outputProblem: nullable(text),
});
