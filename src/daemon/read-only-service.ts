// What can be answered while no daemon runs: everything recorded, the run logs,
// and the plan of the file against the recorded state. Writes nothing.
import { unattendedSince } from '../core/runs/daemon-life.ts';
import type { ReadService, StatusView } from '../api/service.ts';
import { readOrphans } from '../reconciler/orphans.ts';
import { readConfirmation } from '../reconciler/stored-confirmation.ts';
import { readNotTakenBack } from '../reconciler/not-taken-back.ts';
import { readHold } from '../reconciler/stored-hold.ts';
import { readCondition } from '../reconciler/source-condition.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { StoreReader } from '../store/store.ts';
import { systemClock } from '../system/clock.ts';
import type { Clock } from '../system/clock.ts';
import { readBootId } from '../system/process-identity.ts';
import { SecretBook } from '../executor/secret-book.ts';
import { healthView } from './health.ts';
import { requireReachable } from './holder.ts';
import { emptyReader } from './empty-reader.ts';
import { lastLife } from './life.ts';
import {
  committedView,
  confirmationView,
  holdView,
  manifestView,
  notTakenBackCondition,
  orphanViews,
  revisionView,
  sourceProblem,
  sourceView,
} from './manifest-state.ts';
import { overridesOf } from './overrides.ts';
import { createQueries, madeUpNow, nextStartBySchedule, outlookBySchedule } from './queries.ts';
import type { MadeUpAhead } from '../core/runs/made-up-ahead.ts';
import { recordedQueue } from './queue-view.ts';
import { sourceNow } from './source-now.ts';
import { previousView } from './views.ts';
import { createRunRedactions } from './run-secrets.ts';
import { createWhy } from './why.ts';

/**
 * Opens the store for reading; where there is none, answers as an empty one
 * would. Throws JM2-D101 where that cannot be told, JM2-T101 for one that cannot be read.
 */
export function openReadOnlyService(
  places: Locations,
  settings: Settings,
  clock: Clock = systemClock,
): ReadService {
  // Before: what may not be looked at would pass for missing.
  requireReachable(places);
  const store = openStoreReader(places.database) ?? emptyReader;
  let madeUp: MadeUpAhead | null = null;
  const queries = createQueries({
    store,
    runsDir: places.runsDir,
    // This process has handed no secret to anybody: all it can do is to look them up.
    redactionOf: createRunRedactions({
      store,
      manifestDir: places.manifestDir,
      daemonEnv: process.env,
      clock,
      book: new SecretBook(),
      handsOutSince: null,
    }),
    now: () => clock.now(),
    nextStart: (record) => {
      // Of one command there is one answer.
      madeUp ??= madeUpNow(store, clock.now());
      return nextStartBySchedule(record, clock.now(), madeUp);
    },
    pauseOutlook: (record) => outlookBySchedule(record, clock.now()),
  });
  const why = createWhy({
    store,
    now: () => clock.now(),
    attendance: () => {
      const facts = { stateDir: places.stateDir, bootId: readBootId(), now: clock.now() };
      const last = lastLife(store, facts);
      const lives = last === null ? [] : [last, ...store.daemons(50).slice(1)];
      return { kind: 'down', since: unattendedSince(lives) };
    },
    remarks: () => [],
  });
  return {
    ...queries,
    why: async (query) => why(query),
    status: () => statusOf(store, places, settings, clock.now()),
    queue: async ({ limit }) => recordedQueue(store, limit, clock.now()),
    // Only a plan needs the manifest's loader and the planner; other answers start sooner.
    plan: async (input) => {
      const { planOf } = await import('./plan-from-store.ts');
      return planOf(store, places, { ...input, now: clock.now() });
    },
  };
}

async function statusOf(
  store: StoreReader,
  places: Locations,
  settings: Settings,
  now: number,
): Promise<StatusView> {
  const revision = store.latestRevision();
  const refused = readCondition(store);
  const { source, committed } = await sourceNow(store, places.manifest);
  const orphans = readOrphans(store);
  const confirmation = readConfirmation(store);
  const isInForce =
    revision !== null &&
    source.kind === 'read' &&
    source.digest === revision.sourceDigest &&
    orphans.size === 0;
  const unfinished = store.unfinishedRuns();
  const running = unfinished.filter((run) => run.state === 'running').length;
  const applied = revision?.number ?? 0;
  const { problems, conditions } = healthView({
    problems: [
      refused === null ? null : sourceProblem(refused, applied),
      notTakenBackCondition(readNotTakenBack(store, applied)),
    ],
    notices: [],
    running,
    queued: unfinished.length - running,
    concurrencyMax: revision?.concurrencyMax ?? null,
    isStopping: false,
    loopDelay: null,
  });
  return {
    daemon: {
      running: false,
      pid: null,
      startedAt: null,
      version: null,
      socket: places.socket,
      previous: previousView(
        lastLife(store, { stateDir: places.stateDir, bootId: readBootId(), now }),
      ),
    },
    manifest: manifestView(store, places),
    revision: revisionView(store, source.kind === 'read' ? source.digest : null),
    // Whether another content than the one in force is valid, nobody has judged yet.
    source:
      refused === null
        ? {
            state: isInForce ? 'accepted' : 'unknown',
            since: null,
            diagnostics: [],
            ...committedView(committed),
          }
        : sourceView(refused, { git: null, committed }),
    sync: {
      mode: settings.sync,
      state: isInForce ? 'synced' : 'unknown',
      because: null,
      pending: null,
      hold: holdView(readHold(store)),
      confirmation: confirmation && confirmationView(confirmation),
      orphaned: orphanViews(orphans),
    },
    health: {
      state: 'down',
      problems: ['No daemon runs, so nothing is started.', ...problems],
      conditions,
      running,
      queued: unfinished.length - running,
      concurrencyMax: revision?.concurrencyMax ?? null,
      loopDelay: null,
    },
    overrides: overridesOf(store, (record) => outlookBySchedule(record, now), now),
  };
}
