// A store that is damaged, lost or older than it should be, met at the start of a
// real daemon: it says so, catches nothing up, and runs the jobs of the manifest.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startDaemon } from '../../src/daemon/daemon.ts';
import type { Daemon } from '../../src/daemon/daemon.ts';
import { loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { buildLauncher } from '../support/launcher.ts';
import { aProject, until } from '../support/state.ts';
import type { Project } from '../support/state.ts';

let launcherFile: string;
let project: Project;
let daemon: Daemon;
beforeAll(async () => {
  launcherFile = await buildLauncher();
});
afterAll(() => rm(dirname(launcherFile), { recursive: true, force: true }));
afterEach(async () => {
  await daemon.stop('drain', 0);
  await project.remove();
});

const tick = `version: 1\njobs:\n  tick: {schedule: every 1s, command: "true", catch_up: all}\n`;

async function up(): Promise<void> {
  const { settings, locations } = project;
  const fixed = { foreground: false, version: '0.1.0-test', signals: false, launcherFile };
  daemon = await startDaemon({ settings, locations, ...fixed });
}

const history = () => daemon.service.history({ job: 'tick', limit: 500, all: true });
const ticks = (count: number) => until(history, ({ runs }) => runs.length >= count);

async function conditions() {
  return (await daemon.service.status()).health.conditions;
}

/** Runs a while, ends, and has `harm` done to what is left. */
async function harmed(harm: (database: string) => void): Promise<string> {
  project = await aProject(tick);
  await up();
  await ticks(1);
  await daemon.stop('drain', 0);
  const { database } = project.locations;
  harm(database);
  return database;
}

test('a store that is damaged or lost begins anew: told in the status, nothing caught up, jobs run', async () => {
  const losses: [string, (database: string) => void][] = [
    ['malformed', (path) => writeFileSync(path, readFileSync(path).fill(0xa5, 4096))],
    ['empty', (path) => truncateSync(path, 0)],
    ['missing', (path) => rmSync(path)],
  ];
  const database = await harmed(() => undefined);
  for (const [word, harm] of losses) {
    harm(database);
    const startedAt = Date.now();
    await up();
    expect(await conditions()).toMatchObject([
      { code: 'JM2-T101', text: expect.stringContaining('history began anew') },
    ]);
    expect((await conditions())[0]?.text).toMatch(word === 'malformed' ? /corrupt-/ : word);
    const { runs, outcomes } = await ticks(1);
    for (const { nominalTime } of [...runs, ...outcomes]) {
      expect(Date.parse(nominalTime ?? '')).toBeGreaterThanOrEqual(startedAt - 1);
    }
    await daemon.stop('drain', 0);
  }
  const aside = readdirSync(dirname(database)).filter((name) => /corrupt-\w+Z(-\d)?$/.test(name));
  expect(aside).toHaveLength(2);
});

test('a store that was put back by hand starts nothing that may have run since', async () => {
  const database = await harmed((path) => copyFileSync(path, `${path}.copy`));
  await up();
  const { runs: before } = await ticks(3);
  await daemon.stop('drain', 0);
  copyFileSync(`${database}.copy`, database);
  await up();
  expect(await conditions()).toMatchObject([{ code: 'JM2-T116' }]);
  const { runs, outcomes } = await ticks(3);
  expect(outcomes).toContainEqual(
    expect.objectContaining({ disposition: 'missed', reason: 'restored' }),
  );
  // The copy had one or two; what ran after it was made does not come again.
  const lost = before.slice(0, -2).map(({ nominalTime }) => nominalTime);
  expect(lost.length).toBeGreaterThan(0);
  expect(runs.filter(({ nominalTime }) => lost.includes(nominalTime))).toEqual([]);
});

test('a young store whose WAL was removed is told as lost or older, never taken for a new one', async () => {
  project = await aProject(tick);
  await up();
  const { database } = project.locations;
  await ticks(1);
  // As it lies there after a kill: the WAL does not come back into the file.
  copyFileSync(database, `${database}.killed`);
  await daemon.stop('drain', 0);
  copyFileSync(`${database}.killed`, database);
  await up();
  expect(await conditions()).toMatchObject([{ code: 'JM2-T116' }]);
  await daemon.stop('drain', 0);
  // The file as it is before its first checkpoint: a database without a table.
  rmSync(database);
  const { DatabaseSync } = loadBinding();
  const bare = new DatabaseSync(database, { readOnly: false });
  bare.exec('PRAGMA journal_mode = WAL');
  bare.close();
  await up();
  expect(await conditions()).toMatchObject([
    { code: 'JM2-T101', text: expect.stringContaining('knows nothing of what was there before') },
  ]);
});

test('a daemon that never had a manifest in force does not take its store for a lost one', async () => {
  project = await aProject(null);
  for (const _ of ['first', 'second', 'third']) {
    await up();
    expect((await conditions()).filter(({ code }) => code?.startsWith('JM2-T'))).toEqual([]);
    await daemon.stop('drain', 0);
  }
});

test('a command whose run the store lost is told until it is gone, and ended by what is told', async () => {
  project = await aProject(`version: 1\njobs:\n  long: {command: sleep 300}\n`);
  await up();
  const { id } = await daemon.service.run({ job: 'long', by: 'test', force: false });
  const { database, runsDir } = project.locations;
  const token = `${runsDir}/${id}/1/started`;
  const text = await until(() => (existsSync(token) ? readFileSync(token, 'utf8') : ''), isStarted);
  const pid = Number(text.split('\n')[1]?.split(' ')[0]);
  try {
    await daemon.stop('detach');
    rmSync(database);
    await up();
    expect(await conditions()).toMatchObject([
      { code: 'JM2-T101' },
      {
        code: 'JM2-T117',
        text: expect.stringContaining(`Process ${pid} is the command of run ${id}`),
        since: expect.any(String),
        remedy: `End it with kill -- -${pid}, or let it finish.`,
      },
    ]);
    expect(process.kill(pid, 0)).toBe(true);
    // Whoever tries to cancel the run is told the same.
    const canceled = daemon.service.cancel({ run: id.slice(0, 20), by: 'test' });
    await expect(canceled).rejects.toMatchObject({ code: 'JM2-T117', hint: expect.any(String) });
    await expect(daemon.service.getRun(id)).rejects.toMatchObject({ code: 'JM2-T117' });
    const [, remedy] = await conditions();
    const [, end = 'false'] = /End it with (kill .*), or/.exec(remedy?.remedy ?? '') ?? [];
    execFileSync('/bin/sh', ['-c', end]);
  } catch (error) {
    process.kill(-pid, 'SIGKILL');
    throw error;
  }
  const codes = async () => (await conditions()).map(({ code }) => code);
  expect(await until(codes, ({ length }) => length === 1)).toEqual(['JM2-T101']);
});

/** Its second line is whole: it names the process. */
function isStarted(token: string): boolean {
  return token.split('\n').length > 2;
}
