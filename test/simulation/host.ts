// The processes of a simulated host: what is asked of launchers, start tokens,
// commands and exit files, which outlive the daemon. Each daemon sees them
// through a dispatcher of its own, which keeps the contract of the real one.
import type { Attempt, AttemptExit } from '../../src/core/runs/run.ts';
import type {
  AttemptRequest,
  Dispatcher,
  DispatchEvent,
  RecoveredAttempt,
} from '../../src/dispatch/dispatcher.ts';
import type { Manner } from './manifests.ts';
import type { Random } from './random.ts';
import type { Daemon, World } from './world.ts';
import type { Owner } from './world-time.ts';

interface Launcher extends Owner {
  readonly daemon: Daemon;
}

export interface Command {
  readonly runId: string;
  readonly attempt: number;
  readonly job: string;
  readonly manner: Manner;
  /** Who took the start token; whoever is second does nothing. */
  token: 'launcher' | 'recovery' | null;
  readonly boot: number;
  launcher: Launcher;
  /** The daemon that listens for its end. */
  watcher: Daemon | null;
  isWatchedByPolling: boolean;
  started: { readonly pid: number; readonly processStart: string; readonly at: number } | null;
  begunAwake: number;
  endedAwake: number;
  isAlive: boolean;
  /** Content of the exit file. */
  exit: AttemptExit | null;
  /** A truth that only the simulation knows. */
  diedAs: string | null;
  earlySignals: string[];
}

export interface HostListener {
  /** A command begins to run; called before anybody else learns of it. */
  begun(command: Command): void;
  ended(command: Command): void;
}

const keyOf = (of: { readonly runId: string; readonly attempt: number }): string =>
  `${of.runId}/${of.attempt}`;

export class Host {
  readonly commands = new Map<string, Command>();
  readonly alive = new Set<Command>();
  readonly #world: World;
  readonly #random: Random;
  readonly #listener: HostListener;
  #pid = 1000;
  #launchers = 0;
  #current: Launcher | null = null;

  constructor(world: World, listener: HostListener) {
    this.#world = world;
    this.#random = world.random.fork('processes');
    this.#listener = listener;
  }

  find(of: { readonly runId: string; readonly attempt: number }): Command | undefined {
    return this.commands.get(keyOf(of));
  }

