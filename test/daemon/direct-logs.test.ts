import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDirectLogs } from '../../src/daemon/direct-logs.ts';
import type { Job } from '../../src/core/manifest/job.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { systemIds } from '../../src/system/ids.ts';
import { aJob, anEndedRun, apply, create, specDigest } from '../support/store-records.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jm2-direct-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const places = () => ({
  database: join(root, 'jm2.db'),
  runsDir: join(root, 'runs'),
  manifestDir: root,
});

/** What is read of the log of a run with this spec while another connection writes the store. */
async function readBeside(changes: Partial<Job>): Promise<readonly string[] | null> {
  const store = openStore(places().database, { clock: systemClock, ids: systemIds });
  try {
    apply(store, create('job', changes));
    store.insertRun(anEndedRun('job', 'run-1', { specDigest: specDigest(aJob('job', changes)) }));
    const directory = join(places().runsDir, 'run-1', '1');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'log'), 'one\nmy-long-password\n');
    const direct = openDirectLogs(places());
    const page = await direct?.logsFrom({ run: 'run-1', attempt: 1, offset: 0 });
    direct?.close();
    return page?.lines.map(({ text }) => text) ?? null;
  } finally {
    store.close();
  }
}

it('reads the log of a run beside a daemon', async () => {
  expect(await readBeside({})).toEqual(['one', 'my-long-password']);
});

it('hides secrets that the spec holds', async () => {
  const env = { DB_PASSWORD: 'my-long-password' };
  expect(await readBeside({ env })).toEqual(['one', '***']);
});

it.each<[string, Partial<Job>]>([
  ['a reference to a file', { env: { A: { from: 'file', path: 'a', modeCheck: true } } }],
  ['a reference to a variable', { env: { A: { from: 'env', key: 'A' } } }],
  ['a file of variables', { envFile: ['common.env'] }],
  ['an inherited variable', { inheritEnv: ['A'] }],
])('leaves a run to the daemon that had %s', async (_what, changes) => {
  expect(await readBeside(changes)).toBeNull();
});

it('leaves everything to the daemon where there is no store to be read', () => {
  expect(openDirectLogs(places())).toBeNull();
  writeFileSync(places().database, 'not a store');
  expect(openDirectLogs(places())).toBeNull();
});
