import { afterEach, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { noon } from '../support/store-records.ts';

const full = 2;
const normal = 1;
const directory = mkdtempSync(join(tmpdir(), 'jm2-synced-'));
const { connection } = openDatabase(join(directory, 'jm2.db'), { now: noon });
const synchronous = (): unknown => connection.get('PRAGMA synchronous')?.['synchronous'];

afterEach(() => {
  connection.close();
  rmSync(directory, { recursive: true });
});

test('only the commit that need not wait for the disk does not', () => {
  expect(synchronous()).toBe(full);
  expect(connection.unsynced(synchronous)).toBe(normal);
  expect(synchronous()).toBe(full);
  const fail = (): never => {
    throw new Error('full');
  };
  expect(() => connection.unsynced(fail)).toThrow('full');
  expect(synchronous()).toBe(full);
  expect(connection.transaction(() => connection.unsynced(synchronous))).toBe(full);
});
