// Asks the daemon of one place or, while none runs, its store read-only. Client
// and store are loaded when asked for: help, schema and explain need neither.
import { existsSync, lstatSync } from 'node:fs';
import type { ReadService, Service } from '../api/service.ts';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';

/** A daemon that starts or ends is given this long to listen or to be gone. */
const listensWithinMs = 3_000;
const askEveryMs = 50;

export interface Answered<T> {
  readonly value: T;
  /** False when the store answered because no daemon runs. */
  readonly live: boolean;
}

export type ReadFrom = <T>(ask: (service: ReadService) => Promise<T>) => Promise<Answered<T>>;

/** The store is opened once, at the first question that no daemon answers. */
export function readFrom(place: Locations, settings: () => Promise<Settings>): ReadFrom {
  let readOnly: Promise<ReadService> | null = null;
  return async (ask) => {
    let deadline: number | null = null;
    for (;;) {
      // Without a socket there is no daemon to ask; one that may not be looked at must be asked.
      if (mayExist(place.socket)) {
        try {
          return { value: await ask(await clientOf(place)), live: true };
        } catch (error) {
          const { isNobodyListening } = await import('../api/client.ts');
          if (!isNobodyListening(error)) throw error;
        }
      }
      const pid = existsSync(place.pidFile) ? await holder(place) : null;
      if (pid === null) break;
      deadline ??= performance.now() + listensWithinMs;
      if (performance.now() > deadline) throw await silent(place, pid);
      await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    }
    readOnly ??= openReadOnly(place, await settings());
    return { value: await ask(await readOnly), live: false };
  };
}

export async function clientOf(place: Locations): Promise<Service> {
  const { createClient } = await import('../api/client.ts');
  return createClient(place.socket, () => holder(place));
}

async function holder(place: Locations): Promise<number | null> {
  const { holderOf } = await import('../daemon/holder.ts');
  return holderOf(place);
}

async function silent(place: Locations, pid: number): Promise<Jm2Error> {
  const { notListening } = await import('../daemon/holder.ts');
  return notListening(place, pid);
}

/** False only when it is certain that there is nothing of that name. */
export function mayExist(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

async function openReadOnly(place: Locations, settings: Settings): Promise<ReadService> {
  const { openReadOnlyService } = await import('../daemon/read-only-service.ts');
  return openReadOnlyService(place, settings);
}
