// The whole service over the daemon's parts: what is read comes from the store
// and the loops, what is asked for is handed to them. Decides nothing about
// jobs; refuses what would begin something while the daemon stops.
import type { EventView, Service, StatusView } from '../api/service.ts';
import type { Condition } from '../core/diagnostics/condition.ts';
import { queuePageMax } from '../api/wire.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { givenOrNull, givenProblem } from '../core/runs/given.ts';
import type { DaemonLife } from '../core/runs/daemon-life.ts';
import type { ApplyResult, Reconciler } from '../reconciler/reconciler.ts';
import type { ApplyReply } from '../api/plan-views.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import { systemIds } from '../system/ids.ts';
import type { LoopDelay } from '../system/loop-delay.ts';
import { findRun } from './find.ts';
import { prepareAdhoc } from './prepare-adhoc.ts';
import { flushPage } from './flush.ts';
import { healthView } from './health.ts';
import {
  confirmationView,
  manifestView,
  revisionView,
  sourceProblem,
  sourceView,
  syncView,
} from './manifest-state.ts';
import { noteNamed, removeNoteNumbered } from './notes.ts';
import { overridesOf, pauseNamed, resumeNamed } from './overrides.ts';
import { patiently } from './patience.ts';
import { createQueries } from './queries.ts';
import { liveQueue } from './queue-view.ts';
import { planView } from './plan-view.ts';
import { iso, previousView, runView } from './views.ts';
import type { RedactionOf } from './run-secrets.ts';
import { chooseOccurrences } from './choose-occurrences.ts';
import { tagNamed } from './tag-revision.ts';
import { createWhy } from './why.ts';

export interface ServiceParts {
  readonly clock: Clock;
  readonly store: Store;
  /** What to hide in run logs. */
  readonly redactionOf: RedactionOf;
  readonly scheduler: Scheduler;
  readonly reconciler: Reconciler;
  readonly places: Locations;
  readonly settings: Settings;
  readonly version: string;
  readonly startedAt: number;
  /** The daemon before this one; null for the first. */
  readonly previous: DaemonLife | null;
  readonly loopDelay: () => LoopDelay | null;
  readonly events: (signal: AbortSignal) => AsyncIterable<EventView>;
  /** Log sizes of runs that have just ended. */
  readonly measureLogs: () => Promise<void>;
  /** A command that runs without a record of this run; null for none. */
  readonly unknownCommand: (runId: string) => Condition | null;
  /** Problems and notices beyond those of the loops. */
  readonly troubles: () => {
    readonly problems: readonly (Condition | string | null)[];
    readonly notices: readonly (string | null)[];
  };
  /** Nothing is admitted: the scheduler only looks after what runs. */
  readonly isSafeMode: boolean;
  readonly isStopping: () => boolean;
  readonly log: { warn(fields: object, message: string): void };
  readonly stop: (mode: 'drain' | 'detach', graceMs: number | null) => void;
}

