import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clearStaleSocket } from '../../src/daemon/stale-socket.ts';
import { prepareStateDirectory } from '../../src/daemon/state-directory.ts';
import { createServer } from 'node:net';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jm2-state-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function placesIn(stateDir: string, socket = join(stateDir, 'daemon.sock')) {
  return { stateDir, socket, runsDir: join(stateDir, 'runs'), logsDir: join(stateDir, 'logs') };
}

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the state directory', () => {
  test('is created with everything in it owner-only', () => {
    const places = placesIn(join(root, 'a', 'b'));
    prepareStateDirectory(places);
    prepareStateDirectory(places);
    expect([places.stateDir, places.runsDir, places.logsDir].map(mode)).toEqual([
      0o700, 0o700, 0o700,
    ]);
  });

  test('is closed to others when it holds nothing but what is ours', () => {
    const stateDir = join(root, 'home');
    mkdirSync(stateDir, { mode: 0o755 });
    writeFileSync(join(stateDir, 'jobs.yaml'), '');
    prepareStateDirectory(placesIn(stateDir));
    expect(mode(stateDir)).toBe(0o700);
  });

  test('is refused rather than changed when other files lie in it', () => {
    const stateDir = join(root, 'shared');
    mkdirSync(stateDir, { mode: 0o755 });
    writeFileSync(join(stateDir, 'thesis.tex'), '');
    expect(() => prepareStateDirectory(placesIn(stateDir))).toThrow(/thesis\.tex/);
    expect(mode(stateDir)).toBe(0o755);
  });

  test('is refused when others may write it', () => {
    const stateDir = join(root, 'open');
    mkdirSync(stateDir);
    chmodSync(stateDir, 0o1777);
    expect(() => prepareStateDirectory(placesIn(stateDir))).toThrow(
      expect.objectContaining({ code: 'JM2-D103' }),
    );
  });

  test('is refused when it cannot be created or is no directory', () => {
    writeFileSync(join(root, 'file'), '');
    for (const path of [join(root, 'file'), join(root, 'file', 'below'), '/proc/jm2']) {
      expect(() => prepareStateDirectory(placesIn(path))).toThrow(
        expect.objectContaining({ code: 'JM2-D103', exitCode: 1 }),
      );
    }
  });

  test('is refused when it is a link', () => {
    mkdirSync(join(root, 'real'));
    symlinkSync(join(root, 'real'), join(root, 'link'));
    expect(() => prepareStateDirectory(placesIn(join(root, 'link')))).toThrow(/symbolic link/);
  });
});

describe('the socket path', () => {
  test('of more than 100 bytes is refused before anything is created', () => {
    const stateDir = join(root, 'ü'.repeat(50));
    expect(() => prepareStateDirectory(placesIn(stateDir))).toThrow(
      expect.objectContaining({ code: 'JM2-D104' }),
    );
    expect(() => statSync(stateDir)).toThrow(/ENOENT/);
  });

  test('may lie elsewhere, in a directory of the user alone', () => {
    const places = placesIn(join(root, 'state'), join(root, 'run', 'x.sock'));
    prepareStateDirectory(places);
    expect(mode(join(root, 'run'))).toBe(0o700);
    chmodSync(join(root, 'run'), 0o777);
    expect(() => prepareStateDirectory(places)).toThrow(
      expect.objectContaining({ code: 'JM2-D104' }),
    );
  });

  test.each(['a link', 'a file'])('that is %s is refused', (kind) => {
    const places = placesIn(join(root, 'state'));
    mkdirSync(places.stateDir, { mode: 0o700 });
    if (kind === 'a link') symlinkSync('/nowhere', places.socket);
    else writeFileSync(places.socket, '');
    expect(() => prepareStateDirectory(places)).toThrow(
      expect.objectContaining({ code: 'JM2-D104' }),
    );
  });
});

describe('a socket file that lies there already', () => {
  test('is removed when its daemon was killed', async () => {
    const socket = join(root, 'daemon.sock');
    const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script, socket]);
    expect(statSync(socket).isSocket()).toBe(true);
    await clearStaleSocket(socket);
    expect(() => statSync(socket)).toThrow(/ENOENT/);
    await clearStaleSocket(socket);
  });

  test('is never removed while somebody listens', async () => {
    const socket = join(root, 'daemon.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await expect(clearStaleSocket(socket)).rejects.toMatchObject({ code: 'JM2-D104' });
    expect(statSync(socket).isSocket()).toBe(true);
    server.close();
  });
});
