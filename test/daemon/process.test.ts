import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import type { Service } from '../../src/api/service.ts';
import { openReadOnlyService } from '../../src/daemon/read-only-service.ts';
import { startInBackground } from '../../src/daemon/spawn-daemon.ts';
import { findSessionLeaders, isAlive, processStart } from '../../src/system/process-identity.ts';
import { bundle } from '../support/bundle.ts';
import { buildLauncher } from '../support/launcher.ts';
import { aProject, until } from '../support/state.ts';
import type { Project } from '../support/state.ts';

let program: string;
let backgroundProgram: string;
let launcherFile: string;
let project: Project | null = null;
const children: ChildProcess[] = [];
const strays: number[] = [];

beforeAll(async () => {
  program = await bundle('test/fixtures/daemon/run-daemon.ts');
  backgroundProgram = await bundle('test/fixtures/daemon/background-daemon.ts');
  launcherFile = await buildLauncher();
});
afterAll(async () => {
  for (const file of [program, backgroundProgram, launcherFile]) {
    await rm(dirname(file), { recursive: true, force: true });
  }
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
  for (const pid of strays.splice(0)) killStray(pid);
  await project?.remove();
  project = null;
});

/** A daemon in a process of its own; resolves with its first line. */
async function launch(): Promise<{ child: ChildProcess; line: string; client: Service }> {
  const { settings, locations } = project as Project;
  const options = { settings, locations, foreground: false, version: 'test', launcherFile };
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })
      .once('line', resolve)
      .once('close', () => resolve(''));
  });
  return { child, line, client: createClient(locations.socket) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}

function killStray(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

const slow = `version: 1
jobs:
  slow:
    command: for i in 1 2 3 4 5 6; do echo line $i; sleep 0.5; done; exit 0
  forever:
    command: exec sleep 300
`;

async function started(client: Service, job: string): Promise<string> {
  const { id } = await client.run({ job, by: 'test', force: false });
  await until(
    () => client.getRun(id),
    ({ startedAt }) => startedAt !== null,
  );
  return id;
}

async function ended(client: Service, id: string) {
  return until(
    () => client.getRun(id),
    ({ state }) => state !== 'queued' && state !== 'running',
  );
}

describe('a daemon that is killed while a job runs', () => {
  test('is followed by one that adopts the job and records its success and full output', async () => {
    project = await aProject(slow);
    const first = await launch();
    expect(first.line).toBe('up');
    const id = await started(first.client, 'slow');
    await end(first.child, 'SIGKILL');
    expect(existsSync(project.locations.socket)).toBe(true);
    const second = await launch();
    expect(second.line).toBe('up');
    const run = await ended(second.client, id);
    expect(run).toMatchObject({ state: 'succeeded', exitCode: 0, attempts: 1 });
    const { lines } = await second.client.logs({ run: id });
    expect(lines.map(({ text }) => text)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `line ${n}`));
    expect((await second.client.history({ limit: 10 })).runs).toHaveLength(1);
    expect(await end(second.child, 'SIGTERM')).toBe(0);
  });
});

describe('signals to the process', () => {
  test('SIGUSR2 leaves at once with the job running, for the next daemon', async () => {
    project = await aProject(slow);
    const first = await launch();
    const id = await started(first.client, 'slow');
    expect(await end(first.child, 'SIGUSR2')).toBe(0);
    expect(existsSync(project.locations.socket)).toBe(false);
    const second = await launch();
    expect(await ended(second.client, id)).toMatchObject({ state: 'succeeded', attempts: 1 });
  });

  test('a second signal ends what a drain waits for, and nothing is left', async () => {
    project = await aProject(slow, { graceMs: 600_000 });
    const { child, client } = await launch();
    const id = await started(client, 'forever');
    const mark = [`JM2_RUN_ID=${id}`];
    expect(findSessionLeaders(mark)).toHaveLength(1);
    child.kill('SIGINT');
    await until(
      () => client.run({ job: 'slow', by: 'test', force: false }).catch((error: Error) => error),
      (answer) => answer instanceof Error,
    );
    expect(child.exitCode).toBeNull();
    // A repeat that comes at once counts as the same wish; another signal never does.
    expect(await end(child, 'SIGTERM')).toBe(0);
    expect(findSessionLeaders(mark)).toEqual([]);
  });

  test('SIGHUP looks at the manifest and goes on', async () => {
    project = await aProject(slow);
    const { child, client } = await launch();
    child.kill('SIGHUP');
    await until(
      () => client.status(),
      ({ daemon }) => daemon.pid === child.pid,
    );
    expect(child.exitCode).toBeNull();
  });
});

// util-linux `script` gives a child a terminal, and takes it away when it is killed.
describe.runIf(process.platform === 'linux' && existsSync('/usr/bin/script'))(
  'in a terminal',
  () => {
    test('a daemon that loses it drains and ends in order', async () => {
      project = await aProject(slow);
      const { settings, locations } = project;
      const options = { settings, locations, foreground: true, version: 'test', launcherFile };
      const argument = join(project.directory, 'options.json');
      writeFileSync(argument, JSON.stringify(options));
      const terminal = spawn(
        '/usr/bin/script',
        ['-qfec', `exec '${process.execPath}' '${program}' "$(cat '${argument}')"`, '/dev/null'],
        { stdio: ['pipe', 'ignore', 'ignore'] },
      );
      children.push(terminal);
      const client = createClient(locations.socket);
      const pid = await until(
        () =>
          client.status().then(
            ({ daemon }) => daemon.pid,
            () => null,
          ),
        (answer) => answer !== null,
      );
      const id = await started(client, 'slow');
      await end(terminal, 'SIGKILL');
      await until(
        () => isAlive(pid as number, processStart(pid as number)),
        (alive) => !alive,
      );
      const log = readFileSync(locations.daemonLog, 'utf8');
      expect(log).toContain('SIGHUP, the terminal is gone');
      expect(log).toContain('daemon stopped');
      expect(await openReadOnlyService(locations, settings).getRun(id)).toMatchObject({
        state: 'succeeded',
      });
    });
  },
);

describe('starting in the background', () => {
  test('returns when the daemon answers; a second start finds that one', async () => {
    project = await aProject(slow);
    const { locations, settings } = project;
    process.env['JM2_TEST_LAUNCHER'] = launcherFile;
    const { pid, started } = await startInBackground(locations, settings, backgroundProgram);
    strays.push(pid);
    expect(started).toBe(true);
    const client = createClient(locations.socket);
    expect((await client.status()).daemon.pid).toBe(pid);
    expect(await startInBackground(locations, settings, backgroundProgram)).toEqual({
      pid,
      started: false,
    });
    await client.shutdown({ mode: 'drain', graceMs: 0 });
    await until(
      () => existsSync(locations.pidFile),
      (exists) => !exists,
    );
  });

  test('shows the end of the log of a daemon that ends at once', async () => {
    project = await aProject(slow);
    process.env['JM2_TEST_LAUNCHER'] = 'fail';
    await expect(
      startInBackground(project.locations, project.settings, backgroundProgram),
    ).rejects.toMatchObject({
      code: 'JM2-D105',
      detail: expect.stringMatching(/ended at once with code 7[^]*no way to begin/) as string,
    });
  });
});

test('the daemon log is JSON lines and tells start and stop', async () => {
  project = await aProject(slow);
  const { child } = await launch();
  await end(child, 'SIGTERM');
  const lines = readFileSync(project.locations.daemonLog, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect(lines[0]).toBe('daemon starts');
  expect(lines).toContain('daemon is up');
  expect(lines.at(-1)).toBe('daemon stopped');
});