export function createService(parts: ServiceParts): Service {
  const { clock, store, scheduler, reconciler } = parts;
  const waitReasons = (): ReadonlyMap<string, string> =>
    new Map(scheduler.waiting(queuePageMax).map(({ run, reason }) => [run.id, reason]));
  const queries = createQueries({
    store,
    runsDir: parts.places.runsDir,
    redactionOf: parts.redactionOf,
    now: () => clock.now(),
    nextStart: (record) => scheduler.nextStart(record.uid),
    pauseOutlook: (record) => scheduler.pauseOutlook(record.uid),
    admitsNothing: parts.isSafeMode,
    waitReasons,
  });

  const why = createWhy({
    store,
    now: () => clock.now(),
    attendance: () =>
      parts.isSafeMode
        ? { kind: 'safe_mode' }
        : parts.isStopping()
          ? { kind: 'stopping' }
          : { kind: 'admitting' },
    remarks: () => remarksOf(parts),
    waitReasons,
  });

  const refuseWhileStopping = (what: string): void => {
    if (parts.isStopping()) throw operationalError('JM2-D106', { detail: what });
  };

  /** Of a run that the store does not know there may be a command all the same. */
  const known = async <T>(id: string, find: () => T | Promise<T>): Promise<T> => {
    try {
      return await find();
    } catch (error) {
      const isUnknown = error instanceof Jm2Error && error.code === 'JM2-R102';
      const command = isUnknown ? parts.unknownCommand(id) : null;
      if (command === null) throw error;
      const { text: detail, remedy } = command;
      throw operationalError('JM2-T117', { detail, ...(remedy === null ? {} : { hint: remedy }) });
    }
  };

  return {
    ...queries,
    show: async (name) => {
      try {
        await parts.measureLogs();
      } catch (error) {
        // A full disk keeps no size, and everything else can be told all the same.
        parts.log.warn({ err: error }, 'log sizes could not be recorded');
      }
      return queries.show(name);
    },
    getRun: (id) => known(id, () => queries.getRun(id)),
    status: async () => statusOf(parts),
    queue: async ({ limit }) => liveQueue(scheduler, limit),
    why: async (query) => why(query),
    plan: async (input) => {
      const result = await reconciler.plan(input);
      return result.kind === 'rejected'
        ? result
        : {
            kind: 'planned',
            plan: planView(
              result.plan,
              result.diagnostics,
              input.text === null ? parts.places.manifest : null,
            ),
          };
    },
    apply: async (input) => {
      refuseWhileStopping('Nothing was applied.');
      return applyReply(
        await patiently(clock, () => reconciler.apply(input)),
        parts.places.manifest,
      );
    },
    applyText: async (input) => {
      refuseWhileStopping('Nothing was applied.');
      return applyReply(await patiently(clock, () => reconciler.applyText(input)), null);
    },
    sync: async ({ action, by, reason, until = null }) => {
      refuseWhileStopping('Nothing was changed.');
      if (action === 'now') await patiently(clock, () => reconciler.lookNow(by));
      else {
        const end = endFrom(until, clock.now());
        await patiently(clock, () =>
          reconciler.changeHold({ kind: action, by, reason, until: end }),
        );
      }
      return statusOf(parts);
    },
    tag: async (input) => {
      refuseWhileStopping('Nothing was changed.');
      return patiently(clock, () => tagNamed(store, input, clock.now()));
    },
    confirm: async ({ by, reason = null }) => {
      refuseWhileStopping('Nothing was confirmed.');
      return confirmationView(await patiently(clock, () => reconciler.confirm(by, reason)));
    },
    run: async ({ job, by, force, priority = null, given = null, requestId = null, startAt }) => {
      refuseWhileStopping(`No run of "${job}" was started.`);
      const problem = given === null ? null : givenProblem(given);
      if (problem !== null) throw operationalError('JM2-R125', { detail: `${problem}.` });
      const request = {
        job,
        requestedBy: by,
        force,
        priority,
        given: given === null ? null : givenOrNull(given),
        requestId,
        startAt: instantOrNull(startAt),
      };
      return runView(await patiently(clock, () => scheduler.runNow(request)));
    },
    adhoc: async (input) => {
      refuseWhileStopping('Nothing was started.');
      const { by } = input;
      const given = input.given ?? null;
      const problem = given === null ? null : givenProblem(given);
      if (problem !== null) throw operationalError('JM2-R125', { detail: `${problem}.` });
      const request = {
        ...prepareAdhoc(store, systemIds, input),
        requestedBy: by,
        priority: input.priority ?? null,
        given: given === null ? null : givenOrNull(given),
        requestId: input.requestId ?? null,
        startAt: instantOrNull(input.startAt),
      };
      return runView(await patiently(clock, () => scheduler.runAdhoc(request)));
    },
    rerun: async ({ run: id, by, ...how }) => {
      const { id: runId } = findRun(store, id);
      refuseWhileStopping(`Run ${runId} was not repeated.`);
      const request = { runId, requestedBy: by, ...how };
      return runView(await patiently(clock, () => scheduler.rerun(request)));
    },
    backfill: async ({ job, by, dryRun, requestId = null, ...range }) => {
      refuseWhileStopping(`No run of "${job}" was started.`);
      const chosen = chooseOccurrences(store, { job, ...range }, clock.now());
      const nominalTimes = chosen.occurrences
        .filter(({ decision }) => decision === 'run')
        .map(({ nominalTime }) => nominalTime);
      const runs = dryRun
        ? []
        : await patiently(clock, () =>
            scheduler.backfill({ job, nominalTimes, requestedBy: by, requestId }),
          );
      return {
        occurrences: chosen.occurrences.map((one) => ({
          ...one,
          nominalTime: iso(one.nominalTime),
        })),
        runs: runs.map(runView),
        more: chosen.more,
      };
    },
    cancel: async ({ run: id, by }) => {
      const { id: runId } = await known(id, () => findRun(store, id));
      await patiently(clock, () => scheduler.cancel(runId, by));
      return runView(findRun(store, runId));
    },
    pause: async (input) => {
      refuseWhileStopping('Nothing was paused.');
      return patiently(clock, () => pauseNamed(parts, input));
    },
    resume: async (input) => {
      refuseWhileStopping('Nothing was resumed.');
      return patiently(clock, () => resumeNamed(parts, input));
    },
    note: async (input) => {
      refuseWhileStopping('Nothing was written.');
      return patiently(clock, () => noteNamed(store, input, clock.now()));
    },
    removeNote: async (input) => {
      refuseWhileStopping('Nothing was removed.');
      return patiently(clock, () => removeNoteNumbered(store, input, clock.now()));
    },
    flush: async (input) => {
      const list = async () => (await queries.list()).jobs;
      const runsDir = parts.places.runsDir;
      return patiently(clock, () =>
        flushPage({ store, runsDir, now: () => clock.now(), list }, input),
      );
    },
    shutdown: async (input) => {
      if (!parts.isStopping()) noteStopRequest(parts, input);
      parts.stop(input.mode, input.graceMs);
    },
    events: parts.events,
  };
}

