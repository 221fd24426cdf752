import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogRetention } from '../../src/daemon/log-retention.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anEndedRun, apply, aRun, create, noon } from '../support/store-records.ts';

const clock = new FakeClock(noon);
let runsDir: string;
let store: Store;
beforeEach(() => {
  runsDir = mkdtempSync(join(tmpdir(), 'jm2-logs-'));
  store = openStore(':memory:', { clock, ids: systemIds });
  apply(store, create('loud'), create('quiet'));
});
afterEach(() => {
  store.close();
  rmSync(runsDir, { recursive: true });
});

const id = (job: string, index: number): string =>
  `01${job === 'loud' ? 'a' : 'b'}${String(index).padStart(23, '0')}`;
const logOf = (job: string, index: number): string => join(runsDir, id(job, index), '1', 'log');

/** Runs of a job from 1 on, one a minute, each with a log of 100 bytes and its other files. */
function fill(job: string, count: number, failed: readonly number[] = []): void {
  for (let index = 1; index <= count; index += 1) {
    const at = noon + index * 60_000;
    const times = { queuedAt: at, startedAt: at, endedAt: at + 1 };
    const end = failed.includes(index) ? ({ state: 'failed', exitCode: 1 } as const) : {};
    store.insertRun(anEndedRun(job, id(job, index), { ...times, ...end }));
    mkdirSync(join(runsDir, id(job, index), '1'), { recursive: true });
    writeFileSync(logOf(job, index), 'x'.repeat(100));
    writeFileSync(join(runsDir, id(job, index), '1', 'exit'), '{}');
  }
}

const retention = (keepBytes: number) =>
  createLogRetention({ store, clock, runsDir, keepBytes, isStopped: () => false });
const left = (job: string, count: number): number[] =>
  Array.from({ length: count }, (_, index) => index + 1).filter((n) => existsSync(logOf(job, n)));

it('removes the oldest logs of a job beyond its bytes, but not the last ten nor the last failure', async () => {
  fill('loud', 15, [1, 2]);
  const removed = await retention(1_000_000).pass(new Map([['uid-loud', 500]]));
  expect(removed).toBe(4);
  expect(left('loud', 15)).toEqual([2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  expect(store.run(id('loud', 1))).toMatchObject({
    state: 'failed',
    notes: [
      { code: 'log_removed', text: 'log removed by retention on 2026-03-02 (log.keep 500B)' },
    ],
  });
  expect(existsSync(join(runsDir, id('loud', 1), '1', 'exit'))).toBe(true);
});

it('keeps all logs together within the budget, oldest end first over all jobs', async () => {
  fill('loud', 14);
  fill('quiet', 12);
  const logs = retention(2_300);
  expect(await logs.pass(new Map())).toBe(3);
  expect([left('loud', 14)[0], left('quiet', 12)[0]]).toEqual([3, 2]);
  expect(store.logTotals().total).toBe(2_300);
  expect(await logs.pass(new Map())).toBe(0);
});

it('measures what ended since the last pass, and leaves what runs alone', async () => {
  fill('loud', 11);
  const logs = retention(1_000_000);
  await logs.pass(new Map());
  expect(store.logTotals().byJob.get('uid-loud')).toBe(1_100);
  store.insertRun(aRun('loud', id('loud', 12), { queuedAt: noon + 720_000 }));
  mkdirSync(join(runsDir, id('loud', 12), '1'), { recursive: true });
  writeFileSync(logOf('loud', 12), 'x'.repeat(50));
  await logs.pass(new Map());
  expect(store.logTotals().total).toBe(1_100);
  store.endRun(id('loud', 12), {
    state: 'canceled',
    endedAt: noon + 800_000,
    exitCode: null,
    signal: null,
    reason: null,
  });
  logs.noteEnded(id('loud', 12));
  await logs.pass(new Map());
  expect(store.logTotals().total).toBe(1_150);
});

it('forgets the bytes of runs that are pruned', async () => {
  fill('loud', 14);
  await retention(1_000_000).pass(new Map());
  const bounds = { perJob: 12, olderThan: 0, keepLast: 10, limit: 9 };
  expect(store.prune(bounds)).toHaveLength(2);
  expect(store.logTotals().total).toBe(1_200);
});

it('measures for somebody who asks what has just ended, and that once', async () => {
  fill('loud', 2);
  const logs = retention(1_000_000);
  logs.noteEnded(id('loud', 1));
  await logs.measureEnded();
  expect(store.logsOfJob('uid-loud')).toEqual({ runs: 1, bytes: 100 });
  writeFileSync(logOf('loud', 1), 'longer'.repeat(100));
  await logs.measureEnded();
  expect(store.logsOfJob('uid-loud')).toEqual({ runs: 1, bytes: 100 });
});
