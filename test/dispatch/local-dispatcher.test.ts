import { readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildLauncher } from '../support/launcher.ts';
import { bin, eventually, Harness, runs, temporaryDirectory } from './local-harness.ts';

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

afterEach(() => {
  for (const event of harness.events) {
    if (event.kind !== 'started') continue;
    try {
      process.kill(-event.pid, 'SIGKILL');
    } catch {
      // Ended already.
    }
  }
});

function log(request: Parameters<Harness['directory']>[0]): Buffer {
  return readFileSync(join(harness.directory(request), 'log'));
}

describe('a command', () => {
  it('ends with its exit code, and the files of its run say the same', async () => {
    const request = harness.start([join(bin, 'exit-with'), '7']);
    const started = await harness.started(request);
    const exit = await harness.exit(request);
    expect(exit).toMatchObject({ kind: 'exited', code: 7 });
    const directory = harness.directory(request);
    const written = await eventually('the exit file', () => readIfThere(join(directory, 'exit')));
    expect(JSON.parse(written)).toEqual(exit);
    const token = readFileSync(join(directory, 'started'), 'utf8');
    expect(token).toMatch(/^jm2 1 \d+ \d+\n/);
    expect(token.split('\n')[1]).toBe(
      `${started.pid} ${started.processStart} ${started.at} 10000000`,
    );
  });

  it('keeps files and directories of a run to the owner', async () => {
    const request = harness.start(['true']);
    await harness.exit(request);
    const directory = harness.directory(request);
    const modes = [
      dirname(directory),
      directory,
      join(directory, 'log'),
      join(directory, 'started'),
    ];
    expect(modes.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
      '700',
      '700',
      '600',
      '600',
    ]);
  });

  it('is reported as started before it is reported as ended', async () => {
    const requests = Array.from({ length: 40 }, () => harness.request(['true']));
    harness.dispatcher.dispatch(requests);
    for (const request of requests) {
      await harness.exit(request);
      const kinds = harness.events.filter((e) => e.runId === request.runId).map((e) => e.kind);
      expect(kinds).toEqual(['started', 'ended']);
    }
  });

  it('starts once although it is dispatched three times', async () => {
    const request = harness.request(['sh', '-c', 'echo once']);
    harness.dispatcher.dispatch([request, request]);
    harness.dispatcher.dispatch([request]);
    await harness.exit(request);
    harness.dispatcher.dispatch([request]);
    await eventually('the answer to the late dispatch', () => {
      const ends = harness.events.filter((e) => e.runId === request.runId && e.kind === 'ended');
      return ends.length === 2;
    });
    expect(log(request).toString()).toBe('once\n');
  });

  it('that a shell does not find is an ordinary exit with 127', async () => {
    const request = harness.start(['/bin/sh', '-c', 'no-such-program-here']);
    expect(await harness.exit(request)).toMatchObject({ kind: 'exited', code: 127 });
  });

  it('gets exactly the environment it was given', async () => {
    const env = { PATH: '/usr/bin:/bin', GREETING: 'hällo "world"\nline two', EMPTY: '' };
    const request = harness.start(['/usr/bin/env', '-0'], { env });
    await harness.exit(request);
    const seen = log(request)
      .toString()
      .split('\0')
      .filter((entry) => entry !== '');
    expect(seen.toSorted()).toEqual(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted(),
    );
  });

  it('has no open descriptors but 0, 1 and 2, and reads nothing', async () => {
    const request = harness.start(['/bin/sh', '-c', 'ls /proc/$$/fd; readlink /proc/$$/fd/0']);
    await harness.exit(request);
    expect(log(request).toString()).toBe('0\n1\n2\n/dev/null\n');
  });

  it('can be interrupted: no signal is ignored or blocked', async () => {
    const request = harness.start(['/bin/sh', '-c', 'grep -E "^Sig(Blk|Ign)" /proc/self/status']);
    await harness.exit(request);
    expect(log(request).toString()).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
  });

  it('leads a session and a process group of its own', async () => {
    const request = harness.start(['/bin/sh', '-c', 'cut -d" " -f1,5,6 /proc/$$/stat']);
    const { pid } = await harness.started(request);
    await harness.exit(request);
    expect(log(request).toString()).toBe(`${pid} ${pid} ${pid}\n`);
  });

  it('runs in its working directory', async () => {
    const request = harness.start(['/bin/pwd'], { cwd: '/usr' });
    await harness.exit(request);
    expect(log(request).toString()).toBe('/usr\n');
  });

  it.skipIf(process.getuid?.() !== 0)(
    'of another user has its uid and gid and no supplementary group',
    async () => {
      const request = harness.start(['/usr/bin/id'], { user: 'nobody', cwd: '/' });
      await harness.exit(request);
      expect(log(request).toString()).toMatch(
        /^uid=\d+\(nobody\) gid=(\d+)\((\w+)\) groups=\1\(\2\)\n$/,
      );
    },
  );
});

