import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sight } from '../../src/dispatch/local/settle-attempt.ts';
import { BegunMarks } from '../../src/executor/begun-marks.ts';
import { claimForRecovery, readToken } from '../../src/executor/start-token.ts';
import { writeExit } from '../../src/executor/exit-file.ts';
import { processStart } from '../../src/system/process-identity.ts';
import { buildLauncher } from '../support/launcher.ts';
import {
  bin,
  eventually,
  Harness,
  openAttempt,
  runs,
  temporaryDirectory,
} from './local-harness.ts';

let launcher: string;
let place: { path: string; remove: () => Promise<void> };
let harnesses: Harness[];

beforeAll(async () => {
  launcher = await buildLauncher();
});
afterAll(() => rm(dirname(launcher), { recursive: true }));
beforeEach(async () => {
  place = await temporaryDirectory();
  harnesses = [];
});
afterEach(async () => {
  for (const harness of harnesses) {
    for (const event of harness.events) {
      if (event.kind === 'started' && runs(event.pid)) process.kill(-event.pid, 'SIGKILL');
    }
    await harness.dispatcher.detach();
  }
  await place.remove();
});

function daemon(): Harness {
  const harness = new Harness(launcher, place.path);
  harnesses.push(harness);
  return harness;
}

function launcherPid(harness: Harness, request: ReturnType<Harness['request']>): number {
  const owner = readToken(harness.directory(request))?.owner;
  if (owner?.kind !== 'launcher') throw new Error('no launcher has the token');
  return owner.pid;
}

describe('a daemon that went away', () => {
  it('leaves its command running; the next daemon adopts it and learns its exit code', async () => {
    const first = daemon();
    const request = first.start(['/bin/sh', '-c', 'echo a; sleep 1; echo b; exit 3']);
    const { pid } = await first.started(request);
    await first.dispatcher.detach();
    const second = daemon();
    const found = await second.dispatcher.recover(openAttempt(request));
    expect(found).toMatchObject({ kind: 'adopted', started: { pid } });
    expect(await second.exit(request)).toMatchObject({ kind: 'exited', code: 3 });
    expect(readFileSync(join(second.directory(request), 'log'), 'utf8')).toBe('a\nb\n');
  });

  it('leaves ends that happened meanwhile in exit files, and its launcher leaves after them', async () => {
    const first = daemon();
    const request = first.start(['/bin/sh', '-c', 'sleep 0.3; exit 5']);
    await first.started(request);
    const pid = launcherPid(first, request);
    await first.dispatcher.detach();
    await eventually('the end of the launcher', () => !runs(pid));
    const found = await daemon().dispatcher.recover(openAttempt(request));
    expect(found).toMatchObject({ kind: 'ended', exit: { kind: 'exited', code: 5 } });
  });

  it('can be replaced by one that kills what it adopted', async () => {
    const first = daemon();
    const request = first.start([join(bin, 'forever')]);
    await first.started(request);
    await first.dispatcher.detach();
    const second = daemon();
    await second.dispatcher.recover(openAttempt(request));
    expect(second.dispatcher.kill(request.runId, 1, 'SIGTERM')).toBe(true);
    expect(await second.exit(request)).toMatchObject({ kind: 'signaled', signal: 'SIGTERM' });
  });
});

