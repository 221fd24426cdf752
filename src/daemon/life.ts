// Records when this daemon is there and how it ends, and finds out how those
// before it ended. What follows for occurrences is decided in core/runs. A sign
// of life is the time stamp of a file: it costs no commit and survives a crash.
import { closeSync, openSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { endOfSilent, unattendedSince } from '../core/runs/daemon-life.ts';
import type { DaemonEnd, DaemonLife, LifeChange } from '../core/runs/daemon-life.ts';
import type { Store, StoreReader } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import type { Ids } from '../system/ids.ts';

/** A daemon that wakes every ten seconds touches its file each time. */
const aliveEveryMs = 9_000;
/** Earlier daemons looked at; more than these in a row never came to admit anything. */
const earlierMax = 50;

export interface Life {
  /** Since when nothing was admitted before this daemon; null when that is not known. */
  readonly downSince: number | null;
  /** How the daemon before this one ended; null for the first one. */
  readonly previous: DaemonLife | null;
  /** From now on it admits. */
  admits(): void;
  /** It admits no more, as while it drains. */
  admitsNoMore(): void;
  /** To be called often; touches the file once in a while. */
  alive(): void;
  ended(how: Extract<DaemonEnd, 'stopped' | 'detached'>): void;
}

/** Begins this daemon's life and ends those that left no word. Never throws. */
export function beginLife(parts: {
  readonly store: Pick<Store, 'beginLife' | 'changeLife' | 'daemons' | 'runs' | 'transaction'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly stateDir: string;
  readonly bootId: string;
  readonly version: string;
  readonly log: { warn(fields: object, message: string): void };
}): Life {
  const { store, clock, bootId, log } = parts;
  const path = alivePath(parts.stateDir);
  const id = parts.ids.uid();
  const now = clock.now();
  let touchedAt = -Infinity;

  // A full disk must not keep the daemon down; what is missing then is an explanation.
  const attempt = <T>(write: () => T): T | null => {
    try {
      return write();
    } catch (error) {
      log.warn({ err: error }, 'the life of the daemon could not be recorded');
      return null;
    }
  };
  const change = (to: LifeChange): void => {
    attempt(() => store.changeLife(id, to));
  };
  const alive = (): void => {
    const mono = clock.monotonic();
    if (mono - touchedAt < aliveEveryMs) return;
    touchedAt = mono;
    touch(path, clock.now());
  };

  const earlier = attempt(() =>
    store.transaction(() => {
      for (const life of store.daemons(earlierMax)) {
        if (life.ended !== null) continue;
        store.changeLife(life.id, endOfSilent(life, { bootId, now, signs: signs(store, path) }));
      }
      const before = store.daemons(earlierMax);
      store.beginLife({
        id,
        version: parts.version,
        pid: process.pid,
        bootId,
        startedAt: now,
        admittingFrom: null,
        admittingUntil: null,
        seenAt: now,
        ended: null,
      });
      return before;
    }),
  );
  alive();
  return {
    downSince: earlier === null ? null : unattendedSince(earlier),
    previous: earlier?.[0] ?? null,
    admits: () => change({ admittingFrom: clock.now() }),
    admitsNoMore: () => change({ admittingUntil: clock.now() }),
    alive,
    ended: (how) => {
      const at = clock.now();
      change({ seenAt: at, ended: { at, how } });
    },
  };
}

/**
 * The newest daemon as a command sees it while none runs: one that left no word
 * has crashed, or went down with the host.
 */
export function lastLife(
  store: Pick<StoreReader, 'daemons' | 'runs'>,
  facts: { readonly stateDir: string; readonly bootId: string; readonly now: number },
): DaemonLife | null {
  const last = store.daemons(1)[0] ?? null;
  if (last === null || last.ended !== null) return last;
  return {
    ...last,
    ...endOfSilent(last, { ...facts, signs: signs(store, alivePath(facts.stateDir)) }),
  };
}

/** When a daemon was last alive here by the time stamp of its file; null when none was. */
export function lastSign(stateDir: string): number | null {
  return timeOf(alivePath(stateDir));
}

function timeOf(path: string): number | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : Math.floor(stat.mtimeMs);
}

function alivePath(stateDir: string): string {
  return join(stateDir, 'alive');
}

/** Its file, and the newest run that it admitted. */
function signs(store: Pick<StoreReader, 'runs'>, path: string): (number | null)[] {
  return [timeOf(path), store.runs({ limit: 1 })[0]?.queuedAt ?? null];
}

/** By our own clock, which records and reasons are told by. */
function touch(path: string, now: number): void {
  const at = now / 1000;
  try {
    utimesSync(path, at, at);
  } catch {
    try {
      closeSync(openSync(path, 'a', 0o600));
      utimesSync(path, at, at);
    } catch {
      // Without it a crash is told with the time of the newest run.
    }
  }
}
