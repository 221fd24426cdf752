import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { watchFiles } from '../../src/daemon/watch-files.ts';

it('tells of a change although whoever writes the file never rests', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'jm2-watch-files-'));
  const path = join(dir, 'jobs.yaml');
  await writeFile(path, 'version: 1\n');
  const watched = watchFiles(() => {});
  let written = 0;
  const writer = setInterval(() => {
    written += 1;
    void appendFile(path, '#\n');
  }, 30);
  try {
    await watched.set([path]);
    await watched.changed();
    const before = written;
    await expect.poll(() => written).toBeGreaterThan(before);
  } finally {
    clearInterval(writer);
    await watched.close();
    await rm(dir, { recursive: true, force: true });
  }
});
