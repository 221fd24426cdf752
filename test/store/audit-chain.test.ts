import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyChain } from '../../src/core/sync/audit-chain.ts';
import { verifyAudit } from '../../src/daemon/read-audit.ts';
import { loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { sha256 } from '../../src/system/digest.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { noon } from '../support/store-records.ts';

const aStore = () => openStore(':memory:', { clock: new FakeClock(noon), ids: systemIds });
const entry = { at: noon, actor: 'ann', action: 'job.paused', target: 'u1', detail: null };

it('seals each entry with the one before, with the host and what else is known', () => {
  const store = aStore();
  store.audit({ ...entry, facts: { reason: 'disk swap' } });
  store.audit({ ...entry, action: 'job.resumed' });
  const [first, second] = [...store.auditChain()];
  expect(second?.prevHash).toBe(first?.hash);
  expect(JSON.parse(first?.facts ?? '')).toMatchObject({ reason: 'disk swap' });
  expect(verifyChain(store.auditChain(), sha256)).toMatchObject({ intact: true, entries: 2 });
  store.close();
});

it('an entry of a transaction that failed leaves no gap', () => {
  const store = aStore();
  const failing = () =>
    store.transaction(() => {
      store.audit(entry);
      throw new Error('disk full');
    });
  expect(failing).toThrow('disk full');
  store.audit(entry);
  expect(verifyChain(store.auditChain(), sha256)).toMatchObject({ intact: true, entries: 1 });
  store.close();
});

it('retention keeps the newest and a chain that is whole', () => {
  const store = aStore();
  for (let at = 0; at < 9; at += 1) store.audit({ ...entry, at });
  expect(store.pruneAudit({ keep: 5, olderThan: 100, at: noon })).toBe(4);
  expect(store.pruneAudit({ keep: 5, olderThan: 4, at: noon })).toBe(0);
  expect(store.pruneAudit({ keep: 3, olderThan: 100, at: noon })).toBeGreaterThan(0);
  expect(verifyChain(store.auditChain(), sha256)).toMatchObject({ intact: true, problems: [] });
  expect(store.auditEntries({ limit: 1 })[0]?.action).toBe('audit.pruned');
  store.close();
});

it.each([
  ['a changed row', "UPDATE audit SET actor = 'eve' WHERE id = 2", 'entry 2 was altered'],
  ['a changed fact', "UPDATE audit SET facts = '{}' WHERE id = 4", 'entry 4 was altered'],
  ['a removed row', 'DELETE FROM audit WHERE id = 2', '1 removed between 1 and 3'],
  ['a removed end', 'DELETE FROM audit WHERE id > 2', 'ends with entry 2, and 4 was written'],
  ['all of it removed', 'DELETE FROM audit', 'ends with entry 0, and 4 was written'],
  [
    'two rows in each other’s place',
    `UPDATE audit SET id = 9 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3;
     UPDATE audit SET id = 3 WHERE id = 9`,
    'entry 2 does not follow entry 1',
  ],
])('finds %s in the file', (_, change, problem) => {
  const directory = mkdtempSync(join(tmpdir(), 'jm2-audit-'));
  const path = join(directory, 'jm2.db');
  const store = openStore(path, { clock: new FakeClock(noon), ids: systemIds });
  for (let at = 0; at < 4; at += 1) store.audit({ ...entry, at });
  store.close();
  const places = { database: path, socket: join(directory, 'none'), stateDir: directory };
  expect(verifyAudit(places, null)).toMatchObject({ intact: true, entries: 4 });
  const { DatabaseSync } = loadBinding();
  const database = new DatabaseSync(path, { readOnly: false });
  database.exec(`DROP TRIGGER audit_rows_stay; ${change}`);
  database.close();
  const { intact, problems } = verifyAudit(places, null);
  expect([intact, problems.join('; ')]).toEqual([false, expect.stringContaining(problem)]);
  rmSync(directory, { recursive: true });
});
