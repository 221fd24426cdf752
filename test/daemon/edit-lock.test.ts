// The lock of edits, where there is a home to keep it in and where there is none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lockEdits } from '../../src/daemon/edit-lock.ts';
import { isLockHeld } from '../../src/store/sqlite/exclusive-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'jm2-edit-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('makes the home that it is kept in, and is free again after its release', async () => {
  const home = join(folder, 'new', 'home');
  const lock = await lockEdits(home);
  expect(lock).not.toBeNull();
  lock?.release();
  expect(isLockHeld(join(home, 'edit.lock'))).toBe(false);
});

it('keeps nobody from editing where there can be no home', async () => {
  writeFileSync(join(folder, 'file'), '');
  expect(await lockEdits(join(folder, 'file', 'home'))).toBeNull();
});
