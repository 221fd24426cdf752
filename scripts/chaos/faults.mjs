// What is done to the daemon, its launcher, its commands, its store and its
// manifest. Each fault notes from when to when it lasted; the checker takes
// nothing for explained that does not fall into one.
import { readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, signal } from '../proof/processes.mjs';
import { sleep, within } from '../proof/project.mjs';
import { openDatabase, readStore } from '../proof/read-store.mjs';
import { broken, edit, render } from './manifest.mjs';

/** Longest standstill: a launcher that is stopped for longer than 5 s counts as gone. */
const standstillMs = 3_500;
const startTries = 20;

export class World {
  faults = [];
  edits = 0;

  constructor(project, random, jobs) {
    this.project = project;
    this.random = random;
    this.jobs = jobs;
    /** Every text that may come into force. */
    this.accepted = [];
    this.save(jobs);
  }

  get text() {
    return render(this.jobs, { mark: this.project.dir, witness: this.project.witness });
  }

  save(jobs) {
    this.jobs = jobs;
    this.accepted.push(this.text);
    this.project.save(this.text);
  }

  /** Carries out one fault, with its beginning and end noted, then sees that a daemon runs. */
  async suffer({ name, act }) {
    const fault = { name, from: Date.now(), until: null, detail: '' };
    this.faults.push(fault);
    fault.detail = (await act(this)) ?? '';
    await this.ensureUp();
    fault.until = Date.now();
    return fault;
  }

  async ensureUp() {
    for (let tries = 0; tries < startTries; tries += 1) {
      if (this.project.holder() !== null) return this.project.present();
      // A crash loop is a promise of its own; here five kills in a minute are ordinary.
      rmSync(join(this.project.state, 'starts'), { force: true });
      try {
        return await this.project.start();
      } catch (error) {
        this.lastStartError = String(error);
        await sleep(500);
      }
    }
    throw new Error(`no daemon comes up any more: ${this.lastStartError}`);
  }

  async kill(...victims) {
    for (const victim of victims) if (victim !== null) signal(victim, 'SIGKILL');
    await within(5_000, () => victims.every((victim) => victim === null || !isAlive(victim)));
  }

  async freeze(victim) {
    const ms = this.random.between(300, standstillMs);
    if (!signal(victim, 'SIGSTOP')) return 'was gone';
    await sleep(ms);
    signal(victim, 'SIGCONT');
    return `${Math.round(ms)} ms`;
  }

  pause(from, to) {
    return sleep(this.random.between(from, to));
  }

  /** `{pid, start, run}` of the commands that the store knows to run. */
  commands() {
    return (readStore(this.project.state)?.attempts ?? [])
      .filter(({ state, pid }) => state === null && pid !== null)
      .map(({ pid, process_start: start, run_id: run }) => ({ pid, start, run }));
  }
}

