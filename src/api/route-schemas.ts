// Shapes of what clients send. Closed objects: an unknown key is an error.
// Query values stay text here; routes.ts turns them into numbers, because
// nothing is coerced behind a client's back.
import Type from 'typebox';
import type { Static } from 'typebox';
import { tagPattern } from '../core/sync/rollback-target.ts';
import {
  backfillMax,
  missedPageMax,
  pausedAtOnceMax,
  confirmWithinMaxMs,
  noteMaxLength,
  reasonMaxLength,
} from './wire.ts';

const closed = { additionalProperties: false } as const;
const name = Type.String({ minLength: 1, maxLength: 128 });
const person = Type.String({ minLength: 1, maxLength: 256 });
const digits = Type.String({ pattern: '^[0-9]{1,15}$' });
const instant = Type.String({
  pattern:
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})$',
});
const durationMs = Type.Integer({ minimum: 0, maximum: 10 * 366 * 86_400_000 });

export const jobParams = Type.Object({ job: name }, closed);
export const runParams = Type.Object({ run: name }, closed);

export const historyQuery = Type.Object(
  {
    job: Type.Optional(name),
    states: Type.Optional(Type.String({ pattern: '^[a-z_]+(,[a-z_]+){0,9}$' })),
    triggers: Type.Optional(Type.String({ pattern: '^[a-z-]+(,[a-z-]+){0,9}$' })),
    tookMinMs: Type.Optional(digits),
    tookMaxMs: Type.Optional(digits),
    limit: digits,
    since: Type.Optional(instant),
    until: Type.Optional(instant),
    all: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
    namesakes: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
    adhoc: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  },
  closed,
);
export const statsBody = Type.Object(
  {
    jobs: Type.Union([Type.Array(name, { maxItems: 500 }), Type.Null()]),
    since: Type.Union([instant, Type.Null()]),
    until: Type.Union([instant, Type.Null()]),
  },
  closed,
);
export const queueQuery = Type.Object({ limit: digits }, closed);
export const logsQuery = Type.Object(
  {
    job: Type.Optional(name),
    run: Type.Optional(name),
    attempt: Type.Optional(digits),
    lines: Type.Optional(digits),
    since: Type.Optional(instant),
    until: Type.Optional(instant),
    unmasked: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  },
  closed,
);
export const whyQuery = Type.Object(
  {
    job: Type.Optional(name),
    time: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    run: Type.Optional(name),
  },
  closed,
);
export const logCursorQuery = Type.Object(
  {
    run: name,
    attempt: digits,
    offset: digits,
    unmasked: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  },
  closed,
);
export const compareQuery = Type.Object({ from: name, to: name }, closed);
export const noQuery = Type.Object({}, closed);

