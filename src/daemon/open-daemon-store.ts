// Opens the store of a daemon and finds out how it relates to the runs on disk:
// lost, older than they are, or without a record of commands that still run.
import { uptime } from 'node:os';
import type { Locations } from '../settings/locations.ts';
import { openStore } from '../store/sqlite/open-store.ts';
import type { Clock } from '../system/clock.ts';
import type { Ids } from '../system/ids.ts';
import { lastSign } from './life.ts';
import { newestRun, noteOlderStore } from './older-store.ts';
import { findUnknownCommands, type UnknownCommands } from './unknown-commands.ts';

export interface OpenedStore {
  readonly store: ReturnType<typeof openStore>;
  /** Commands that run without a record, asked anew each time. */
  readonly unknownCommands: UnknownCommands;
}

/** Throws a Jm2Error; what was opened by then is closed by `onClose` all the same. */
export function openDaemonStore(parts: {
  readonly locations: Locations;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** A write failed because the disk is full. */
  readonly foundFull: () => void;
  readonly onClose: (close: () => void) => void;
}): OpenedStore {
  const { clock, ids, log } = parts;
  const { database, stateDir, runsDir } = parts.locations;
  const now = clock.now();
  const store = openStore(database, {
    clock,
    ids,
    onFault: ({ code }) => code === 'JM2-T104' && parts.foundFull(),
    expectsHistory: lastSign(stateDir) !== null,
    expectsRevision: newestRun(runsDir) !== null,
  });
  parts.onClose(() => store.close());
  for (const warning of store.warnings) log.warn({}, warning);
  if (store.setAside !== null) log.error(store.setAside, 'the store was lost; history begins anew');
  noteOlderStore({ store, runsDir, lastSign: lastSign(stateDir), now, log });
  const bootedAt = now - uptime() * 1000;
  return { store, unknownCommands: findUnknownCommands({ store, runsDir, bootedAt, log }) };
}