const faults = [
  {
    name: 'kill daemon',
    weight: 6,
    act: async (world) => {
      const { daemon } = await world.project.present();
      await world.kill(daemon);
      await world.pause(0, 2_500);
    },
  },
  {
    name: 'kill daemon while it starts',
    weight: 3,
    act: async (world) => {
      const { daemon } = await world.project.present();
      await world.kill(daemon);
      rmSync(join(world.project.state, 'starts'), { force: true });
      const starting = world.project.start().catch(() => null);
      const next = await within(4_000, () => world.project.holder(), 2);
      if (next !== null) {
        world.project.findLauncher(next);
        await world.pause(0, 250);
        await world.kill(next);
      }
      await starting;
    },
  },
  {
    name: 'kill launcher',
    weight: 5,
    act: async (world) => {
      const { launcher } = await world.project.present();
      await world.kill(launcher);
    },
  },
  {
    name: 'kill both',
    weight: 4,
    act: async (world) => {
      const { daemon, launcher } = await world.project.present();
      const order = world.random.chance(0.5) ? [daemon, launcher] : [launcher, daemon];
      await world.kill(...order);
      await world.pause(0, 1_500);
    },
  },
  {
    name: 'stop daemon for a while',
    weight: 3,
    act: async (world) => world.freeze((await world.project.present()).daemon),
  },
  {
    name: 'stop launcher for a while',
    weight: 3,
    act: async (world) => {
      const { launcher } = await world.project.present();
      return launcher === null ? 'none' : world.freeze(launcher);
    },
  },
  {
    name: 'restart',
    weight: 4,
    act: async (world) => {
      await world.project.call(['restart']);
    },
  },
  {
    name: 'leave and come back',
    weight: 3,
    act: async (world) => {
      const { daemon } = await world.project.present();
      signal(daemon, 'SIGUSR2');
      await within(10_000, () => !isAlive(daemon));
      await world.pause(0, 1_500);
    },
  },
  {
    name: 'drain and start',
    weight: 3,
    act: async (world) => {
      await world.project.call(['stop', '--grace', '1s']);
      await world.pause(0, 2_000);
    },
  },
  {
    name: 'kill command',
    weight: 5,
    act: async (world) => {
      const commands = world.commands();
      if (commands.length === 0) return 'none ran';
      const victim = world.random.pick(commands);
      signal(victim, 'SIGKILL', { group: true });
      return victim.run;
    },
  },
  {
    name: 'edit',
    weight: 8,
    act: async (world) => {
      world.edits += 1;
      const { what, jobs } = edit(world.jobs, world.random, world.edits);
      world.save(jobs);
      await world.pause(300, 1_500);
      return what;
    },
  },
  {
    name: 'edit and kill daemon',
    weight: 3,
    act: async (world) => {
      world.edits += 1;
      const { what, jobs } = edit(world.jobs, world.random, world.edits);
      const { daemon } = await world.project.present();
      world.save(jobs);
      await world.pause(100, 500);
      await world.kill(daemon);
      return what;
    },
  },
  {
    name: 'broken manifest',
    weight: 4,
    act: async (world) => {
      const { what, text } = broken(world.text, world.random);
      // As a copy does it, in place, so that it can be read half written.
      writeFileSync(world.project.manifest, text);
      await world.pause(200, 1_600);
      world.project.save(world.text);
      return what;
    },
  },
  {
    name: 'vanished manifest',
    weight: 2,
    act: async (world) => {
      rmSync(world.project.manifest);
      await world.pause(200, 2_000);
      world.project.save(world.text);
    },
  },
  {
    name: 'busy store',
    weight: 3,
    act: async (world) => {
      const database = openDatabase(join(world.project.state, 'jm2.db'));
      try {
        database.exec('PRAGMA busy_timeout = 2000');
        database.exec('BEGIN IMMEDIATE');
        await world.pause(500, 3_500);
        database.exec('ROLLBACK');
      } catch (error) {
        return String(error);
      } finally {
        database.close();
      }
    },
  },
  {
    name: 'run by hand',
    weight: 3,
    act: async (world) => {
      const { stdout, stderr } = await world.project.call(['run', 'byhand', '--force']);
      return `${stdout}${stderr}`.trim();
    },
  },
  {
    name: 'cancel',
    weight: 2,
    act: async (world) => {
      const commands = world.commands();
      if (commands.length === 0) return 'none ran';
      const { run } = world.random.pick(commands);
      await world.project.call(['cancel', run]);
      return run;
    },
  },
];

/** Of the whole machine: every process of ours ends, and the boot has another name. */
const reboot = {
  name: 'reboot',
  weight: 2,
  act: async (world) => {
    const { daemon, launcher } = (await world.project.present()) ?? {};
    await world.kill(daemon ?? null, launcher ?? null);
    for (const left of world.project.leftovers()) {
      if (left.pid !== process.pid) signal(left, 'SIGKILL');
    }
    world.project.nextBoot();
    await world.pause(0, 1_000);
  },
};

/** Only where the state directory is a small file system of its own. */
const fullDisk = {
  name: 'full disk',
  weight: 9,
  act: async (world) => {
    const path = join(world.project.state, 'filler');
    const { bavail, bsize } = statfsSync(world.project.state);
    try {
      writeFileSync(path, Buffer.alloc(bavail * bsize));
    } catch {
      // What went in before it was full is enough.
    }
    await world.pause(1_000, 4_000);
    rmSync(path, { force: true });
  },
};

export function faultsFor({ canReboot, hasSmallDisk }) {
  return [...faults, ...(canReboot ? [reboot] : []), ...(hasSmallDisk ? [fullDisk] : [])];
}

export function witnessLines(project) {
  return readFileSync(project.witness, 'utf8').split('\n').filter(Boolean);
}
