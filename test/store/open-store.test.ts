import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { hasBuiltInSqlite, loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { schemaVersion } from '../../src/store/sqlite/migrations.ts';
import { hasWalResetFix } from '../../src/store/sqlite/open-database.ts';
import { openStore, openStoreReader } from '../../src/store/sqlite/open-store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anEndedRun, apply, aRun, create, noon } from '../support/store-records.ts';

const root = mkdtempSync(join(tmpdir(), 'jm2-open-'));
afterAll(() => rmSync(root, { recursive: true }));

const options = { clock: new FakeClock(noon), ids: systemIds };
let directory = '';
let path = '';
let count = 0;
beforeEach(() => {
  directory = join(root, String((count += 1)));
  mkdirSync(directory);
  path = join(directory, 'jm2.db');
});

function rawConnection(): Connection {
  const { DatabaseSync } = loadBinding();
  return new Connection(new DatabaseSync(path, { readOnly: false }), path);
}

describe('opening for writing', () => {
  it('finds everything again', () => {
    const first = openStore(path, options);
    apply(first, create('backup'));
    first.insertRun(aRun('backup', 'r1'));
    first.setFact('a', 'b');
    const { lineage } = first;
    first.close();
    const second = openStore(path, options);
    expect(second.lineage).toBe(lineage);
    expect(second.latestRevision()?.number).toBe(1);
    expect(second.jobs().map((job) => job.name)).toEqual(['backup']);
    expect(second.run('r1')).toEqual(aRun('backup', 'r1'));
    expect(second.fact('a')).toBe('b');
    expect(second.fact('store.recovered')).toBeNull();
    expect(second.warnings).toEqual([]);
    second.close();
  });

  it('makes files for the owner alone, durable by WAL and full synchronisation', () => {
    const store = openStore(path, options);
    store.setFact('a', 'b');
    for (const name of readdirSync(directory)) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
    const other = rawConnection();
    expect(other.get('PRAGMA journal_mode')).toMatchObject({ journal_mode: 'wal' });
    other.close();
    store.close();
  });

  it('closes twice without harm and leaves a file that is complete alone', () => {
    const store = openStore(path, options);
    apply(store, create('backup'));
    store.close();
    store.close();
    expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0);
  });

  it('refuses a store of a newer version and leaves its bytes alone', () => {
    openStore(path, options).close();
    const raw = rawConnection();
    raw.exec(`PRAGMA user_version = ${schemaVersion + 1}; PRAGMA wal_checkpoint(TRUNCATE)`);
    raw.close();
    const before = readFileSync(path);
    const refused = expect.objectContaining({ code: 'JM2-T102' });
    expect(() => openStore(path, options)).toThrowError(refused);
    expect(() => openStoreReader(path)).toThrowError(refused);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(directory).filter((name) => name.includes('corrupt'))).toEqual([]);
  });

  const damage: [string, () => void][] = [
    ['that is no database', () => writeFileSync(path, 'version: 1\n'.repeat(500))],
    ['cut off in the middle', () => truncateSync(path, 3 * 4096)],
    [
      'with flipped bytes',
      () => {
        const bytes = readFileSync(path);
        for (let at = 4096; at < bytes.length; at += 1) bytes[at] = 0xa5 ^ (bytes[at] ?? 0);
        writeFileSync(path, bytes);
      },
    ],
  ];
  it.each(damage)('sets a file aside %s, begins anew and says so', (_, harm) => {
    const lost = openStore(path, options);
    apply(lost, create('backup'));
    for (let i = 0; i < 200; i += 1) lost.insertRun(anEndedRun('backup', `r${i}`));
    lost.close();
    harm();
    const bytes = readFileSync(path);
    const store = openStore(path, options);
    const aside = `${path}.corrupt-20260302T120000Z`;
    expect(JSON.parse(store.fact('store.recovered') ?? '')).toEqual({
      at: noon,
      setAside: aside,
      reason: expect.stringMatching(/\w/),
    });
    expect(readFileSync(aside).equals(bytes)).toBe(true);
    expect(store.setAside?.path).toBe(aside);
    expect(store.latestRevision()).toBeNull();
    apply(store, create('backup'));
    store.close();

    // The next damage of the same second does not overwrite the first evidence.
    writeFileSync(path, 'no database either');
    openStore(path, options).close();
    expect(readdirSync(directory).filter((name) => name.endsWith('Z-2'))).toHaveLength(1);
  });

  it('moves the WAL aside together with its database', () => {
    openStore(path, options).close();
    writeFileSync(path, 'no database');
    writeFileSync(`${path}-wal`, 'its log');
    openStore(path, options).close();
    expect(readFileSync(`${path}.corrupt-20260302T120000Z-wal`, 'utf8')).toBe('its log');
  });
});

