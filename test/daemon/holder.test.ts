import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holderOf, requireReachable } from '../../src/daemon/holder.ts';
import { lockInstance } from '../../src/daemon/instance-lock.ts';
import { readRevisions } from '../../src/daemon/read-revisions.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'jm2-holder-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

const places = (dir = stateDir) => ({
  stateDir: dir,
  pidFile: join(dir, 'daemon.pid'),
  lockFile: join(dir, 'lock.db'),
  socket: join(dir, 'daemon.sock'),
  database: join(dir, 'jm2.db'),
});

function refusing(code: string) {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

describe('who holds a state directory', () => {
  test('nobody, when there is no pid file', () => {
    expect(holderOf(places())).toBeNull();
  });

  test('nobody, when the pid file names a living process that has no lock', () => {
    writeFileSync(places().pidFile, `${process.ppid}\n`);
    expect(holderOf(places())).toBeNull();
    writeFileSync(places().lockFile, '');
    expect(holderOf(places())).toBeNull();
  });

  test('this process, whose own lock is not looked at and stays', async () => {
    const lock = await lockInstance(places());
    expect(holderOf(places())).toBe(process.pid);
    await expect(lockInstance(places())).rejects.toMatchObject({ code: 'JM2-D102' });
    lock.release();
  });
});

describe('a state directory', () => {
  test('that does not exist is known to be empty', () => {
    expect(() => requireReachable(places(join(stateDir, 'none')))).not.toThrow();
  });

  test('of another account is an error with exit code 8, never an empty store', () => {
    expect(() => requireReachable(places(), refusing('EACCES'))).toThrow(
      expect.objectContaining({
        code: 'JM2-D101',
        exitCode: 8,
        detail: expect.stringContaining('belongs to another account') as string,
      }),
    );
  });

  test('below a regular file is an error, too', () => {
    const file = join(stateDir, 'file');
    writeFileSync(file, '');
    expect(() => readRevisions(places(join(file, 'state')), 5)).toThrow('is not a directory');
  });
});
