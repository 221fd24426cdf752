// The store of a simulated world: the real one, kept across the daemons, behind a
// front that can be full, busy, broken or slow, that is where daemons are killed,
// and that tells the checker what was committed, no more and no less.
import { operationalError } from '../../src/core/diagnostics/registry.ts';
import type { Store } from '../../src/store/store.ts';
import type { Random } from './random.ts';
import type { Daemon, World } from './world.ts';

export interface Write {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** What is wrong with the disk just now. */
export interface DiskTrouble {
  /** Share of transactions that fail; 0 in good times. */
  failing: number;
  readonly codes: readonly [string, ...string[]];
  /** Share of commits that hold the daemon's thread, and for how long at most. */
  slow: number;
  slowMaxMs: number;
  /** Too full for new starts; ends are recorded from a reserve. */
  isHeld: boolean;
}

type Call = (...args: unknown[]) => unknown;

const readers = new Set([
  'latestRevision',
  'revision',
  'revisions',
  'jobs',
  'pausedJobs',
  'findJob',
  'run',
  'runsByPrefix',
  'runs',
  'lastRuns',
  'unfinishedRuns',
  'attempts',
  'outcomes',
  'jobSpec',
  'fact',
  'namesakes',
  'jobChanges',
  'prunedUntil',
  'daemons',
  'interruptions',
  'auditLedger',
  'notes',
  'notesOfRuns',
  'note',
]);

export interface SimStoreParts {
  readonly world: World;
  readonly real: Store;
  readonly trouble: DiskTrouble;
  readonly random: Random;
  readonly committed: (writes: readonly Write[], daemon: Daemon) => void;
  /** Told when a transaction failed, and when a commit took long. */
  readonly troubled: (forMs: number) => void;
}

/** The store in the hands of one daemon. */
export function simStore(parts: SimStoreParts, daemon: Daemon): Store {
  const { world, real, trouble, random } = parts;
  let writes: Write[] | null = null;
  let isFailed = false;
  let newest: { readonly revision: ReturnType<Store['latestRevision']> } | null = null;

  function fail(where: string): never {
    isFailed = true;
    newest = null;
    const code = random.pick(trouble.codes);
    world.note('store fails', `${code} ${where}`);
    parts.troubled(0);
    throw operationalError(code, { detail: `simulated, ${where}` });
  }

  function call(name: string, made: Call, args: readonly unknown[]): unknown {
    world.point(daemon, name);
    // SQLite gives a transaction up at its first error; what follows fails as well.
    if (isFailed && writes !== null) fail('after an earlier error');
    if (trouble.failing > 0 && random.chance(trouble.failing / 20)) fail(name);
    if (name === 'latestRevision') {
      newest ??= { revision: real.latestRevision() };
      return newest.revision;
    }
    if (readers.has(name)) return made(...args);
    if (writes === null) return store.transaction(() => call(name, made, args));
    const result = made(...args);
    if (name === 'applyRevision') newest = null;
    writes.push({ name, args, result });
    return result;
  }

  function transaction<T>(body: () => T): T {
    if (writes !== null) return real.transaction(body);
    world.point(daemon, 'begin');
    isFailed = false;
    const made: Write[] = [];
    try {
      if (trouble.failing > 0 && random.chance(trouble.failing / 2)) fail('begin');
      const result = real.transaction(() => {
        writes = made;
        const answer = body();
        if (isFailed) fail('commit');
        world.point(daemon, 'commit');
        if (trouble.failing > 0 && random.chance(trouble.failing / 2)) fail('commit');
        return answer;
      });
      writes = null;
      parts.committed(made, daemon);
      if (trouble.slow > 0 && random.chance(trouble.slow)) {
        const ms = random.spread(20, trouble.slowMaxMs);
        parts.troubled(ms);
        world.note('commit is slow', `${Math.round(ms)}ms`);
        world.stall(ms);
      }
      world.point(daemon, 'after the commit');
      return result;
    } finally {
      writes = null;
      if (isFailed) newest = null;
    }
  }

  const cache = new Map<string, unknown>();
  const store: Store = new Proxy(real, {
    get(target, name: string) {
      if (name === 'transaction') return transaction;
      let front = cache.get(name);
      if (front !== undefined) return front;
      const made: unknown = Reflect.get(target, name);
      if (typeof made !== 'function') return made;
      front = (...args: unknown[]) => call(name, made as Call, args);
      cache.set(name, front);
      return front;
    },
  });
  return store;
}
