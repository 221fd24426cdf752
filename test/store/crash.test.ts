import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, openStoreReader } from '../../src/store/sqlite/open-store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { bundle } from '../support/bundle.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { apply, aRun, create, noon } from '../support/store-records.ts';

const directory = mkdtempSync(join(tmpdir(), 'jm2-crash-'));
afterAll(() => rmSync(directory, { recursive: true }));
const options = { clock: new FakeClock(noon), ids: systemIds };

describe('a crash of the writing process', () => {
  let writer = '';
  beforeAll(async () => {
    writer = await bundle('test/store/crash-writer.fixture.ts');
  });

  // 20,000 rows are more than SQLite's cache holds: part of them is in the WAL by then.
  it.each([1, 20_000])('in mid-transaction after %i rows leaves nothing of it', async (rows) => {
    const path = join(directory, `crash-${rows}.db`);
    const child = spawn(process.execPath, [writer, path, String(rows)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;

    const beside = openStoreReader(path);
    expect(beside?.unfinishedRuns().map((run) => run.id)).toEqual(['committed']);
    beside?.close();

    const store = openStore(path, options);
    expect(store.warnings).toEqual([]);
    expect(store.unfinishedRuns().map((run) => run.id)).toEqual(['committed']);
    expect(store.outcomes({ limit: 1 })).toEqual([]);
    expect(store.findJob('backup')?.watermark).toBe(noon);
    store.insertRun(aRun('backup', 'after'));
    store.close();
  });
});

it(
  'a WAL cut anywhere, as by a power loss, opens with a prefix of what was committed',
  { timeout: 300_000 },
  () => {
    const whole = join(directory, 'whole.db');
    const store = openStore(whole, options);
    apply(store, create('backup'));
    for (let i = 0; i < 20; i += 1)
      store.insertRun(aRun('backup', `r${String(i).padStart(2, '0')}`));
    const copy = join(directory, 'cut.db');
    const wal = readFileSync(`${whole}-wal`);
    let seen = 0;
    // Every sector takes a minute; the suite takes every fifth. JM2_FULL=1 takes all.
    const step = process.env['JM2_FULL'] === '1' ? 512 : 2048 + 512;
    // Frames are 4,120 bytes: this hits heads, bodies and borders of them.
    for (let length = wal.length; length >= 0; length -= step) {
      copyFileSync(whole, copy);
      rmSync(`${copy}-shm`, { force: true });
      writeFileSync(`${copy}-wal`, wal.subarray(0, length));
      const cut = openStore(copy, options);
      expect(cut.fact('store.recovered')).toBeNull();
      const ids = cut.unfinishedRuns().map((run) => run.id);
      expect(ids).toEqual(Array.from(ids, (_, i) => `r${String(i).padStart(2, '0')}`));
      if (seen === 0) expect(ids).toHaveLength(20);
      seen += 1;
      cut.close();
    }
    expect(seen).toBeGreaterThan(20);
    store.close();
  },
);
