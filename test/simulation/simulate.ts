// One simulated world from one seed: daemons that come and go, faults, time
// that passes as fast as it can be computed, and a judge. Answers with what was
// violated and how to see it again.
import type { Dispatcher } from '../../src/dispatch/dispatcher.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { audit, settledAfterMs } from './audit.ts';
import { Checker, type CheckerCounts } from './checker.ts';
import { seededIds, startDaemon, type EngineFaultKind, type Running } from './daemon.ts';
import { Disturbances } from './disturbances.ts';
import { letFaultsCome, type FaultGround, type Weather } from './faults.ts';
import { Host } from './host.ts';
import { ManifestMaker, type Density } from './manifests.ts';
import { Random } from './random.ts';
import { simStore, type DiskTrouble } from './sim-store.ts';
import { simClock } from './sim-clock.ts';
import { Source } from './source.ts';
import { Crashed, fireOnce, World, type Daemon, type Violation } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly days: number;
  /** Kinds of faults that are left out. */
  readonly without?: readonly string[];
  readonly weather?: Weather;
  readonly density?: Density;
  /** Breaks what the daemons use, to see that the checker notices. */
  readonly tamper?: {
    readonly store?: (store: Store) => Store;
    readonly dispatcher?: (dispatcher: Dispatcher) => Dispatcher;
  };
}

export interface SimulationResult {
  readonly seed: number;
  readonly weather: Weather;
  readonly density: Density;
  /** Simulated days, sleep included. */
  readonly days: number;
  readonly daemons: number;
  readonly counts: CheckerCounts;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
}

