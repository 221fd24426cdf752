import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locationsFor } from '../../src/settings/locations.ts';
import type { Locations } from '../../src/settings/locations.ts';
import type { Settings } from '../../src/settings/settings.ts';

/** A project with a manifest and a state directory of its own, to be removed at the end. */
export interface Project {
  readonly directory: string;
  readonly locations: Locations;
  readonly settings: Settings;
  writeManifest(text: string): Promise<void>;
  remove(): Promise<void>;
}

export async function aProject(
  manifest: string | null,
  overrides: Partial<Settings> = {},
): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), 'jm2-p-'));
  const path = join(directory, 'jobs.yaml');
  const settings: Settings = {
    home: join(directory, 'home'),
    manifest: path,
    stateDir: join(directory, 'state'),
    sync: 'auto',
    worktree: 'files',
    graceMs: 10_000,
    logLevel: 'info',
    keepRuns: 1_000,
    keepAgeMs: 90 * 86_400_000,
    keepLogBytes: 2 ** 31,
    cgroups: 'off',
    networkDisk: 'refuse',
    ...overrides,
  };
  const writeManifest = (text: string): Promise<void> => writeFile(path, text);
  if (manifest !== null) await writeManifest(manifest);
  return {
    directory,
    locations: locationsFor(path, false, settings),
    settings,
    writeManifest,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Asks until the answer satisfies, or fails after the deadline showing the last answer. */
export async function until<T>(
  ask: () => Promise<T> | T,
  satisfies: (answer: T) => boolean,
  deadlineMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`not satisfied in time; the last answer: ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
