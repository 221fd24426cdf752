// Facts about the daemon: does one run, does it answer, what did the last one leave.
import { lstatSync } from 'node:fs';
import type { StatusView } from '../../api/service.ts';
import type { DaemonFacts, StrayFacts } from '../../core/doctor/facts.ts';
import type { Locations } from '../../settings/locations.ts';
import type { StoreReader } from '../../store/store.ts';
import { readBootId } from '../../system/process-identity.ts';
import { hasChildCalled } from '../../system/process-table.ts';
import { holderOf } from '../holder.ts';
import { lastLife } from '../life.ts';
import { findUnknownCommands } from '../unknown-commands.ts';

export function gatherDaemon(parts: {
  readonly places: Locations;
  /** Null when it does not answer. */
  readonly status: StatusView | null;
  /** Null when it cannot be read. */
  readonly store: StoreReader | null;
  readonly version: string;
  readonly now: number;
}): DaemonFacts {
  const { places, status, store, now } = parts;
  const isRunning = status?.daemon.running === true;
  const holder = status?.daemon.pid ?? holderOf(places);
  const { conditions, problems } = status?.health ?? { conditions: [], problems: [] };
  const told = new Set(conditions.map(({ text }) => text));
  return {
    running: isRunning,
    holder,
    socket: places.socket,
    stale: holder === null ? [places.socket, places.pidFile].filter(isThere) : [],
    version: status?.daemon.version ?? null,
    ownVersion: parts.version,
    startedAt: status?.daemon.startedAt ? Date.parse(status.daemon.startedAt) : null,
    fell: fellOf(status, store, places, now),
    conditions: isRunning
      ? conditions
          .filter(({ text }) => !isAboutSource(text, status))
          .map(({ text, remedy }) => ({ text, remedy }))
      : [],
    notices: isRunning ? problems.filter((text) => !told.has(text)) : [],
    hasLauncher: isRunning && holder !== null ? hasChildCalled(holder, 'launcher') : null,
    sync: { pending: status?.sync.state === 'pending' },
  };
}

/** What is wrong with the manifest, its own check tells with line and reason. */
function isAboutSource(text: string, { source }: StatusView): boolean {
  return source.since !== null && source.state !== 'accepted' && text.includes(source.since);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function fellOf(
  status: StatusView | null,
  store: StoreReader | null,
  { stateDir }: Locations,
  now: number,
): DaemonFacts['fell'] {
  const previous = status?.daemon.running === true ? status.daemon.previous : null;
  if (previous !== null) {
    const { end } = previous;
    if (end !== 'crashed' && end !== 'rebooted') return null;
    return { how: end, at: Date.parse(previous.endedAt) };
  }
  if (status?.daemon.running === true || store === null) return null;
  const ended = lastLife(store, { stateDir, bootId: readBootId(), now })?.ended ?? null;
  if (ended === null || (ended.how !== 'crashed' && ended.how !== 'rebooted')) return null;
  return { how: ended.how, at: ended.at };
}

/** What runs and is not looked after; a daemon that runs tells of that itself. */
export function gatherStrays(parts: {
  readonly store: StoreReader;
  readonly runsDir: string;
  readonly bootedAt: number;
  readonly isRunning: boolean;
}): StrayFacts {
  const { store, runsDir, bootedAt, isRunning } = parts;
  if (isRunning) return { unknown: [], unattended: 0 };
  const log = { warn: (): void => undefined };
  const unknown = findUnknownCommands({ store, runsDir, bootedAt, log }).conditions();
  const unattended = store.unfinishedRuns().filter(({ state }) => state === 'running').length;
  return { unknown: unknown.map(({ text, remedy }) => ({ text, remedy })), unattended };
}
