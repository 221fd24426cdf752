// Faults of the disk and of the store, provoked for real: each is told in the
// status, starts nothing without a record, loses no end, and mends by itself.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openStoreReader } from '../../src/store/sqlite/open-store.ts';
import { loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';
import { aSmallDisk, canMount } from '../support/small-disk.ts';
import type { SmallDisk } from '../support/small-disk.ts';

let project: Project;
let disk: SmallDisk | null = null;
afterEach(async () => {
  disk?.empty();
  await project.cleanUp();
  await disk?.close();
  disk = null;
});

interface Condition {
  readonly code: string | null;
  readonly text: string;
  readonly since: string | null;
}

async function onSmallDisk(manifest: string, mebibytes = 96): Promise<string> {
  disk = await aSmallDisk(mebibytes);
  project = await aProject(manifest, {
    through: disk.through,
    env: { JM2_STATE_DIR: `${disk.mount}/state` },
  });
  return join(disk.root, 'state');
}

async function conditions(): Promise<readonly Condition[]> {
  const { json } = await project.call(['status', '--json']);
  const health = json().data['health'] as { readonly conditions: readonly Condition[] };
  return health.conditions;
}

async function stateOf(): Promise<{ readonly stateDir: string }> {
  const { json } = await project.call(['status', '--json']);
  return json().data['manifest'] as { stateDir: string };
}

const withCondition = (code: string): Promise<Condition> =>
  eventually(
    async () => (await conditions()).find((condition) => condition.code === code),
    `the condition ${code}`,
  );

const healthy = (): Promise<true> =>
  eventually(async () => (await conditions()).length === 0, 'good health');

interface Run {
  readonly job: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly nominalTime: string | null;
  readonly notes: readonly { readonly code: string }[];
}

/** By the pid in the second line of its start token. */
function isRunningIn(attempt: string): boolean {
  const pid = /^(\d+) /.exec(readFileSync(join(attempt, 'started'), 'utf8').split('\n')[1] ?? '');
  return existsSync(`/proc/${pid?.[1]}/exe`);
}

async function runsOf(job: string): Promise<readonly Run[]> {
  const { json } = await project.call(['history', job, '--json', '--limit', '500']);
  return json().data['runs'] as readonly Run[];
}

describe.skipIf(!canMount)('a full disk [platform: needs root and mount namespaces]', () => {
  it('holds starts, records ends from a reserve, and goes on by itself without doubling anything', async () => {
    const state = await onSmallDisk(`version: 1
jobs:
  tick: {schedule: every 1s, command: "true", catch_up: none}
  slow: {command: "while [ ! -e ../go ]; do sleep 0.1; done; exit 7"}
`);
    mkdirSync(state, { mode: 0o700 });
    writeFileSync(join(state, 'daemon.ballast'), Buffer.alloc(8 * 1024 * 1024, 'x'));
    await project.call(['start']);
    await project.call(['run', 'slow']);
    await eventually(async () => (await runsOf('tick')).length > 1, 'ticks');
    disk?.fill();
    const { text, since } = await withCondition('JM2-T104');
    expect(text).toMatch(/is full .* nothing starts/);
    expect(Date.parse(since ?? '')).toBeGreaterThan(Date.now() - 30_000);
    expect(statSync(join(state, 'daemon.ballast')).size).toBe(0);
    const refused = await project.call(['run', 'tick']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('JM2-T104')]);
    const held = (await runsOf('tick')).length;

    // The reserve takes the end of what runs.
    writeFileSync(join(project.dir, '../go'), '');
    const ended = await eventually(
      async () => (await runsOf('slow')).find((run) => run.state !== 'running'),
      'the end of the slow job',
    );
    expect(ended).toMatchObject({ state: 'failed', exitCode: 7 });
    expect(await runsOf('tick')).toHaveLength(held);

    await eventually(async () => Date.now() - Date.parse(since ?? '') > 4_000, 'four seconds');
    disk?.empty();
    await healthy();
    expect(readFileSync(join(state, 'daemon.log'), 'utf8')).toContain('the disk has room again');
    await eventually(async () => (await runsOf('tick')).length > held + 1, 'ticks again');
    const { json } = await project.call(['history', 'tick', '--all', '--json', '--limit', '500']);
    const times = (json().data['runs'] as Run[]).map((run) => run.nominalTime);
    expect(new Set(times).size).toBe(times.length);
    expect(json().data['outcomes']).toContainEqual(
      expect.objectContaining({
        disposition: 'missed',
        reason: 'catch_up_none',
        detail: expect.stringContaining('decisions could not be recorded'),
      }),
    );
  });
});

