import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EnvValue } from '../../src/core/manifest/job.ts';
import { resolveEnvironment } from '../../src/executor/resolve-environment.ts';
import { systemClock } from '../../src/system/clock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jm2-private-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const own = process.geteuid?.() ?? 0;
const place = (name: string): string => join(directory, name);

function file(name: string, content: string | Buffer, mode = 0o600): string {
  writeFileSync(place(name), content);
  chmodSync(place(name), mode);
  return place(name);
}

function resolve(
  declared: Record<string, EnvValue>,
  files: readonly string[] = [],
  owners: readonly number[] = [own],
) {
  return resolveEnvironment(
    { declared, files, owners },
    {
      daemon: { TOKEN: 'from the daemon', EMPTY: '' },
      setTimer: (delayMs, fire) => systemClock.setTimer(delayMs, fire),
    },
  );
}

const inFile = (path: string, modeCheck = true): EnvValue => ({ from: 'file', path, modeCheck });

describe('a reference', () => {
  test('to a file is its content without the newline at its end', async () => {
    const resolved = await resolve({
      A: inFile(file('a', 'one\n')),
      B: inFile(file('b', 'two\n\n')),
      C: inFile(file('c', ' three\r\n')),
      D: 'plain',
    });
    expect(resolved).toMatchObject({
      ok: true,
      variables: { A: 'one', B: 'two\n', C: ' three', D: 'plain' },
      secrets: ['one', 'two\n', ' three'],
    });
  });

  test('to a variable of the daemon is its value, also an empty one', async () => {
    const resolved = await resolve({
      A: { from: 'env', key: 'TOKEN' },
      B: { from: 'env', key: 'EMPTY' },
    });
    expect(resolved).toMatchObject({ ok: true, variables: { A: 'from the daemon', B: '' } });
  });

  test('to a variable that is not set names both variables', async () => {
    expect(await resolve({ A: { from: 'env', key: 'NO_SUCH' } })).toEqual({
      ok: false,
      problem: 'variable A: NO_SUCH is not set in the environment of the daemon',
    });
  });

  test('through a link is judged by the file behind it', async () => {
    file('open', 'x', 0o644);
    symlinkSync(place('open'), place('link'));
    expect(await resolve({ A: inFile(place('link')) })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('may be used by others than its owner (mode 644'),
    });
  });

  test.each([
    ['is not there', () => place('none'), 'does not exist'],
    ['is a directory', () => directory, 'is not a regular file'],
    ['others may read', () => file('a', 'x', 0o604), 'may be used by others'],
    ['a group may write', () => file('a', 'x', 0o620), 'may be used by others'],
    ['is empty', () => file('a', ''), 'is empty'],
    ['holds a newline alone', () => file('a', '\n'), 'is empty'],
    ['is large', () => file('a', Buffer.alloc(65_537, 'x')), 'is larger than 64 KiB'],
    ['holds NUL', () => file('a', 'a\0b'), 'holds a NUL character'],
    ['is no text', () => file('a', Buffer.from([0xff])), 'is not text in UTF-8'],
    ['is a link to itself', () => loop(), 'is a link that leads in a circle'],
    ['is below a file', () => join(file('a', 'x'), 'b'), 'does not exist'],
    ['is a pipe that nobody writes into', () => pipe(), 'is not a regular file'],
  ])('to a file that %s is refused with the reason', async (_what, make, problem) => {
    const path = make();
    const resolved = await resolve({ SECRET: inFile(path) });
    expect(resolved).toMatchObject({ ok: false });
    expect(resolved.ok ? '' : resolved.problem).toContain(
      `variable SECRET: the file ${JSON.stringify(path)} ${problem}`,
    );
  });

  test('to a file of another account is refused, and taken without the check', async () => {
    const path = file('a', 'x');
    expect(await resolve({ A: inFile(path) }, [], [own + 1])).toMatchObject({
      ok: false,
      problem: expect.stringContaining(`belongs to another account (uid ${own})`),
    });
    const unchecked = await resolve({ A: inFile(path, false) }, [], [own + 1]);
    expect(unchecked).toMatchObject({ ok: true, variables: { A: 'x' } });
  });
});

describe('files with variables', () => {
  test('are read in order, and what the manifest declares wins', async () => {
    const files = [file('1', 'A=1\nB=1\nC=1\n'), file('2', 'B=2\nC=2\n')];
    expect(await resolve({ C: '3' }, files)).toMatchObject({
      ok: true,
      variables: { A: '1', B: '2', C: '3' },
    });
  });

  test('tell a mistake with its line, and nothing of its text', async () => {
    const path = file('env', 'A=1\nhunter2 is my password\n');
    expect(await resolve({}, [path])).toEqual({
      ok: false,
      problem: `env_file ${JSON.stringify(path)}: line 2 is not NAME=value`,
    });
  });

  test('have nothing but secrets, whatever their names', async () => {
    const path = file('env', 'HOST=db.example.org\nPASS=hunter2\n');
    expect(await resolve({}, [path])).toMatchObject({ secrets: ['db.example.org', 'hunter2'] });
  });

  test('may be read by everybody, which is worth a warning when they hold secrets', async () => {
    const plain = file('plain', 'LEVEL=debug\n', 0o644);
    const secret = file('secret', 'DB_PASSWORD=correct-horse\n', 0o644);
    expect(await resolve({}, [plain])).toMatchObject({ ok: true, warnings: [] });
    expect(await resolve({}, [secret])).toMatchObject({
      ok: true,
      secrets: ['correct-horse'],
      warnings: [expect.stringContaining('may be used by others than its owner (mode 644')],
    });
  });
});

function loop(): string {
  symlinkSync(place('loop'), place('loop'));
  return place('loop');
}

function pipe(): string {
  execFileSync('mkfifo', [place('pipe')]);
  return place('pipe');
}
