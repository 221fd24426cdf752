import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectory } from '../../src/system/make-directory.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jm2-dir-'));
});
afterEach(() => rm(root, { recursive: true }));

it('makes a directory with those above it, for the owner alone when asked', async () => {
  await makeDirectory(join(root, 'a/b/c'), { mode: 0o700 });
  const modes = ['a', 'a/b', 'a/b/c'].map(async (path) => (await stat(join(root, path))).mode);
  expect((await Promise.all(modes)).map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
});

it('leaves one that is there as it is, also behind a link', async () => {
  await makeDirectory(join(root, 'real'));
  await symlink(join(root, 'real'), join(root, 'link'));
  await makeDirectory(join(root, 'link/below'));
  await makeDirectory(join(root, 'link'));
  expect(existsSync(join(root, 'real/below'))).toBe(true);
});

it.each([
  ['a file has its name', 'file', 'EEXIST'],
  ['a file stands above it', 'file/below', 'ENOTDIR'],
])('says it when %s', async (_what, path, code) => {
  await writeFile(join(root, 'file'), '');
  await expect(makeDirectory(join(root, path))).rejects.toMatchObject({ code });
});

it('two at once make the same without an error', async () => {
  const path = join(root, 'x/y/z');
  await Promise.all([makeDirectory(path), makeDirectory(path), makeDirectory(path)]);
  expect(existsSync(path)).toBe(true);
});

it.skipIf(!existsSync('/proc/self'))(
  'ends where the system has no room for names [platform: needs /proc]',
  async () => {
    await expect(makeDirectory('/proc/none/below')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
