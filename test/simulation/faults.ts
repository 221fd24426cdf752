// What a simulated world does to its daemons, by chance, each kind on a stream
// of its own so that any of them can be left out of a replay.
import type { DiskTrouble } from './sim-store.ts';
import type { EngineFaultKind } from './daemon.ts';
import type { Disturbances } from './disturbances.ts';
import type { Host } from './host.ts';
import type { ManifestMaker } from './manifests.ts';
import type { Random } from './random.ts';
import type { Source } from './source.ts';
import type { World } from './world.ts';

export type Weather = 'calm' | 'rough' | 'wild';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const meanMs: Readonly<Record<Weather, number>> = {
  calm: 8 * dayMs,
  rough: 20 * hourMs,
  wild: 2 * hourMs,
};

/** What faults act on; `restart` and the like belong to the daemon's supervisor. */
export interface FaultGround {
  readonly world: World;
  readonly host: Host;
  readonly source: Source;
  readonly maker: ManifestMaker;
  readonly disturbances: Disturbances;
  readonly trouble: DiskTrouble;
  readonly engine: Map<string, EngineFaultKind>;
  readonly supervisor: {
    /** Orderly: the daemon leaves, jobs run on. */
    leave(): void;
    /** Orderly: waits for what runs, then stops it. */
    drain(graceMs: number): void;
    reboot(downMs: number, stepMs: number): void;
    runNow(random: Random): void;
    cancel(random: Random): void;
    pause(random: Random): void;
    resume(random: Random): void;
    apply(): void;
    breakEngine(random: Random): void;
  };
}

type Fault = (ground: FaultGround, random: Random) => void;

const both = (random: Random): number => (random.chance(0.5) ? 1 : -1);

const faults: Readonly<Record<string, { readonly often: number; readonly act: Fault }>> = {
  kill: {
    often: 1,
    act: ({ world }) => {
      if (world.daemon !== null) world.kill(world.daemon, 'by a fault');
    },
  },
  killAtCall: {
    often: 2,
    act: ({ world }, random) => {
      if (world.daemon !== null) world.daemon.callsUntilCrash = Math.round(random.spread(1, 300));
    },
  },
  restart: { often: 0.5, act: ({ supervisor }) => supervisor.leave() },
  drain: {
    often: 0.3,
    act: ({ supervisor }, random) => supervisor.drain(random.spread(1, 60_000)),
  },
  stop: {
    often: 1,
    act: ({ world, disturbances }, random) => {
      const { daemon, time } = world;
      if (daemon === null) return;
      const ms = random.spread(100, 2 * hourMs);
      const end = disturbances.begin('blocked');
      time.pipeRank = random.chance(0.5) ? 1 : -1;
      daemon.stoppedUntil = Math.max(daemon.stoppedUntil, time.awake + ms);
      world.note('daemon stopped', `for ${Math.round(ms)}ms`);
      world.later(ms, end);
    },
  },
  sleep: {
    often: 1,
    act: ({ disturbances }, random) => disturbances.sleep(random.spread(1_000, 3 * dayMs)),
  },
  smallStep: {
    often: 1,
    act: ({ disturbances }, random) =>
      disturbances.step(both(random) * random.spread(500, 300_000)),
  },
  mediumStep: {
    often: 0.7,
    act: ({ disturbances }, random) =>
      disturbances.step(both(random) * random.spread(300_000, 3 * hourMs)),
  },
  largeStep: {
    often: 0.3,
    act: ({ disturbances }, random) =>
      disturbances.step(both(random) * random.spread(3 * hourMs, 10 * dayMs)),
  },
  slew: {
    often: 1,
    act: ({ world }, random) => world.time.slew(random.pick([0, 500, -500, 50])),
  },
  future: {
    often: 0.05,
    act: ({ world, disturbances, supervisor }, random) => {
      const years = random.int(1, 40) * 365 * dayMs;
      supervisor.reboot(10_000, years);
      world.later(random.spread(20_000, hourMs), () => disturbances.step(-years));
    },
  },
  disk: {
    often: 1,
    act: ({ world, trouble, disturbances }, random) => {
      const end = disturbances.begin('disk');
      trouble.failing = random.pick([1, 0.5, 0.1]);
      world.note('disk fails', `${trouble.failing}`);
      world.later(random.spread(500, hourMs / 2), () => {
        trouble.failing = 0;
        world.note('disk is well');
        end();
      });
    },
  },
  fullDisk: {
    often: 0.5,
    act: ({ world, trouble, disturbances }, random) => {
      const end = disturbances.begin('disk');
      trouble.isHeld = true;
      world.later(random.spread(500, 3 * hourMs), () => {
        trouble.isHeld = false;
        end();
      });
    },
  },
  slowDisk: {
    often: 0.5,
    act: ({ world, trouble, disturbances }, random) => {
      const end = disturbances.begin('disk');
      trouble.slow = random.spread(0.01, 0.5);
      trouble.slowMaxMs = random.spread(100, 12_000);
      world.later(random.spread(500, hourMs / 4), () => {
        trouble.slow = 0;
        end();
      });
    },
  },
  reboot: {
    often: 0.3,
    act: ({ supervisor }, random) =>
      supervisor.reboot(random.spread(5_000, hourMs), random.chance(0.3) ? -hourMs : 0),
  },
  launcher: {
    often: 0.5,
    act: ({ world, host, disturbances }) => {
      const end = disturbances.begin('launcher');
      host.killLauncher();
      world.later(5_000, end);
    },
  },
  edit: {
    often: 2,
    act: ({ world, source, maker }) => source.save(maker.edited(source.wanted, world.time.wall)),
  },
  tornSave: {
    often: 0.5,
    act: ({ world, source, maker }, random) =>
      source.tear(maker.edited(source.wanted, world.time.wall), random.spread(10, 1_500)),
  },
  brokenSave: {
    often: 0.5,
    act: ({ world, source }, random) => {
      const before = source.wanted;
      source.put('version: 1\njobs:\n  job-1: {command: [}\n', 'broken');
      world.later(random.spread(100, hourMs), () => source.save(before));
    },
  },
  vanish: {
    often: 0.3,
    act: ({ world, source }, random) => {
      const before = source.wanted;
      if (random.chance(0.5)) source.put(null, 'missing');
      else source.empty();
      world.later(random.spread(100, 2 * hourMs), () => source.save(before));
    },
  },
  run: { often: 2, act: ({ supervisor }, random) => supervisor.runNow(random) },
  cancel: { often: 1, act: ({ supervisor }, random) => supervisor.cancel(random) },
  pause: { often: 2, act: ({ supervisor }, random) => supervisor.pause(random) },
  resume: { often: 1, act: ({ supervisor }, random) => supervisor.resume(random) },
  apply: { often: 0.5, act: ({ supervisor }) => supervisor.apply() },
  engine: { often: 0.1, act: ({ supervisor }, random) => supervisor.breakEngine(random) },
};

export const faultKinds: readonly string[] = Object.keys(faults);

/** Lets the faults come until `isOver` says so. */
export function letFaultsCome(
  ground: FaultGround,
  weather: Weather,
  without: readonly string[],
  isOver: () => boolean,
): void {
  for (const [kind, { often, act }] of Object.entries(faults)) {
    if (without.includes(kind)) continue;
    const random = ground.world.random.fork(`fault ${kind}`);
    const again = (): void => {
      ground.world.later(random.wait(meanMs[weather] / often), () => {
        if (isOver()) return;
        ground.world.note('fault', kind);
        act(ground, random);
        again();
      });
    };
    again();
  }
}
