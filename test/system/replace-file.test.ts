import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replaceFile } from '../../src/system/replace-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jm2-replace-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('leaves the new content and nothing else', async () => {
  const path = join(folder, 'a');
  await writeFile(path, 'old');
  await replaceFile(path, 'new');
  expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['new', ['a']]);
});

it('tells what is missing by the name of the directory, not of a temporary file', async () => {
  const path = join(folder, 'gone', 'a');
  await expect(replaceFile(path, 'new')).rejects.toMatchObject({
    message: `there is no directory ${join(folder, 'gone')}`,
    code: 'ENOENT',
    path,
  });
});

it('tells what the system refuses of the file itself', async () => {
  const path = join(folder, 'x'.repeat(255));
  await expect(replaceFile(path, 'new')).rejects.toMatchObject({ code: 'ENAMETOOLONG', path });
  await expect(replaceFile(path, 'new')).rejects.toThrow(/x'$/);
});
