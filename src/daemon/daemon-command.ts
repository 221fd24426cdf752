// The words that a daemon in the background is started with, by jm2 itself or by
// a service manager.
import type { Locations } from '../settings/locations.ts';

/**
 * A daemon makes little garbage, so a small nursery costs it no time that can be
 * measured, and spares it 30 MB that would stay after its first manifest. Without the
 * engine's first compiler, whose code is large, it spares 5 MB more; what is hot is
 * optimized all the same.
 */
const memoryOptions = ['--max-semi-space-size=2', '--no-sparkplug'];

/**
 * Read by the GNU C library: its arenas, one per thread, keep what was freed in them, and
 * what a large manifest took once would otherwise be kept for another one.
 */
export const memoryEnvironment = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

/** `entry`: the program's main script, absolute. */
export function daemonCommand(
  locations: Pick<Locations, 'manifest' | 'stateDir'>,
  entry: string,
): readonly string[] {
  return [
    process.execPath,
    ...memoryOptions,
    entry,
    'up',
    '--foreground-child',
    '--manifest',
    locations.manifest,
    '--state-dir',
    locations.stateDir,
  ];
}
