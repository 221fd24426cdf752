// Which projects one home knows: each state directory below it with the manifest
// that its daemon followed. Reads stores, asks no daemon.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { Store } from '../store/store.ts';

const manifestFact = 'manifest.path';
/** More than anybody has; the rest is left out. */
const projectsMax = 1_000;

export interface KnownProject {
  readonly stateDir: string;
  /** Null when its store is older than this fact, or cannot be read. */
  readonly manifest: string | null;
  /** Why its store cannot be read; null for one that can. */
  readonly fault: string | null;
}

/** The name of a state directory tells only part of the path it belongs to. Never throws. */
export function rememberManifest(
  store: Pick<Store, 'fact' | 'setFact'>,
  path: string,
  log: { warn(fields: object, message: string): void },
): void {
  try {
    if (store.fact(manifestFact) !== path) store.setFact(manifestFact, path);
  } catch (error) {
    log.warn({ err: error }, 'the path of the manifest was not recorded');
  }
}

/** That of the user manifest first, then by name. */
export function knownProjects(home: string): readonly KnownProject[] {
  const folder = join(home, 'projects');
  const names = existsSync(folder) ? readdirSync(folder).toSorted().slice(0, projectsMax) : [];
  return [home, ...names.map((name) => join(folder, name))]
    .filter((stateDir) => existsSync(join(stateDir, 'jm2.db')))
    .map((stateDir) => ({ stateDir, ...manifestOf(join(stateDir, 'jm2.db')) }));
}

function manifestOf(database: string): Pick<KnownProject, 'manifest' | 'fault'> {
  try {
    const store = openStoreReader(database);
    try {
      return { manifest: store?.fact(manifestFact) ?? null, fault: null };
    } finally {
      store?.close();
    }
  } catch (error) {
    return { manifest: null, fault: error instanceof Error ? error.message : String(error) };
  }
}
