import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readToken } from '../../src/executor/start-token.ts';
import { isAlive, processStart } from '../../src/system/process-identity.ts';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
const strays: number[] = [];
afterEach(async () => {
  await project.cleanUp();
  for (const pid of strays.splice(0)) killGroup(pid);
});

const bootIdFile = '/proc/sys/kernel/random/boot_id';
const canMount =
  process.platform === 'linux' &&
  process.geteuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'true']).status === 0;

interface RunView {
  readonly id: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly attempts: number;
  readonly reason: string | null;
}

const manifest = (job: string): string => `version: 1\njobs:\n  job: ${job}\n`;

/** Commands that end when the test says so; they run in the project's directory. */
const untilTold = 'while [ ! -e told ]; do sleep 0.05; done';
const tell = (): void => writeFileSync(join(project.dir, 'told'), '');

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function start(): Promise<number> {
  const { json } = await project.call(['start', '--json']);
  return Number(json().data['pid']);
}

/** Starts the one job; the pids of its command and its launcher as its token names them. */
async function runJob(
  job = 'job',
): Promise<{ id: string; pid: number; launcher: number; dir: string }> {
  const { json } = await project.call(['run', job, '--json']);
  const { id } = json().data['run'] as RunView;
  const status = await project.call(['status', '--json']);
  const { stateDir } = status.json().data['manifest'] as { stateDir: string };
  const dir = join(stateDir, 'runs', id, '1');
  const token = await eventually(async () => {
    const read = readToken(dir);
    return read?.started === null ? null : read;
  }, 'the start of the command');
  if (token.owner?.kind !== 'launcher' || token.started === null) throw new Error('no launcher');
  strays.push(token.started.pid);
  return { id, pid: token.started.pid, launcher: token.owner.pid, dir };
}

async function theRun(job = 'job'): Promise<RunView | undefined> {
  const { json } = await project.call(['history', job, '--json']);
  return (json().data['runs'] as RunView[])[0];
}

function theEnd(job = 'job'): Promise<RunView> {
  return eventually(async () => {
    const run = await theRun(job);
    return run === undefined || ['queued', 'running'].includes(run.state) ? null : run;
  }, 'the end of the run');
}

/** Processes of the group that have not ended; one that only waits to be collected has. */
function membersOf(group: number): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => new RegExp(`^ *${group} [^Z]`).test(line));
}

async function kill(...pids: number[]): Promise<void> {
  const starts = pids.map(processStart);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await eventually(
    async () => pids.every((pid, index) => !isAlive(pid, starts[index] ?? null)),
    'the end of what was killed',
  );
}

describe('a run whose daemon is killed again and again', () => {
  it('keeps its output byte for byte, and its exit code', async () => {
    const print =
      'i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "line $i"; sleep 0.05; done; exit 3';
    project = await aProject(manifest(`{command: '${print}', success_codes: [3]}`));
    let daemon = await start();
    const { dir } = await runJob();
    for (let kills = 0; kills < 3; kills += 1) {
      // Somewhere in the output: how far it has come by then is up to the machine.
      await kill(daemon);
      daemon = await start();
    }
    expect(await theEnd()).toMatchObject({ state: 'succeeded', exitCode: 3, attempts: 1 });
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1}\n`).join('');
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(hash(readFileSync(join(dir, 'log'), 'utf8'))).toBe(hash(lines));
  });
});

describe('an adopted run', () => {
  it('is timed out at its time, canceled on request and ended by a stop, with its whole group', async () => {
    project = await aProject(`version: 1
jobs:
  slow: {command: "sleep 600 & sleep 600", timeout: 4s, kill: {grace: 1s}}
  deaf: {command: 'trap "" TERM; while :; do sleep 0.1; done', kill: {grace: 1s}}
  calm: {command: [sleep, "600"]}
`);
    const daemon = await start();
    const runs = [await runJob('slow'), await runJob('deaf'), await runJob('calm')];
    await kill(daemon);
    await start();
    expect((await project.call(['cancel', runs[1]?.id ?? ''])).code).toBe(0);
    expect(await theEnd('slow')).toMatchObject({ state: 'timed_out', signal: 'SIGTERM' });
    expect(await theEnd('deaf')).toMatchObject({ state: 'canceled', signal: 'SIGKILL' });
    expect((await project.call(['stop', '--now'])).code).toBe(0);
    expect(await theRun('calm')).toMatchObject({ state: 'canceled' });
    expect(runs.flatMap(({ pid }) => membersOf(pid))).toEqual([]);
  });
});

describe('a launcher that is killed', () => {
  it('leaves its command running; the run ends as lost, never as a success', async () => {
    project = await aProject(manifest(`{command: "${untilTold}; exit 0"}`));
    await start();
    const { pid, launcher } = await runJob();
    await kill(launcher);
    expect(isAlive(pid, processStart(pid))).toBe(true);
    tell();
    expect(await theEnd()).toMatchObject({ state: 'lost', exitCode: null });
  });

  it('together with the daemon: adopted, and lost at its end, without a second start', async () => {
    project = await aProject(manifest(`{command: "echo once; ${untilTold}; exit 0"}`));
    const daemon = await start();
    const { launcher, dir } = await runJob();
    await kill(daemon, launcher);
    await start();
    expect(await theRun()).toMatchObject({ state: 'running', attempts: 1 });
    tell();
    expect(await theEnd()).toMatchObject({ state: 'lost', exitCode: null, attempts: 1 });
    expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('once\n');
  });
});

describe('a process that only has the pid of a command', () => {
  it('is neither adopted nor signalled', async () => {
    project = await aProject(manifest(`{command: [sleep, "600"], timeout: 3s}`));
    const daemon = await start();
    const { pid, launcher, dir } = await runJob();
    await kill(daemon, launcher);
    // As if the command had ended and its pid had been given away: another start time.
    const token = readFileSync(join(dir, 'started'), 'utf8').split('\n');
    const [, , at, bytes] = (token[1] ?? '').split(' ');
    writeFileSync(join(dir, 'started'), `${token[0]}\n${pid} 12345 ${at} ${bytes}\n`);
    await start();
    expect(await theEnd()).toMatchObject({ state: 'lost', exitCode: null });
    await project.call(['stop', '--now']);
    expect(isAlive(pid, processStart(pid))).toBe(true);
  });
});

describe.runIf(canMount)('a machine that was restarted [platform: needs root]', () => {
  it('has lost what ran, whatever its files and its pids say', async () => {
    let boot: string | null = null;
    // Calls made once there is a file for it see another boot id.
    const through = (): readonly string[] =>
      boot === null
        ? []
        : [
            'unshare',
            '--mount',
            'sh',
            '-c',
            `mount --bind ${boot} ${bootIdFile} && exec "$@"`,
            'sh',
          ];
    project = await aProject(manifest(`{command: [sleep, "600"]}`), { through });
    const daemon = await start();
    const { pid, launcher } = await runJob();
    await kill(daemon, launcher);
    boot = join(project.dir, 'boot_id');
    writeFileSync(boot, 'another-boot\n');
    await start();
    const run = await theEnd();
    expect(run).toMatchObject({ state: 'lost', attempts: 1 });
    expect(run.reason).toContain('restarted');
    await project.call(['stop', '--now']);
    // In a world that was restarted its pid would be somebody else's.
    expect(isAlive(pid, processStart(pid))).toBe(true);
  });
});
