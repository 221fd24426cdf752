// What `--json` prints, command by command: the one source of the published
// schemas under schema/output. A command without an entry fails a test.
import Type from 'typebox';
import type { TSchema } from 'typebox';
import { jobShape, originKeys, shownJobShape } from './job-shapes.ts';
import { pausedShape, resumedShape } from './override-shapes.ts';
import {
  planFileShape,
  hazardEntryShape,
  planShape,
  revisionShape,
  snapshotShape,
  weekShape,
} from './plan-shapes.ts';
import { diagnosticShape, errorShape } from './problem-shapes.ts';
import { calendarShape } from './calendar-shapes.ts';
import { doctorShape } from './doctor-shapes.ts';
import { flushShape } from './flush-shapes.ts';
import { exportedShape, importedShape, importReportShape } from './exchange-shapes.ts';
import { applyLineShape } from './apply-lines.ts';
import { resultLineShape, verdictShape } from './result-lines.ts';
import { queueShape } from './queue-shapes.ts';
import {
  attemptShape,
  backfillShape,
  logLineShape,
  comparedShape,
  missedShape,
  noteShape,
  outcomeShape,
  preparedRunShape,
  runShape,
} from './run-shapes.ts';
import {
  auditEntryShape,
  auditShape,
  blameShape,
  differenceShape,
  driftShape,
  rolledBackShape,
  taggedShape,
} from './revision-shapes.ts';
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
import type { RemovedView } from '../../daemon/read-removed.ts';
import { serviceChangeShape, serviceStatusShape } from './service-shapes.ts';
import { reportedShape, statsShape } from './stats-shapes.ts';
import { whyShape } from './why-shapes.ts';
import {
  confirmationShape,
  pid,
  registryEntryShape,
  settingProblemShape,
  settingShape,
  toldStatusShape,
  projectsShape,
  syncShape,
} from './status-shapes.ts';

export interface AnswerShape {
  /** `data` of a success. */
  readonly data?: TSchema;
  /** `data` that may stand beside an error. */
  readonly failureData?: TSchema;
  /** One line of a stream. */
  readonly line?: TSchema;
  /** What asks for the stream, where that is not `--json`. */
  readonly lineOption?: string;
}

const diagnostics = shape({ diagnostics: Type.Array(diagnosticShape) });
/** Present when the manifest is not accepted and an earlier revision stays in force. */
const lastGood = {
  lastGoodRevision: Type.Optional(count),
  diagnostics: Type.Optional(Type.Array(diagnosticShape)),
};
const eventLine = Type.Object(
  { at: instant, kind: text },
  { description: 'A fact already stored; further keys depend on the kind.' },
);
const validation = shape({
  diagnostics: Type.Array(diagnosticShape),
  files: Type.Array(verdictShape),
});

/** The jobs that were selected, when the question about them was not answered with yes. */
const selectionShape = shape({ jobs: Type.Array(text) });

/** Of `status --problems`; `job` is null for what is about daemon or manifest. */
const problemsShape = shape({
  problems: Type.Array(shape({ job: nullable(text), text, remedy: nullable(text) })),
});

/** Occurrences that are made up for, and the runs that do it: none before a confirmation. */
const madeUpShape = shape({
  occurrences: Type.Array(shape({ job: text, nominalTime: instant })),
  runs: Type.Array(runShape),
});

/** Several jobs: those that were started, and why others were not. */
const startedShape = shape({
  runs: Type.Array(runShape),
  refused: Type.Array(shape({ job: text, code: text, detail: text })),
});

const change = shape({
  changed: Type.Boolean(),
  file: text,
  diff: Type.String({ description: 'A unified diff; empty when there is nothing to change.' }),
  plan: nullable(planShape),
  revision: nullable(count),
});
const changeFailure = Type.Union([
  diagnostics,
  shape({ file: text, diff: text, plan: Type.Optional(nullable(planShape)) }),
  shape({ name: text, fields: Type.Unknown() }),
]);

const importFailure = Type.Union([changeFailure, importReportShape]);

const removedShape = shape({
  job: text,
  removedAt: instant,
  revision: count,
  by: nullable(text),
});
same<Same<Value<typeof removedShape>, RemovedView>>();

/** What waits for `confirm`. */
const waiting = Type.Optional(nullable(confirmationShape));

const shapedStart = shape({ nominalTime: instant, local: text, note: nullable(text) });

