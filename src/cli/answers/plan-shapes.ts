// Shapes of plans and revisions.
import Type from 'typebox';
import type { ChangeView, PlanImpactView, PlanView } from '../../api/plan-views.ts';
import type { WeekGrid } from '../../core/plan/week-grid.ts';
import type { KeptPlan, PlanFile } from '../../api/plan-file.ts';
import type { Snapshot } from '../../core/plan/snapshot.ts';
import type { HazardEntry } from '../../core/plan/hazard-register.ts';
import type { PlanSummary } from '../../core/plan/plan.ts';
import type { RevisionSummary } from '../../daemon/read-revisions.ts';
import { holdShape } from './hold-shape.ts';
import { diagnosticShape } from './problem-shapes.ts';
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

const field = shape({
  path: text,
  before: Type.Unknown(),
  after: Type.Unknown(),
  effect: oneOf('cosmetic', 'next_run', 'schedule', 'capacity', 'security', 'identity'),
});

const beforeAndAfter = <T extends Type.TSchema>(value: T) => shape({ before: value, after: value });

export const hazardShape = shape({
  code: text,
  severity: oneOf('low', 'medium', 'high'),
  detail: text,
  at: nullable(instant),
  remedies: Type.Array(text),
});

export const changeShape = shape({
  job: text,
  action: oneOf('create', 'update', 'rename', 'delete', 'retain', 'no-op'),
  reason: text,
  previousName: nullable(text),
  source: nullable(shape({ file: text, line: Type.Integer({ minimum: 1 }) })),
  commits: Type.Optional(
    Type.Array(shape({ commit: text, author: text, at: instant, subject: text })),
  ),
  timezone: text,
  fields: Type.Array(field),
  impact: shape({
    nextRun: shape({
      before: nullable(instant),
      after: nullable(instant),
      deltaMs: nullable(Type.Integer()),
    }),
    pausedUntil: Type.Optional(nullable(instant)),
    runs: beforeAndAfter(count),
    lost: Type.Array(instant),
    gained: Type.Array(instant),
    moved: Type.Array(shape({ from: instant, to: instant })),
    longestGapMs: shape({ before: nullable(durationMs), after: nullable(durationMs) }),
    period: nullable(
      shape({
        unit: oneOf('day', 'week', 'month'),
        start: instant,
        end: instant,
        before: count,
        after: count,
        verdict: oneOf('kept', 'lost', 'doubled'),
      }),
    ),
    catchUpRuns: count,
    machineMs: nullable(shape({ before: durationMs, after: durationMs })),
    running: Type.Array(
      shape({
        run: text,
        startedAt: instant,
        leftMs: nullable(durationMs),
        policy: oneOf('finish', 'cancel', 'restart'),
      }),
    ),
  }),
  scheduleInWords: nullable(shape({ before: nullable(text), after: nullable(text) })),
  hazards: Type.Array(hazardShape),
  lookalike: Type.Optional(text),
});
same<Same<Value<typeof changeShape>, ChangeView>>();

const peak = nullable(shape({ count, at: instant }));

const planImpactShape = shape({
  runs: beforeAndAfter(count),
  nextRunsMoved: count,
  windowMs: durationMs,
  peakStartsPerMinute: beforeAndAfter(peak),
  newOverlaps: Type.Array(
    shape({
      jobs: Type.Tuple([text, text]),
      group: text,
      at: instant,
      count,
      basis: Type.Tuple([count, count]),
    }),
  ),
  queueWaits: Type.Array(
    shape({
      job: text,
      group: nullable(text),
      waits: beforeAndAfter(count),
      longestMs: beforeAndAfter(durationMs),
    }),
  ),
  startedByApply: count,
  clockChanges: Type.Array(
    shape({
      zone: text,
      at: instant,
      kind: oneOf('gap', 'overlap'),
      lengthMs: durationMs,
      jobs: Type.Array(text),
    }),
  ),
});
same<Same<Value<typeof planImpactShape>, PlanImpactView>>();

export const hazardEntryShape = shape({
  code: text,
  severities: Type.Array(oneOf('low', 'medium', 'high')),
  summary: text,
  meaning: text,
  remedies: Type.Array(text),
});
same<Same<Value<typeof hazardEntryShape>, HazardEntry>>();

