import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptRequest } from '../../src/dispatch/dispatcher.ts';
import { buildLauncher } from '../support/launcher.ts';
import { Harness, temporaryDirectory } from './local-harness.ts';

const isRoot = process.geteuid?.() === 0;
let launcher: string;
let place: { path: string; remove: () => Promise<void> };
let harness: Harness;

beforeAll(async () => {
  launcher = await buildLauncher();
  place = await temporaryDirectory();
  harness = new Harness(launcher, place.path);
  await harness.dispatcher.ready();
});

afterAll(async () => {
  await harness.dispatcher.detach();
  await place.remove();
  await rm(dirname(launcher), { recursive: true });
});

async function outcome(argv: readonly string[], changes: Partial<AttemptRequest> = {}) {
  const request = harness.start(argv, { cwd: '/', ...changes });
  const exit = await harness.exit(request);
  const log = join(harness.directory(request), 'log');
  return { exit, output: readFileSync(log, 'utf8') };
}

const shell = (text: string, changes: Partial<AttemptRequest> = {}) =>
  outcome(['/bin/sh', '-c', text], changes);

describe('a command', () => {
  it('has its mask, and the next one has its own again', async () => {
    const text = 'umask';
    expect((await shell(text, { umask: '077' })).output).toBe('0077\n');
    expect((await shell(text, { umask: '027', nice: 3 })).output).toBe('0027\n');
    const own = process.umask().toString(8).padStart(4, '0');
    expect((await shell(text)).output).toBe(`${own}\n`);
  });

  it('has its priority and its limits, and its words stay whole', async () => {
    const changes = { nice: 7, limits: { openFiles: 40, coreSizeBytes: 0 } };
    const words = ['/bin/sh', '-c', 'nice; ulimit -n; ulimit -c; echo "$1"', 'sh', `$(id) "' *`];
    expect((await outcome(words, changes)).output).toBe(`7\n40\n0\n$(id) "' *\n`);
  });

  it('meets its limits', async () => {
    const files = await shell('exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null 7</dev/null', {
      limits: { openFiles: 6 },
    });
    expect(files.exit).toMatchObject({ kind: 'exited', code: 2 });
    const target = join(place.path, 'large');
    const size = await outcome(['dd', 'if=/dev/zero', `of=${target}`, 'bs=1k', 'count=9'], {
      limits: { fileSizeBytes: 4096 },
    });
    expect(size.exit).toMatchObject({ kind: 'signaled', signal: 'SIGXFSZ' });
    const busy = await shell('while :; do :; done', { limits: { cpuTimeMs: 1_000 } });
    expect(busy.exit).toMatchObject({ kind: 'signaled', signal: 'SIGXCPU' });
  });

  it('that is missing is told as before, although other programs stand before it', async () => {
    const changes = { limits: { openFiles: 40 }, nice: 1 };
    const missing = harness.start(['no-such-program'], changes);
    expect(await harness.exit(missing)).toMatchObject({
      kind: 'not_started',
      failure: {
        code: 'command_missing',
        detail: expect.stringContaining('was not found in PATH'),
      },
    });
    const script = join(place.path, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n');
    await chmod(script, 0o755);
    expect(await harness.exit(harness.start([script], changes))).toMatchObject({
      failure: { detail: expect.stringContaining('interpreter "/no/such/interpreter"') },
    });
    const gone = harness.start(['true'], { ...changes, cwd: join(place.path, 'gone') });
    expect(await harness.exit(gone)).toMatchObject({ failure: { code: 'cwd_missing' } });
  });

  it('whose limits the system refuses is not started, with what the system said', async () => {
    const { exit } = await outcome(['true'], { limits: { openFiles: 1_048_576_000 } });
    expect(exit).toMatchObject({
      kind: 'not_started',
      failure: { code: 'limits_denied', detail: expect.stringContaining('NOFILE') },
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'is offered to the system before the launcher when memory runs out [platform: needs /proc]',
    async () => {
      const { output } = await shell(
        // The launcher itself has the higher score until its start call returns.
        'sleep 0.5; cat /proc/self/oom_score_adj /proc/$PPID/oom_score_adj',
      );
      const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));
      expect(output).toBe(`${Math.max(500, own)}\n${own}\n`);
    },
  );

  it('has descriptors 0, 1 and 2 and no other', async () => {
    for (const changes of [{}, { nice: 1, limits: { openFiles: 99 } }]) {
      const { output } = await outcome(['ls', '/proc/self/fd'], changes);
      // The last one is that of the listing.
      expect(output).toBe('0\n1\n2\n3\n');
    }
  });
});

describe.skipIf(!isRoot)('a command of another account [platform: needs root]', () => {
  it('has its ids, and none of the groups of root', async () => {
    const { output } = await shell('id -u; id -g; id -G', { user: 'nobody' });
    const [uid, gid, groups] = output.trim().split('\n');
    expect(uid).toBe('65534');
    expect(groups).toBe(gid);
  });

  it('has what it asked for beside, which it could not have given to itself', async () => {
    const caps = 'grep CapEff /proc/self/status';
    const { output } = await shell(`id -u; nice; ulimit -n; ${caps}`, {
      user: 'nobody',
      nice: -3,
      limits: { openFiles: 77 },
    });
    expect(output).toBe('65534\n-3\n77\nCapEff:\t0000000000000000\n');
  });

  it('that nobody knows is not started, with the reason', async () => {
    expect(await harness.exit(harness.start(['true'], { user: 'no-such-user' }))).toMatchObject({
      kind: 'not_started',
      failure: {
        code: 'user_unknown',
        detail: 'user "no-such-user" does not exist on this machine',
      },
    });
  });

  it('that may not run its program is told why', async () => {
    const script = join(place.path, 'private');
    writeFileSync(script, '#!/bin/sh\n');
    await chmod(script, 0o700);
    const request = harness.start([script], { user: 'nobody', cwd: '/' });
    expect(await harness.exit(request)).toMatchObject({
      kind: 'not_started',
      failure: { detail: expect.stringContaining('may not be run by user "nobody"') },
    });
  });
});
