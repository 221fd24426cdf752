// Databases of every released schema must open and read as recorded. A new
// version adds its pair of files by `JM2_MAKE_GOLDEN=1 npx vitest run
// --project modules test/store/golden.test.ts`; files that exist are never made again.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectBackup } from '../../src/store/sqlite/backup-file.ts';
import { schemaVersion } from '../../src/store/sqlite/migrations.ts';
import { openStore, openStoreReader } from '../../src/store/sqlite/open-store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { fillGoldenStore, readGoldenStore } from '../golden/fill-golden-store.ts';
import { bundle } from '../support/bundle.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { apply, create, noon } from '../support/store-records.ts';

const golden = join(import.meta.dirname, '..', 'golden');
const directory = mkdtempSync(join(tmpdir(), 'jm2-golden-'));
afterAll(() => rmSync(directory, { recursive: true }));
const clock = new FakeClock(noon);

const current = join(golden, `store-v${schemaVersion}.db`);
if (process.env['JM2_MAKE_GOLDEN'] === '1' && !existsSync(current)) {
  const made = join(directory, 'made.db');
  const store = openStore(made, { clock, ids: { ...systemIds, uid: () => 'golden-lineage' } });
  fillGoldenStore(store);
  const recorded = JSON.stringify(readGoldenStore(store), null, 2);
  store.close();
  copyFileSync(made, current);
  writeFileSync(current.replace(/\.db$/, '.json'), `${recorded}\n`);
}

it('there is a golden database of the current schema', () => {
  expect(existsSync(current)).toBe(true);
});

it.each(readdirSync(golden).filter((name) => /^store-v\d+\.db$/.test(name)))(
  '%s still opens, reads as recorded and takes new rows',
  (name) => {
    const path = join(directory, name);
    copyFileSync(join(golden, name), path);
    const recorded: unknown = JSON.parse(
      readFileSync(join(golden, name.replace(/\.db$/, '.json')), 'utf8'),
    );
    // Before the writer has brought it up to date, only the current version is readable.
    if (name === `store-v${schemaVersion}.db`) {
      const reader = openStoreReader(path);
      expect(reader === null ? null : readGoldenStore(reader)).toEqual(recorded);
      reader?.close();
    }
    const store = openStore(path, { clock, ids: systemIds });
    // What this version adds beyond the recorded is at its default.
    expect(readGoldenStore(store)).toMatchObject(recorded as object);
    apply(store, create('new'));
    expect(store.latestRevision()?.number).toBe(3);
    expect(store.auditLedger()).toEqual([]);
    store.close();
  },
);

it('an upgrade keeps one copy of the store of before, as it was', () => {
  const path = join(directory, 'upgraded.db');
  copyFileSync(join(golden, 'store-v1.db'), path);
  openStore(path, { clock, ids: systemIds }).close();
  const kept = readdirSync(directory).filter((name) => name.startsWith('upgraded.db.'));
  expect(kept).toEqual(['upgraded.db.v1-backup']);
  expect(inspectBackup(`${path}.v1-backup`)).toMatchObject({ schemaVersion: 1, runs: 2 });
  openStore(path, { clock, ids: systemIds }).close();
});

const hasStrace = spawnSync('strace', ['-V']).status === 0;

describe.skipIf(!hasStrace)('an upgrade that is killed [platform: needs strace]', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundle('test/store/upgrade-step.fixture.ts');
  });

  it.each([
    ['rename', 1],
    ['fsync,fdatasync', 1],
    ['fsync,fdatasync', 2],
    ['fsync,fdatasync', 3],
  ])('at %s number %i leaves the old version or the new one, and is made good', (call, n) => {
    const path = join(directory, `killed-${call}-${n}.db`);
    copyFileSync(join(golden, 'store-v1.db'), path);
    const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${n}`];
    const words = ['-f', '-qq', '-o', '/dev/null', ...inject, process.execPath, program, path];
    expect(spawnSync('strace', words).signal).toBe('SIGKILL');
    const store = openStore(path, { clock, ids: systemIds });
    expect(store.setAside).toBeNull();
    const recorded: unknown = JSON.parse(readFileSync(join(golden, 'store-v1.json'), 'utf8'));
    expect(readGoldenStore(store)).toMatchObject(recorded as object);
    store.close();
  });
});
