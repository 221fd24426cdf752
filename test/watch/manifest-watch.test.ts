import { execFileSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import { createManifestWatch } from '../../src/watch/manifest-watch.ts';
import type { ManifestWatch } from '../../src/watch/watch.ts';

const deadlineMs = 8_000;

let root: string;
let directory: string;
let file: string;
let watch: ManifestWatch | null = null;
let hints = 0;
let wake: () => void = () => {};

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'jm2-watch-')));
  directory = join(root, 'project');
  file = join(directory, 'jobs.yaml');
  await mkdir(directory);
  await writeFile(file, 'one');
});

afterEach(async () => {
  await watch?.close();
  watch = null;
  await rm(root, { recursive: true, force: true });
});

async function begin(path: string, native = true): Promise<void> {
  hints = 0;
  watch = createManifestWatch(path, { clock: systemClock, native });
  await watch.start(() => {
    hints += 1;
    wake();
  });
}

/** Resolves at the first hint after `change` began. */
async function noticed(change: () => Promise<unknown> | void): Promise<void> {
  const before = hints;
  const seen = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no hint in time')), deadlineMs);
    wake = () => {
      if (hints === before) return;
      clearTimeout(timer);
      resolve();
    };
  });
  await change();
  await seen;
}

async function saveAtomically(text: string): Promise<void> {
  await writeFile(join(directory, '.jobs.yaml.tmp'), text);
  await rename(join(directory, '.jobs.yaml.tmp'), file);
}

/** Points a link elsewhere in one step, as deployments do. */
async function repoint(link: string, target: string): Promise<void> {
  await symlink(target, `${link}.new`);
  await rename(`${link}.new`, link);
}

describe.each([
  ['with native events', true],
  ['by polling alone', false],
])('the watch, %s, notices', (_title, native) => {
  it('an overwrite and an append', async () => {
    await begin(file, native);
    await noticed(() => writeFile(file, 'two'));
    await noticed(() => appendFile(file, ' more'));
  });

  it('an atomic rename, three times in a row', async () => {
    await begin(file, native);
    for (const text of ['two', 'three', 'four']) await noticed(() => saveAtomically(text));
  });

  it('new content of the same size with an older modification time', async () => {
    await begin(file, native);
    await noticed(async () => {
      await writeFile(join(directory, 'x'), 'two');
      await utimes(join(directory, 'x'), 1, 1);
      await rename(join(directory, 'x'), file);
    });
  });

  it('deletion and re-creation of the file', async () => {
    await begin(file, native);
    await noticed(() => rm(file));
    await noticed(() => writeFile(file, 'two'));
    await noticed(() => writeFile(file, 'three'));
  });

  it('deletion and re-creation of the directory, twice', async () => {
    await begin(file, native);
    for (let round = 0; round < 2; round += 1) {
      await noticed(() => rm(directory, { recursive: true }));
      await noticed(async () => {
        await mkdir(directory);
        await writeFile(file, `again ${round}`);
      });
      await noticed(() => writeFile(file, `and changed ${round}`));
    }
  });

  it('a link re-pointed, three times', async () => {
    await writeFile(join(root, 'a.yaml'), 'a');
    await writeFile(join(root, 'b.yaml'), 'b');
    const link = join(directory, 'link.yaml');
    await symlink(join(root, 'a.yaml'), link);
    await begin(link, native);
    for (const name of ['b', 'a', 'b']) {
      await noticed(() => repoint(link, join(root, `${name}.yaml`)));
    }
    await noticed(() => writeFile(join(root, 'b.yaml'), 'changed behind the link'));
  });

  it('a mounted config map swapped by its ..data link, three times', async () => {
    await rm(file);
    const fill = async (name: string) => {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'jobs.yaml'), name);
    };
    await fill('..1');
    await symlink('..1', join(directory, '..data'));
    await symlink('..data/jobs.yaml', file);
    await begin(file, native);
    for (const round of [2, 3, 4]) {
      await noticed(async () => {
        await fill(`..${round}`);
        await repoint(join(directory, '..data'), `..${round}`);
        await rm(join(directory, `..${round - 1}`), { recursive: true });
      });
    }
  });

  it('a link above the directory re-pointed while the old tree stays', async () => {
    for (const name of ['v1', 'v2']) {
      await mkdir(join(root, name, 'etc'), { recursive: true });
      await writeFile(join(root, name, 'etc', 'jobs.yaml'), name);
    }
    const current = join(root, 'current');
    await symlink('v1', current);
    await begin(join(current, 'etc', 'jobs.yaml'), native);
    for (const name of ['v2', 'v1', 'v2']) await noticed(() => repoint(current, name));
  });

  it('a file turned into a directory, and into a FIFO', async () => {
    await begin(file, native);
    await noticed(async () => {
      await rm(file);
      await mkdir(file);
    });
    await noticed(async () => {
      await rm(file, { recursive: true });
      execFileSync('mkfifo', [file]);
    });
  });

  it('a file appearing in directories that were missing at the start', async () => {
    const deep = join(root, 'x', 'y', 'jobs.yaml');
    await begin(deep, native);
    await noticed(async () => {
      await mkdir(join(root, 'x', 'y'), { recursive: true });
      await writeFile(deep, 'one');
    });
    await noticed(() => writeFile(deep, 'two'));
  });
});

describe('the watch', () => {
  it('notices a whole tree exchanged far above the file', async () => {
    const path = join(root, 'release', 'a', 'b', 'jobs.yaml');
    for (const name of ['release', 'next']) {
      await mkdir(join(root, name, 'a', 'b'), { recursive: true });
      await writeFile(join(root, name, 'a', 'b', 'jobs.yaml'), name);
    }
    await begin(path);
    await noticed(async () => {
      await rename(join(root, 'release'), join(root, 'old'));
      await rename(join(root, 'next'), join(root, 'release'));
    });
    await noticed(() => writeFile(path, 'changed in the new tree'));
  });

  it('stays silent about swap and backup files beside the manifest', async () => {
    await begin(file);
    for (const name of ['.jobs.yaml.swp', 'jobs.yaml~', '4913', '.#jobs.yaml']) {
      await writeFile(join(directory, name), 'x');
      await rm(join(directory, name));
    }
    // A change of the manifest comes after all of those, and is the only one told.
    await noticed(() => saveAtomically('two'));
    expect(hints).toBe(1);
  });

  it('says nothing more once closed', async () => {
    await begin(file);
    await watch?.close();
    const before = hints;
    await writeFile(file, 'two');
    expect(hints).toBe(before);
  });
});
