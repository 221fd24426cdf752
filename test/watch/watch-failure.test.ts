import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FSWatcher } from 'chokidar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import { createManifestWatch } from '../../src/watch/manifest-watch.ts';

// The limits of the system cannot be lowered from a test, so a watcher stands in
// that has met them.
function failingWatcher(): FSWatcher {
  const watcher = new FSWatcher({});
  const failure = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  queueMicrotask(() => watcher.emit('error', failure));
  return watcher;
}

let directory: string;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'jm2-watch-')));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the watch without native events', () => {
  it('says so once, and polls', async () => {
    const file = join(directory, 'jobs.yaml');
    await writeFile(file, 'one');
    const reports: string[] = [];
    const watch = createManifestWatch(file, {
      clock: systemClock,
      watchFiles: failingWatcher,
      report: (problem) => reports.push(problem),
    });
    let hints = 0;
    await watch.start(() => {
      hints += 1;
    });
    for (const [index, text] of ['two', 'three'].entries()) {
      await writeFile(file, text);
      await vi.waitFor(() => expect(hints).toBeGreaterThan(index), 8_000);
    }
    await watch.close();
    expect(reports).toEqual(['watching failed (ENOSPC), polling every 250ms instead']);
  });
});
