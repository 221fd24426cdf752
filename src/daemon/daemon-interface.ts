// What a daemon is started with, and what whoever started it can do with it.
import type { Service } from '../api/service.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';

export type StartStep =
  | 'state directory'
  | 'lock'
  | 'store'
  | 'launcher'
  | 'manifest'
  | 'scheduler'
  | 'socket';

export interface DaemonOptions {
  readonly settings: Settings;
  readonly locations: Locations;
  /** Started in a terminal that it may lose. */
  readonly foreground: boolean;
  readonly version: string;
  /** Told about each step of the start, in order. */
  readonly onStep?: (step: StartStep, state: 'started' | 'done' | 'failed') => void;
  /** Answers to the signals of the process; default true. */
  readonly signals?: boolean;
  /** The launcher's bundle; default: the one beside the program. */
  readonly launcherFile?: string;
}

export interface Daemon {
  /** The service, without the detour over the socket. */
  readonly service: Service;
  /**
   * Ends the daemon: `drain` lets attempts finish up to the grace (null or
   * absent: of the settings) and leaves no process; `detach` leaves them
   * running for the next daemon. Repeated calls shorten the wait. Resolves when
   * the daemon is closed.
   */
  readonly stop: (mode: 'drain' | 'detach', graceMs?: number | null) => Promise<void>;
  /** KILLs what runs; ends a drain at once. */
  readonly kill: () => void;
  /** Resolves with the exit code of the process when everything is closed. */
  readonly closed: Promise<number>;
}
