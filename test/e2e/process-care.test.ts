import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

const isLinux = process.platform === 'linux';
const isRoot = process.geteuid?.() === 0;

interface RunAnswer {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly notes: readonly { code: string; text: string }[];
}

async function lastRun(job: string): Promise<RunAnswer | undefined> {
  const answer = (await project.call(['history', job, '--json'])).json();
  return (answer.data['runs'] as RunAnswer[])[0];
}

const ended = (job: string): Promise<RunAnswer> =>
  eventually(async () => {
    const run = await lastRun(job);
    return run !== undefined && !['queued', 'running'].includes(run.state) && run;
  }, `the end of ${job}`);

const noted = (job: string): Promise<string> =>
  eventually(async () => (await lastRun(job))?.notes[0]?.text, `a note of ${job}`);

/** The pid that a job wrote into a file of the project. */
const pidIn = (name: string): Promise<number> =>
  eventually(async () => {
    const text = await readFile(join(project.dir, name), 'utf8').catch(() => '');
    return text.endsWith('\n') && Number(text);
  }, name);

function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

const gone = (pid: number): Promise<true> => eventually(async () => !lives(pid), `end of ${pid}`);

describe.skipIf(!isLinux)('processes that a command leaves behind [platform: needs /proc]', () => {
  it('are told with the run, which does not wait for them, and are ended where the job says so', async () => {
    project = await aProject(`version: 1
jobs:
  leaves: {command: 'setsid sleep 300 & echo $! > left; echo done'}
  tidy: {command: 'setsid sleep 300 & echo $! > tidied', kill: {leftovers: true}}
`);
    await project.call(['start']);
    expect(await project.call(['run', 'leaves', '--wait'])).toMatchObject({
      code: 0,
      stdout: 'done\n',
    });
    expect(await project.call(['run', 'tidy', '--wait'])).toMatchObject({ code: 0 });
    const left = await pidIn('left');
    const tidied = await pidIn('tidied');
    const text = `1 process was left over after the command: sleep (${left})`;
    expect(await noted('leaves')).toBe(text);
    expect((await project.call(['history', 'leaves'])).stdout).toContain('was left over');
    expect(await noted('tidy')).toMatch(/and was ended$/);
    await gone(tidied);
    expect(lives(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });

  it('are ended with a run that times out, and with a daemon that stops', async () => {
    project = await aProject(`version: 1
defaults: {kill: {grace: 500ms}}
jobs:
  slow:
    command: setsid sh -c 'trap "" TERM; echo $$ > slow; while :; do sleep 0.2; done' & sleep 300
    timeout: 1s
  busy:
    command: setsid sh -c 'trap "" TERM; echo $$ > busy; while :; do sleep 0.2; done' & sleep 300
`);
    await project.call(['start']);
    await project.call(['run', 'busy']);
    await project.call(['run', 'slow']);
    const [slow, busy] = [await pidIn('slow'), await pidIn('busy')];
    expect(await ended('slow')).toMatchObject({ state: 'timed_out' });
    await gone(slow);
    expect(lives(busy)).toBe(true);
    expect((await project.call(['stop', '--grace', '100ms'])).code).toBe(0);
    expect(lives(busy)).toBe(false);
  });

  it('are found also by the daemon that took the run over', async () => {
    project = await aProject(`version: 1
jobs:
  over:
    command: setsid sleep 300 & echo $! > over; while [ ! -e go ]; do sleep 0.1; done
    kill: {leftovers: true}
`);
    await project.call(['start']);
    await project.call(['run', 'over']);
    const pid = await pidIn('over');
    expect((await project.call(['restart'])).code).toBe(0);
    await writeFile(join(project.dir, 'go'), '');
    expect(await noted('over')).toMatch(/and was ended$/);
    await gone(pid);
  });
});

describe('a command', () => {
  it('has the descriptors 0 to 2 and no other, whatever was open where the daemon was started', async () => {
    project = await aProject('version: 1\njobs:\n  fds: {command: [ls, /proc/self/fd]}\n');
    const shell = spawn('/bin/sh', ['-c', 'exec 7<. 8>leaked; exec "$@"', 'sh', ...jm2('start')], {
      cwd: project.dir,
      env: { PATH: process.env['PATH'], HOME: project.home, JM2_HOME: join(project.home, '.jm2') },
    });
    expect(await new Promise((done) => shell.once('close', done))).toBe(0);
    // The fourth is the listing's own.
    expect((await project.call(['run', 'fds', '--wait'])).stdout).toBe('0\n1\n2\n3\n');
  });

  it('sees none of the variables by which a program can be made to run other code', async () => {
    project = await aProject('version: 1\njobs:\n  names: {command: [env]}\n');
    const dangerous = {
      NODE_OPTIONS: '--no-warnings',
      LD_LIBRARY_PATH: '/nowhere',
      LD_DEBUG_OUTPUT: '/dev/null',
      BASH_ENV: '/dev/null',
      ENV: '/dev/null',
      PYTHONPATH: '/nowhere',
      PERL5LIB: '/nowhere',
      npm_config_cache: '/nowhere',
      NOTIFY_SOCKET: '',
      JM2_TOKEN: 'x',
      EDITOR: 'x',
    };
    await project.call(['start'], { env: dangerous });
    const { stdout } = await project.call(['run', 'names', '--wait'], { env: dangerous });
    const names = stdout.split('\n').map((line) => line.slice(0, Math.max(0, line.indexOf('='))));
    expect(names.filter((name) => Object.hasOwn(dangerous, name))).toEqual([]);
    expect(names).toContain('JM2_RUN_ID');
  });
});

describe.skipIf(!isLinux || !isRoot)('a daemon as process 1 [platform: needs unshare]', () => {
  it('runs jobs, and says that orphans stay and what to do', async () => {
    project = await aProject(`version: 1
jobs:
  orphans: {command: '(sleep 0.1 &) ; (sleep 0.1 &) ; echo ran'}
`);
    const inside = ['--pid', '--fork', '--mount-proc', '--kill-child', ...jm2('up')];
    const up = spawn('unshare', inside, {
      cwd: project.dir,
      env: { PATH: process.env['PATH'], HOME: project.home, JM2_HOME: join(project.home, '.jm2') },
    });
    try {
      await eventually(async () => (await project.call(['status'])).code === 0, 'the daemon');
      expect(await project.call(['run', 'orphans', '--wait'])).toMatchObject({ stdout: 'ran\n' });
      const told = await eventually(async () => {
        const status = (await project.call(['status', '--json'])).json();
        const { problems } = status.data['health'] as { problems: string[] };
        return problems.find((problem) => problem.includes('so far'));
      }, 'orphans');
      expect(told).toMatch(/process 1 .*\(2 so far\); start it under an init/);
    } finally {
      up.kill('SIGKILL');
    }
  });
});

function jm2(...args: string[]): string[] {
  return [process.execPath, resolve('dist/jm2.js'), ...args];
}
