// A daemon that dies at any call of the store while it applies: afterwards the old
// revision is whole or the new one is, with the schedule, the hold and the audit
// that belong to it, and nothing has started.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReconciler } from '../../src/reconciler/loop.ts';
import type { Reconciler } from '../../src/reconciler/reconciler.ts';
import { createScheduler } from '../../src/scheduler/loop.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { Clock } from '../../src/system/clock.ts';
import { sha256 } from '../../src/system/digest.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDispatcher } from '../support/fake-dispatcher.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const manifest = (hour: number, more = ''): string =>
  `version: 1\njobs:\n  a: {schedule: "0 ${hour} * * *", command: "echo ${hour}"}\n  b: {schedule: "0 23 * * *", command: "true"}\n${more}`;
const before = manifest(14);
const after = manifest(15, '  c: {schedule: "0 16 * * *", command: "true"}\n').replace(
  / {2}b: .*\n/,
  '',
);

/** Time passes as fast as it is waited for. */
function eagerClock(): Clock {
  let mono = 0;
  return {
    now: () => noon + mono,
    monotonic: () => mono,
    setTimer(ms, fire) {
      // The content hash, half a minute ahead, is not waited for.
      if (ms > 20_000) return () => {};
      const timer = setImmediate(() => {
        mono += ms;
        fire();
      });
      return () => clearImmediate(timer);
    },
  };
}

/** A store whose process is dead from the n-th call on; 0: it lives. */
function dying(store: Store, arm: { left: number; isDead: boolean }): Store {
  const step = (): void => {
    if (arm.isDead || arm.left === 1) {
      arm.isDead = true;
      throw new Error('killed');
    }
    if (arm.left > 1) arm.left -= 1;
  };
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        step();
        const answer: unknown = Reflect.apply(member, target, args);
        // Committed, and nobody is left who knows it.
        if (name === 'transaction') step();
        return answer;
      };
    },
  });
}

let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jm2-dying-'));
  const first = await daemon(join(root, 'first.db'), before);
  await first.reconciler.apply({ by: 'me', expected: null });
  await first.stop();
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function daemon(path: string, file: string) {
  const clock = new FakeClock('2026-03-01T12:00:00Z');
  const opened = openStore(path, { clock, ids: systemIds });
  const arm = { left: 0, isDead: false };
  const store = dying(opened, arm);
  const dispatcher = new FakeDispatcher(clock);
  const scheduler = createScheduler({
    clock,
    ids: systemIds,
    store,
    dispatcher,
    bootId: 'boot',
    random: () => 0.5,
    log: silent,
    attemptRequest: () => {
      throw new Error('nothing starts here');
    },
  });
  const bytes = new TextEncoder().encode(file);
  const reconciler = createReconciler({
    clock: eagerClock(),
    ids: systemIds,
    digest: sha256,
    store,
    watch: { start: () => Promise.resolve(), close: () => Promise.resolve() },
    scheduler,
    sync: 'manual',
    manifestPath: '/srv/jobs.yaml',
    readSource: () =>
      Promise.resolve({ kind: 'read', bytes, digest: sha256(bytes), changedAt: noon - 60_000 }),
    gitCommit: () => Promise.resolve(null),
    gitActivity: () => Promise.resolve(null),
    log: silent,
  });
  await reconciler.start();
  await scheduler.start();
  const stop = async (): Promise<void> => {
    await reconciler.stop();
    await scheduler.detach();
    opened.close();
  };
  return { store: opened, scheduler, reconciler, arm, stop };
}

/** What the next daemon finds and does, in a line; the promises that hold in any case are checked. */
async function nextDaemon(path: string, file: string): Promise<string> {
  const d = await daemon(path, file);
  const next = d.store.jobs().map(({ name, uid }) => {
    const at = d.scheduler.nextStart(uid);
    return `${name} ${at === null ? 'never' : new Date(at).toISOString().slice(11, 13)}`;
  });
  const revision = d.store.latestRevision()?.number ?? 0;
  const applies = d.store.auditTrail({
    actions: ['manifest.applied'],
    since: 0,
    until: noon * 2,
    limit: 10,
  });
  expect(applies).toHaveLength(revision);
  expect(d.store.runs({ limit: 10 })).toEqual([]);
  expect(d.store.auditLedger()).toEqual([]);
  const { hold, source } = d.reconciler.status();
  expect(source.kind).toBe('accepted');
  await d.stop();
  return [`${revision}:`, ...next, ...(hold === null ? [] : ['held', String(hold.revision)])].join(
    ' ',
  );
}

/** Outcomes by the call at which the daemon died, until an apply has none left. */
async function sweep(
  file: string,
  apply: (reconciler: Reconciler) => Promise<unknown>,
  stride = 1,
): Promise<string[]> {
  const outcomes: string[] = [];
  for (let call = 1; call <= 200; call += stride) {
    made += 1;
    const path = join(root, `${made}.db`);
    await copyFile(join(root, 'first.db'), path);
    const d = await daemon(path, file);
    d.arm.left = call;
    await apply(d.reconciler).catch(() => {});
    const { isDead } = d.arm;
    d.arm.left = 0;
    await d.stop().catch(() => {});
    outcomes.push(await nextDaemon(path, file));
    if (!isDead) return outcomes;
  }
  throw new Error('there is no end of it');
}

describe('dying at any call of the store', () => {
  it('an apply of the file leaves the old revision or the new one, whole', async () => {
    const outcomes = await sweep(after, (reconciler) =>
      reconciler.apply({ by: 'me', expected: null }),
    );
    expect(new Set(outcomes)).toEqual(new Set(['1: a 14 b 23', '2: a 15 c 16']));
    expect(outcomes.length).toBeGreaterThan(8);
    // Once it is there it does not go away again at a later call.
    expect(outcomes).toEqual(outcomes.toSorted());
  });

  it('an apply of a kept plan, or a step back, leaves its hold with it or neither', async () => {
    const outcomes = await sweep(
      before,
      (reconciler) =>
        reconciler.applyText({
          by: 'me',
          text: after,
          gitCommit: null,
          reason: 'reviewed',
          cause: 'plan_file',
          mode: 'until_changed',
          expected: { revision: 1, desiredDigest: null },
        }),
      // The calls are the same but for the hold: every other one shows it.
      2,
    );
    expect(new Set(outcomes)).toEqual(new Set(['1: a 14 b 23', '2: a 15 c 16 held 2']));
    expect(outcomes).toEqual(outcomes.toSorted());
  });

  it('an apply so large that its specs are written ahead leaves the old revision or the new one', async () => {
    const many = Array.from(
      { length: 300 },
      (_, i) => `  n${i}: {schedule: "0 16 * * *", command: "echo ${i}"}\n`,
    );
    const outcomes = await sweep(
      after + many.join(''),
      (reconciler) => reconciler.apply({ by: 'me', expected: null }),
      2,
    );
    const size = (outcome: string): string =>
      `${outcome.slice(0, 2)} ${outcome.split(/ \d+ ?/).length}`;
    expect(outcomes.map(size)).toContain('1: 3');
    expect(new Set(outcomes.map(size))).toEqual(new Set(['1: 3', '2: 303']));
    expect(outcomes).toEqual(outcomes.toSorted());
  });
});
