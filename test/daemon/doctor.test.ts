// The doctor meets each broken state that it is there to find, and goes on to the end.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/core/doctor/diagnose.ts';
import { examine } from '../../src/daemon/doctor/examine.ts';
import { repair, type Repair } from '../../src/daemon/doctor/repair.ts';
import { prepareStateDirectory } from '../../src/daemon/state-directory.ts';
import { loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { systemIds } from '../../src/system/ids.ts';
import { aProject } from '../support/state.ts';
import type { Project } from '../support/state.ts';
import { apply, aRun, create } from '../support/store-records.ts';

const good = 'version: 1\njobs:\n  a: {command: "true"}\n';
let project: Project;
beforeEach(async () => {
  project = await aProject(good);
});
afterEach(() => project.remove());

async function diagnosis(): Promise<Diagnosis> {
  return examine({
    version: '0.1.0-test',
    settingsProblems: { ok: true, value: [] },
    place: { places: project.locations, settings: project.settings },
    missing: null,
    settingsFile: null,
    askStatus: async () => null,
  });
}

/** What is wrong, as `severity code`, but for what is true of every state here. */
async function found(): Promise<string[]> {
  const always = new Set(['daemon', 'node-release', 'sqlite-release', 'zone-data', 'disk-room']);
  const { findings } = await diagnosis();
  return findings
    .filter(({ severity, code }) => severity !== 'ok' && !always.has(code))
    .map(({ severity, code }) => `${severity} ${code}`);
}

async function repaired(): Promise<readonly Repair[]> {
  return repair(project.locations, (await diagnosis()).findings);
}

/** As a daemon would have left it that was there once. */
function withStore(fill: (store: Store) => void = () => undefined): void {
  prepareStateDirectory(project.locations);
  const store = openStore(project.locations.database, { clock: systemClock, ids: systemIds });
  fill(store);
  store.close();
  writeFileSync(join(project.locations.stateDir, 'alive'), '', { mode: 0o600 });
}

const bytes = (path: string): number => statSync(path).mode & 0o777;

describe('the doctor', () => {
  it('finds nothing but a missing daemon in a new project', async () => {
    expect(await found()).toEqual([]);
    expect((await diagnosis()).findings[0]).toMatchObject({ code: 'daemon', remedy: 'jm2 start' });
  });

  it.each<[string, () => void, string[]]>([
    [
      'an invalid manifest with nothing in force',
      () => write('jobs: 5\n'),
      ['critical manifest-content'],
    ],
    ['a manifest that is no text', () => write('\0\0'), ['critical manifest-content']],
    [
      'a manifest that is gone',
      () => rmSync(project.locations.manifest),
      ['critical manifest-content'],
    ],
    ['a FIFO in its place', fifo, ['critical manifest-content']],
    ['a directory in its place', directory, ['critical manifest-content']],
    [
      'a manifest that everybody may write',
      () => chmodSync(project.locations.manifest, 0o666),
      ['critical manifest-rights'],
    ],
    [
      'a directory that everybody may write',
      () => chmodSync(project.directory, 0o777),
      ['critical manifest-rights'],
    ],
    [
      'a state directory to be read by others',
      () => (withStore(), chmodSync(project.locations.stateDir, 0o755)),
      ['major state-rights'],
    ],
    [
      'a store to be read by others',
      () => (withStore(), chmodSync(project.locations.database, 0o644)),
      ['major state-rights'],
    ],
    ['a link as the state directory', link, ['critical state-rights']],
    [
      'a file as the state directory',
      () => writeFileSync(project.locations.stateDir, '', { mode: 0o600 }),
      ['critical state-rights'],
    ],
    [
      'a store that is text',
      () => (
        withStore(),
        writeFileSync(project.locations.database, 'not a database, but long enough to look')
      ),
      ['critical store'],
    ],
    ['a store with pages missing', cutStore, ['critical store']],
    ['a store with pages overwritten', scribbleOnStore, ['critical store']],
    ['a store that is gone', () => (withStore(), removeStore()), ['critical store']],
    [
      'an empty store',
      () => (
        withStore(),
        removeStore(),
        writeFileSync(project.locations.database, '', { mode: 0o600 })
      ),
      ['critical store'],
    ],
    [
      'a store of a newer jm2',
      () => (withStore(), sql('PRAGMA user_version = 99')),
      ['critical store'],
    ],
    ['a store of 0.1.0', oldStore, ['minor store']],
    [
      'a store set aside',
      () => (
        withStore(),
        writeFileSync(`${project.locations.database}.corrupt-20260101T000000Z`, '', { mode: 0o600 })
      ),
      ['minor set-aside'],
    ],
    [
      'a pid file of nobody',
      () => (withStore(), writeFileSync(project.locations.pidFile, '4194000\n', { mode: 0o600 })),
      ['minor stale-files'],
    ],
    ['a file of tomorrow', () => (withStore(), tomorrow()), ['major clock']],
    ['records that contradict each other', contradiction, ['major ledger', 'minor no-timeout']],
  ])('finds %s', async (_what, harm, expected) => {
    harm();
    expect(await found()).toEqual(expected);
  });

  it('says which revision stays in force when the manifest is not accepted', async () => {
    withStore((store) => apply(store, create('a')));
    await project.writeManifest('jobs: 5\n');
    const { findings } = await diagnosis();
    expect(findings.find(({ code }) => code === 'manifest-content')).toMatchObject({
      severity: 'major',
      summary: 'the manifest is not accepted; revision 1 stays in force',
    });
  });

  it('finds runs that go on without a daemon', async () => {
    withStore((store) => {
      apply(store, create('a'));
      store.insertRun(aRun('a', 'r1'));
      store.beginAttempt({ runId: 'r1', attempt: 1, intendedAt: 1, bootId: 'b' });
    });
    expect(await found()).toContain('major stray-commands');
  });

  it.each([
    ['a program that is not there', 'command: [no-such-program]', 'major job-program'],
    ['a program in a shell text', 'command: "no-such-program --all | cat"', 'major job-program'],
    ['a script that may not be executed', 'command: [./jobs.yaml]', 'major job-program'],
    ['a directory that is not there', 'command: "true", cwd: /no/such/place', 'major job-program'],
    [
      'an account that is not there',
      'command: "true", user: nobody-of-that-name',
      'major job-user',
    ],
    [
      'a secret that is not there',
      'command: "true", env: {P: {from: file, path: nowhere}}',
      'major job-secrets',
    ],
    [
      'a variable that is not set',
      'command: "true", env: {P: {from: env, key: JM2_NOT_SET}}',
      'major job-secrets',
    ],
    [
      'a secret that others may read',
      'command: "true", env: {P: {from: file, path: jobs.yaml}}',
      'major job-secrets',
    ],
  ])('finds %s', async (_what, fields, expected) => {
    await project.writeManifest(`version: 1\njobs:\n  a: {${fields}}\n`);
    chmodSync(project.locations.manifest, 0o644);
    expect(await found()).toContain(expected);
  });

  it('finds a program in the PATH that the job declares', async () => {
    const tool = join(project.directory, 'our-tool');
    writeFileSync(tool, '#!/bin/sh\n', { mode: 0o755 });
    await project.writeManifest(
      `version: 1\njobs:\n  a: {command: our-tool, env: {PATH: "${project.directory}"}}\n  b: {command: our-tool}\n`,
    );
    const { findings } = await diagnosis();
    expect(findings.find(({ code }) => code === 'job-program')?.jobs).toEqual(['b']);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'finds a state directory of another account [platform: needs root]',
    async () => {
      withStore();
      chownSync(project.locations.stateDir, 4242, 4242);
      expect(await found()).toContain('critical state-rights');
    },
  );

  it('tells wrong settings and a missing manifest, and looks at the rest', async () => {
    const input = { version: '0', place: null, settingsFile: null, askStatus: async () => null };
    const wrong = await examine({
      ...input,
      settingsProblems: { ok: true, value: ['sync: no'] },
      missing: null,
    });
    expect(wrong.findings[0]).toMatchObject({ severity: 'critical', code: 'settings' });
    const none = await examine({
      ...input,
      settingsProblems: { ok: true, value: [] },
      missing: 'nowhere',
    });
    expect(none.findings[0]).toMatchObject({ severity: 'critical', code: 'manifest-place' });
    expect(none.findings.map(({ code }) => code)).toContain('sqlite-release');
  });
});

describe('a repair', () => {
  it('closes what is open to others, and leaves the rest', async () => {
    withStore();
    const { manifest, stateDir, database } = project.locations;
    for (const path of [manifest, database]) chmodSync(path, 0o666);
    chmodSync(stateDir, 0o755);
    expect((await repaired()).every(({ done }) => done)).toBe(true);
    expect([manifest, database, stateDir].map(bytes)).toEqual([0o664, 0o600, 0o700]);
    expect(await found()).toEqual(['minor manifest-rights']);
  });

  it('removes the socket and the pid file of a daemon that is gone', async () => {
    withStore();
    const { socket, pidFile } = project.locations;
    await leaveSocket(socket);
    writeFileSync(pidFile, '4194000\n', { mode: 0o600 });
    expect(await repaired()).toMatchObject([{ code: 'stale-files', done: true }]);
    expect([socket, pidFile].filter(existsSync)).toEqual([]);
  });

  it('tells what it could not do', async () => {
    withStore();
    writeFileSync(project.locations.socket, '', { mode: 0o600 });
    expect(await repaired()).toMatchObject([
      { done: false, detail: expect.stringContaining('is not a socket') },
    ]);
  });
});

function write(text: string): void {
  writeFileSync(project.locations.manifest, text);
}

function fifo(): void {
  rmSync(project.locations.manifest);
  execFileSync('mkfifo', [project.locations.manifest]);
}

function directory(): void {
  rmSync(project.locations.manifest);
  mkdirSync(project.locations.manifest);
}

function link(): void {
  const elsewhere = join(project.directory, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  symlinkSync(elsewhere, project.locations.stateDir);
}

function removeStore(): void {
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(project.locations.database + suffix, { force: true });
}

function cutStore(): void {
  withStore();
  truncateSync(project.locations.database, 4096 * 3);
}

function scribbleOnStore(): void {
  withStore();
  const { database } = project.locations;
  execFileSync(
    'dd',
    ['if=/dev/urandom', `of=${database}`, 'bs=4096', 'seek=1', 'count=8', 'conv=notrunc'],
    { stdio: 'ignore' },
  );
}

function oldStore(): void {
  withStore();
  removeStore();
  copyFileSync('test/golden/store-v1.db', project.locations.database);
  chmodSync(project.locations.database, 0o600);
}

function sql(text: string): void {
  const { DatabaseSync } = loadBinding();
  const database = new DatabaseSync(project.locations.database, { readOnly: false });
  database.exec(text);
  database.close();
}

function contradiction(): void {
  withStore((store) => {
    apply(store, create('a'));
    store.insertRun(aRun('a', 'r1'));
  });
  sql('UPDATE runs SET attempts = 7');
}

function tomorrow(): void {
  const at = Date.now() / 1000 + 86_400;
  utimesSync(join(project.locations.stateDir, 'alive'), at, at);
}

/** A socket that nobody listens on, as a killed process leaves it. */
async function leaveSocket(path: string): Promise<void> {
  const held = `${path}.held`;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  execFileSync('mv', [path, held]);
  await new Promise((resolve) => server.close(resolve));
  execFileSync('mv', [held, path]);
  chmodSync(path, 0o600);
}
