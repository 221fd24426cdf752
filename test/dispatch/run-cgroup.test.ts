import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptRequest } from '../../src/dispatch/dispatcher.ts';
import { cgroupMembers, findCgroupPlace, killCgroup } from '../../src/executor/run-cgroup.ts';
import { readStatus } from '../../src/system/process-identity.ts';
import { systemClock } from '../../src/system/clock.ts';
import { buildLauncher } from '../support/launcher.ts';
import { eventually, Harness, openAttempt, temporaryDirectory } from './local-harness.ts';

const found = findCgroupPlace();
const base = found.ok ? join(found.directory, `jm2-test-${process.pid}`) : '';
let launcher: string;
let place: { path: string; remove: () => Promise<void> };
const harnesses: Harness[] = [];

function aHarness(): Harness {
  const harness = new Harness(launcher, place.path, systemClock, base);
  harnesses.push(harness);
  return harness;
}

beforeAll(async () => {
  launcher = await buildLauncher();
  place = await temporaryDirectory();
  if (found.ok) mkdirSync(base);
});
afterEach(async () => {
  for (const harness of harnesses.splice(0)) await harness.dispatcher.detach();
  for (const name of found.ok ? readdirSync(base) : []) {
    if (name.startsWith('jm2-')) killCgroup(join(base, name));
  }
});
afterAll(async () => {
  await place.remove();
  await rm(dirname(launcher), { recursive: true });
  if (!found.ok) return;
  await eventually('empty cgroups', () => cgroups().every((path) => removed(path)));
  rmdirSync(base);
});

const cgroups = (): string[] =>
  readdirSync(base)
    .filter((name) => name.startsWith('jm2-'))
    .map((name) => join(base, name));
const removed = (path: string): boolean => {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
};
const log = (harness: Harness, request: AttemptRequest): string =>
  readFileSync(join(harness.directory(request), 'log'), 'utf8');
const kill = { signal: 'TERM', graceMs: 300, leftovers: false };
/** Leaves group, session and environment behind. */
const escape = 'setsid env -i /bin/sh -c \'trap "" TERM; echo $$; while :; do sleep 0.1; done\' &';

async function pidOf(harness: Harness, request: AttemptRequest): Promise<number> {
  await harness.started(request);
  return eventually('a pid', () => {
    const text = log(harness, request);
    return text.endsWith('\n') && Number(text);
  });
}

const gone = (pid: number) =>
  eventually(`end of ${pid}`, () => (readStatus(pid)?.state ?? 'Z') === 'Z');

describe.skipIf(!found.ok)('a run with a cgroup [platform: needs a delegated cgroup v2]', () => {
  it('is in it from its first instruction on, and the cgroup goes when it ends', async () => {
    const harness = aHarness();
    const request = harness.start(['cat', '/proc/self/cgroup'], { cwd: '/' });
    expect(await harness.exit(request)).toMatchObject({ kind: 'exited', code: 0 });
    expect(log(harness, request)).toMatch(new RegExp(`^0::.*/jm2-${request.runId}-1$`, 'm'));
    await eventually('the removal', () => cgroups().length === 0);
  });

  it('keeps its words, its attributes, and the reason why it could not start', async () => {
    const harness = aHarness();
    const argv = ['/bin/sh', '-c', 'nice; echo "$1"', 'sh', `$(id) "' *`];
    const request = harness.start(argv, { cwd: '/', nice: 2 });
    await harness.exit(request);
    expect(log(harness, request)).toBe(`2\n$(id) "' *\n`);
    expect(await harness.exit(harness.start(['no-such-program']))).toMatchObject({
      kind: 'not_started',
      failure: { code: 'command_missing' },
    });
  });

  it('loses no process that gave up its group, its session and its environment', async () => {
    const harness = aHarness();
    const request = harness.start(['/bin/sh', '-c', `${escape} exec sleep 60`], { kill });
    const pid = await pidOf(harness, request);
    harness.dispatcher.kill(request.runId, 1, 'SIGTERM');
    expect(await harness.exit(request)).toMatchObject({ kind: 'signaled' });
    await gone(pid);
  });

  it('tells those that are left over, and is adopted with its cgroup', async () => {
    const first = aHarness();
    const text = `${escape} while [ ! -e "$0" ]; do sleep 0.1; done`;
    const go = join(place.path, 'go');
    const request = first.start(['/bin/sh', '-c', text, go], { kill });
    const pid = await pidOf(first, request);
    await first.started(request);
    await first.dispatcher.detach();
    const second = aHarness();
    const policy = { ...kill, leftovers: true };
    expect(await second.dispatcher.recover(openAttempt(request), policy)).toMatchObject({
      kind: 'adopted',
    });
    writeFileSync(go, '');
    await gone(pid);
    await eventually('the note', () => second.events.find(({ kind: what }) => what === 'noted'));
  });

  it('runs without one where none can be made', async () => {
    const harness = new Harness(launcher, place.path, systemClock, '/no/such/place');
    harnesses.push(harness);
    const request = harness.start(['true']);
    expect(await harness.exit(request)).toMatchObject({ kind: 'exited', code: 0 });
  });
});

describe('where runs may have cgroups', () => {
  const mountinfo = '30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n';
  it.each([
    ['no unified hierarchy', '9:name=systemd:/\n', mountinfo, 'no cgroups of version 2'],
    [
      'no mount of it',
      '0::/a\n',
      '30 1 0:26 / /proc rw - proc proc rw\n',
      'no cgroups of version 2',
    ],
    ['a cgroup that is not there', '0::/no/such\n', mountinfo, 'not delegated to it (ENOENT)'],
  ])('is told in words for %s', (_what, own, mounts, reason) => {
    const read = (path: string): string => (path.endsWith('/cgroup') ? own : mounts);
    expect(findCgroupPlace(read)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });

  it('is nowhere for a directory without members', () => {
    expect(cgroupMembers('/no/such/cgroup')).toBeNull();
  });
});