export const weekShape = shape({
  zone: text,
  days: Type.Array(
    shape({
      date: text,
      lengthMs: count,
      hours: Type.Array(
        nullable(shape({ before: count, after: count, moved: Type.Optional(Type.Literal(true)) })),
      ),
    }),
  ),
});
same<Same<Value<typeof weekShape>, WeekGrid>>();

export const planSummaryShape = shape({
  create: count,
  update: count,
  rename: count,
  delete: count,
  unchanged: count,
  retain: Type.Optional(count),
});
same<Same<Value<typeof planSummaryShape>, PlanSummary>>();

const planProperties = {
  basis: shape({ lineage: text, revision: count, appliedDigest: text, desiredDigest: text }),
  changes: Type.Array(changeShape),
  impact: nullable(planImpactShape),
  impactDigest: text,
  timezoneData: nullable(text),
  summary: planSummaryShape,
  unchangedJobs: Type.Optional(Type.Array(text)),
  manifestFields: Type.Optional(Type.Array(field)),
  overrides: Type.Optional(
    Type.Array(
      shape({
        job: text,
        kind: Type.Literal('pause'),
        by: text,
        reason: nullable(text),
        until: nullable(instant),
        disposition: oneOf('kept', 'moved', 'archived', 'restored'),
      }),
    ),
  ),
  guard: nullable(shape({ code: text, detail: text })),
  blockedNames: Type.Optional(Type.Array(text)),
  publicEnv: Type.Optional(Type.Array(text)),
  commits: Type.Optional(shape({ from: text, isCut: Type.Boolean() })),
  committed: Type.Optional(shape({ commit: text, edited: Type.Boolean() })),
  at: instant,
  horizonMs: durationMs,
};

export const planShape = shape(
  {
    ...planProperties,
    week: Type.Optional(weekShape),
    hold: Type.Optional(holdShape),
    baseCommit: Type.Optional(shape({ commit: text, missing: count })),
    diagnostics: Type.Array(diagnosticShape),
  },
  'What a manifest would change, and when.',
);
same<Same<Value<typeof planShape>, PlanView>>();

const durationBasis = shape({
  runs: count,
  p50Ms: durationMs,
  p95Ms: durationMs,
  maxMs: durationMs,
});

/** Also the form of the file that `snapshot --out` writes. */
export const snapshotShape = shape(
  {
    format: Type.Literal(1),
    takenAt: instant,
    lineage: text,
    revision: count,
    digest: text,
    timezone: text,
    limits: shape({
      concurrencyMax: count,
      queueLimit: count,
      groups: Type.Record(Type.String(), count),
    }),
    jobs: Type.Array(
      shape({
        uid: text,
        job: Type.Unknown({ description: 'The job with all defaults filled in; secrets masked.' }),
        digest: text,
        aliases: Type.Array(text),
        pausedUntil: Type.Optional(nullable(Type.Integer())),
        duration: Type.Optional(durationBasis),
      }),
    ),
  },
  'What is in force, for plans where there is neither daemon nor store.',
);
same<Same<Omit<Value<typeof snapshotShape>, 'jobs'>, Omit<Snapshot, 'jobs'>>>();

const keptPlanShape = shape(planProperties);
same<Same<Value<typeof keptPlanShape>, KeptPlan>>();

/** A plan file without the manifest's text. */
export const planFileShape = shape({
  format: text,
  jm2: text,
  plannedAt: instant,
  expiresAt: instant,
  by: text,
  manifest: text,
  gitCommit: nullable(text),
  sourceDigest: text,
  plan: keptPlanShape,
  digest: text,
});
same<Same<Value<typeof planFileShape>, Omit<PlanFile, 'source'>>>();

export const revisionShape = shape({
  number: Type.Integer({ minimum: 1 }),
  digest: text,
  sourceDigest: text,
  appliedAt: instant,
  appliedBy: text,
  gitCommit: nullable(text),
  summary: shape({ create: count, update: count, rename: count, delete: count }),
  reason: nullable(text),
  restores: nullable(count),
  tags: Type.Array(text),
  held: Type.Boolean(),
});
same<Same<Value<typeof revisionShape>, RevisionSummary>>();
