import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { findAccount, inPasswd } from '../../src/system/accounts.ts';
import { isAlive, parseStat, processStart, readBootId } from '../../src/system/process-identity.ts';

describe('the identity of a process', () => {
  it('is its pid together with its start time', () => {
    const start = processStart(process.pid);
    expect(start).not.toBeNull();
    expect(processStart(process.pid)).toBe(start);
    expect(isAlive(process.pid, start)).toBe(true);
    expect(isAlive(process.pid, `${start}1`)).toBe(false);
    expect(isAlive(process.pid, null)).toBe(false);
  });

  it('is gone with the process', async () => {
    const child = spawn('sleep', ['100']);
    const pid = child.pid ?? -1;
    const start = processStart(pid);
    expect(isAlive(pid, start)).toBe(true);
    child.kill('SIGKILL');
    await new Promise((ended) => child.once('exit', ended));
    expect(isAlive(pid, start)).toBe(false);
    expect(processStart(pid)).toBeNull();
  });

  it('is read rightly whatever the program calls itself', () => {
    const fields = 'S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 5';
    expect(parseStat(`42 (a) Z (b) ${fields}`)).toEqual({
      state: 'S',
      name: 'a) Z (b',
      parent: 1,
      group: 42,
      session: 42,
      start: '98765',
    });
  });

  it('includes the boot, which stays the same', () => {
    expect(readBootId()).toMatch(/\S/);
    expect(readBootId()).toBe(readBootId());
  });
});

describe('accounts', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\nann:x:1000:1001:Ann,,,:/home/ann:\nbroken\n';

  it('are found by name and by id, with a shell in any case', () => {
    expect(inPasswd(passwd, 'ann')).toEqual({
      name: 'ann',
      uid: 1000,
      gid: 1001,
      home: '/home/ann',
      shell: '/bin/sh',
    });
    expect(inPasswd(passwd, 0)).toMatchObject({ name: 'root' });
    expect(inPasswd(passwd, 'broken')).toBeNull();
  });

  it('with an impossible name are not looked for', () => {
    for (const name of ['', '--help', 'a:b', 'a b', '../x', 'a\nroot']) {
      expect(findAccount(name)).toBeNull();
    }
  });
});
