// The composition root: names the concrete parts, starts them in order, and
// stops them in reverse. Each part decides for itself; this file only wires.
import { uptime } from 'node:os';
import { listen } from '../api/server.ts';
import type { ApiServer } from '../api/server.ts';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { isAdhoc } from '../core/runs/adhoc.ts';
import { createManifestJudge } from '../reconciler/judge-manifest.ts';
import { createReconciler } from '../reconciler/loop.ts';
import { writeWorktree } from '../reconciler/stored-worktree.ts';
import { createScheduler } from '../scheduler/loop.ts';
import { systemClock, type CancelTimer } from '../system/clock.ts';
import { sha256 } from '../system/digest.ts';
import { collectGarbage } from '../system/collect-garbage.ts';
import { findTool } from '../system/find-tool.ts';
import { systemIds } from '../system/ids.ts';
import { createLoopDelayMeter } from '../system/loop-delay.ts';
import { readBootId } from '../system/process-identity.ts';
import { countUncollected } from '../system/process-table.ts';
import { runTool } from '../system/run-tool.ts';
import { createManifestWatch } from '../watch/manifest-watch.ts';
import type { ManifestWatch } from '../watch/watch.ts';
import { answerSignals } from './answer-signals.ts';
import { createAttemptRequests } from './attempt-request.ts';
import { noteStart } from './crash-loop.ts';
import type { Daemon, DaemonOptions, StartStep } from './daemon-interface.ts';
import { openDaemonLog } from './daemon-log.ts';
import { createEventHub } from './event-hub.ts';
import { logSchedulerEvent, reconcilerEventView, schedulerEventView } from './event-views.ts';
import { initProblem } from './health.ts';
import { lockInstance } from './instance-lock.ts';
import { rememberManifest } from './known-projects.ts';
import { notTakenBackCondition } from './manifest-state.ts';
import { beginLife } from './life.ts';
import { createLogLinks } from './log-links.ts';
import { createLogRetention } from './log-retention.ts';
import { createMaintenance } from './maintenance.ts';
import { createMemoryReturn } from './memory-return.ts';
import { createSecrets } from './secrets.ts';
import { judgeDisk } from './network-disk.ts';
import { openDaemonStore } from './open-daemon-store.ts';
import { openDispatcher } from './open-dispatcher.ts';
import { createService } from './service.ts';
import { createServiceManager } from './service-manager.ts';
import { serviceStatusText } from './service-status.ts';
import { clearStaleSocket } from './stale-socket.ts';
import { prepareStateDirectory } from './state-directory.ts';
import { createSpaceGuard, giveUpWhenFull } from './space-guard.ts';
import { storeConditions } from './store-condition.ts';
import { createStopper } from './stopping.ts';
import { within } from './within.ts';
import { createZoneNotices } from './zone-notices.ts';

export type { Daemon, DaemonOptions, StartStep };

/** A manifest that needs longer is taken up by the running scheduler. */
const firstPassWithinMs = 10_000;
/** As often as the scheduler's loop would wake. */
const fedEveryMs = 10_000;

