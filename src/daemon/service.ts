// The whole service over the daemon's parts: what is read comes from the store
// and the loops, what is asked for is handed to them. Decides nothing about
// jobs; refuses what would begin something while the daemon stops.
import type { EventView, Service, StatusView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { DaemonLife } from '../core/runs/daemon-life.ts';
import type { Reconciler } from '../reconciler/reconciler.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import { findRun } from './find.ts';
import { healthView } from './health.ts';
import {
  manifestView,
  revisionView,
  sourceProblem,
  sourceView,
  syncView,
} from './manifest-state.ts';
import { createQueries } from './queries.ts';
import { iso, planView, previousView, runView } from './views.ts';

export interface ServiceParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly reconciler: Reconciler;
  readonly places: Locations;
  readonly settings: Settings;
  readonly version: string;
  readonly startedAt: number;
  /** The daemon before this one; null for the first. */
  readonly previous: DaemonLife | null;
  readonly events: (signal: AbortSignal) => AsyncIterable<EventView>;
  /** Problems and notices beyond those of the loops. */
  readonly troubles: () => {
    readonly problems: readonly string[];
    readonly notices: readonly (string | null)[];
  };
  /** Nothing is admitted: the scheduler only looks after what runs. */
  readonly isSafeMode: boolean;
  readonly isStopping: () => boolean;
  readonly stop: (mode: 'drain' | 'detach', graceMs: number | null) => void;
}

export function createService(parts: ServiceParts): Service {
  const { clock, store, scheduler, reconciler } = parts;
  const queries = createQueries({
    store,
    runsDir: parts.places.runsDir,
    now: () => clock.now(),
    nextStart: (record) => scheduler.nextStart(record.uid),
    admitsNothing: parts.isSafeMode,
  });

  const refuseWhileStopping = (what: string): void => {
    if (parts.isStopping()) throw operationalError('JM2-D106', { detail: what });
  };

  const audit = (actor: string, action: string, target: string): void =>
    store.audit({ at: clock.now(), actor, action, target, detail: null });

  return {
    ...queries,
    status: async () => statusOf(parts),
    plan: async (input) => {
      const result = await reconciler.plan(input);
      return result.kind === 'rejected'
        ? result
        : { kind: 'planned', plan: planView(result.plan, result.diagnostics) };
    },
    apply: async (input) => {
      refuseWhileStopping('Nothing was applied.');
      const result = await reconciler.apply(input);
      switch (result.kind) {
        case 'rejected':
          return result;
        case 'unchanged':
          return { kind: 'unchanged', revision: result.revision };
        case 'applied':
          return {
            kind: 'applied',
            revision: result.revision,
            plan: planView(result.plan, result.diagnostics),
          };
      }
    },
    run: async ({ job, by, force }) => {
      refuseWhileStopping(`No run of "${job}" was started.`);
      const run = scheduler.runNow({ job, requestedBy: by, force });
      audit(by, 'run.requested', run.id);
      return runView(run);
    },
    cancel: async ({ run: id, by }) => {
      const { id: runId } = findRun(store, id);
      scheduler.cancel(runId, by);
      audit(by, 'run.canceled', runId);
      return runView(findRun(store, runId));
    },
    shutdown: async ({ mode, graceMs }) => parts.stop(mode, graceMs),
    events: parts.events,
  };
}

function statusOf(parts: ServiceParts): StatusView {
  const { store, scheduler, reconciler, places, settings } = parts;
  const condition = reconciler.status();
  const { problems, notices } = parts.troubles();
  return {
    daemon: {
      running: true,
      pid: process.pid,
      startedAt: iso(parts.startedAt),
      version: parts.version,
      socket: places.socket,
      previous: previousView(parts.previous),
    },
    manifest: manifestView(store, places),
    revision: revisionView(store, condition.attempted.sourceDigest),
    source: sourceView(condition.source),
    sync: syncView(settings.sync, condition),
    health: healthView({
      problems: [
        ...scheduler.problems,
        sourceProblem(condition.source, condition.appliedRevision),
        ...problems,
      ],
      notices,
      running: scheduler.runningCount,
      queued: scheduler.queuedCount,
      isStopping: parts.isStopping(),
    }),
  };
}
