// Puts right what the doctor may: rights that others have, files of a daemon that
// is gone. Nothing else, and nothing whose loss could matter.
import { chmodSync, closeSync, constants, existsSync, fchmodSync, openSync } from 'node:fs';
import type { Finding, Fix } from '../../core/doctor/finding.ts';
import type { Locations } from '../../settings/locations.ts';
import { lockInstance } from '../instance-lock.ts';
import { clearStaleSocket } from '../stale-socket.ts';
import { wordsOf } from './look.ts';

export interface Repair {
  readonly code: string;
  readonly done: boolean;
  /** The line that does the same, or why it could not be done. */
  readonly detail: string;
}

/** Each for itself: one that fails is told, and the others are done. */
export async function repair(
  places: Locations,
  findings: readonly Finding[],
): Promise<readonly Repair[]> {
  const repairs: Repair[] = [];
  for (const { code, fix, remedy } of findings) {
    if (fix === null) continue;
    try {
      await carryOut(fix, places);
      repairs.push({ code, done: true, detail: remedy ?? '' });
    } catch (error) {
      repairs.push({ code, done: false, detail: wordsOf(error) });
    }
  }
  return repairs;
}

async function carryOut(fix: Fix, places: Locations): Promise<void> {
  if (fix.kind === 'chmod') {
    changeMode(fix.path, fix.mode);
    // SQLite makes these with the rights that the store had when it was read.
    for (const suffix of ['-wal', '-shm']) {
      if (fix.path.endsWith('.db') && existsSync(fix.path + suffix)) {
        changeMode(fix.path + suffix, fix.mode);
      }
    }
    return;
  }
  // Under the daemon's lock, so that none is about to listen there; letting it go
  // removes the pid file.
  const lock = await lockInstance(places);
  try {
    await clearStaleSocket(places.socket);
  } finally {
    lock.release();
  }
}

/** At the opened file, so that a link put in its place gains nothing; a socket cannot be opened. */
function changeMode(path: string, mode: number): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    chmodSync(path, mode);
    return;
  }
  try {
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