/**
 * Starts everything and resolves when the socket answers. Throws Jm2Error
 * (JM2-D102, D103, D104, store errors) with nothing left open.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { settings, locations, onStep } = options;
  const clock = systemClock;
  const stopper = createStopper();
  const step = async <T>(name: StartStep, body: () => T | Promise<T>): Promise<T> => {
    onStep?.(name, 'started');
    try {
      const result = await body();
      onStep?.(name, 'done');
      return result;
    } catch (error) {
      onStep?.(name, 'failed');
      await stopper.closeAll();
      throw error;
    }
  };

  let networkDisk: string | null = null;
  await step('state directory', () => {
    prepareStateDirectory(locations);
    giveUpWhenFull(locations.stateDir);
    networkDisk = judgeDisk(locations.stateDir, settings.networkDisk);
  });
  const lock = await step('lock', () => lockInstance(locations));
  stopper.onClose(() => lock.release());
  const secrets = createSecrets({
    manifestDir: locations.manifestDir,
    daemonEnv: process.env,
    clock,
    warn: (message, job) => logger.warn({ job }, message),
  });
  const { logger, ...logFile } = openDaemonLog(locations.daemonLog, settings.logLevel, (line) =>
    secrets.book.mask(line),
  );
  stopper.onClose(() => logFile.close());
  const startedAt = clock.now();
  const crashes = noteStart(locations.stateDir, startedAt);
  let ignoreSignals = (): void => undefined;
  stopper.onClose(() => {
    ignoreSignals();
    crashes.endedInOrder();
    logger.info({}, 'daemon stopped');
  });
  logger.info({ version: options.version, manifest: locations.manifest }, 'daemon starts');

  const manager = createServiceManager({
    env: process.env,
    pid: process.pid,
    tool: findTool('systemd-notify'),
    run: runTool,
    clock,
    monotonicUsec: () => process.hrtime.bigint() / 1000n,
    warn: (message) => logger.warn({}, message),
  });
  let cancelFeed: CancelTimer = () => undefined;
  stopper.onClose(() => cancelFeed());
  const space = createSpaceGuard({ stateDir: locations.stateDir, clock, log: logger });
  stopper.onClose(() => space.close());
  const { store, unknownCommands } = await step('store', () =>
    openDaemonStore({
      locations,
      clock,
      ids: systemIds,
      log: logger,
      foundFull: () => space.foundFull(),
      onClose: (close) => stopper.onClose(close),
    }),
  );
  rememberManifest(store, locations.manifest, logger);
  const bootId = readBootId();
  const life = beginLife({
    store,
    clock,
    ids: systemIds,
    stateDir: locations.stateDir,
    bootId,
    version: options.version,
    log: logger,
  });
  let endsAs: 'stopped' | 'detached' = 'stopped';
  stopper.onClose(() => life.ended(endsAs));
  const commands = openDispatcher({
    runsDir: locations.runsDir,
    launcherFile: options.launcherFile,
    cgroups: settings.cgroups,
    bootId,
    clock,
    secrets,
    log: logger,
  });
  const { dispatcher } = commands;
  stopper.onClose(() => dispatcher.detach());
  await step('launcher', () => commands.ready());

  const hub = createEventHub();
  const links = createLogLinks({ ...locations, clock, log: logger });
  stopper.onClose(() => links.close());
  const { tz } = process.versions;
  const zoneRelease = tz === undefined ? {} : { zoneRelease: tz };
  const scheduler = createScheduler({
    clock,
    ids: systemIds,
    store,
    dispatcher,
    bootId,
    random: Math.random,
    log: logger,
    uptime: () => uptime() * 1000,
    ...zoneRelease,
    engine: `jm2 ${options.version}, zone data ${process.versions['tz'] ?? 'unknown'}`,
    downSince: life.downSince,
    alive: () => {
      life.alive();
      manager.alive();
    },
    holdStarts: space.holdStarts,
    attemptRequest: createAttemptRequests({
      manifestDir: locations.manifestDir,
      daemonEnv: process.env,
      clock,
    }),
  });
  stopper.onClose(() => scheduler.detach());
  const loopDelay = createLoopDelayMeter(clock);
  stopper.onClose(() => loopDelay.close());
  const memory = createMemoryReturn({
    clock,
    quietForMs: () => scheduler.quietForMs,
    collect: collectGarbage,
  });
  stopper.onStop(() => memory.stop());
  stopper.onClose(() => memory.stop());
  memory.loaded();
  scheduler.on((event) => {
    loopDelay.noteWork();
    if (event.kind === 'run.ended') memory.ended();
    logSchedulerEvent(logger, event);
    if (event.kind === 'run.started' && !isAdhoc(event.run.jobUid)) {
      links.started(event.run.job, event.run.id, event.attempt);
    }
    if (hub.isWatched) hub.publish(schedulerEventView(event, clock.now()));
  });

  const watchOf = (path: string): ManifestWatch =>
    createManifestWatch(path, {
      clock,
      report: (problem) => logger.warn({ problem, path }, 'the manifest is watched by polling'),
    });
  writeWorktree(store, settings.worktree);
  let isRecovered = false;
  const reconciler = createReconciler({
    isRecovered: () => isRecovered,
    clock,
    ids: systemIds,
    digest: sha256,
    store,
    watch: watchOf(locations.manifest),
    watchFile: watchOf,
    scheduler,
    sync: settings.sync,
    worktree: settings.worktree,
    manifestPath: locations.manifest,
    log: logger,
    judge: createManifestJudge(() => store.jobs()),
  });
  reconciler.on((event) => {
    if (event.kind === 'manifest.applied') memory.loaded();
    manager.changed();
    if (hub.isWatched) hub.publish(reconcilerEventView(event, clock.now()));
  });
  scheduler.on((event) => {
    if (event.kind !== 'run.ended' || event.run.state !== 'succeeded') return;
    // It may be what an apply on trial waits for.
    if (reconciler.status().confirmation?.awaits !== undefined) reconciler.hint('a run succeeded');
  });
  // Before the scheduler stops: an apply during the drain would admit again.
  stopper.onStop(() => reconciler.stop());
  stopper.onClose(() => reconciler.stop());
  // Jobs are taken from the manifest before misfires are settled, so that what
  // was removed meanwhile is not caught up.
  await step('manifest', () => within(firstPassWithinMs, reconciler.start()).catch(logLate));
  await step('scheduler', async () => {
    if (!crashes.isSafeMode) {
      await scheduler.start();
      // A crash before this line makes a later gap begin with the daemon before.
      life.admits();
      isRecovered = true;
      return;
    }
    try {
      // What runs is still watched, timed out, canceled and drained.
      await scheduler.start({ admit: false });
    } catch (error) {
      // It may be what the daemon crashed of; the API must answer all the same.
      logger.error({ err: error }, 'safe mode could not recover what an earlier daemon left');
      // No loop runs that could hang, and ending would only begin the next crash.
      keepFed();
    }
    isRecovered = true;
  });
  // What ended meanwhile may be what an apply on trial waits for, or has waited for in vain.
  if (reconciler.status().confirmation?.awaits !== undefined) reconciler.hint('runs recovered');

  const logs = createLogRetention({
    store,
    clock,
    runsDir: locations.runsDir,
    keepBytes: settings.keepLogBytes,
    isStopped: () => stopper.isStopping,
  });
  scheduler.on((event) => {
    if (event.kind === 'run.ended') logs.noteEnded(event.run.id);
  });
  const maintenance = createMaintenance({
    store,
    logs,
    clock,
    runsDir: locations.runsDir,
    keep: { runs: settings.keepRuns, ageMs: settings.keepAgeMs },
    isBusy: () => scheduler.queuedCount > 0,
    rotateLog: () => logFile.rotateWhenLarge(),
    log: logger,
  });
  stopper.onStop(() => maintenance.stop());
  maintenance.start();

  const zoneNotices = createZoneNotices({
    store,
    now: () => clock.now(),
    release: process.versions['tz'],
  });
  const service = createService({
    clock,
    store,
    redactionOf: secrets.redactions(store),
    scheduler,
    reconciler,
    places: locations,
    settings,
    version: options.version,
    startedAt,
    previous: life.previous,
    loopDelay: () => loopDelay.read(),
    events: (signal) => hub.subscribe(signal),
    measureLogs: () => logs.measureEnded(),
    unknownCommand: (runId) => unknownCommands.find(runId),
    troubles: () => ({
      problems: [
        space.condition(),
        ...storeConditions(store, clock.now()),
        notTakenBackCondition(reconciler.status().notTakenBack),
        ...unknownCommands.conditions(),
        networkDisk,
        ...store.warnings,
        ...(crashes.isSafeMode ? [safeMode] : []),
        commands.problem(),
      ],
      notices: [
        ...zoneNotices(),
        initProblem(process.pid, countUncollected),
        ...secrets.notices(),
        commands.notice(),
      ],
    }),
    isSafeMode: crashes.isSafeMode,
    isStopping: () => stopper.isStopping,
    log: logger,
    stop: (mode, graceMs) => void stop(mode, graceMs),
  });
  const server: ApiServer = await step('socket', async () => {
    // Under the lock, so nobody of ours is about to listen there.
    await clearStaleSocket(locations.socket);
    return listen(service, locations.socket, logger);
  });
  stopper.onClose(() => server.close());
  stopper.onClose(() => hub.close());

  const stop: Daemon['stop'] = async (mode, graceMs = null) => {
    if (!stopper.isStopping) {
      logger.info({ mode }, 'daemon stops');
      life.admitsNoMore();
      manager.stopping();
    }
    if (mode === 'detach') endsAs = 'detached';
    const grace = graceMs ?? settings.graceMs;
    await stopper.stop(async () => {
      if (mode === 'detach') await scheduler.detach();
      else await scheduler.drain(grace);
    });
  };
  const kill = (): void => scheduler.killAll();
  if (options.signals !== false) {
    ignoreSignals = answerSignals({
      stop: (mode) => void stop(mode),
      kill,
      reconcile: (why) => {
        manager.reloading();
        void reconciler.reconcileNow(why).finally(() => manager.ready());
      },
      log: logger,
      onTerminal: options.foreground && process.stdin.isTTY,
    });
  }
  logger.info({ socket: locations.socket }, 'daemon is up');
  manager.ready();
  manager.describedBy(async () => serviceStatusText(await service.status()));
  return { service, stop, kill, closed: stopper.closed.then(() => ExitCode.ok) };

  function keepFed(): void {
    manager.alive();
    cancelFeed = clock.setTimer(fedEveryMs, keepFed);
  }

  function logLate(error: unknown): void {
    if (error instanceof Jm2Error) throw error;
    logger.warn({ err: error }, 'the first look at the manifest goes on beside the scheduler');
  }
}

const safeMode =
  'Safe mode: the daemon crashed five times within a minute, so it starts no job and only looks after what runs. Read daemon.log, then `jm2 restart`.';
