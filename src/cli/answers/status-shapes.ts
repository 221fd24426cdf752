// Shapes of what is told about the daemon, about settings and about error codes.
import type { DriftSummary } from '../drift-summary.ts';
import Type from 'typebox';
import type { ConfirmationView, StatusView } from '../../api/service.ts';
import type { ProjectStatus } from '../all-projects.ts';
import type { RegistryEntry } from '../../core/diagnostics/registry-entry.ts';
import type { SettingProblem } from '../../settings/setting-problem.ts';
import type { SettingValue } from '../../settings/settings.ts';
import { holdShape } from './hold-shape.ts';
import { orphanKeys, pauseKeys } from './job-shapes.ts';
import { planSummaryShape } from './plan-shapes.ts';
import { diagnosticShape } from './problem-shapes.ts';
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

const milliseconds = Type.Number({ minimum: 0 });

export const pid = Type.Integer({ minimum: 1 });

export const confirmationShape = shape({
  revision: count,
  returnsTo: count,
  deadline: instant,
  by: text,
  since: instant,
  awaits: Type.Array(text),
});
same<Same<Value<typeof confirmationShape>, ConfirmationView>>();

const statusShape = shape({
  daemon: shape({
    running: Type.Boolean(),
    pid: nullable(pid),
    startedAt: nullable(instant),
    version: nullable(text),
    socket: text,
    previous: nullable(
      shape({
        version: text,
        startedAt: instant,
        endedAt: instant,
        end: oneOf('stopped', 'detached', 'crashed', 'rebooted'),
      }),
    ),
  }),
  manifest: shape({ path: text, stateDir: text, timezone: nullable(text), jobs: count }),
  revision: shape({
    attempted: nullable(text),
    applied: count,
    appliedAt: nullable(instant),
    appliedBy: nullable(text),
    gitCommit: nullable(text),
  }),
  source: shape({
    state: oneOf('accepted', 'invalid', 'missing', 'unreadable', 'unknown'),
    since: nullable(instant),
    diagnostics: Type.Array(diagnosticShape),
    git: Type.Optional(
      shape({
        kind: oneOf('lock', 'rebase', 'merge', 'cherry-pick', 'revert'),
        since: instant,
        blocks: Type.Boolean(),
        path: text,
        remedy: text,
      }),
    ),
    committed: Type.Optional(shape({ commit: text, edited: Type.Boolean() })),
  }),
  sync: shape({
    mode: oneOf('auto', 'manual'),
    state: oneOf('synced', 'pending', 'unknown'),
    because: nullable(text),
    pending: nullable(planSummaryShape),
    hold: nullable(holdShape),
    confirmation: nullable(confirmationShape),
    orphaned: Type.Array(shape({ job: text, ...orphanKeys })),
  }),
  health: shape({
    state: oneOf('healthy', 'degraded', 'draining', 'down'),
    problems: Type.Array(text),
    conditions: Type.Array(
      shape({
        code: nullable(text),
        text,
        since: nullable(instant),
        remedy: nullable(text),
      }),
    ),
    running: count,
    queued: count,
    concurrencyMax: nullable(count),
    loopDelay: nullable(
      shape({ p50Ms: milliseconds, p99Ms: milliseconds, maxMs: milliseconds, since: instant }),
    ),
  }),
  overrides: Type.Array(shape({ job: text, kind: Type.Literal('pause'), ...pauseKeys })),
});
same<Same<Value<typeof statusShape>, StatusView>>();

/** The status of one project, as `jm2 status` tells it. */
export const toldStatusShape = shape({
  ...statusShape.properties,
  drift: shape({ expected: count, staleOverride: count, unscheduled: count, pending: count }),
});
same<Same<Value<typeof toldStatusShape>['drift'], DriftSummary>>();

export const projectsShape = shape({
  projects: Type.Array(
    shape({
      manifest: nullable(text),
      stateDir: text,
      running: nullable(Type.Boolean()),
      pid: nullable(count),
      state: nullable(text),
      revision: nullable(count),
      jobs: nullable(count),
      runs: nullable(count),
      problems: nullable(count),
      next: nullable(shape({ job: text, at: instant })),
      fault: nullable(text),
    }),
  ),
});
same<Same<Value<typeof projectsShape>['projects'][number], ProjectStatus>>();

/** The part of it that is about manifest and revision. */
export const syncShape = shape({
  sync: statusShape.properties.sync,
  source: statusShape.properties.source,
  revision: statusShape.properties.revision,
});

const origin = oneOf('flag', 'environment', 'file', 'default');

export const settingShape = shape({
  key: Type.Unsafe<SettingValue['key']>(text),
  value: Type.Union([Type.String(), Type.Number(), Type.Null()]),
  origin,
  source: nullable(text),
});
same<Same<Value<typeof settingShape>, SettingValue>>();

export const settingProblemShape = shape({ key: text, origin, source: text, problem: text });
same<Same<Value<typeof settingProblemShape>, SettingProblem>>();

export const registryEntryShape = shape({
  code: text,
  area: oneOf('manifest', 'schedule', 'plan', 'runs', 'daemon', 'store', 'command line'),
  summary: text,
  meaning: text,
  remedy: text,
  example: nullable(text),
  corrected: nullable(text),
  exitCode: count,
});
same<Same<Value<typeof registryEntryShape>, RegistryEntry>>();