describe('opening for reading', () => {
  it('answers null and creates nothing when there is no store', () => {
    expect(openStoreReader(path)).toBeNull();
    expect(openStoreReader(join(directory, 'none', 'jm2.db'))).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
    writeFileSync(path, '');
    expect(openStoreReader(path)).toBeNull();
  });

  it('reads beside the writer, also what is only in the WAL', () => {
    const store = openStore(path, options);
    apply(store, create('backup'));
    const reader = openStoreReader(path);
    expect(reader?.jobs().map((job) => job.name)).toEqual(['backup']);
    store.insertRun(aRun('backup', 'r1'));
    expect(reader?.run('r1')?.state).toBe('queued');
    expect(reader?.lineage).toBe(store.lineage);
    reader?.close();
    store.close();
  });

  it('reads after the writer is gone, with and without the files beside it', () => {
    const store = openStore(path, options);
    apply(store, create('backup'));
    store.close();
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    const reader = openStoreReader(path);
    expect(reader?.findJob('backup')?.uid).toBe('uid-backup');
    reader?.close();
    const again = openStoreReader(path);
    expect(again?.findJob('backup')?.uid).toBe('uid-backup');
    again?.close();
  });

  it('reports a damaged store and does not touch it', () => {
    writeFileSync(path, 'version: 1\n'.repeat(500));
    expect(() => openStoreReader(path)).toThrowError(expect.objectContaining({ code: 'JM2-T101' }));
    expect(readdirSync(directory)).toEqual(['jm2.db']);
  });
});

describe('faults of the system', () => {
  it('says that the store is busy, and writes again afterwards', { timeout: 30_000 }, () => {
    const store = openStore(path, options);
    const other = rawConnection();
    other.exec('BEGIN IMMEDIATE');
    expect(() => store.setFact('a', 'b')).toThrowError(
      expect.objectContaining({ code: 'JM2-T103' }),
    );
    other.exec('COMMIT');
    other.close();
    store.setFact('a', 'b');
    expect(store.fact('a')).toBe('b');
    store.close();
  });

  it('says that the disk is full, rolls the whole transaction back and goes on later', () => {
    const { DatabaseSync } = loadBinding();
    const connection = new Connection(new DatabaseSync(':memory:', { readOnly: false }), 'full');
    connection.exec('CREATE TABLE t (x TEXT) STRICT; PRAGMA max_page_count = 10');
    const full = expect.objectContaining({ code: 'JM2-T104' });
    expect(() =>
      connection.transaction(() => {
        connection.run('INSERT INTO t VALUES (?)', 'small');
        // Even when the body takes no notice, nothing of it may be committed.
        expect(() => connection.run('INSERT INTO t VALUES (?)', 'x'.repeat(1e6))).toThrowError(
          full,
        );
        connection.run('INSERT INTO t VALUES (?)', 'after');
      }),
    ).toThrow();
    expect(connection.get('SELECT count(*) AS rows FROM t')).toMatchObject({ rows: 0 });
    connection.exec('PRAGMA max_page_count = 10000');
    connection.run('INSERT INTO t VALUES (?)', 'x'.repeat(1e6));
    expect(connection.get('SELECT count(*) AS rows FROM t')).toMatchObject({ rows: 1 });
    connection.close();
  });

  it('names the missing binding and a way out', () => {
    const missing = () => {
      throw new Error('Cannot find module\nRequire stack: …');
    };
    expect(() => loadBinding('20.20.0', missing)).toThrowError(
      expect.objectContaining({
        code: 'JM2-T105',
        detail: expect.stringContaining('@photostructure/sqlite'),
        hint: expect.stringContaining('npm ci'),
      }),
    );
  });

  it('says when the directory is not there', () => {
    expect(() => openStore(join(directory, 'none', 'jm2.db'), options)).toThrow(/ENOENT|T101/);
  });
});

describe('versions', () => {
  it.each([
    ['20.20.0', false],
    ['22.22.0', false],
    ['24.14.1', false],
    ['24.15.0', true],
    ['25.6.0', false],
    ['25.7.0', true],
    ['26.0.0', true],
  ])('Node %s uses the built-in SQLite: %s', (version, builtIn) => {
    expect(hasBuiltInSqlite(version)).toBe(builtIn);
    let asked = '';
    loadBinding(version, (name) => {
      asked = name;
      return {};
    });
    expect(asked).toBe(builtIn ? 'node:sqlite' : '@photostructure/sqlite');
  });

  it.each([
    ['3.45.1', false],
    ['3.51.2', false],
    ['3.51.3', true],
    ['3.52.0', false],
    ['3.53.0', true],
    ['4.0.0', true],
  ])('SQLite %s is safe in WAL mode: %s', (version, safe) => {
    expect(hasWalResetFix(version)).toBe(safe);
  });
});