export const answerShapes: Readonly<Record<string, AnswerShape>> = {
  init: { data: shape({ files: Type.Array(text), timezone: text }) },
  validate: {
    data: validation,
    failureData: validation,
    line: resultLineShape,
    lineOption: '--format jsonl',
  },
  snapshot: { data: shape({ snapshot: nullable(snapshotShape), file: nullable(text) }) },
  plan: {
    data: planShape,
    failureData: Type.Union([diagnostics, planShape]),
    line: resultLineShape,
    lineOption: '--format jsonl',
  },
  apply: {
    data: Type.Union([
      shape({
        applied: Type.Literal(true),
        revision: count,
        plan: planShape,
        confirmation: waiting,
      }),
      shape({ applied: Type.Literal(false), revision: nullable(count), confirmation: waiting }),
    ]),
    failureData: Type.Union([diagnostics, planShape]),
    line: applyLineShape,
    lineOption: '--format jsonl',
  },
  undelete: {
    data: Type.Union([
      change,
      shape({ removed: Type.Array(removedShape) }),
      shape({ job: text, snippet: text }),
    ]),
    failureData: Type.Union([changeFailure, shape({ job: text, snippet: text })]),
  },
  confirm: { data: shape({ confirmation: confirmationShape }) },
  add: {
    data: Type.Union([
      change,
      shape({ examples: Type.Array(shape({ command: text, meaning: text })) }),
    ]),
    failureData: changeFailure,
  },
  edit: { data: change, failureData: changeFailure },
  remove: { data: change, failureData: changeFailure },
  import: { data: importedShape(change.properties), failureData: importFailure },
  export: { data: exportedShape, failureData: diagnostics },
  fmt: {
    data: shape({
      file: text,
      changed: Type.Boolean(),
      formatted: Type.Boolean({ description: 'It was in the canonical form.' }),
      diff: text,
      pruned: Type.Optional(Type.Array(shape({ job: text, from: Type.Array(text) }))),
    }),
    failureData: diagnostics,
  },
  revisions: { data: shape({ revisions: Type.Array(revisionShape) }) },
  rollback: { data: rolledBackShape, failureData: Type.Union([diagnostics, planShape]) },
  tag: { data: taggedShape },
  diff: { data: differenceShape, failureData: diagnostics },
  drift: { data: driftShape },
  blame: { data: blameShape },
  audit: { data: auditShape, failureData: auditShape, line: auditEntryShape },
  sync: { data: syncShape, failureData: syncShape },
  schema: { data: Type.Object({}, { description: 'The JSON Schema of the manifest.' }) },
  preview: {
    data: Type.Union([
      shape({
        occurrences: Type.Array(
          shape({
            job: text,
            nominalTime: instant,
            startTime: instant,
            local: text,
            timezone: text,
            note: nullable(text),
          }),
        ),
        truncated: Type.Optional(Type.Boolean()),
      }),
      shape({ week: weekShape, file: text }),
      shape({
        timeline: shape({
          kind: oneOf('day', 'week'),
          from: instant,
          slotMs: durationMs,
          timezone: text,
          jobs: Type.Array(Type.Unknown()),
        }),
      }),
      shape({
        calendar: shape({
          kind: oneOf('month', 'year'),
          timezone: text,
          days: Type.Array(shape({ date: text, count, hasClockChange: Type.Boolean() })),
        }),
      }),
      shape({
        overlaps: shape({
          from: instant,
          to: instant,
          starts: count,
          assumedMs: durationMs,
          assumedJobs: count,
          truncated: Type.Boolean(),
          peak: nullable(shape({ runs: count, at: instant })),
          busiestMinute: nullable(shape({ starts: count, at: instant })),
          meetings: Type.Array(shape({ jobs: Type.Array(text), count, first: instant })),
        }),
      }),
    ]),
    failureData: diagnostics,
  },
  calendars: {
    data: shape({
      year: Type.Integer({ minimum: 1970, maximum: 2199 }),
      calendars: Type.Array(calendarShape),
    }),
    failureData: diagnostics,
  },
  'explain-schedule': {
    data: shape({
      expression: text,
      timezone: text,
      words: text,
      perYear: Type.Integer({ minimum: 0, description: 'Starts within 365 days.' }),
      next: Type.Array(shapedStart),
      clockChange: nullable(shapedStart),
    }),
    failureData: diagnostics,
  },
  history: {
    data: shape({
      runs: Type.Array(runShape),
      outcomes: Type.Optional(Type.Array(outcomeShape)),
      attempts: Type.Optional(Type.Array(attemptShape)),
      prunedUntil: Type.Optional(nullable(instant)),
      personNotes: Type.Optional(Type.Array(noteShape)),
    }),
  },
  events: { data: shape({ events: Type.Array(eventLine) }), line: eventLine },
  stats: { data: statsShape },
  report: { data: reportedShape },
  compare: { data: comparedShape },
  note: {
    data: Type.Union([
      shape({ notes: Type.Array(noteShape) }),
      shape({ note: noteShape }),
      shape({ removed: Type.Array(noteShape) }),
    ]),
  },
  why: { data: whyShape },
  logs: { data: shape({ lines: Type.Array(logLineShape) }), line: logLineShape },
  list: {
    data: Type.Union([
      shape({ jobs: Type.Array(jobShape) }),
      shape({ tags: Type.Array(shape({ tag: text, jobs: count })) }),
    ]),
  },
  show: {
    data: Type.Union([
      shownJobShape,
      shape({ runs: Type.Array(runShape), attempts: Type.Array(attemptShape) }),
      shape({
        file: planFileShape,
        standing: oneOf(
          'ready',
          'rebased',
          'applied',
          'expired',
          'other_installation',
          'other_meaning',
          'stale',
          'unknown',
        ),
      }),
    ]),
  },
  run: {
    data: Type.Union([
      shape({ run: runShape }),
      shape({ dryRun: preparedRunShape }),
      startedShape,
      selectionShape,
    ]),
    failureData: Type.Union([startedShape, selectionShape]),
  },
  cancel: {
    data: shape({ run: runShape, runs: Type.Array(runShape) }),
    failureData: shape({ runs: Type.Array(runShape) }),
  },
  rerun: {
    data: Type.Union([
      shape({ run: runShape }),
      shape({ failed: Type.Array(runShape), runs: Type.Array(runShape) }),
    ]),
    failureData: shape({ failed: Type.Array(runShape), runs: Type.Array(runShape) }),
  },
  backfill: { data: backfillShape, failureData: backfillShape },
  missed: {
    data: Type.Union([
      shape({ missed: Type.Array(missedShape), more: Type.Boolean() }),
      madeUpShape,
    ]),
    failureData: madeUpShape,
  },
  wait: { data: Type.Union([shape({ run: runShape }), shape({ runs: Type.Array(runShape) })]) },
  watch: { data: shape({ run: runShape }) },
  queue: {
    data: Type.Union([queueShape, shape({ runs: Type.Array(runShape) })]),
    failureData: shape({ runs: Type.Array(runShape) }),
  },
  pause: { data: pausedShape, failureData: selectionShape },
  resume: { data: resumedShape, failureData: selectionShape },
  'skip-next': { data: pausedShape },
  top: {},
  up: { line: eventLine },
  start: {
    line: eventLine,
    data: shape({
      pid: nullable(pid),
      started: Type.Boolean(),
      socket: text,
      ...lastGood,
    }),
    failureData: diagnostics,
  },
  stop: { data: shape({ wasRunning: Type.Boolean(), pid: nullable(pid) }) },
  restart: {
    data: shape({ pid: nullable(pid), previousPid: nullable(pid), running: count, ...lastGood }),
    failureData: diagnostics,
  },
  status: {
    data: Type.Union([toldStatusShape, problemsShape, projectsShape]),
    failureData: Type.Union([toldStatusShape, problemsShape]),
  },
  backup: {
    data: shape({
      file: text,
      bytes: count,
      schemaVersion: count,
      lineage: text,
      madeAt: nullable(instant),
      revision: count,
      jobs: count,
      runs: count,
      logs: nullable(shape({ files: count, bytes: count })),
    }),
  },
  restore: {
    data: shape({
      file: text,
      madeAt: nullable(instant),
      revision: count,
      jobs: count,
      runs: count,
      closed: count,
      replaced: nullable(text),
      stopped: Type.Boolean(),
    }),
  },
  service: {
    data: Type.Union([serviceChangeShape, serviceStatusShape]),
    failureData: Type.Union([serviceStatusShape, diagnostics]),
  },
  install: { data: serviceChangeShape, failureData: diagnostics },
  uninstall: { data: serviceChangeShape },
  explain: {
    data: Type.Union([
      registryEntryShape,
      hazardEntryShape,
      shape({
        field: text,
        title: text,
        description: text,
        default: Type.Unknown(),
        examples: Type.Array(Type.Unknown()),
        job: nullable(text),
        values: Type.Array(shape({ pointer: text, value: Type.Unknown(), ...originKeys })),
      }),
    ]),
  },
  completion: {
    data: shape({
      shell: oneOf('bash', 'zsh', 'fish', 'powershell'),
      script: Type.Optional(text),
      file: nullable(text),
      line: nullable(
        Type.String({ description: "What is left to write into the shell's own start-up file." }),
      ),
    }),
  },
  flush: { data: flushShape, failureData: flushShape },
  doctor: { data: doctorShape, failureData: doctorShape },
  config: {
    data: Type.Union([
      shape({
        settings: Type.Array(settingShape),
        problems: Type.Array(settingProblemShape),
      }),
      shape({ setting: settingShape }),
      shape({
        changed: Type.Boolean(),
        file: text,
        removed: Type.Array(text),
        setting: nullable(settingShape),
      }),
    ]),
    failureData: shape({ keys: Type.Array(text) }),
  },
};

/** What every command answers to `--help` and `--version`. */
const told = Type.Union([shape({ help: text }), shape({ version: text })]);

/** The one object that a call prints; for a stream without data, only its failure. */
export function envelope({ data, failureData }: AnswerShape): TSchema {
  const successes = data === undefined ? [told] : [data, told];
  return Type.Union([
    shape({ success: Type.Literal(true), data: Type.Union(successes) }),
    shape({
      success: Type.Literal(false),
      error: errorShape,
      ...(failureData === undefined ? {} : { data: Type.Optional(failureData) }),
    }),
  ]);
}
