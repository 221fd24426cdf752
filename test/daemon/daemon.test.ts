import { existsSync, readFileSync, statSync } from 'node:fs';
import { readlink, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import type { EventView } from '../../src/api/service.ts';
import { noteStart } from '../../src/daemon/crash-loop.ts';
import { startDaemon } from '../../src/daemon/daemon.ts';
import type { Daemon, DaemonOptions } from '../../src/daemon/daemon.ts';
import { openReadOnlyService } from '../../src/daemon/read-only-service.ts';
import { prepareStateDirectory } from '../../src/daemon/state-directory.ts';
import { buildLauncher } from '../support/launcher.ts';
import { aProject, until } from '../support/state.ts';
import type { Project } from '../support/state.ts';

let launcherFile: string;
let project: Project | null = null;
let daemon: Daemon | null = null;

beforeAll(async () => {
  launcherFile = await buildLauncher();
});
afterAll(() => rm(dirname(launcherFile), { recursive: true, force: true }));
afterEach(async () => {
  daemon?.kill();
  await daemon?.stop('drain', 0);
  daemon = null;
  await project?.remove();
  project = null;
});

async function up(manifest: string | null, options: Partial<DaemonOptions> = {}): Promise<Daemon> {
  project ??= await aProject(manifest);
  daemon = await startDaemon({
    settings: project.settings,
    locations: project.locations,
    foreground: false,
    version: '0.1.0-test',
    signals: false,
    launcherFile,
    ...options,
  });
  return daemon;
}

const manifestOf = (jobs: string): string => `version: 1\njobs:\n${jobs}`;
const hello = manifestOf(
  `  hello:\n    description: Says hello\n    env: {API_TOKEN: abc, PLACE: world}\n    command: echo "hello $PLACE"; echo again\n`,
);

async function finished(id: string) {
  return until(
    () => (daemon as Daemon).service.getRun(id),
    (run) => run.state !== 'queued' && run.state !== 'running',
  );
}

describe('the daemon', () => {
  test('starts step by step, runs a job on request and tells all about it', async () => {
    const steps: string[] = [];
    const { service } = await up(hello, {
      onStep: (step, state) => steps.push(`${step} ${state}`),
    });
    expect(steps.filter((step) => step.endsWith('done'))).toEqual([
      'state directory done',
      'lock done',
      'store done',
      'launcher done',
      'manifest done',
      'scheduler done',
      'socket done',
    ]);
    const { locations } = project as Project;
    expect(statSync(locations.socket).mode & 0o777).toBe(0o600);
    expect(statSync(locations.stateDir).mode & 0o777).toBe(0o700);
    expect(readFileSync(locations.pidFile, 'utf8')).toBe(`${process.pid}\n`);

    const client = createClient(locations.socket);
    const stop = new AbortController();
    const events = client.events(stop.signal);
    const asked = await client.run({ job: 'hello', by: 'cli (test)', force: false });
    expect(asked).toMatchObject({ job: 'hello', trigger: 'manual', nominalTime: null });
    const run = await finished(asked.id);
    expect(run).toMatchObject({ state: 'succeeded', exitCode: 0, attempts: 1, revision: 1 });

    const seen: EventView[] = [];
    for await (const event of events) {
      seen.push(event);
      if (event.kind === 'run.ended') stop.abort();
    }
    expect(seen.at(-1)).toMatchObject({
      kind: 'run.ended',
      job: 'hello',
      run: { id: asked.id, state: 'succeeded' },
      attempt: { attempt: 1, state: 'succeeded', exitCode: 0 },
    });

    const { lines, cursor } = await client.logs({ job: 'hello', lines: 10 });
    expect(lines.map((line) => line.text)).toEqual(['hello world', 'again']);
    expect(await client.logsFrom(cursor as NonNullable<typeof cursor>)).toMatchObject({
      lines: [],
      ended: true,
    });
    expect((await client.logs({ run: asked.id.slice(0, 20), lines: 1 })).lines).toEqual([
      { job: 'hello', run: asked.id, attempt: 1, time: null, text: 'again' },
    ]);

    const { jobs } = await client.list();
    expect(jobs).toMatchObject([
      { name: 'hello', schedule: null, state: 'manual', nextRun: null, lastRun: { id: asked.id } },
    ]);
    const detail = await client.show('hello');
    expect(detail).toMatchObject({
      command: 'echo "hello $PLACE"; echo again',
      spec: { env: { API_TOKEN: '***', PLACE: 'world' } },
      nextRuns: [],
      recentRuns: [{ id: asked.id }],
    });
    const { runs } = await client.history({ limit: 10 });
    expect(runs.map(({ id }) => id)).toEqual([asked.id]);

    const link = join(locations.logsDir, 'hello.log');
    await until(() => existsSync(link), Boolean);
    expect(await readlink(link)).toBe(`../runs/${asked.id}/1/log`);
    expect(readFileSync(link, 'utf8')).toBe('hello world\nagain\n');

    expect(await service.status()).toMatchObject({
      daemon: { running: true, pid: process.pid, version: '0.1.0-test' },
      manifest: { jobs: 1, timezone: 'UTC' },
      revision: { applied: 1, appliedBy: 'start' },
      source: { state: 'accepted', diagnostics: [] },
      sync: { mode: 'auto', state: 'synced' },
      health: { state: 'healthy', running: 0, queued: 0 },
    });
  });

  test('runs what the schedule says, and takes up a saved change without a restart', async () => {
    const { service } = await up(
      manifestOf(`  tick:\n    schedule: every 1s\n    command: [echo, one]\n`),
    );
    const first = await until(
      () => service.history({ job: 'tick', states: ['succeeded'], limit: 1 }),
      ({ runs }) => runs.length > 0,
    );
    expect(first.runs[0]).toMatchObject({ trigger: 'schedule', state: 'succeeded', exitCode: 0 });
    expect((await service.list()).jobs[0]?.schedule).toBe('every 1s');
    await (project as Project).writeManifest(
      manifestOf(`  tick:\n    schedule: every 1s\n    command: [echo, two]\n`),
    );
    await until(
      () => service.logs({ job: 'tick', lines: 1 }),
      ({ lines }) => lines[0]?.text === 'two',
    );
    expect((await service.status()).revision).toMatchObject({ applied: 2, appliedBy: 'watcher' });
  });

  test('tells how long its event loop kept callers waiting, once it has run something', async () => {
    const { service } = await up(hello);
    expect((await service.status()).health.loopDelay).toBeNull();
    await service.run({ job: 'hello', by: 'test', force: false });
    const { health } = await until(
      () => service.status(),
      ({ health }) => health.loopDelay !== null,
    );
    expect(health.loopDelay?.maxMs).toBeGreaterThanOrEqual(health.loopDelay?.p50Ms ?? Infinity);
  });

  test('a broken manifest changes nothing and is told with its place', async () => {
    const { service } = await up(hello);
    await (project as Project).writeManifest(manifestOf(`  hello:\n    comand: echo\n`));
    const status = await until(
      () => service.status(),
      ({ source }) => source.state === 'invalid',
    );
    expect(status).toMatchObject({
      revision: { applied: 1 },
      sync: { state: 'unknown', because: 'invalid' },
      health: { state: 'degraded' },
    });
    expect(status.source.diagnostics.map(({ range }) => range?.start.line)).toContain(4);
    expect((await service.list()).jobs.map(({ name }) => name)).toEqual(['hello']);
    await (project as Project).writeManifest(hello);
    await until(
      () => service.status(),
      ({ source, health }) => source.state === 'accepted' && health.state === 'healthy',
    );
  });

  test('plans a proposal, applies the file, and refuses a stale basis', async () => {
    project = await aProject(hello, { sync: 'manual' });
    const { service } = await up(null);
    const pending = await service.status();
    expect(pending.sync).toMatchObject({ state: 'pending', because: 'manual' });
    const client = createClient(project.locations.socket);
    const reply = await client.plan({ text: null, horizonMs: 86_400_000 });
    if (reply.kind !== 'planned') throw new Error('not planned');
    expect(reply.plan.summary).toMatchObject({ create: 1, delete: 0 });
    expect(reply.plan.changes[0]).toMatchObject({ job: 'hello', action: 'create' });
    expect(JSON.stringify(reply.plan)).not.toContain('abc');
    const { revision, desiredDigest } = reply.plan.basis;
    const applied = await client.apply({
      by: 'cli (test)',
      expected: { revision, desiredDigest },
    });
    expect(applied).toMatchObject({ kind: 'applied', revision: 1 });
    const proposal = await client.plan({ text: 'version: 1\njobs: {a: {}}\n', horizonMs: 1000 });
    expect(proposal.kind).toBe('rejected');
    await project.writeManifest(hello.replace('again', 'once more'));
    await expect(
      client.apply({ by: 'cli (test)', expected: { revision, desiredDigest } }),
    ).rejects.toMatchObject({ code: 'JM2-P201', exitCode: 4 });
  });

  test('a second daemon of the same state directory is refused and touches nothing', async () => {
    await up(hello);
    const { settings, locations } = project as Project;
    await expect(
      startDaemon({
        settings,
        locations,
        foreground: false,
        version: 'x',
        signals: false,
        launcherFile,
      }),
    ).rejects.toMatchObject({ code: 'JM2-D102', exitCode: 4 });
    expect((await createClient(locations.socket).status()).daemon.running).toBe(true);
  });

  test('a drain lets what runs end, refuses what is new, and leaves nothing behind', async () => {
    const { service, stop, closed } = await up(
      manifestOf(`  slow:\n    command: echo begun; sleep 1; echo done\n`),
    );
    const { locations, settings } = project as Project;
    const { id } = await service.run({ job: 'slow', by: 'test', force: false });
    await until(
      () => service.getRun(id),
      ({ state }) => state === 'running',
    );
    const stopping = stop('drain');
    await expect(service.run({ job: 'slow', by: 'test', force: true })).rejects.toMatchObject({
      code: 'JM2-D106',
    });
    await stopping;
    expect(await closed).toBe(0);
    daemon = null;
    expect([locations.socket, locations.pidFile].map((path) => existsSync(path))).toEqual([
      false,
      false,
    ]);
    const reader = openReadOnlyService(locations, settings);
    expect(await reader.getRun(id)).toMatchObject({ state: 'succeeded', exitCode: 0 });
    expect((await reader.logs({ run: id })).lines.map(({ text }) => text)).toEqual([
      'begun',
      'done',
    ]);
    expect(await reader.status()).toMatchObject({
      daemon: { running: false, pid: null },
      manifest: { jobs: 1 },
      revision: { applied: 1 },
      source: { state: 'accepted' },
      health: { state: 'down', running: 0, queued: 0 },
    });
    const plan = await reader.plan({ text: null, horizonMs: 1000 });
    expect(plan).toMatchObject({ kind: 'planned', plan: { changes: [] } });
  });

  test('a second stop without a grace ends the first one soon', async () => {
    const { service, stop } = await up(manifestOf(`  slow:\n    command: sleep 60\n`));
    const { id } = await service.run({ job: 'slow', by: 'test', force: false });
    await until(
      () => service.getRun(id),
      ({ state }) => state === 'running',
    );
    const first = stop('drain', 600_000);
    await stop('drain', 0);
    await first;
    daemon = null;
    const { locations, settings } = project as Project;
    expect(await openReadOnlyService(locations, settings).getRun(id)).toMatchObject({
      state: 'canceled',
      signal: 'SIGTERM',
    });
  });

  test('the next daemon adopts what a leaving one left running', async () => {
    const { service, stop } = await up(
      manifestOf(`  slow:\n    command: echo begun; sleep 2; echo done\n`),
    );
    const { id } = await service.run({ job: 'slow', by: 'test', force: false });
    await until(
      () => service.getRun(id),
      ({ startedAt }) => startedAt !== null,
    );
    await stop('detach');
    await up(null);
    expect(await finished(id)).toMatchObject({ state: 'succeeded', exitCode: 0, attempts: 1 });
    const { lines } = await (daemon as Daemon).service.logs({ run: id });
    expect(lines.map(({ text }) => text)).toEqual(['begun', 'done']);
  });

  test('cancels a run by the beginning of its id, and says what is unknown', async () => {
    const { service } = await up(manifestOf(`  slow:\n    command: sleep 60\n`));
    const { id } = await service.run({ job: 'slow', by: 'test', force: false });
    await until(
      () => service.getRun(id),
      ({ state }) => state === 'running',
    );
    await service.cancel({ run: id.slice(0, 24), by: 'cli (test)' });
    expect(await finished(id)).toMatchObject({ state: 'canceled' });
    await expect(service.cancel({ run: id, by: 'x' })).rejects.toMatchObject({ code: 'JM2-R104' });
    await expect(service.getRun('0zzz')).rejects.toMatchObject({ code: 'JM2-R102' });
    await expect(service.show('slwo')).rejects.toMatchObject({ code: 'JM2-R101' });
    await expect(service.run({ job: 'no', by: 'x', force: false })).rejects.toMatchObject({
      code: 'JM2-R101',
    });
  });
});

describe('a start that fails', () => {
  test('at the socket frees everything it had taken, and the live socket stays', async () => {
    project = await aProject(hello);
    const { locations } = project;
    prepareStateDirectory(locations);
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(locations.socket, resolve));
    await expect(up(null)).rejects.toMatchObject({ code: 'JM2-D104' });
    expect(existsSync(locations.pidFile)).toBe(false);
    await new Promise((resolve) => stranger.close(resolve));
    const { service } = await up(null);
    expect((await service.status()).health.state).toBe('healthy');
  });
});