describe('a launcher', () => {
  /** Without a dispatcher: the test is the daemon, and can end as abruptly as it likes. */
  function bareLauncher(): ChildProcess {
    return spawn(process.execPath, [launcher], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore', 'inherit', 'inherit'],
    });
  }

  it('survives the signals that end a terminal session', async () => {
    const child = bareLauncher();
    await new Promise((ready) => child.stdout?.once('data', ready));
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) child.kill(signal);
    const harness = daemon();
    const request = harness.request(['/bin/sh', '-c', 'ls /proc/$$/fd; :']);
    const directory = harness.directory(request);
    child.stdin?.write(`${JSON.stringify({ kind: 'start', directory, ...request })}\n`);
    await eventually('the exit file', () => existsSync(join(directory, 'exit')));
    // It was started with two more descriptors than it needs; the command got none of them.
    expect(readFileSync(join(directory, 'log'), 'utf8')).toBe('0\n1\n2\n');
    child.stdin?.end();
    await eventually('its end', () => child.exitCode === 0);
  });

  it('finishes its commands when both pipes break at once', async () => {
    const child = bareLauncher();
    const harness = daemon();
    const request = harness.request(['/bin/sh', '-c', 'echo begun; sleep 0.5; exit 4']);
    const directory = harness.directory(request);
    child.stdin?.write(`${JSON.stringify({ kind: 'start', directory, ...request })}\n{"kind":"st`);
    await eventually('the output', () => readIfThere(join(directory, 'log')) === 'begun\n');
    child.stdin?.destroy();
    child.stdout?.destroy();
    await eventually('its end', () => child.exitCode === 0);
    expect(await harness.dispatcher.recover(openAttempt(request))).toMatchObject({
      kind: 'ended',
      exit: { kind: 'exited', code: 4 },
    });
  });

  it('that is killed takes no command with it; what it would have recorded is lost, never success', async () => {
    const harness = daemon();
    const short = harness.start(['/bin/sh', '-c', 'sleep 0.7; exit 0']);
    const long = harness.start([join(bin, 'forever')]);
    await harness.started(short);
    const { pid } = await harness.started(long);
    process.kill(launcherPid(harness, long), 'SIGKILL');
    expect(await harness.exit(short)).toMatchObject({ kind: 'lost' });
    expect(runs(pid)).toBe(true);
    expect(harness.dispatcher.kill(long.runId, 1, 'SIGKILL')).toBe(true);
    expect(await harness.exit(long)).toMatchObject({ kind: 'lost' });
  });

  it('that is killed is replaced, and attempts it did not begin start in its successor', async () => {
    const harness = daemon();
    const first = harness.start([join(bin, 'forever')]);
    await harness.started(first);
    process.kill(launcherPid(harness, first), 'SIGKILL');
    const requests = Array.from({ length: 30 }, () => harness.request(['/bin/sh', '-c', 'exit 9']));
    harness.dispatcher.dispatch(requests);
    for (const request of requests) {
      expect(await harness.exit(request)).toMatchObject({ kind: 'exited', code: 9 });
    }
  });

  it('that cannot be started is the reason of every attempt', async () => {
    const harness = new Harness(join(place.path, 'no-launcher.mjs'), place.path);
    harnesses.push(harness);
    await expect(harness.dispatcher.ready()).rejects.toThrow('no-launcher.mjs');
    const request = harness.start(['true']);
    expect(await harness.exit(request)).toMatchObject({
      kind: 'not_started',
      failure: { code: 'launcher_failed' },
    });
  });
});