  /** Nobody asks about these any more. */
  forget(runId: string, attempts: number): void {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      this.commands.delete(keyOf({ runId, attempt }));
    }
  }

  dispatcherFor(daemon: Daemon): Dispatcher {
    const world = this.#world;
    let launcher = this.#newLauncher(daemon);
    let listener: (events: readonly DispatchEvent[]) => void = () => {};
    daemonEnds.set(daemon, {
      tell: (events) => listener(events),
      replaceLauncher: () => {
        launcher = this.#newLauncher(daemon);
        return launcher;
      },
    });
    return {
      listen: (next) => {
        listener = next;
      },
      dispatch: (requests) => {
        world.point(daemon, 'dispatch');
        for (const request of requests) this.#ask(daemon, launcher, request);
        world.point(daemon, 'after dispatch');
      },
      kill: (runId, attempt, signal) => {
        world.point(daemon, 'kill');
        const command = this.find({ runId, attempt });
        if (command === undefined || command.watcher !== daemon) return false;
        if (command.started === null && command.exit === null) {
          command.earlySignals.push(signal);
          return true;
        }
        if (!command.isAlive) return false;
        this.#signal(command, signal);
        return true;
      },
      recover: (attempt) => this.#recover(daemon, launcher, attempt),
      ready: () => Promise.resolve(),
      detach: () => {
        listener = () => {};
        return Promise.resolve();
      },
    };
  }

  /** The launcher in use dies; its commands go on, unobserved. */
  killLauncher(): void {
    const launcher = this.#current;
    if (launcher === null || !launcher.isAlive) return;
    launcher.isAlive = false;
    this.#world.note('launcher killed', launcher.name);
    const { daemon } = launcher;
    if (!daemon.isAlive) return;
    this.#world.reach(daemon, this.#random.spread(1, 200), () => {
      const next = daemonEnds.get(daemon)?.replaceLauncher();
      if (next !== undefined) this.#takeOver(daemon, launcher, next);
    });
  }

  /** The machine goes down: no process is left, files are. */
  reboot(): void {
    for (const command of this.commands.values()) {
      command.launcher.isAlive = false;
      if (!command.isAlive) continue;
      command.diedAs = 'reboot';
      this.#stop(command);
    }
  }

  #newLauncher(daemon: Daemon): Launcher {
    this.#launchers += 1;
    const name = `launcher-${this.#launchers}`;
    this.#current = { name, daemon, isAlive: true, stoppedUntil: 0 };
    return this.#current;
  }

  #ask(daemon: Daemon, launcher: Launcher, request: AttemptRequest): void {
    const key = keyOf(request);
    if (this.commands.has(key)) {
      this.#world.violate('P1', `attempt ${key} of ${request.job} was handed over twice`);
      return;
    }
    const command: Command = {
      runId: request.runId,
      attempt: request.attempt,
      job: request.job,
      manner: (request.argv.at(-1) ?? 'quick') as Manner,
      token: null,
      boot: this.#world.boot,
      launcher,
      watcher: daemon,
      isWatchedByPolling: false,
      started: null,
      begunAwake: 0,
      endedAwake: this.#world.time.awake,
      isAlive: false,
      exit: null,
      diedAs: null,
      earlySignals: [],
    };
    this.commands.set(key, command);
    this.#send(daemon, command);
  }

  /** First within the daemon, whose death loses the request; then in the pipe, where it stays. */
  #send(daemon: Daemon, command: Command): void {
    const random = this.#random;
    const heldMs = random.chance(0.05) ? random.spread(1, 2_000) : 0.1;
    const takenMs = random.chance(0.05) ? random.spread(1, 3_000) : random.spread(0.2, 5);
    this.#world.time.schedule(
      heldMs,
      () => {
        const { launcher } = command;
        this.#world.time.schedule(takenMs, () => this.#begin(command), { owner: launcher });
      },
      { owner: daemon },
    );
  }

  #begin(command: Command): void {
    const world = this.#world;
    const random = this.#random;
    if (command.token !== null) return;
    command.token = 'launcher';
    if (command.manner === 'missing') {
      const failure = { code: 'command_missing', detail: 'there is no such command' } as const;
      command.exit = { kind: 'not_started', failure, at: world.time.wall };
      this.#tellEnd(command);
      return;
    }
    this.#pid += 1;
    const at = world.time.wall;
    command.started = { pid: this.#pid, processStart: `${this.#pid}`, at };
    command.begunAwake = world.time.awake;
    command.isAlive = true;
    this.alive.add(command);
    world.note('command begins', `${command.job} ${keyOf(command)}`);
    this.#listener.begun(command);
    const { daemon } = command.launcher;
    const { runId, attempt, started } = command;
    if (command.watcher === daemon) {
      world.time.schedule(
        random.spread(0.1, 3),
        () => {
          daemonEnds.get(daemon)?.tell([{ kind: 'started', runId, attempt, ...started }]);
          for (const signal of command.earlySignals.splice(0)) this.#signal(command, signal);
        },
        { owner: daemon, rank: 'pipe' },
      );
    }
    this.#live(command);
  }

  /** What the command does when left alone. */
  #live(command: Command): void {
    const random = this.#random;
    const end = (ms: number, exit: Exit): void => {
      this.#world.later(ms, () => this.#end(command, exit));
    };
    switch (command.manner) {
      case 'quick':
        return end(random.spread(1, 2_000), { kind: 'exited', code: 0 });
      case 'flaky':
        return end(random.spread(1, 20_000), {
          kind: 'exited',
          code: random.pick([0, 0, 1, 2, 3, 75]),
        });
      case 'long':
        return end(random.spread(1_000, 7_200_000), { kind: 'exited', code: 0 });
      case 'crashes':
        return end(random.spread(1, 60_000), { kind: 'signaled', signal: 'SIGSEGV' });
      case 'graceful':
      case 'stubborn':
        if (random.chance(0.5)) end(random.spread(1_000, 600_000), { kind: 'exited', code: 0 });
        return;
      case 'hangs':
      case 'missing':
        return;
    }
  }

  #signal(command: Command, signal: string): void {
    const random = this.#random;
    this.#world.note(`signal ${signal}`, keyOf(command));
    if (signal === 'SIGKILL') {
      // A process within the kernel goes later.
      const ms = random.chance(0.05) ? random.spread(100, 5_000) : 1;
      this.#world.later(ms, () => this.#end(command, { kind: 'signaled', signal }));
    } else if (command.manner === 'graceful') {
      const exit = { kind: 'exited', code: 0 } as const;
      this.#world.later(random.spread(1, 3_000), () => this.#end(command, exit));
    } else if (command.manner !== 'stubborn') {
      this.#world.later(1, () => this.#end(command, { kind: 'signaled', signal }));
    }
  }

  #end(command: Command, exit: Exit): void {
    if (!command.isAlive || command.boot !== this.#world.boot) return;
    command.diedAs = exit.kind === 'exited' ? `exit ${exit.code}` : exit.signal;
    if (command.launcher.isAlive) command.exit = { ...exit, at: this.#world.time.wall };
    this.#stop(command);
    this.#tellEnd(command);
  }

  #stop(command: Command): void {
    command.isAlive = false;
    this.alive.delete(command);
    command.endedAwake = this.#world.time.awake;
    this.#world.note('command ends', `${keyOf(command)} ${command.diedAs ?? ''}`);
    this.#listener.ended(command);
  }

  #tellEnd(command: Command): void {
    const { watcher: daemon } = command;
    if (daemon === null || !daemon.isAlive) return;
    const random = this.#random;
    const ms = command.isWatchedByPolling ? random.spread(1, 250) : random.spread(0.1, 3);
    const { runId, attempt } = command;
    this.#world.time.schedule(
      ms,
      () => {
        if (command.watcher !== daemon) return;
        const exit = command.exit ?? this.#lost('its process ended while nobody watched it');
        daemonEnds.get(daemon)?.tell([{ kind: 'ended', runId, attempt, exit }]);
      },
      { owner: daemon, rank: 'pipe' },
    );
  }

  #lost(reason: string): AttemptExit {
    return { kind: 'lost', reason, at: this.#world.time.wall };
  }

  /** The daemon settles what a dead launcher had. */
  #takeOver(daemon: Daemon, dead: Launcher, next: Launcher): void {
    for (const command of this.commands.values()) {
      if (command.launcher !== dead || command.watcher !== daemon) continue;
      if (command.token === null) {
        command.launcher = next;
        this.#send(daemon, command);
      } else if (command.isAlive) {
        command.isWatchedByPolling = true;
      } else {
        this.#tellEnd(command);
      }
    }
  }

  async #recover(daemon: Daemon, launcher: Launcher, attempt: Attempt): Promise<RecoveredAttempt> {
    const world = this.#world;
    world.point(daemon, 'recover');
    await new Promise<void>((resolve) => {
      world.reach(daemon, this.#random.spread(0.1, 30), resolve);
    });
    world.point(daemon, 'recovered');
    const command = this.find(attempt);
    const isOtherBoot = attempt.bootId !== `boot-${world.boot}`;
    if (isOtherBoot) {
      const exit = this.#lost('the machine was restarted while it ran');
      return { kind: 'ended', started: command?.started ?? null, exit };
    }
    if (command === undefined) {
      // Never handed over: recovery takes the token of a directory that nobody made.
      this.commands.set(keyOf(attempt), this.#claimed(attempt, launcher));
      return { kind: 'never_started' };
    }
    if (command.token === null) {
      command.token = 'recovery';
      return { kind: 'never_started' };
    }
    if (command.exit !== null) {
      return { kind: 'ended', started: command.started, exit: command.exit };
    }
    if (!command.isAlive || command.started === null) {
      const exit = this.#lost('its process ended while nobody watched it');
      return { kind: 'ended', started: command.started, exit };
    }
    command.watcher = daemon;
    command.isWatchedByPolling = true;
    return { kind: 'adopted', started: command.started };
  }

  #claimed(attempt: Attempt, launcher: Launcher): Command {
    return {
      runId: attempt.runId,
      attempt: attempt.attempt,
      job: '',
      manner: 'quick',
      token: 'recovery',
      boot: this.#world.boot,
      launcher,
      watcher: null,
      isWatchedByPolling: false,
      started: null,
      begunAwake: 0,
      endedAwake: this.#world.time.awake,
      isAlive: false,
      exit: null,
      diedAs: null,
      earlySignals: [],
    };
  }
}

type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: string };

/** The ends of the pipes in each daemon. */
const daemonEnds = new WeakMap<
  Daemon,
  {
    readonly tell: (events: readonly DispatchEvent[]) => void;
    readonly replaceLauncher: () => Launcher;
  }
>();
