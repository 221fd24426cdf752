import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRequest } from '../../src/dispatch/dispatcher.ts';
import { buildLauncher } from '../support/launcher.ts';
import { readStatus } from '../../src/system/process-identity.ts';
import { eventually, Harness, temporaryDirectory } from './local-harness.ts';

let launcher: string;
let place: { path: string; remove: () => Promise<void> };
let harness: Harness;
const left: number[] = [];

beforeAll(async () => {
  launcher = await buildLauncher();
  place = await temporaryDirectory();
});
afterAll(async () => {
  await place.remove();
  await rm(dirname(launcher), { recursive: true });
});
beforeEach(() => {
  harness = new Harness(launcher, place.path);
});
afterEach(async () => {
  await harness.dispatcher.detach();
  for (const pid of left.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // As it should be.
    }
  }
});

const kill = { signal: 'TERM', graceMs: 500, leftovers: false };

/** Starts a shell that prints the pid of each process it leaves in a line. */
function shell(text: string, changes: Partial<AttemptRequest> = {}): AttemptRequest {
  return harness.start(['/bin/sh', '-c', text], { kill, ...changes });
}

function printed(request: AttemptRequest, count: number): Promise<number[]> {
  return eventually('pids in the log', () => {
    try {
      const lines = readFileSync(join(harness.directory(request), 'log'), 'utf8').split('\n');
      // A shell without a terminal complains of job control.
      const pids = lines
        .slice(0, -1)
        .map(Number)
        .filter((pid) => pid > 0);
      left.push(...pids);
      return pids.length >= count && pids;
    } catch {
      return false;
    }
  });
}

const noteOf = (request: AttemptRequest): Promise<string> =>
  eventually('the note', () => {
    const event = harness.events.find(
      (other) => other.runId === request.runId && other.kind === 'noted',
    );
    return event?.kind === 'noted' && event.note.text;
  });

const gone = (pids: readonly number[]): Promise<true> =>
  eventually('the end of all processes', () => pids.every((pid) => !lives(pid)));

/** One that has ended and whose parent does not collect it has ended. */
function lives(pid: number): boolean {
  const status = readStatus(pid);
  return status !== null && status.state !== 'Z';
}

/** In the group; in a group of its own; in a session of its own; a double fork into another session. */
const escapes = {
  'in its group': `sleep 60 & echo $!`,
  'in a group of its own': `set -m; sleep 60 & echo $!`,
  'in a session of its own': `setsid sleep 60 & echo $!; sleep 0.1`,
  'in a session of its own, by a double fork': `(setsid sh -c 'sleep 60 & echo $!; exec sleep 0') `,
};
const everyWay = (check: (text: string) => Promise<void>) =>
  Promise.all(Object.values(escapes).map(check));
const stubborn = `sh -c 'trap "" TERM; echo $$; while :; do sleep 0.1; done' & sleep 0.2`;

describe.skipIf(process.platform !== 'linux')(
  'what a command leaves behind [platform: needs /proc]',
  () => {
    it('is told, goes on, and delays no end, however it left', async () => {
      await everyWay(async (text) => {
        const request = shell(text);
        expect(await harness.exit(request)).toMatchObject({ kind: 'exited', code: 0 });
        const [pid = 0] = await printed(request, 1);
        expect(await noteOf(request)).toBe(
          `1 process was left over after the command: sleep (${pid})`,
        );
        expect(lives(pid)).toBe(true);
      });
    });

    it('is ended when the job says so', async () => {
      await everyWay(async (text) => {
        const request = shell(text, { kill: { ...kill, leftovers: true } });
        const [pid = 0] = await printed(request, 1);
        expect(await noteOf(request)).toBe(
          `1 process was left over after the command: sleep (${pid}), and was ended`,
        );
        await gone([pid]);
      });
    });

    it('is ended with a command that is ended', async () => {
      await everyWay(async (text) => {
        const request = shell(`${text}; exec sleep 60`);
        const pids = await printed(request, 1);
        await harness.started(request);
        expect(harness.dispatcher.kill(request.runId, 1, 'SIGTERM')).toBe(true);
        expect(await harness.exit(request)).toMatchObject({ kind: 'signaled', signal: 'SIGTERM' });
        await gone(pids);
      });
    });

    it.skipIf(!existsSync(`/proc/self/task/${process.pid}/children`))(
      'is ended with it also when nothing but its parent tells whose it is [platform: needs CONFIG_PROC_CHILDREN]',
      async () => {
        const text = `setsid env -i sh -c 'trap "" TERM; echo $$; sleep 60 & echo $!; wait' & sleep 60`;
        const request = shell(text);
        const pids = await printed(request, 2);
        await harness.started(request);
        harness.dispatcher.kill(request.runId, 1, 'SIGTERM');
        expect(await harness.exit(request)).toMatchObject({ kind: 'signaled', signal: 'SIGTERM' });
        await gone(pids);
      },
    );

    it('and does not heed TERM gets KILL after the grace, although the command has ended', async () => {
      const request = shell(`${stubborn}; exec sleep 60`);
      const pids = await printed(request, 1);
      await harness.started(request);
      harness.dispatcher.kill(request.runId, 1, 'SIGTERM');
      expect(await harness.exit(request)).toMatchObject({ kind: 'signaled', signal: 'SIGTERM' });
      await gone(pids);
      expect(await noteOf(request)).toMatch(
        / left over after the command: .*, and w(as|ere) ended$/,
      );
    });

    it('and is being ended is gone when the dispatcher is', async () => {
      const request = shell(`${stubborn}; exec sleep 60`, { kill: { ...kill, graceMs: 60_000 } });
      const pids = await printed(request, 1);
      await harness.started(request);
      harness.dispatcher.kill(request.runId, 1, 'SIGTERM');
      await harness.exit(request);
      await harness.dispatcher.detach();
      await gone(pids);
    });

    it('of one attempt is not confused with that of another', async () => {
      const first = shell(escapes['in a session of its own']);
      const second = harness.start(['/bin/sh', '-c', escapes['in a session of its own']], { kill });
      const [one = 0] = await printed(first, 1);
      const [two = 0] = await printed(second, 1);
      expect(await noteOf(first)).toContain(`(${one})`);
      expect(await noteOf(second)).toContain(`(${two})`);
    });

    it('is nothing, and nothing is told, for most', async () => {
      const request = shell('true | sleep 0.3 & true');
      await harness.exit(request);
      const other = harness.start(['/bin/sh', '-c', 'sleep 60 & echo $!'], { kill });
      await printed(other, 1);
      await noteOf(other);
      expect(harness.events.filter(({ kind }) => kind === 'noted')).toHaveLength(1);
    });
  },
);
