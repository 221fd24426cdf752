// A daemon that a service manager looks after is started and replaced by that
// manager: one started beside it would be nobody's, and the service would count
// as stopped.
import { existsSync, readFileSync } from 'node:fs';
import type { ServiceScope } from '../../core/service/service.ts';
import type { Locations } from '../../settings/locations.ts';
import { managerHere } from './manager.ts';
import { stateOf } from './service-state.ts';
import { mustDo } from './service-program.ts';
import { nameOf } from './service-place.ts';

/** The service that the daemon `pid` is of; null when it is of none. */
async function serviceOf(
  place: Locations,
  pid: number | null,
): Promise<{ readonly name: string; readonly scope: ServiceScope } | null> {
  const manager = managerHere();
  const name = nameOf(place);
  for (const scope of ['user', 'system'] as const) {
    if (pid === null || !existsSync(manager.file(name, scope))) continue;
    const state = await stateOf(manager, { name, scope });
    if (state?.pid === pid) return { name, scope };
  }
  return null;
}

export async function isManaged(place: Locations, pid: number | null): Promise<boolean> {
  return (await serviceOf(place, pid)) !== null;
}

/** False when the daemon `pid` is not that of a service; then nothing was done. */
export async function restartByManager(place: Locations, pid: number | null): Promise<boolean> {
  const service = await serviceOf(place, pid);
  if (service === null) return false;
  for (const words of managerHere().restart(service.name, service.scope)) {
    await mustDo(words, 'The daemon that runs goes on.');
  }
  return true;
}

/**
 * False when this account has no service of this manifest and state directory to
 * start, or its manager cannot be asked; then nothing was done.
 */
export async function startByManager(place: Locations): Promise<boolean> {
  const manager = managerHere();
  const name = nameOf(place);
  for (const scope of ['user', 'system'] as const) {
    if (scope === 'system' && process.getuid?.() !== 0) continue;
    const file = manager.file(name, scope);
    if (!existsSync(file) || !readFileSync(file, 'utf8').includes(place.stateDir)) continue;
    const state = await stateOf(manager, { name, scope });
    if (state === null || state.isActive) continue;
    for (const words of manager.start(name, scope)) await mustDo(words, 'No daemon runs.');
    return true;
  }
  return false;
}
