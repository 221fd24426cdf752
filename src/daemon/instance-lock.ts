// One daemon per state directory. The lock is the kernel's: it goes with the
// process however that ends, so there is no stale lock. The pid file only tells
// people and losers who holds it; nothing is decided by it.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Locations } from '../settings/locations.ts';
import { acquireExclusiveLock } from '../store/sqlite/exclusive-lock.ts';
import { isAlive, processStart } from '../system/process-identity.ts';

export interface InstanceLock {
  /** Removes the pid file, then frees the lock; harmless when repeated. */
  release(): void;
}

/** How long a loser waits for the winner's pid to appear, to be able to name it. */
const pidWithinMs = 2_000;
const pidPollMs = 20;

/**
 * Takes the lock or throws JM2-D102 (exit code 4) naming the holder. To be
 * called before the store is opened and before the socket is touched.
 */
export async function lockInstance(
  places: Pick<Locations, 'lockFile' | 'pidFile' | 'stateDir'>,
): Promise<InstanceLock> {
  const lock = acquireExclusiveLock(places.lockFile);
  if (lock === null) throw held(places.stateDir, await holderPid(places.pidFile));
  writePid(places.pidFile);
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      // First the file, then the lock: a successor's file must not be removed.
      rmSync(places.pidFile, { force: true });
      lock.release();
    },
  };
}

/**
 * Pid in the file; null when there is none or it names no process that lives. One
 * that has ended and only waits to be collected does not live.
 */
export function readLivePid(pidFile: string): number | null {
  let text: string;
  try {
    text = readFileSync(pidFile, 'utf8');
  } catch {
    return null;
  }
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid, processStart(pid)) ? pid : null;
}

/** By rename, so that nobody reads half a number. */
function writePid(pidFile: string): void {
  const draft = `${pidFile}.${process.pid}`;
  writeFileSync(draft, `${process.pid}\n`, { mode: 0o600 });
  renameSync(draft, pidFile);
}

async function holderPid(pidFile: string): Promise<number | null> {
  for (let waitedMs = 0; waitedMs < pidWithinMs; waitedMs += pidPollMs) {
    const pid = readLivePid(pidFile);
    if (pid !== null) return pid;
    // The winner holds the lock a moment before its pid file is there.
    await new Promise((resolve) => setTimeout(resolve, pidPollMs));
  }
  return null;
}

function held(stateDir: string, pid: number | null): Error {
  const who = pid === null ? 'A daemon that could not be identified' : `Process ${pid}`;
  return operationalError('JM2-D102', {
    detail: `${who} holds ${stateDir}. This one ended without touching anything.`,
    data: { pid },
  });
}
