import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lockInstance, readLivePid } from '../../src/daemon/instance-lock.ts';
import { bundle } from '../support/bundle.ts';

interface Answer {
  readonly won: boolean;
  readonly pid?: number;
  readonly code?: string;
  readonly exitCode?: number;
  readonly detail?: string;
}

let program: string;
let stateDir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  program = await bundle('test/fixtures/daemon/hold-lock.ts');
});
afterAll(() => rm(dirname(program), { recursive: true, force: true }));
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'jm2-lock-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(async (child) => end(child, 'SIGKILL')));
  await rm(stateDir, { recursive: true, force: true });
});

function places() {
  return {
    stateDir,
    lockFile: join(stateDir, 'lock.db'),
    pidFile: join(stateDir, 'daemon.pid'),
  };
}

function contend(): Promise<Answer> {
  const child = spawn(process.execPath, [program, stateDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    createInterface({ input: child.stdout }).once('line', (line) =>
      resolve(JSON.parse(line) as Answer),
    );
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

describe('the instance lock', () => {
  test('of 100 that start at once exactly one wins, and the others name it', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, contend));
    const winners = answers.filter((answer) => answer.won);
    expect(winners).toHaveLength(1);
    const losers = answers.filter((answer) => !answer.won);
    expect(losers).toHaveLength(99);
    for (const loser of losers) {
      expect(loser).toMatchObject({ code: 'JM2-D102', exitCode: 4 });
      expect(loser.detail).toContain(`Process ${winners[0]?.pid} holds`);
    }
  }, 120_000);

  test('goes with a process that is killed', async () => {
    const first = await contend();
    expect(first.won).toBe(true);
    await end(children[0] as ChildProcess, 'SIGKILL');
    expect(await readFile(places().pidFile, 'utf8')).toBe(`${first.pid}\n`);
    const second = await contend();
    expect(second.won).toBe(true);
    expect(readLivePid(places().pidFile)).toBe(second.pid);
  });

  test('a stale pid file, even with a pid that lives, does not keep anybody out', async () => {
    await writeFile(places().pidFile, `${process.ppid}\n`);
    const lock = await lockInstance(places());
    expect(await readFile(places().pidFile, 'utf8')).toBe(`${process.pid}\n`);
    lock.release();
  });

  test('leaves no pid file behind and can be taken again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const lock = await lockInstance(places());
      expect(existsSync(places().pidFile)).toBe(true);
      lock.release();
      lock.release();
      expect(existsSync(places().pidFile)).toBe(false);
    }
  });

  test('a second attempt of the same process is refused too', async () => {
    const lock = await lockInstance(places());
    await expect(lockInstance(places())).rejects.toMatchObject({ code: 'JM2-D102', exitCode: 4 });
    lock.release();
  });
});

describe('the pid file', () => {
  test.each(['', 'abc', '-5', '0', '999999999'])('"%s" names nobody', async (text) => {
    await writeFile(places().pidFile, text);
    expect(readLivePid(places().pidFile)).toBeNull();
  });
});
