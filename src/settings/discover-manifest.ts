// Which manifest is meant: the given one, else the nearest of a project, else
// the user's. Reading and judging it is left to others.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { directoriesUpwards, placeUpwards } from './find-upwards.ts';
import type { Settings } from './settings.ts';

/** Names of a project's manifest, in the order in which a directory is searched. */
export const manifestPlaces: readonly string[] = ['jobs.yaml', 'jobs.yml', '.jm2/jobs.yaml'];

export interface DiscoveredManifest {
  /**
   * Absolute path, or null when there is none. A manifest given explicitly is
   * named here even when it does not exist, so its state can still be found.
   */
  readonly found: string | null;
  /** Every path that was tried, nearest first. */
  readonly lookedAt: readonly string[];
  readonly isUserManifest: boolean;
}

/** Where the user manifest is or would be. */
export function userManifestPath(settings: Pick<Settings, 'home'>): string {
  return join(settings.home, 'jobs.yaml');
}

export function discoverManifest(input: {
  readonly settings: Settings;
  readonly cwd: string;
  readonly homeDir: string;
}): DiscoveredManifest {
  const userManifest = userManifestPath(input.settings);
  if (input.settings.manifest !== null) {
    const path = input.settings.manifest;
    return { found: path, lookedAt: [path], isUserManifest: path === userManifest };
  }
  const stopDir = searchEnd(input.cwd, input.homeDir);
  const search = placeUpwards({ places: manifestPlaces, from: input.cwd, stopDir });
  if (search.found !== null) {
    const path = search.found;
    // From the user's home, `.jm2/jobs.yaml` is the user manifest itself.
    return { found: path, lookedAt: search.lookedAt, isUserManifest: path === userManifest };
  }
  const lookedAt = search.lookedAt.includes(userManifest)
    ? search.lookedAt
    : [...search.lookedAt, userManifest];
  const present = isPresent(userManifest);
  return { found: present ? userManifest : null, lookedAt, isUserManifest: present };
}

/** The nearest git root, the home, or `/`: a project's manifest lies below it or in it. */
function searchEnd(cwd: string, homeDir: string): string {
  for (const directory of directoriesUpwards(cwd, homeDir)) {
    // A work tree or a submodule has a file of that name instead of a directory.
    if (isPresent(join(directory, '.git'))) return directory;
  }
  return homeDir;
}

function isPresent(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
