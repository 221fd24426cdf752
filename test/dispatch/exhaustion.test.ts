import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  if (memory !== null) await eventually('an empty cgroup', () => removed(memory));
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
      execFileSync(findTool('prlimit') ?? '', [
        '--pid',
        String(launcherPid()),
        `--nofile=${count}:1024`,
      ]);
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

const memory = memoryCgroup();

describe.skipIf(memory === null)(
  'a command that runs out of memory [platform: needs a memory cgroup]',
  () => {
    it('is told from one that was killed otherwise', async () => {
      const other = harness.start(['/bin/sh', '-c', 'sleep 0.2; kill -9 $$']);
      expect(await harness.exit(other)).toMatchObject({ kind: 'signaled', signal: 'SIGKILL' });
      expect(await harness.exit(other)).not.toHaveProperty('notes');
      const hungry = 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))';
      const text = 'echo $$ > "$0/cgroup.procs"; sleep 0.2; exec "$1" -e "$2"';
      const request = harness.start([
        '/bin/sh',
        '-c',
        text,
        memory ?? '',
        process.execPath,
        hungry,
      ]);
      expect(await harness.exit(request)).toMatchObject({
        kind: 'signaled',
        signal: 'SIGKILL',
        notes: [{ code: 'out_of_memory', text: expect.stringContaining('for lack of memory') }],
      });
    });
  },
);

function removed(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return false;
  }
}

/** One of 32 MiB in the present one; null where none can be made. */
function memoryCgroup(): string | null {
  try {
    const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
    if (own === undefined) return null;
    const directory = join('/sys/fs/cgroup/memory', own, `jm2-test-${process.pid}`);
    mkdirSync(directory);
    writeFileSync(join(directory, 'memory.limit_in_bytes'), String(32 * 1024 * 1024));
    return directory;
  } catch {
    return null;
  }
}