describe('a run directory that somebody removed', () => {
  it('does not let a known start be repeated when the launcher is killed', async () => {
    const harness = daemon();
    const witness = join(place.path, 'witness');
    const command = `echo began >> ${witness}; exec sleep 1000`;
    const request = harness.start(['/bin/sh', '-c', command]);
    const { pid } = await harness.started(request);
    await eventually('its first word', () => readIfThere(witness));
    const launcherOf = launcherPid(harness, request);
    await rm(dirname(harness.directory(request)), { recursive: true });
    process.kill(launcherOf, 'SIGKILL');
    await eventually('the end of the launcher', () => !runs(launcherOf));
    // By its end the next launcher has done all that was waiting for it.
    expect(await harness.exit(harness.start(['true']))).toMatchObject({ kind: 'exited', code: 0 });
    expect(readFileSync(witness, 'utf8')).toBe('began\n');
    expect(runs(pid)).toBe(true);
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGKILL')).toBe(true);
    expect(await harness.exit(request)).toMatchObject({
      kind: 'lost',
      reason: 'its run directory was removed',
    });
  });

  it('leaves a living command to be adopted by what the store knows', async () => {
    const first = daemon();
    const request = first.start([join(bin, 'forever')]);
    const { pid, processStart: start, at } = await first.started(request);
    await first.dispatcher.detach();
    await rm(dirname(first.directory(request)), { recursive: true });
    const second = daemon();
    const known = openAttempt(request, { pid, processStart: start, startedAt: at });
    expect(await second.dispatcher.recover(known)).toEqual({
      kind: 'adopted',
      started: { pid, processStart: start, at },
    });
    expect(second.dispatcher.kill(request.runId, 1, 'SIGKILL')).toBe(true);
    expect(await second.exit(request)).toMatchObject({ kind: 'lost' });
  });

  it('makes a command that has ended lost, never one that may start again', async () => {
    const harness = daemon();
    const request = harness.request(['true']);
    // A pid that is this test's by now, with a start that is not.
    const known = openAttempt(request, {
      pid: process.pid,
      processStart: '12345',
      startedAt: 1000,
    });
    const lost = { kind: 'lost', reason: 'its run directory was removed' };
    expect(await harness.dispatcher.recover(known)).toMatchObject({ kind: 'ended', exit: lost });
    expect(existsSync(harness.directory(request))).toBe(false);
    // Nor does a claim that was made on a directory made anew.
    expect(claimForRecovery(harness.directory(request))).toBe(true);
    expect(await harness.dispatcher.recover(known)).toMatchObject({ kind: 'ended', exit: lost });
  });
});

describe('a run directory that somebody removed before the store knew of the start', () => {
  const command = (witness: string, rest: string): string[] => [
    '/bin/sh',
    '-c',
    `echo began >> ${witness}; ${rest}`,
  ];

  it.runIf(process.platform === 'linux')(
    'leaves a living command to be adopted, found by its environment',
    async () => {
      const first = daemon();
      const request = first.start(command(join(place.path, 'witness'), 'exec sleep 1000'));
      const { pid } = await first.started(request);
      await first.dispatcher.detach();
      await rm(dirname(first.directory(request)), { recursive: true });
      const second = daemon();
      const found = await second.dispatcher.recover(openAttempt(request));
      expect(found).toMatchObject({ kind: 'adopted', started: { pid } });
      expect(second.dispatcher.kill(request.runId, 1, 'SIGKILL')).toBe(true);
      const reason = 'its run directory was removed';
      expect(await second.exit(request)).toMatchObject({ kind: 'lost', reason });
    },
  );

  it('makes a command that has ended lost, never one that may start again', async () => {
    const first = daemon();
    const witness = join(place.path, 'witness');
    const request = first.start(command(witness, 'exit 0'));
    await first.exit(request);
    await rm(dirname(first.directory(request)), { recursive: true });
    expect(await daemon().dispatcher.recover(openAttempt(request))).toMatchObject({
      kind: 'ended',
      exit: { kind: 'lost', reason: 'its run directory was removed' },
    });
    expect(existsSync(first.directory(request))).toBe(false);
    expect(readFileSync(witness, 'utf8')).toBe('began\n');
  });

  it('is told apart from one that was never made, for each attempt by itself', () => {
    const harness = daemon();
    const request = harness.request(['true']);
    const marks = new BegunMarks();
    mkdirSync(harness.runsDirectory);
    marks.note(harness.directory(request), request);
    // What the dispatcher asks when its launcher has died: may the next one take it?
    expect(sight(harness.directory(request), request, null)).toEqual({
      kind: 'removed',
      started: null,
    });
    const retry = { ...request, attempt: 2 };
    expect(sight(harness.directory(retry), retry, null)).toBeNull();
  });
});

