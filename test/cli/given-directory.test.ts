import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directoryFor, directoryMeant } from '../../src/cli/given-directory.ts';

it.each([
  ['.', '/srv/app/tools', 'tools'],
  ['..', '/srv/app/tools', '.'],
  ['x/y', '/srv/app/tools', 'tools/x/y'],
  ['.', '/home/ann', '/home/ann'],
  ['../b', '/srv/app', '../b'],
  ['/opt', '/home/ann', '/opt'],
  ['~/x', '/home/ann', '~/x'],
])('"%s" typed in %s is "%s" in the manifest', (typed, cwd, written) => {
  expect(directoryFor(typed, { cwd, manifest: '/srv/app/jobs.yaml' })).toBe(written);
});

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'jm2-given-'));
  mkdirSync(join(root, 'sub'));
  for (const file of ['sub/here.sh', 'both.sh', 'sub/both.sh']) writeFileSync(join(root, file), '');
});
afterAll(() => rmSync(root, { recursive: true }));

it.each([
  ['./here.sh --all', 'sub'],
  [['./here.sh', 'x'], 'sub'],
  ['./both.sh', null],
  ['./none.sh', null],
  ['here.sh', null],
  ['/bin/sh x', null],
  ['echo ./here.sh', null],
  [undefined, null],
])('the command %j means the directory %j', (command, directory) => {
  const place = { cwd: join(root, 'sub'), manifest: join(root, 'jobs.yaml') };
  expect(directoryMeant(command, place)).toBe(directory);
});