const dayMs = 86_400_000;
const auditEveryMs = 45_000;
const pruneEveryMs = 6 * 3_600_000;
/** After the last fault: so long until everything must be in order. */
const dustMs = 3 * 3_600_000;

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const random = new Random(`world ${options.seed}`);
  const weather = options.weather ?? random.pick<Weather>(['calm', 'rough', 'rough', 'wild']);
  const density = options.density ?? random.pick<Density>(['dense', 'normal', 'normal', 'sparse']);
  const begin = Date.parse('2026-01-01T00:00:00Z') + random.int(0, 3 * 365) * dayMs;
  const world = new World(random, begin);
  const maker = new ManifestMaker(random.fork('manifests'), density);
  const source = new Source(world, maker.first(random.int(1, 9), begin));
  const disturbances = new Disturbances(world);
  const checker = new Checker(world, disturbances, source.complete);
  const host = new Host(world, {
    begun: (command) => checker.commandBegun(command),
    ended: () => {},
  });
  checker.host = host;
  const trouble: DiskTrouble = {
    failing: 0,
    codes: ['JM2-T103', 'JM2-T104', 'JM2-T101'],
    slow: 0,
    slowMaxMs: 0,
    isHeld: false,
  };
  const ids = seededIds(random.fork('ids'));
  const real = openStore(':memory:', {
    clock: { now: () => world.time.wall, monotonic: () => 0, setTimer: () => () => {} },
    ids,
  });
  const engine = new Map<string, EngineFaultKind>();
  checker.book.isBroken = (name) => engine.has(name);
  const supervising = random.fork('supervisor');
  let running: Running | null = null;
  let daemons = 0;
  let isOver = false;
  let endOfDown = disturbances.begin('down');
  let endOfDrain = (): void => {};
  let isDraining = false;
  let downSince = begin;

  function boot(): void {
    daemons += 1;
    const daemon: Daemon = {
      name: `daemon-${daemons}`,
      isAlive: true,
      stoppedUntil: 0,
      callsUntilCrash: supervising.chance(0.2) && !isOver ? supervising.int(1, 60) : Infinity,
      isUp: false,
      bootAt: world.bootAt,
    };
    world.daemon = daemon;
    world.note('daemon starts', daemon.name);
    const store = simStore(
      {
        world,
        real,
        trouble,
        random: random.fork(`disk of ${daemon.name}`),
        committed: (writes, by) => checker.committed(writes, by),
        troubled: () => disturbances.begin('disk')(),
      },
      daemon,
    );
    const tamper = options.tamper ?? {};
    const dispatcher = host.dispatcherFor(daemon);
    const parts = {
      world,
      dispatcher: tamper.dispatcher?.(dispatcher) ?? dispatcher,
      source,
      store: tamper.store?.(store) ?? store,
      ids,
      engineFault: (job: string) => engine.get(job) ?? null,
      holdStarts: () => (trouble.isHeld ? 'the disk is full' : null),
      downSince: supervising.chance(0.5) ? downSince : null,
      loading: loaded,
    };
    world.needsPump = true;
    startDaemon(parts, daemon).then(
      (up) => {
        running = up;
        daemon.isUp = true;
        endOfDown();
        world.note('daemon is up', daemon.name);
        pruneNow(daemon, store);
      },
      (error: unknown) => {
        // What a daemon cannot start with ends it; somebody starts it again.
        if (!(error instanceof Crashed)) world.note('start failed', String(error));
        world.kill(daemon, 'as it could not start');
      },
    );
  }

  function pruneNow(daemon: Daemon, store: ReturnType<typeof simStore>): void {
    const clock = simClock(world, daemon, false);
    const prune = (leftMs: number): void => {
      clock.setTimer(Math.min(leftMs, 20_000), () => {
        if (leftMs > 20_000) return prune(leftMs - 20_000);
        try {
          const olderThan = world.time.wall - 30 * dayMs;
          store.prune({ perJob: 30, olderThan, keepLast: 10, limit: 1_000 });
        } catch {
          // As in the daemon: the next time tries again.
        }
        prune(pruneEveryMs);
      });
    };
    prune(pruneEveryMs);
  }

  /** An apply starts nothing and leaves the rhythm of the others alone. */
  function loaded(scheduler: Running['scheduler'], load: () => unknown): unknown {
    const before = new Map(
      checker.book.inForce().map((job) => [job.uid, scheduler.nextStart(job.uid)]),
    );
    const specs = new Map(known);
    let answer: unknown;
    checker.isLoading = true;
    try {
      answer = load();
    } finally {
      checker.isLoading = false;
    }
    const isSettled = scheduler.problems.length === 0 && running?.scheduler === scheduler;
    for (const job of checker.book.inForce()) {
      known.set(job.uid, job.spec);
      const was = before.get(job.uid);
      const next = scheduler.nextStart(job.uid);
      if (!isSettled || specs.get(job.uid) !== job.spec || was === undefined || was === next)
        continue;
      if (job.isTampered) continue;
      world.violate('P9', `${job.spec.name} was to start at ${was}, after an apply at ${next}`);
    }
    return answer;
  }
  const known = new Map<string, unknown>();

  world.onCrash = (daemon) => {
    if (world.daemon !== daemon) return;
    world.daemon = null;
    running = null;
    isDraining = false;
    endOfDrain();
    endOfDown();
    endOfDown = disturbances.begin('down');
    downSince = world.time.wall;
    const waitMs = isOver
      ? 1_000
      : supervising.spread(100, supervising.chance(0.2) ? 3 * 3_600_000 : 10_000);
    world.later(waitMs, () => {
      if (world.daemon === null) boot();
    });
  };

  /** Null also while it is stopped: nobody reaches it then. */
  const inCharge = (): Running | null => {
    const isStopped = (running?.daemon.stoppedUntil ?? 0) > world.time.awake;
    return running?.daemon.isUp === true && !isStopped ? running : null;
  };

  const supervisor: FaultGround['supervisor'] = {
    leave() {
      const up = inCharge();
      if (up === null) return;
      world.needsPump = true;
      const gone = async (): Promise<void> => {
        await up.reconciler.stop();
        await up.scheduler.detach();
        world.kill(up.daemon, 'as asked to leave');
      };
      gone().catch(() => world.kill(up.daemon, 'while leaving'));
    },
    drain(graceMs) {
      const up = inCharge();
      if (up === null) return;
      up.daemon.isUp = false;
      const begunAwake = world.time.awake;
      endOfDrain = disturbances.begin('down');
      isDraining = true;
      world.needsPump = true;
      const gone = async (): Promise<void> => {
        await up.reconciler.stop();
        await up.scheduler.drain(graceMs);
        if (up.daemon.isAlive) world.note('drained', `${host.alive.size} commands left`);
        world.kill(up.daemon, 'as drained');
      };
      gone().catch(() => world.kill(up.daemon, 'while draining'));
      world.later(graceMs + 180_000, () => {
        if (up.daemon.isAlive && up.daemon.stoppedUntil < begunAwake) {
          world.violate('drain', 'a drain did not end');
        }
      });
    },
    reboot(downMs, stepMs) {
      if (world.daemon !== null) world.kill(world.daemon, 'by a reboot');
      host.reboot();
      world.boot += 1;
      world.bootAt = world.time.awake;
      disturbances.sleep(downMs);
      if (stepMs !== 0) disturbances.step(stepMs);
    },
    runNow(stream) {
      const jobs = source.wanted.jobs;
      const job = jobs[stream.int(0, Math.max(0, jobs.length - 1))];
      if (job === undefined) return;
      const force = stream.chance(0.3);
      byHand('run', () => {
        checker.isForcing = force;
        inCharge()?.scheduler.runNow({ job: job.name, requestedBy: 'somebody', force });
      });
      checker.isForcing = false;
    },
    cancel(stream) {
      const open = [...checker.open];
      const run = open[stream.int(0, Math.max(0, open.length - 1))];
      if (run !== undefined)
        byHand('cancel', () => inCharge()?.scheduler.cancel(run.id, 'somebody'));
    },
    pause(stream) {
      const jobs = checker.book.inForce();
      const some = jobs.filter(() => stream.chance(0.4)).map(({ uid }) => uid);
      const until = stream.pick<number | 'next_run' | null>([
        null,
        'next_run',
        world.time.wall + Math.round(stream.spread(1_000, 2 * dayMs)),
      ]);
      const by = stream.pick(['alice', 'bob']);
      const cancel = stream.chance(0.2);
      startingNothing('pause', () =>
        inCharge()?.scheduler.pause({ jobUids: some, by, reason: null, until, cancel }),
      );
    },
    resume(stream) {
      const paused = checker.book.inForce().filter(({ pause }) => pause !== null);
      const some = paused.filter(() => stream.chance(0.6)).map(({ uid }) => uid);
      startingNothing('resume', () =>
        inCharge()?.scheduler.resume({ jobUids: some, by: 'somebody' }),
      );
    },
    apply() {
      const up = inCharge();
      // A person who applies has looked at the file and means it.
      if (up === null || source.content !== 'complete') return;
      world.needsPump = true;
      up.reconciler.apply({ by: 'cli', expected: null }).catch((error: unknown) => {
        world.note('apply failed', String(error));
      });
    },
    breakEngine(stream) {
      const jobs = checker.book.inForce();
      const job = jobs[stream.int(0, Math.max(0, jobs.length - 1))];
      if (job === undefined || job.spec.suspend) return;
      const kind = stream.pick<EngineFaultKind>(['stuck', 'backward', 'burst', 'throws']);
      world.note('engine breaks', `${job.spec.name} ${kind}`);
      job.isTampered = true;
      engine.set(job.spec.name, kind);
      world.later(stream.spread(60_000, 3_600_000), () => engine.delete(job.spec.name));
    },
  };

  /** Like an apply, neither a pause nor its end admits anything. */
  function startingNothing(what: string, act: () => unknown): void {
    checker.isLoading = true;
    try {
      byHand(what, act);
    } finally {
      checker.isLoading = false;
    }
  }

  function byHand(what: string, act: () => unknown): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Crashed)) world.note(`${what} refused`, String(error));
    }
  }

  function look(): void {
    const up = inCharge();
    const calmMs = disturbances.calmMs;
    world.later(calmMs < 1_800_000 ? auditEveryMs : 600_000, look);
    if (up === null || calmMs < settledAfterMs) return;
    audit({ world, host, checker, source, running: up, calmMs });
  }

  const ground = { world, host, source, maker, disturbances, trouble, engine, supervisor };
  letFaultsCome(ground, weather, options.without ?? [], () => isOver);
  world.later(auditEveryMs, look);
  boot();

  const pump = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const run = async (until: () => boolean): Promise<void> => {
    await pump();
    while (!until() && world.violations.length === 0) {
      const happening = world.time.advance(Infinity);
      if (happening === null) return;
      try {
        fireOnce(happening);
      } catch (error) {
        if (!(error instanceof Crashed)) {
          const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
          world.violate('uncaught', told);
        }
      }
      if (!happening.isAsync && !world.needsPump && !isDraining) continue;
      world.needsPump = false;
      await pump();
    }
  };

  const dayShare = density === 'dense' ? 0.05 : density === 'sparse' ? 3 : 1;
  await run(() => world.time.up >= options.days * dayShare * dayMs);
  isOver = true;
  trouble.failing = 0;
  trouble.slow = 0;
  trouble.isHeld = false;
  const settledAt = world.time.awake + dustMs;
  await run(() => world.time.awake >= settledAt);
  if (world.violations.length === 0) {
    if (inCharge() === null) world.violate('liveness', 'no daemon is up after the dust settled');
    if (disturbances.calmMs < settledAfterMs)
      world.violate('liveness', 'no calm after the dust settled');
    for (const wrong of real.auditLedger()) world.violate('ledger', wrong);
    checker.compareWith(real);
    // One more daemon over the same store finds nothing to do twice.
    if (world.daemon !== null) world.kill(world.daemon, 'at the end');
    const endAt = world.time.awake + 600_000;
    await run(() => world.time.awake >= endAt);
    checker.compareWith(real);
  }
  const result: SimulationResult = {
    seed: options.seed,
    weather,
    density,
    days: world.day,
    daemons,
    counts: checker.counts,
    violations: world.violations,
    trace: world.trace(),
  };
  // Timers that are left hold the world; nothing of it goes on.
  if (world.daemon !== null) (world.daemon as Daemon).isAlive = false;
  real.close();
  return result;
}
