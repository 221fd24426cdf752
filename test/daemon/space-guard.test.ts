import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSpaceGuard } from '../../src/daemon/space-guard.ts';
import { FakeClock } from '../support/fake-clock.ts';

const mebibyte = 1024 * 1024;
const noon = Date.parse('2026-03-02T12:00:00Z');
let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'jm2-space-'));
});
// The ballast may still be on its way.
afterEach(() => rmSync(stateDir, { recursive: true, maxRetries: 20, retryDelay: 20 }));

function aGuard(freeMebibytes: number, sizeMebibytes = 1_000) {
  const disk = { free: freeMebibytes * mebibyte };
  const clock = new FakeClock(noon);
  const log = { info: () => undefined, warn: () => undefined };
  const look = () => ({ freeBytes: disk.free, sizeBytes: sizeMebibytes * mebibyte });
  return { disk, clock, guard: createSpaceGuard({ stateDir, clock, log, look }) };
}

it('keeps a ballast of 8 MiB for the owner alone while there is room', async () => {
  const { guard } = aGuard(500);
  expect(guard.holdStarts()).toBeNull();
  await guard.close();
  const { size, mode } = statSync(join(stateDir, 'daemon.ballast'));
  expect([size, mode & 0o777]).toEqual([8 * mebibyte, 0o600]);
  expect(guard.condition()).toBeNull();
});

it('keeps none where it would take a good part of what is left', async () => {
  const { guard } = aGuard(40);
  guard.holdStarts();
  await guard.close();
  expect(existsSync(join(stateDir, 'daemon.ballast'))).toBe(false);
});

it('gives the ballast up and holds starts until there is room to spare', () => {
  const { guard, disk, clock } = aGuard(500);
  writeFileSync(join(stateDir, 'daemon.ballast'), 'x');
  disk.free = 0;
  guard.foundFull();
  expect(statSync(join(stateDir, 'daemon.ballast')).size).toBe(0);
  expect(guard.holdStarts()).toMatch(/is full \(0\.0 MiB free\): nothing starts/);
  expect(guard.condition()).toMatchObject({ code: 'JM2-T104', since: noon });
  disk.free = 15 * mebibyte;
  clock.advance(1_000);
  expect(guard.holdStarts()).toContain('15.0 MiB free');
  disk.free = 16 * mebibyte;
  clock.advance(1_000);
  expect(guard.holdStarts()).toBeNull();
  expect(guard.condition()).toBeNull();
});

it('sees by itself that the disk is nearly full, within ten seconds', () => {
  const { guard, disk, clock } = aGuard(500);
  guard.holdStarts();
  disk.free = mebibyte - 1;
  clock.advance(9_000);
  expect(guard.holdStarts()).toBeNull();
  clock.advance(1_000);
  expect(guard.holdStarts()).not.toBeNull();
});

it('asks of a small disk in proportion', () => {
  const { guard, disk, clock } = aGuard(4, 16);
  disk.free = 0;
  guard.foundFull();
  disk.free = 4 * mebibyte;
  clock.advance(1_000);
  expect(guard.holdStarts()).toBeNull();
});

it('knows that a daemon before it gave the ballast up, and keeps the reserve for ends', () => {
  writeFileSync(join(stateDir, 'daemon.ballast'), '');
  const { guard, disk, clock } = aGuard(8);
  expect(guard.holdStarts()).toContain('8.0 MiB free');
  disk.free = 100 * mebibyte;
  clock.advance(1_000);
  expect(guard.holdStarts()).toBeNull();
  // Without such a sign, as much is room enough.
  rmSync(join(stateDir, 'daemon.ballast'), { force: true });
  expect(aGuard(8).guard.holdStarts()).toBeNull();
});
