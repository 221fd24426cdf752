// Backs the store up and puts a backup back, for commands. A backup needs no
// daemon and disturbs none; a restore holds the daemon's lock, so that none
// starts in the middle of it.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { operationalError } from '../core/diagnostics/registry.ts';
import { attemptDirectory, tokenFile } from '../executor/run-directory.ts';
import type { Locations } from '../settings/locations.ts';
import { inspectBackup, writeBackup } from '../store/sqlite/backup-file.ts';
import type { BackupFacts } from '../store/sqlite/backup-file.ts';
import { lineageInPlace, restoreStore, type RestoreResult } from '../store/sqlite/restore-store.ts';
import { systemClock } from '../system/clock.ts';
import { createLogWriter, logPieces } from './backup-logs.ts';
import { requireReachable } from './holder.ts';
import { lockInstance } from './instance-lock.ts';
import { prepareStateDirectory } from './state-directory.ts';

export { inspectBackup, type BackupFacts };

/**
 * Throws JM2-C107 for a place that is none, JM2-T111 when the file exists and may not be
 * replaced, JM2-T115 without a store.
 */
export function backUp(
  places: Locations,
  file: string,
  options: { readonly replace: boolean; readonly logs: boolean },
): BackupFacts {
  requireReachable(places);
  requireDirectory(dirname(file));
  refuseToReplace(places, file, options.replace);
  if ((statSync(places.database, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    throw operationalError('JM2-T115', { detail: `There is no ${places.database}.` });
  }
  return writeBackup({
    database: places.database,
    file,
    madeAt: systemClock.now(),
    logsOf: options.logs ? (runId) => logPieces(places.runsDir, runId) : null,
  });
}

function requireDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw operationalError('JM2-C107', {
    detail: `There is no directory ${directory}.`,
    hint: 'Make it first, or choose another place.',
  });
}

function refuseToReplace(places: Locations, file: string, mayReplace: boolean): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  const why = found.isFile() ? ownUse(places, file) : 'is no file.';
  if (why === null && mayReplace) return;
  throw operationalError('JM2-T111', {
    detail: `${file} ${why ?? 'exists.'}`,
    ...(why === null ? {} : { hint: 'Choose another name.' }),
  });
}

/**
 * What jm2 itself needs the file for; null for nothing. The WAL and the lock are the
 * store as much as jm2.db is: whoever replaces one of them loses it at the next crash.
 */
function ownUse({ database, stateDir, manifest }: Locations, file: string): string | null {
  const { ino } = statSync(file);
  if (ino === statSync(database, { throwIfNoEntry: false })?.ino) return 'is the store itself.';
  if (ino === statSync(manifest, { throwIfNoEntry: false })?.ino) return 'is the manifest.';
  // The place of the name, which is what a rename replaces.
  const isOwn = existsSync(stateDir) && realpathSync(dirname(file)) === realpathSync(stateDir);
  return isOwn ? 'stands in the state directory, among the files of the store.' : null;
}

export interface Restoring {
  /** Puts the backup in place and lets the lock go. */
  readonly carryOut: () => RestoreResult;
  /** Lets the lock go. */
  readonly giveUp: () => void;
}

/**
 * Looks through the backup and takes the daemon's lock. Throws JM2-T112 or T102 for
 * a file that cannot be used, JM2-T114 for one of another installation unless
 * `anyLineage`, JM2-D102 when a daemon was quicker; nothing is changed then.
 */
export async function prepareRestore(
  places: Locations,
  backup: string,
  options: { readonly anyLineage: boolean },
): Promise<Restoring & { readonly facts: BackupFacts }> {
  const facts = inspectBackup(backup);
  prepareStateDirectory(places);
  const lock = await lockInstance(places);
  const giveUp = (): void => lock.release();
  try {
    requireSameLineage(places.database, facts, options.anyLineage);
  } catch (error) {
    giveUp();
    throw error;
  }
  return {
    facts,
    giveUp,
    carryOut: () => {
      const logs = createLogWriter(places.runsDir);
      try {
        return restoreStore({
          backup,
          database: places.database,
          at: systemClock.now(),
          hasBegun: (runId, attempt) =>
            existsSync(join(attemptDirectory(places.runsDir, runId, attempt), tokenFile)),
          putLog: logs.put,
          logsEnd: logs.end,
        });
      } finally {
        giveUp();
      }
    },
  };
}

/** A store that began anew after a damage has a lineage that no backup can have. */
function requireSameLineage(database: string, facts: BackupFacts, anyLineage: boolean): void {
  const inPlace = lineageInPlace(database);
  if (inPlace === null || inPlace.beganAnew || anyLineage) return;
  if (inPlace.lineage === facts.lineage) return;
  throw operationalError('JM2-T114', {
    detail: `The store in place has the lineage ${inPlace.lineage}, the backup ${facts.lineage}.`,
  });
}