it.skipIf(!canMount)(
  'a full disk does not lose the end of a command that ended while no daemon ran [platform: needs root and mount namespaces]',
  async () => {
    const state = await onSmallDisk(`version: 1
jobs:
  loud: {command: "while [ ! -e ../go ]; do echo x; sleep 0.1; done; exit 9"}
`);
    const { json } = await project.call(['start', '--json']);
    await project.call(['run', 'loud']);
    await eventually(async () => (await runsOf('loud'))[0]?.state === 'running', 'the start');
    process.kill(Number(json().data['pid']), 'SIGKILL');
    disk?.fill();
    // The note is taken at the next look of the guard, a second apart.
    const filledAt = performance.now();
    await eventually(async () => performance.now() - filledAt > 1_500, 'the guard to look');
    writeFileSync(join(project.dir, '../go'), '');
    const [run = ''] = readdirSync(join(state, 'runs'));
    const attempt = join(state, 'runs', run, '1');
    await eventually(async () => !isRunningIn(attempt), 'the end of the command');
    expect(existsSync(join(attempt, 'exit'))).toBe(false);
    disk?.empty();
    await project.call(['start']);
    const ended = await eventually(
      async () => (await runsOf('loud')).find(({ state: at }) => at !== 'running'),
      'the end in the history',
    );
    expect(ended).toMatchObject({ state: 'failed', exitCode: 9 });
    expect(ended.notes).toMatchObject([{ code: 'log_incomplete' }]);
  },
);

it.skipIf(!canMount)(
  'a read-only disk keeps the daemon from starting, with a clear message [platform: needs root and mount namespaces]',
  async () => {
    const state = await onSmallDisk('version: 1\njobs: {}\n');
    mkdirSync(state, { mode: 0o700 });
    disk?.remount('ro');
    const { code, stderr } = await project.call(['start']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/JM2-D103[^]*read-only file system/)]);
    disk?.remount('rw');
  },
);

const hasStrace = spawnSync('strace', ['-V']).status === 0;

describe.skipIf(!hasStrace)('a disk that fails [platform: needs strace]', () => {
  // As after a lost cable, and as when the kernel makes a damaged file system read-only.
  it.each([
    ['fsync,fdatasync', 'EIO', /disk I\/O error/],
    ['pwrite64,write', 'EROFS', /disk I\/O error|readonly/],
  ])(
    'in %s with %s: nothing counts as recorded, and nothing comes twice',
    async (calls, error, words) => {
      project = await aProject(`version: 1
jobs:
  tick: {schedule: every 1s, command: "echo $JM2_RUN_ID >> ran"}
`);
      const { json } = await project.call(['start', '--json']);
      await eventually(async () => (await runsOf('tick')).length > 1, 'ticks');
      const { stateDir } = await stateOf();
      // Only what concerns the store: its files, by their paths.
      const files = ['', '-wal'].flatMap((suffix) => ['-P', `${stateDir}/jm2.db${suffix}`]);
      const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`];
      const pid = String(json().data['pid']);
      const strace = spawn('strace', [
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        ...files,
        ...inject,
        '-p',
        pid,
      ]);
      const { text, since } = await withCondition('JM2-T106');
      expect(text).toMatch(/^Decisions cannot be recorded, so nothing starts: /);
      expect(text).toMatch(words);
      expect(since).not.toBeNull();
      const before = (await runsOf('tick')).length;
      const refused = await project.call(['run', 'tick', '--force']);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('JM2-T106')]);
      strace.kill('SIGINT');
      await healthy();
      await eventually(async () => (await runsOf('tick')).length > before + 1, 'more ticks');
      await project.call(['stop']);
      const ids = readFileSync(join(project.dir, 'ran'), 'utf8').trim().split('\n');
      expect(new Set(ids).size).toBe(ids.length);
      const runs = await runsOf('tick');
      expect(runs.filter(({ state }) => state !== 'succeeded')).toEqual([]);
      const times = runs.map((run) => run.nominalTime);
      expect(new Set(times).size).toBe(times.length);
    },
  );
});

describe('a store that another program writes', () => {
  it('for seconds lets the daemon answer at once, and a run that is asked for waits', async () => {
    project = await aProject(`version: 1
jobs:
  quick: {command: "true"}
`);
    await project.call(['start']);
    const { stateDir } = await stateOf();
    const { DatabaseSync } = loadBinding();
    const other = new DatabaseSync(join(stateDir, 'jm2.db'), { readOnly: false });
    other.exec('BEGIN IMMEDIATE');
    const asked = project.call(['run', 'quick', '--wait', '--json']);
    const before = performance.now();
    for (let n = 0; n < 3; n += 1) expect((await project.call(['list'])).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(5_000);
    other.exec('COMMIT');
    expect((await asked).code).toBe(0);
    // One that only reads, for however long, disturbs nobody.
    other.exec('BEGIN; SELECT count(*) FROM runs');
    expect((await project.call(['run', 'quick', '--wait', '--json'])).code).toBe(0);
    other.close();
    expect(await runsOf('quick')).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }]);
    await healthy();
    expect(openStoreReader(join(stateDir, 'jm2.db'))?.runs({ limit: 5 })).toHaveLength(2);
  });
});
