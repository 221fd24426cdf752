// Which file a setting would be written to: the user's own, in the home, or that
// of a project. Reads names only; what stands in a file is read elsewhere.
import { dirname, join } from 'node:path';
import { manifestPlaces } from './discover-manifest.ts';
import { directoriesUpwards, findUpwards } from './find-upwards.ts';
import type { FoundFile } from './find-upwards.ts';
import { settingsPlaces } from './load-settings.ts';

export interface SettingsFile {
  readonly path: string;
  /** Null when there is no such file yet, or it cannot be read as one: see `found`. */
  readonly text: string | null;
  readonly found: boolean;
}

export interface SettingsFiles {
  /** The one that counts in this directory; null for none. */
  readonly inForce: SettingsFile | null;
  readonly user: SettingsFile;
  /** Null in the home itself, which is no project. */
  readonly project: SettingsFile | null;
}

export async function findSettingsFiles(cwd: string, homeDir: string): Promise<SettingsFiles> {
  const places = settingsPlaces;
  const near = (await findUpwards({ places, from: cwd, stopDir: homeDir })).found;
  const own = (await findUpwards({ places, from: homeDir, stopDir: homeDir })).found;
  const user = own === null ? fileToMake(homeDir) : fileThatIs(own);
  const isOfProject = near !== null && dirname(near.path) !== homeDir;
  const inForce = near ?? own;
  return {
    inForce: inForce === null ? null : fileThatIs(inForce),
    user,
    project: isOfProject ? fileThatIs(near) : await projectToMake(cwd, homeDir),
  };
}

/** Beside the nearest manifest; without one, in the working directory. */
async function projectToMake(cwd: string, homeDir: string): Promise<SettingsFile | null> {
  const places = manifestPlaces;
  const { found } = await findUpwards({ places, from: cwd, stopDir: homeDir });
  const root = directoriesUpwards(cwd, homeDir).find((directory) =>
    places.some((place) => join(directory, place) === found?.path),
  );
  const directory = root ?? cwd;
  return directory === homeDir ? null : fileToMake(directory);
}

function fileThatIs({ path, text }: FoundFile): SettingsFile {
  return { path, text, found: true };
}

function fileToMake(directory: string): SettingsFile {
  return { path: join(directory, settingsPlaces[0] ?? '.jm2rc'), text: null, found: false };
}
