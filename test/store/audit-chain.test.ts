import { expect, it } from 'vitest';
import { verifyChain } from '../../src/core/sync/audit-chain.ts';
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
