// The user manifest stands in where no project manifest is found. The few
// commands that may begin with nothing create it empty, and say so.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Locations } from '../settings/locations.ts';
import type { Context } from './context.ts';

export function emptyManifest(zone: string): string {
  return `# Jobs of this account. What can stand here: jm2 init --dir some-directory
version: 1
timezone: ${zone}
jobs: {}
`;
}

/** The place of the manifest; created when it is the user's and does not exist. */
export async function ensureUserManifest(context: Context): Promise<Locations> {
  const place = await context.locations({ orUser: true });
  if (!place.isUserManifest || existsSync(place.manifest)) return place;
  const { makeDirectory } = await import('../system/make-directory.ts');
  await makeDirectory(dirname(place.manifest), { mode: 0o700 });
  try {
    writeFileSync(place.manifest, emptyManifest(context.terminal.zone), {
      flag: 'wx',
      mode: 0o600,
    });
    context.output.note(
      `No jobs.yaml was found from here upwards; created an empty user manifest: ${place.manifest}`,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return place;
}
