// Tells commands the truth about a state directory when nobody answers on its
// socket: no daemon, one that does not listen, or a place this account may not
// look into. Decides nothing; the daemon's own lock is in instance-lock.ts.
import { lstatSync } from 'node:fs';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Locations } from '../settings/locations.ts';
import { isLockHeld } from '../store/sqlite/exclusive-lock.ts';
import { readLivePid } from './instance-lock.ts';

/**
 * Pid of the daemon that holds the state directory, null when there is none.
 * The pid file names it, the lock proves it: a pid may have been given away anew.
 */
export function holderOf(places: Pick<Locations, 'pidFile' | 'lockFile'>): number | null {
  const pid = readLivePid(places.pidFile);
  // Its own lock a process must not look at: that would drop it.
  if (pid === null || pid === process.pid) return pid;
  return isLockHeld(places.lockFile) ? pid : null;
}

/** There is a daemon, but not where commands could speak to it. */
export function notListening(
  places: Pick<Locations, 'stateDir' | 'socket'>,
  pid: number,
): Jm2Error {
  return operationalError('JM2-D101', {
    detail: `Process ${pid} holds ${places.stateDir}, but does not listen on ${places.socket}: it is starting or ending, or its socket was removed.`,
    hint: `Try again in a moment. When it stays so, end it with kill -TERM ${pid} and start it again.`,
  });
}

/** Throws what lstat throws. */
export type Look = (path: string) => unknown;

/**
 * Throws JM2-D101 (exit code 8) when it cannot be told whether there is a daemon
 * or a store: a place that may not be entered must not pass for an empty one.
 */
export function requireReachable(
  places: Pick<Locations, 'stateDir' | 'socket' | 'database'>,
  lookAt: Look = (path) => lstatSync(path),
): void {
  for (const path of [places.database, places.socket]) {
    try {
      lookAt(path);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') continue;
      const why =
        code === 'EACCES' || code === 'EPERM'
          ? 'belongs to another account and may not be entered by this one'
          : code === 'ENOTDIR'
            ? 'is not a directory, or a part of its path is none'
            : `cannot be looked at (${message})`;
      throw operationalError('JM2-D101', {
        detail: `The state directory ${places.stateDir} ${why}, so nothing is known of a daemon or of recorded runs.`,
        hint: 'Use the account that started the daemon, or name another directory with --state-dir, JM2_STATE_DIR or JM2_HOME.',
        exitCode: ExitCode.daemonUnreachable,
        cause,
      });
    }
  }
}
