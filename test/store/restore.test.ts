import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectBackup, writeBackup } from '../../src/store/sqlite/backup-file.ts';
import { connectTo } from '../../src/store/sqlite/copy-store.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { restoreStore } from '../../src/store/sqlite/restore-store.ts';
import { readRestored, restoredFact } from '../../src/store/restored.ts';
import { systemIds } from '../../src/system/ids.ts';
import { bundle } from '../support/bundle.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anEndedRun, apply, aRun, create, noon } from '../support/store-records.ts';

const root = mkdtempSync(join(tmpdir(), 'jm2-restore-'));
afterAll(() => rmSync(root, { recursive: true }));
const options = { clock: new FakeClock(noon), ids: systemIds };
const hour = 3_600_000;
let directory = '';
let database = '';
let backup = '';
let count = 0;

/** A store with a backup of it, and a run `later` that only the store has. */
beforeEach(() => {
  directory = join(root, String((count += 1)));
  mkdirSync(directory);
  database = join(directory, 'jm2.db');
  backup = join(directory, 'shop.backup');
  const store = openStore(database, options);
  apply(store, create('backup'));
  store.insertRun(anEndedRun('backup', 'ended'));
  store.insertRun(aRun('backup', 'waits'));
  for (const id of ['begun', 'unknown']) {
    store.insertRun(aRun('backup', id));
    store.beginAttempt({ runId: id, attempt: 1, intendedAt: noon, bootId: 'boot' });
  }
  writeBackup({ database, file: backup, madeAt: noon, logsOf: null });
  store.insertRun(aRun('backup', 'later'));
  store.close();
});

const restore = (): ReturnType<typeof restoreStore> =>
  restoreStore({
    backup,
    database,
    at: noon + hour,
    hasBegun: (runId) => runId === 'begun',
    putLog: () => undefined,
    logsEnd: () => undefined,
  });

describe('a backup', () => {
  it('holds the store as it was, with its own time', () => {
    expect(inspectBackup(backup)).toMatchObject({ madeAt: noon, jobs: 1, runs: 4, revision: 1 });
  });

  it('that fails half-way leaves nothing behind', () => {
    const broken = {
      database,
      file: join(directory, 'second.backup'),
      madeAt: noon,
      logsOf: () => {
        throw new Error('no space left');
      },
    };
    const before = openStore(database, options);
    before.beginAttempt({ runId: 'later', attempt: 1, intendedAt: noon, bootId: 'boot' });
    expect(() => writeBackup(broken)).toThrow('no space left');
    before.close();
    expect(readdirSync(directory).filter((name) => name.includes('second'))).toEqual([]);
  });
});

describe('a restore', () => {
  it('closes what may have run since, and leaves to recovery what its files tell', () => {
    expect(restore()).toMatchObject({ closed: 2 });
    const store = openStore(database, options);
    expect(store.run('later')).toBeNull();
    expect(store.run('ended')?.state).toBe('succeeded');
    expect(store.run('waits')).toMatchObject({ state: 'canceled', endedAt: noon + hour });
    expect(store.run('unknown')).toMatchObject({ state: 'lost' });
    expect(store.run('begun')).toMatchObject({ state: 'running' });
    expect(readRestored(store.fact(restoredFact))).toEqual({
      at: noon + hour,
      madeAt: noon,
      onPurpose: true,
    });
    store.close();
  });

  it('keeps the store of before, complete, under another name', () => {
    const { replaced } = restore();
    expect(replaced).toBe(`${database}.before-restore-20260302T130000Z`);
    const before = openStore(replaced ?? '', options);
    expect(before.run('later')?.state).toBe('queued');
    before.close();
    expect(restore().replaced).toBe(`${database}.before-restore-20260302T130000Z-2`);
  });

  it('changes nothing while another process reads the store, and keeps its last commits', () => {
    const reader = connectTo(database, true);
    reader.exec('BEGIN');
    reader.get('SELECT count(*) AS n FROM runs');
    const writer = openStore(database, options);
    writer.insertRun(aRun('backup', 'newest'));
    writer.close();
    const before = readdirSync(directory);
    expect(before).toContain('jm2.db-wal');
    expect(restore).toThrow(
      expect.objectContaining({ code: 'JM2-T103', hint: expect.stringContaining('fuser') }),
    );
    expect(readdirSync(directory)).toEqual(before);
    reader.exec('ROLLBACK');
    const { replaced } = restore();
    reader.close();
    const old = openStore(replaced ?? '', options);
    expect(old.run('newest')?.state).toBe('queued');
    old.close();
    const store = openStore(database, options);
    expect([store.run('newest'), store.run('ended')?.state]).toEqual([null, 'succeeded']);
    store.close();
  });

  it('keeps a damaged store, and leaves no WAL for the new one to replay', () => {
    copyFileSync(join(import.meta.dirname, 'restore.test.ts'), database);
    copyFileSync(join(import.meta.dirname, 'restore.test.ts'), `${database}-wal`);
    const { replaced } = restore();
    expect(readFileSync(replaced ?? '', 'utf8')).toContain('leaves no WAL for the new one');
    // A WAL in which there is nothing is removed by newer SQLite, kept by older.
    expect(readdirSync(directory)).not.toContain('jm2.db-wal');
    const store = openStore(database, options);
    expect(store.run('ended')?.state).toBe('succeeded');
    store.close();
  });
});

const hasStrace = spawnSync('strace', ['-V']).status === 0;

describe.skipIf(!hasStrace)('a restore that is killed [platform: needs strace]', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundle('test/store/restore-step.fixture.ts');
  });

  it.each([
    ['unlink', 1],
    ['rename', 1],
    ['link', 1],
    ['fsync,fdatasync', 1],
    ['fsync,fdatasync', 3],
    ['fsync,fdatasync', 6],
  ])(
    'at %s number %i leaves the old store or the new one, whole, and can be repeated',
    (call, n) => {
      const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${n}`];
      const { signal } = spawnSync('strace', [
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        ...inject,
        process.execPath,
        program,
        backup,
        database,
      ]);
      expect(signal).toBe('SIGKILL');
      const ids = (): string[] => {
        const store = openStore(database, options);
        expect(store.warnings).toEqual([]);
        const found = store.runs({ limit: 10 }).map((run) => run.id);
        store.close();
        return found.toSorted();
      };
      const old = ['begun', 'ended', 'later', 'unknown', 'waits'];
      const restored = ['begun', 'ended', 'unknown', 'waits'];
      expect([old, restored]).toContainEqual(ids());
      restore();
      expect(ids()).toEqual(restored);
    },
  );
});
