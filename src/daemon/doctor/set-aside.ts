// Stores that were damaged and moved out of the way: evidence that nobody may need any more.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Locations } from '../../settings/locations.ts';

export function copiesSetAside({ stateDir, database }: Locations): string[] {
  if (!existsSync(stateDir)) return [];
  const prefix = `${basename(database)}.corrupt-`;
  return readdirSync(stateDir)
    .filter((name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name))
    .map((name) => join(stateDir, name));
}