describe('output', () => {
  it('is kept byte for byte, in the order of both streams', async () => {
    const request = harness.start([join(bin, 'print-binary')]);
    await harness.exit(request);
    expect(log(request)).toEqual(Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    const mixed = harness.start(['/bin/sh', '-c', 'echo a; echo b >&2; echo c']);
    await harness.exit(mixed);
    expect(log(mixed).toString()).toBe('a\nb\nc\n');
  });

  it('of ten million bytes without a newline is kept whole', async () => {
    const request = harness.start(['/bin/sh', '-c', 'head -c 10000000 /dev/zero | tr "\\0" x']);
    await harness.exit(request);
    const bytes = log(request);
    expect(bytes.length).toBe(10_000_000);
    expect(bytes.every((byte) => byte === 0x78)).toBe(true);
  });

  it('beyond the bound keeps its head and its tail, and counts what is gone', async () => {
    const request = harness.start([join(bin, 'print-many'), '100000'], { logMaxBytes: 10_000 });
    await harness.exit(request);
    const text = log(request).toString();
    expect(text.startsWith('1\n2\n3\n')).toBe(true);
    expect(text.endsWith('99999\n100000\n')).toBe(true);
    // `seq 1 100000` prints 588 895 bytes.
    expect(text).toContain('\n[jm2: 578895 bytes of output were cut here by log.max_size]\n');
  });
});

describe('a background process of a command', () => {
  it('that holds the output does not delay the end, and what it prints later is kept', async () => {
    const request = harness.start([join(bin, 'leave-child'), '3']);
    expect(await harness.exit(request)).toMatchObject({ kind: 'exited', code: 0 });
    expect(log(request).toString()).not.toContain('late');
    await eventually('the late line', () => log(request).toString().endsWith('late\n'));
  });
});

describe('killing', () => {
  it('reaches the whole group, grandchildren included', async () => {
    const request = harness.start([join(bin, 'fork-child')]);
    await harness.started(request);
    const child = await eventually('the pid of the child', () => Number(log(request).toString()));
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGTERM')).toBe(true);
    expect(await harness.exit(request)).toMatchObject({ kind: 'signaled', signal: 'SIGTERM' });
    await eventually('the end of the child', () => !runs(child));
  });

  it('with SIGTERM is survived by who ignores it, with SIGKILL by nobody', async () => {
    const request = harness.start([join(bin, 'ignore-sigterm')]);
    await eventually('its trap', () => readIfThere(join(harness.directory(request), 'log')));
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGTERM')).toBe(true);
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGTERM')).toBe(true);
    expect(harness.events.some((e) => e.runId === request.runId && e.kind === 'ended')).toBe(false);
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGKILL')).toBe(true);
    expect(await harness.exit(request)).toMatchObject({ kind: 'signaled', signal: 'SIGKILL' });
  });

  it('before the start takes effect at the start', async () => {
    const request = harness.start([join(bin, 'forever')]);
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGKILL')).toBe(true);
    expect(await harness.exit(request)).toMatchObject({ kind: 'signaled', signal: 'SIGKILL' });
  });

  it('an attempt that has ended says that it does not run', async () => {
    const request = harness.start(['true']);
    await harness.exit(request);
    expect(harness.dispatcher.kill(request.runId, 1, 'SIGKILL')).toBe(false);
  });
});

describe('a command that cannot start says why:', () => {
  async function failure(argv: string[], changes: Parameters<Harness['start']>[1] = {}) {
    const request = harness.start(argv, changes);
    const exit = await harness.exit(request);
    expect(harness.events.some((e) => e.runId === request.runId && e.kind === 'started')).toBe(
      false,
    );
    return exit.kind === 'not_started' ? exit.failure : exit;
  }

  it('missing working directory', async () => {
    expect(await failure(['true'], { cwd: '/no/such/place' })).toEqual({
      code: 'cwd_missing',
      detail: 'working directory "/no/such/place" does not exist',
    });
    expect(await failure(['true'], { cwd: '/etc/passwd' })).toEqual({
      code: 'cwd_missing',
      detail: 'working directory "/etc/passwd" is not a directory',
    });
  });

  it('missing command', async () => {
    expect(await failure(['no-such-program'])).toEqual({
      code: 'command_missing',
      detail: 'command "no-such-program" was not found in PATH (/usr/bin:/bin)',
    });
    expect(await failure(['./no-such-program'])).toEqual({
      code: 'command_missing',
      detail: 'command "./no-such-program" does not exist',
    });
  });

  it('no execute permission, or a directory', async () => {
    const file = join(place.path, 'plain.txt');
    await writeFile(file, 'x', { mode: 0o644 });
    expect(await failure([file])).toMatchObject({ code: 'command_denied' });
    expect(await failure(['/usr'])).toMatchObject({ code: 'command_denied' });
  });

  it('missing interpreter', async () => {
    expect(await failure([join(bin, 'missing-interpreter')])).toEqual({
      code: 'command_missing',
      detail: `interpreter "/no/such/interpreter", named in the first line of "${join(bin, 'missing-interpreter')}", does not exist`,
    });
  });

  it('unknown user', async () => {
    expect(await failure(['true'], { user: 'no-such-user' })).toEqual({
      code: 'user_unknown',
      detail: 'user "no-such-user" does not exist on this machine',
    });
  });

  it('too long an argument list, and a NUL byte in an argument', async () => {
    expect(await failure(['true', 'x'.repeat(3_000_000)])).toMatchObject({
      code: 'argument_list_too_long',
    });
    expect(await failure(['true', 'a\0b'])).toMatchObject({ code: 'other' });
  });

  it('a run directory that cannot be made', async () => {
    const request = harness.request(['true']);
    await mkdir(harness.runsDirectory, { recursive: true });
    await writeFile(join(harness.runsDirectory, request.runId), 'in the way');
    harness.dispatcher.dispatch([request]);
    expect(await harness.exit(request)).toMatchObject({
      kind: 'not_started',
      failure: { code: 'log_unwritable' },
    });
  });
});

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8') || null;
  } catch {
    return null;
  }
}