describe('recovery', () => {
  it('of an attempt that nobody began takes the token, so that nobody ever will', async () => {
    const harness = daemon();
    const request = harness.request(['/bin/sh', '-c', 'echo ran']);
    const found = await harness.dispatcher.recover(openAttempt(request));
    expect(found).toEqual({ kind: 'never_started' });
    harness.dispatcher.dispatch([request]);
    expect(await harness.exit(request)).toMatchObject({
      kind: 'not_started',
      failure: { code: 'launcher_failed' },
    });
    expect(existsSync(join(harness.directory(request), 'log'))).toBe(false);
    // Asked again, as after a crash before the answer was recorded.
    expect(await harness.dispatcher.recover(openAttempt(request))).toEqual({
      kind: 'never_started',
    });
  });

  it('after a restart of the machine believes nothing but the restart', async () => {
    const harness = daemon();
    const request = harness.request(['true']);
    const directory = harness.directory(request);
    mkdirSync(directory, { recursive: true });
    writeExit(directory, { kind: 'exited', code: 0, at: 1 });
    const found = await harness.dispatcher.recover(
      openAttempt(request, { bootId: 'another boot' }),
    );
    expect(found).toMatchObject({
      kind: 'ended',
      exit: { kind: 'lost', reason: 'the machine was restarted while it ran' },
    });
  });

  it('does not take a process for the command that only has its pid', async () => {
    const harness = daemon();
    const request = harness.request(['true']);
    const directory = harness.directory(request);
    mkdirSync(directory, { recursive: true });
    // A dead launcher, and a pid that by now is this test's.
    writeFileSync(join(directory, 'started'), `jm2 1 1 0\n${process.pid} 12345 1000 5000\n`);
    const found = await harness.dispatcher.recover(openAttempt(request));
    expect(found).toMatchObject({ kind: 'ended', exit: { kind: 'lost' } });
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGKILL')).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'finds a command whose launcher died before it could note the pid',
    async () => {
      const harness = daemon();
      const request = harness.start([join(bin, 'forever')]);
      const { pid } = await harness.started(request);
      await harness.dispatcher.detach();
      process.kill(launcherPid(harness, request), 'SIGKILL');
      writeFileSync(join(harness.directory(request), 'started'), 'jm2 1 1 0\n');
      const second = daemon();
      expect(await second.dispatcher.recover(openAttempt(request))).toMatchObject({
        kind: 'adopted',
        started: { pid, processStart: processStart(pid) },
      });
    },
  );

  it('waits for a living launcher that has the token and is about to start', async () => {
    const harness = daemon();
    const request = harness.request(['true']);
    const directory = harness.directory(request);
    mkdirSync(directory, { recursive: true });
    const own = processStart(process.pid);
    writeFileSync(join(directory, 'started'), `jm2 1 ${process.pid} ${own}\n`);
    const finding = harness.dispatcher.recover(openAttempt(request));
    appendFileSync(join(directory, 'started'), `${process.pid} ${own} 1000 5000\n`);
    expect(await finding).toEqual({
      kind: 'adopted',
      started: { pid: process.pid, processStart: own, at: 1000 },
    });
  });

  it('of a token without a name and without a process says lost', async () => {
    const harness = daemon();
    const request = harness.request(['true']);
    mkdirSync(harness.directory(request), { recursive: true });
    writeFileSync(join(harness.directory(request), 'started'), '');
    expect(await harness.dispatcher.recover(openAttempt(request))).toMatchObject({
      kind: 'ended',
      exit: {
        kind: 'lost',
        reason: 'its launcher died while starting it; the command may have run',
      },
    });
  });

  it('and a launcher race for the token: exactly one wins, in each of 200 rounds', async () => {
    const harness = daemon();
    await harness.dispatcher.ready();
    const witness = join(place.path, 'witness');
    let won = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round += 1) {
      const request = harness.request(['/bin/sh', '-c', `echo ${round} >> ${witness}`]);
      harness.dispatcher.dispatch([request]);
      // Spread over the time that a request takes to the launcher.
      const until = performance.now() + (round % 20) * 0.15;
      while (performance.now() < until);
      const claimed = claimForRecovery(harness.directory(request));
      const exit = await harness.exit(request);
      expect(exit.kind).toBe(claimed ? 'not_started' : 'exited');
      if (claimed) won += 1;
    }
    const ran = readFileSync(witness, 'utf8').trim().split('\n');
    expect(new Set(ran).size).toBe(ran.length);
    expect(ran.length + won).toBe(rounds);
  });
});

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
