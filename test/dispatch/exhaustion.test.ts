import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findTool } from '../../src/system/find-tool.ts';
import { readStatus } from '../../src/system/process-identity.ts';
import { buildLauncher } from '../support/launcher.ts';
import { eventually, Harness, temporaryDirectory } from './local-harness.ts';

let launcher: string;
let place: { path: string; remove: () => Promise<void> };
let harness: Harness;
let tracer: ChildProcess | null = null;

beforeAll(async () => {
  launcher = await buildLauncher();
  place = await temporaryDirectory();
});
afterAll(async () => {
  await place.remove();
  await rm(dirname(launcher), { recursive: true });
});
beforeEach(async () => {
  harness = new Harness(launcher, place.path);
  await harness.dispatcher.ready();
});
afterEach(async () => {
  tracer?.kill('SIGTERM');
  tracer = null;
  await harness.dispatcher.detach();
});

/** The process that runs the launcher's file. */
function launcherPid(): number {
  const pid = readdirSync('/proc')
    .map(Number)
    .find((each) => {
      if (!(each > 0) || readStatus(each)?.parent !== process.pid) return false;
      return readFileSync(`/proc/${each}/cmdline`, 'utf8').includes(launcher);
    });
  if (pid === undefined) throw new Error('no launcher');
  return pid;
}

/** From now on the system has no room for another process; `which` of the forks fail. */
async function refuseForks(which: string): Promise<void> {
  const calls = 'clone,clone3,fork,vfork';
  const inject = `inject=${calls}:error=EAGAIN${which}`;
  const args = ['-f', '-p', String(launcherPid()), '-e', `trace=${calls}`, '-e', inject];
  tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  tracer.stderr?.on('data', (chunk: Buffer) => {
    told += String(chunk);
  });
  await eventually('strace', () => told.includes('attached'));
}

const canTrace = process.platform === 'linux' && findTool('strace') !== null;

describe.skipIf(!canTrace)('a machine without room for a process [platform: needs strace]', () => {
  it('is asked three more times, and then told as the reason of one attempt', async () => {
    await refuseForks('');
    const begin = performance.now();
    const request = harness.start(['true']);
    expect(await harness.exit(request)).toMatchObject({
      kind: 'not_started',
      failure: { code: 'resources_exhausted', detail: expect.stringContaining('(EAGAIN)') },
    });
    expect(performance.now() - begin).toBeGreaterThan(2_100);
    expect(harness.events.filter(({ runId }) => runId === request.runId)).toHaveLength(1);
  });

  it('that has room again is used, in the same attempt', async () => {
    await refuseForks(':when=1..2');
    const request = harness.start(['true']);
    expect(await harness.exit(request)).toMatchObject({ kind: 'exited', code: 0 });
    const kinds = harness.events.map(({ kind }) => kind);
    expect(kinds).toEqual(['started', 'ended']);
  });
});

describe.skipIf(findTool('prlimit') === null)(
  'a launcher without a free descriptor [platform: needs prlimit]',
  () => {
    const limit = (count: number): void => {
      execFileSync('prlimit', ['--pid', String(launcherPid()), `--nofile=${count}:1024`]);
    };

    it('tries three more times, says so as the reason, and starts the next command', async () => {
      limit(3);
      const request = harness.start(['true']);
      const exit = await harness.exit(request);
      expect(exit).toMatchObject({ kind: 'not_started', failure: { code: 'resources_exhausted' } });
      expect(JSON.stringify(exit)).toContain('EMFILE');
      limit(1_024);
      expect(await harness.exit(harness.start(['true']))).toMatchObject({ code: 0 });
    });
  },
);
