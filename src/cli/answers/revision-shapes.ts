// Shapes of what is told about earlier manifests, comparisons and drift.
import Type from 'typebox';
import type { DriftIgnore } from '../../core/manifest/job.ts';
import type { DriftItem, IgnoredItem } from '../../core/sync/drift.ts';
import type { AuditView } from '../../daemon/read-audit.ts';
import type { BlameEntry } from '../views/blame.ts';
import { holdShape } from './hold-shape.ts';
import { pauseKeys } from './job-shapes.ts';
import { changeShape, planShape } from './plan-shapes.ts';
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

export const rolledBackShape = shape({
  rolledBack: Type.Boolean(),
  revision: count,
  restores: nullable(count),
  plan: nullable(planShape),
  hold: nullable(holdShape),
});

export const taggedShape = shape({
  name: text,
  revision: nullable(count),
  before: nullable(count),
});

const { job, action, reason, previousName, fields, commits } = changeShape.properties;

export const differenceShape = Type.Union([
  shape({
    from: text,
    to: text,
    changes: Type.Array(shape({ job, action, reason, previousName, fields, commits })),
    commits: Type.Optional(shape({ from: text, isCut: Type.Boolean() })),
    manifestFields: fields,
    patch: nullable(text),
  }),
  shape({
    revision: count,
    overrides: Type.Array(shape({ job: text, kind: Type.Literal('pause'), ...pauseKeys })),
    unarmed: Type.Array(text),
  }),
]);

const driftItem = shape({
  class: oneOf('expected', 'stale_override', 'external', 'environment', 'source', 'behaviour'),
  job: nullable(text),
  detail: text,
  remedy: nullable(text),
});
same<Same<Value<typeof driftItem>, DriftItem>>();

const debt = { owner: text, reason: text, until: text };
const ignoredItem = shape({ ...driftItem.properties, ...debt });
same<Same<Value<typeof ignoredItem>, IgnoredItem>>();
const ignoreShape = shape({ path: text, ...debt });
same<Same<Value<typeof ignoreShape>, DriftIgnore>>();

export const driftShape = shape({
  revision: count,
  drift: Type.Boolean(),
  items: Type.Array(driftItem),
  summary: Type.Record(Type.String(), count),
  ignored: count,
  ignoredItems: Type.Array(ignoredItem),
  ignoresOver: Type.Array(ignoreShape),
});

export const auditEntryShape = shape({
  seq: count,
  prevHash: text,
  hash: text,
  at: instant,
  actor: text,
  actorKind: oneOf('human', 'ci', 'daemon'),
  action: text,
  target: nullable(text),
  job: nullable(text),
  detail: nullable(text),
  facts: Type.Record(Type.String(), Type.Union([text, Type.Number(), Type.Null()])),
});
same<Same<Value<typeof auditEntryShape>, AuditView>>();

export const auditShape = Type.Union([
  shape({ entries: Type.Array(auditEntryShape) }),
  shape({ intact: Type.Boolean(), entries: count, head: text, problems: Type.Array(text) }),
]);

const blameEntry = shape({
  field: text,
  value: Type.Unknown(),
  line: nullable(count),
  revision: count,
  at: instant,
  by: nullable(text),
  reason: nullable(text),
  commit: nullable(text),
  author: nullable(text),
  authoredAt: nullable(instant),
  summary: nullable(text),
});
same<Same<Value<typeof blameEntry>, BlameEntry>>();

export const blameShape = shape({ job: text, entries: Type.Array(blameEntry) });