export const planBody = Type.Object({ horizonMs: durationMs }, closed);
export const planTextQuery = Type.Object({ horizonMs: digits }, closed);
export const planTextBody = Type.String();
const allowRemove = Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 1000 }));
const confirmWithinMs = Type.Optional(Type.Integer({ minimum: 1, maximum: confirmWithinMaxMs }));
const reasonOrNull = Type.Optional(
  Type.Union([Type.Null(), Type.String({ maxLength: reasonMaxLength })]),
);
const digestOrNull = Type.Union([Type.Null(), Type.String({ maxLength: 256 })]);
const seen = Type.Optional(
  Type.Object({ planId: digestOrNull, impactDigest: digestOrNull }, closed),
);
export const applyTextBody = Type.Object(
  {
    by: person,
    text: Type.String(),
    gitCommit: Type.Union([Type.Null(), Type.String({ maxLength: 64 })]),
    expected: Type.Object(
      {
        revision: Type.Integer({ minimum: 0 }),
        desiredDigest: Type.Union([Type.Null(), Type.String({ maxLength: 256 })]),
      },
      closed,
    ),
    cause: Type.Union(
      (['rollback', 'taken_back', 'plan_file', 'person'] as const).map((word) =>
        Type.Literal(word),
      ),
    ),
    mode: Type.Union([Type.Literal('until_changed'), Type.Literal('manual')]),
    reason: Type.Union([Type.Null(), Type.String({ maxLength: reasonMaxLength })]),
    seen,
    allowRemove,
    restores: Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: 1 })])),
    restoredJobs: Type.Optional(Type.Union([Type.Null(), Type.Array(name, { maxItems: 10_000 })])),
    confirmWithinMs,
    confirmWhen: Type.Optional(Type.Literal('succeeded')),
  },
  closed,
);
export const syncBody = Type.Object(
  {
    action: Type.Union((['now', 'hold', 'resume'] as const).map((word) => Type.Literal(word))),
    by: person,
    reason: Type.Union([Type.Null(), Type.String({ maxLength: reasonMaxLength })]),
    until: Type.Optional(Type.Union([Type.Null(), instant])),
  },
  closed,
);
export const tagBody = Type.Object(
  {
    name: Type.String({ pattern: tagPattern }),
    revision: Type.Union([Type.Null(), Type.Integer({ minimum: 1 })]),
    by: person,
    move: Type.Boolean(),
  },
  closed,
);
export const applyBody = Type.Object(
  {
    by: person,
    expected: Type.Union([
      Type.Null(),
      Type.Object(
        {
          revision: Type.Integer({ minimum: 0 }),
          desiredDigest: Type.String({ maxLength: 256 }),
        },
        closed,
      ),
    ]),
    reason: reasonOrNull,
    seen,
    allowRemove,
    confirmWithinMs,
    confirmWhen: Type.Optional(Type.Literal('succeeded')),
    ifIdle: Type.Optional(Type.Boolean()),
  },
  closed,
);
const requestId = Type.Optional(
  Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 128 })]),
);
/** What every request for a new run may say of it. */
const ofNewRun = {
  by: person,
  priority: Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: -100, maximum: 100 })])),
  given: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Object(
        { args: Type.Array(Type.String()), env: Type.Record(Type.String(), Type.String()) },
        closed,
      ),
    ]),
  ),
  requestId,
  startAt: Type.Optional(Type.Union([Type.Null(), instant])),
};
export const runBody = Type.Object({ ...ofNewRun, force: Type.Boolean() }, closed);
const optionalText = Type.Optional(Type.Union([Type.Null(), Type.String()]));
/** What can be used of it is decided where runs are made, with words for people. */
export const adhocBody = Type.Object(
  {
    ...ofNewRun,
    command: Type.String(),
    name: optionalText,
    template: optionalText,
    cwd: optionalText,
    shell: optionalText,
    timeoutMs: Type.Optional(Type.Union([Type.Null(), durationMs])),
  },
  closed,
);
export const missedBody = Type.Object(
  {
    jobs: Type.Union([Type.Array(name, { maxItems: 500 }), Type.Null()]),
    since: instant,
    until: instant,
    all: Type.Boolean(),
    limit: Type.Integer({ minimum: 1, maximum: missedPageMax }),
  },
  closed,
);
export const rerunBody = Type.Object(
  {
    by: person,
    force: Type.Boolean(),
    current: Type.Boolean(),
    serial: Type.Boolean(),
    requestId,
  },
  closed,
);
export const backfillBody = Type.Object(
  {
    by: person,
    from: instant,
    to: instant,
    limit: Type.Integer({ minimum: 1, maximum: backfillMax }),
    all: Type.Boolean(),
    dryRun: Type.Boolean(),
    requestId,
  },
  closed,
);
export const cancelBody = Type.Object({ by: person }, closed);
const jobNames = Type.Array(name, { minItems: 1, maxItems: pausedAtOnceMax });
export const pauseBody = Type.Object(
  {
    jobs: jobNames,
    by: person,
    reason: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: reasonMaxLength })]),
    until: Type.Union([Type.Null(), Type.Literal('next_run'), instant]),
    cancel: Type.Boolean(),
  },
  closed,
);
export const resumeBody = Type.Object({ jobs: jobNames, by: person }, closed);
export const notesQuery = Type.Object({ about: Type.Optional(name), limit: digits }, closed);
export const noteBody = Type.Object(
  { about: name, by: person, text: Type.String({ minLength: 1, maxLength: noteMaxLength }) },
  closed,
);
export const removeNoteBody = Type.Object({ id: Type.Integer({ minimum: 1 }), by: person }, closed);
export const flushBody = Type.Object(
  {
    by: person,
    jobs: Type.Optional(Type.Union([Type.Null(), jobNames])),
    history: Type.Union([Type.Null(), instant]),
    logs: Type.Union([Type.Null(), instant]),
    oneShots: Type.Boolean(),
    all: Type.Boolean(),
    dryRun: Type.Boolean(),
    after: Type.Union([
      Type.Null(),
      Type.Object({ queuedAt: Type.Integer(), id: Type.String({ maxLength: 26 }) }, closed),
    ]),
  },
  closed,
);
export const shutdownBody = Type.Object(
  {
    mode: Type.Union([Type.Literal('drain'), Type.Literal('detach')]),
    graceMs: Type.Union([Type.Null(), durationMs]),
    // Clients of earlier versions do not say it.
    by: Type.Optional(person),
  },
  closed,
);

export type JobParams = Static<typeof jobParams>;
export type RunParams = Static<typeof runParams>;
export type HistoryQueryText = Static<typeof historyQuery>;
export type StatsBody = Static<typeof statsBody>;
export type QueueQueryText = Static<typeof queueQuery>;
export type LogsQueryText = Static<typeof logsQuery>;
export type WhyQueryText = Static<typeof whyQuery>;
export type LogCursorText = Static<typeof logCursorQuery>;
export type ApplyTextBody = Static<typeof applyTextBody>;
export type SyncBody = Static<typeof syncBody>;
export type TagBody = Static<typeof tagBody>;
export type PlanBody = Static<typeof planBody>;
export type PlanTextQuery = Static<typeof planTextQuery>;
export const confirmBody = Type.Object({ by: person, reason: reasonOrNull }, closed);
export type ConfirmBody = Static<typeof confirmBody>;
export type ApplyBody = Static<typeof applyBody>;
export type RunBody = Static<typeof runBody>;
export type AdhocBody = Static<typeof adhocBody>;
export type MissedBody = Static<typeof missedBody>;
export type RerunBody = Static<typeof rerunBody>;
export type BackfillBody = Static<typeof backfillBody>;
export type CancelBody = Static<typeof cancelBody>;
export type PauseBody = Static<typeof pauseBody>;
export type ResumeBody = Static<typeof resumeBody>;
export type CompareQuery = Static<typeof compareQuery>;
export type NotesQueryText = Static<typeof notesQuery>;
export type NoteBody = Static<typeof noteBody>;
export type RemoveNoteBody = Static<typeof removeNoteBody>;
export type FlushBody = Static<typeof flushBody>;
export type ShutdownBody = Static<typeof shutdownBody>;