/** Before the deed. A store that cannot take it keeps no daemon from being stopped. */
function noteStopRequest(
  { clock, store, log }: ServiceParts,
  { mode, graceMs, by = 'unknown' }: Parameters<Service['shutdown']>[0],
): void {
  try {
    store.audit({
      at: clock.now(),
      actor: by,
      action: mode === 'drain' ? 'daemon.stop_requested' : 'daemon.restart_requested',
      target: 'daemon',
      detail: null,
      facts: { graceMs, running: store.unfinishedRuns().length },
    });
  } catch (error) {
    log.warn({ err: error, by, mode }, 'the request to stop could not be recorded');
  }
}

function endFrom(until: string | null, now: number): number | null {
  if (until === null) return null;
  const end = Date.parse(until);
  if (end > now) return end;
  throw operationalError('JM2-D107', {
    detail: `A hold until ${until} would be over already. Nothing was changed.`,
  });
}

function instantOrNull(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}

function applyReply(result: ApplyResult, file: string | null): ApplyReply {
  if (result.kind === 'rejected') return result;
  const { kind, revision } = result;
  return kind === 'unchanged'
    ? { kind, revision }
    : { kind, revision, plan: planView(result.plan, result.diagnostics, file) };
}

/** What besides the job itself may keep what is expected from happening. */
function remarksOf({ scheduler, reconciler }: ServiceParts): string[] {
  const { source, sync, appliedRevision } = reconciler.status();
  const refused = sourceProblem(source, appliedRevision);
  const pending =
    sync.kind === 'pending'
      ? ['Changes of the manifest wait for jm2 apply; this is about what is in force.']
      : [];
  const problems = scheduler.problems.map(({ text }) => text);
  return [...problems, ...(refused === null ? [] : [refused]), ...pending];
}

function statusOf(parts: ServiceParts): StatusView {
  const { store, scheduler, reconciler, places, settings } = parts;
  const condition = reconciler.status();
  const { problems, notices } = parts.troubles();
  const known = new Set(
    problems.map((problem) => (typeof problem === 'string' ? null : problem?.code)),
  );
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
    source: sourceView(condition.source, condition),
    sync: syncView(settings.sync, condition),
    health: healthView({
      problems: [
        // The same, told by the space guard with more to say.
        ...scheduler.problems.filter(({ code }) => code === null || !known.has(code)),
        sourceProblem(condition.source, condition.appliedRevision),
        ...problems,
      ],
      notices,
      running: scheduler.runningCount,
      queued: scheduler.queuedCount,
      concurrencyMax: scheduler.limits().concurrencyMax,
      isStopping: parts.isStopping(),
      loopDelay: parts.loopDelay(),
    }),
    overrides: overridesOf(store, ({ uid }) => scheduler.pauseOutlook(uid), parts.clock.now()),
  };
}
