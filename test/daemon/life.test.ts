import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginLife, lastLife } from '../../src/daemon/life.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { noon } from '../support/store-records.ts';

let stateDir: string;
let store: Store;
let clock: FakeClock;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'jm2-life-'));
  clock = new FakeClock(noon);
  store = openStore(':memory:', { clock, ids: systemIds });
});
afterEach(() => {
  store.close();
  rmSync(stateDir, { recursive: true });
});

const begin = (bootId = 'boot', over: Store = store) =>
  beginLife({
    store: over,
    clock,
    ids: systemIds,
    stateDir,
    bootId,
    version: '0.2.0',
    log: { warn: () => {} },
  });
const touchedAt = (): number => statSync(join(stateDir, 'alive')).mtimeMs;

it('the first daemon knows of none before it', () => {
  expect(begin()).toMatchObject({ downSince: null, previous: null });
});

it('a daemon that drained has admitted nothing since the drain began', () => {
  const first = begin();
  first.admits();
  clock.advance(10_000);
  first.admitsNoMore();
  clock.advance(20_000);
  first.ended('stopped');
  clock.advance(60_000);
  const { downSince, previous } = begin();
  expect(downSince).toBe(noon + 10_000);
  expect(previous?.ended).toEqual({ at: noon + 30_000, how: 'stopped' });
});

it('a killed daemon was there until it last touched its file', () => {
  const first = begin();
  first.admits();
  clock.advance(25_000);
  first.alive();
  clock.advance(600_000);
  expect(lastLife(store, { stateDir, bootId: 'boot', now: clock.now() })?.ended).toEqual({
    at: noon + 25_000,
    how: 'crashed',
  });
  expect(begin()).toMatchObject({ downSince: noon + 25_000, previous: { seenAt: noon + 25_000 } });
});

it('a daemon of another boot went down with the host', () => {
  begin().admits();
  clock.advance(60_000);
  expect(begin('another boot').previous?.ended?.how).toBe('rebooted');
});

it('touches its file no more than about every ten seconds', () => {
  const life = begin();
  clock.advance(5_000);
  life.alive();
  expect(touchedAt()).toBe(noon);
  clock.advance(5_000);
  life.alive();
  expect(touchedAt()).toBe(noon + 10_000);
});

it('makes its file again when somebody removed it', () => {
  const life = begin();
  rmSync(join(stateDir, 'alive'));
  clock.advance(10_000);
  life.alive();
  expect(touchedAt()).toBe(noon + 10_000);
});

it('does not take the time of a file of the future for a sign of life', () => {
  begin().admits();
  writeFileSync(join(stateDir, 'alive'), '');
  utimesSync(join(stateDir, 'alive'), noon, noon);
  clock.advance(60_000);
  expect(begin().downSince).toBe(noon);
});

it('comes up with a store that cannot be written', () => {
  const broken = {
    ...store,
    transaction: () => {
      throw new Error('disk full');
    },
  };
  const life = begin('boot', broken);
  life.admits();
  expect(life).toMatchObject({ downSince: null, previous: null });
});