describe('after five crashes within a minute', () => {
  test('the daemon answers, starts nothing and says why, and is well after an orderly end', async () => {
    project = await aProject(manifestOf(`  tick:\n    schedule: every 1s\n    command: echo x\n`));
    prepareStateDirectory(project.locations);
    for (let n = 0; n < 5; n += 1) noteStart(project.locations.stateDir, Date.now());
    const first = await up(null);
    const { health } = await first.service.status();
    expect(health.state).toBe('degraded');
    expect(health.problems[0]).toMatch(/^Safe mode/);
    await expect(
      first.service.run({ job: 'tick', by: 'test', force: false }),
    ).rejects.toMatchObject({ code: 'JM2-D106' });
    await first.stop('drain');
    const second = await up(null);
    await until(
      () => second.service.history({ limit: 1, states: ['succeeded'] }),
      ({ runs }) => runs.length === 1,
    );
  });

  test('what still runs is timed out, canceled and drained, and no next run is promised', async () => {
    project = await aProject(
      manifestOf(
        [
          '  tick: {schedule: every 1h, command: sleep 1000}',
          '  left: {command: sleep 1000}',
          '  slow: {command: sleep 1000, timeout: 3s}',
          '',
        ].join('\n'),
      ),
    );
    const { locations, settings } = project;
    const before = await up(null);
    const ids = new Map<string, string>();
    for (const job of ['tick', 'left', 'slow']) {
      const { id } = await before.service.run({ job, by: 'test', force: false });
      ids.set(job, id);
    }
    const idOf = (job: string): string => ids.get(job) ?? '';
    await until(
      () => before.service.status(),
      ({ health }) => health.running === 3,
    );
    await before.stop('detach');
    for (let n = 0; n < 5; n += 1) noteStart(locations.stateDir, Date.now());
    const safe = await up(null);
    const { health } = await safe.service.status();
    expect(health.problems[0]).toMatch(/^Safe mode/);
    const { jobs } = await safe.service.list();
    expect(jobs.map(({ name, nextRun }) => [name, nextRun])).toEqual([
      ['left', null],
      ['slow', null],
      ['tick', null],
    ]);
    expect((await finished(idOf('slow'))).state).toBe('timed_out');
    await safe.service.cancel({ run: idOf('tick'), by: 'test' });
    expect((await finished(idOf('tick'))).state).toBe('canceled');
    expect((await safe.service.status()).health.running).toBe(1);
    await safe.stop('drain', 0);
    daemon = null;
    const reader = openReadOnlyService(locations, settings);
    expect((await reader.getRun(idOf('left'))).state).toBe('canceled');
  });
});

describe('without a daemon and without a store', () => {
  test('reading answers that nothing is recorded, and creates nothing', async () => {
    project = await aProject(hello);
    const { locations, settings } = project;
    const reader = openReadOnlyService(locations, settings);
    expect(await reader.list()).toEqual({ jobs: [] });
    expect((await reader.status()).revision.applied).toBe(0);
    expect(await reader.plan({ text: null, horizonMs: 1000 })).toMatchObject({
      kind: 'planned',
      plan: { summary: { create: 1 } },
    });
    expect(existsSync(locations.stateDir)).toBe(false);
  });
});
