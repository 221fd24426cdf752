// One daemon of a simulated world: the real scheduler and the real reconciler,
// put together in the order of the real daemon, over simulated surroundings.
import type { Job } from '../../src/core/manifest/job.ts';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import type { CompiledSchedule } from '../../src/core/schedule/schedule.ts';
import type { Dispatcher } from '../../src/dispatch/dispatcher.ts';
import { createManifestJudge } from '../../src/reconciler/judge-manifest.ts';
import { createReconciler } from '../../src/reconciler/loop.ts';
import type { Reconciler } from '../../src/reconciler/reconciler.ts';
import { createScheduler } from '../../src/scheduler/loop.ts';
import type { SchedulerParts } from '../../src/scheduler/parts.ts';
import type { Scheduler } from '../../src/scheduler/scheduler.ts';
import type { Store } from '../../src/store/store.ts';
import { sha256 } from '../../src/system/digest.ts';
import { risingUlids, ulid, type Ids } from '../../src/system/ids.ts';
import type { Random } from './random.ts';
import { simClock } from './sim-clock.ts';
import type { Source } from './source.ts';
import { Crashed, type Daemon, type World } from './world.ts';

export interface Running {
  readonly daemon: Daemon;
  /** Time of the host since which it is in charge. */
  readonly upAwake: number;
  readonly scheduler: Scheduler;
  readonly reconciler: Reconciler;
}

export interface DaemonParts {
  readonly world: World;
  readonly dispatcher: Dispatcher;
  readonly source: Source;
  readonly store: Store;
  readonly ids: Ids;
  /** Told before and after the reconciler gives the scheduler its jobs. */
  readonly loading: (scheduler: Scheduler, load: () => unknown) => unknown;
  readonly holdStarts: () => string | null;
  /** As the daemon before left it; null when it left nothing. */
  readonly downSince: number | null;
  /** What the engine does wrong for this job just now; null for nothing. */
  readonly engineFault: (job: string) => EngineFaultKind | null;
}

export type EngineFaultKind = 'stuck' | 'backward' | 'burst' | 'throws';

const judge = createManifestJudge(() => [], null);
const firstPassWithinMs = 10_000;

export function seededIds(random: Random): Ids {
  const bytes = (): Uint8Array => Uint8Array.from({ length: 10 }, () => random.int(0, 255));
  return { runId: risingUlids(bytes), uid: () => ulid(0, bytes()) };
}

/** Resolves when the daemon is in charge; throws what a real one would end of. */
export async function startDaemon(parts: DaemonParts, daemon: Daemon): Promise<Running> {
  const { world, source, store, ids } = parts;
  const random = world.random.fork(daemon.name);
  const clock = simClock(world, daemon, false);
  const loopClock = simClock(world, daemon, true);
  const log = logTo(world);
  const scheduler = createScheduler({
    clock,
    ids,
    store,
    dispatcher: parts.dispatcher,
    bootId: `boot-${world.boot}`,
    random: () => random.next(),
    log,
    // The system tells it in hundredths of a second.
    uptime: () => Math.floor((world.time.up - world.bootAt) / 10) * 10,
    attemptRequest: (run, job, attempt) => ({
      runId: run.id,
      attempt,
      job: run.job,
      argv: argvOf(job),
      cwd: '/',
      env: {},
      user: null,
      logMaxBytes: 1_000,
      late: null,
      umask: null,
      nice: null,
      limits: {},
      kill: job.kill,
    }),
    holdStarts: parts.holdStarts,
    downSince: parts.downSince,
    compile: compileWith(parts.engineFault),
  });
  const reconciler = createReconciler({
    clock: loopClock,
    ids,
    digest: sha256,
    store,
    watch: source.watchFor(daemon),
    scheduler: watched(scheduler, parts.loading),
    sync: 'auto',
    manifestPath: '/jobs.yaml',
    log,
    judge: (bytes, file) => {
      world.point(daemon, 'judge');
      return judge(bytes, file);
    },
    readSource: source.readFor(daemon),
    gitCommit: () => {
      world.point(daemon, 'git');
      return Promise.resolve(null);
    },
    gitActivity: () => Promise.resolve(null),
  });
  await within(firstPassWithinMs, reconciler.start(), (ms, fire) => loopClock.setTimer(ms, fire));
  await scheduler.start();
  if (!daemon.isAlive) throw new Crashed();
  return { daemon, upAwake: world.time.awake, scheduler, reconciler };
}

/** What it warns of belongs to the trace; what it informs of is seen by its effects. */
function logTo(world: World): SchedulerParts['log'] {
  const tell = (fields: object, message: string): void => {
    const error = 'err' in fields && fields.err instanceof Error ? fields.err.message : '';
    world.note(`log: ${message}`, error);
  };
  return { info: () => {}, warn: tell, error: tell };
}

const argvOf = (job: Job): string[] =>
  job.command.kind === 'shell' ? [job.command.text] : [...job.command.argv];

function within(
  ms: number,
  work: Promise<void>,
  setTimer: (ms: number, fire: () => void) => unknown,
): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => void setTimer(ms, resolve))]);
}

/** The scheduler as the reconciler sees it, with its loads watched. */
function watched(scheduler: Scheduler, loading: DaemonParts['loading']): Scheduler {
  return new Proxy(scheduler, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== 'function') return found;
      const method = found as (...args: unknown[]) => unknown;
      if (name !== 'load' && name !== 'apply') return method.bind(target);
      return (...args: unknown[]) => loading(target, () => method.apply(target, args));
    },
  });
}

/** The real engine, made to break its promises where the world says so. */
function compileWith(faultOf: DaemonParts['engineFault']): NonNullable<SchedulerParts['compile']> {
  return (schedules, name): CompiledSchedule => {
    const sound = compileSchedule(schedules, name);
    return {
      ...sound,
      next(after) {
        const fault = faultOf(name);
        if (fault === null) return sound.next(after);
        if (fault === 'throws') throw new Error('simulated fault of the engine');
        const by = { stuck: 0, backward: -60_000, burst: 1 }[fault];
        const at = after + by;
        return { nominalTime: at, startTime: at, note: null, schedule: 0 };
      },
    };
  };
}
