import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  complaintOf,
  wrapCommand,
  type CommandAttributes,
  type OtherAccount,
  type Surroundings,
} from '../../src/executor/launcher/wrap-command.ts';

const root: Surroundings = { isRoot: true, nice: 0, tool: (name) => `/usr/bin/${name}` };
const without = (missing: string): Surroundings => ({
  ...root,
  tool: (name) => (name === missing ? null : root.tool(name)),
});
const plain: CommandAttributes = { umask: '027', nice: null, limits: {}, cgroup: null };
const ann: OtherAccount = { name: 'ann', uid: 1000, gid: 100, hasGroups: false };

const argvOf = (
  changes: Partial<CommandAttributes>,
  account: OtherAccount | null = null,
  around = root,
): string => {
  const wrapped = wrapCommand(['job', 'x'], { ...plain, ...changes }, account, around);
  return wrapped.ok ? wrapped.argv.join(' ') : wrapped.failure.detail;
};

describe('a command', () => {
  test('that asks for nothing but a mask is started directly', () => {
    expect(wrapCommand(['job'], plain, null, root)).toEqual({
      ok: true,
      argv: ['job'],
      tools: [],
      ids: null,
      remark: null,
    });
  });

  test.each([
    [{ nice: 5 }, '/usr/bin/nice -n 5 job x'],
    [{ nice: 0 }, 'job x'],
    [{ limits: { openFiles: 64 } }, '/usr/bin/prlimit --nofile=64:64 -- job x'],
    [
      { limits: { processes: 9, fileSizeBytes: 1000, coreSizeBytes: 0 } },
      '/usr/bin/prlimit --nproc=9:9 --fsize=1000:1000 --core=0:0 -- job x',
    ],
    [
      { limits: { cpuTimeMs: 1500, memoryBytes: 2 ** 20 } },
      '/usr/bin/prlimit --cpu=2:7 --as=1048576:1048576 -- job x',
    ],
  ])('with %j is started as %s', (changes, argv) => {
    expect(argvOf(changes)).toBe(argv);
  });

  test('of another account without further groups is started directly, by its ids', () => {
    const wrapped = wrapCommand(['job'], plain, ann, root);
    expect(wrapped).toMatchObject({ argv: ['job'], ids: { uid: 1000, gid: 100 }, remark: null });
  });

  test('of an account with groups gets them, after limits and priority that need more rights', () => {
    expect(argvOf({}, { ...ann, hasGroups: true })).toBe(
      '/usr/bin/setpriv --reuid=1000 --regid=100 --init-groups -- job x',
    );
    expect(argvOf({ nice: -5, limits: { openFiles: 9 } }, ann)).toBe(
      '/usr/bin/prlimit --nofile=9:9 -- /usr/bin/nice -n -5 /usr/bin/setpriv --reuid=1000 --regid=100 --init-groups -- job x',
    );
  });

  test('loses its groups where setpriv is missing, and that is said', () => {
    const wrapped = wrapCommand(['job'], plain, { ...ann, hasGroups: true }, without('setpriv'));
    expect(wrapped).toMatchObject({ argv: ['job'], ids: { uid: 1000, gid: 100 } });
    expect(wrapped).toHaveProperty('remark', expect.stringContaining('user ann runs without'));
  });

  test('that wants more than its rights allow is not started', () => {
    const own = { ...root, isRoot: false, nice: 3 };
    expect(argvOf({ nice: 2 }, null, own)).toBe(
      'nice 2 is below that of the daemon (3), and only root may go there',
    );
    expect(argvOf({ nice: 5 }, null, own)).toBe('/usr/bin/nice -n 2 job x');
    expect(argvOf({ nice: 5 }, null, without('nice'))).toContain('needs the program nice');
  });
});

describe('limits set by the shell, where prlimit is missing', () => {
  const limited = (limits: CommandAttributes['limits'], argv: string[]) => {
    const wrapped = wrapCommand(argv, { ...plain, limits }, null, without('prlimit'));
    const [program = '', ...args] = wrapped.ok ? wrapped.argv : [];
    return spawnSync(program, args, { encoding: 'utf8' });
  };

  test('hold in the command, and its words stay whole', () => {
    const limits = { openFiles: 33, fileSizeBytes: 5_120, cpuTimeMs: 7_000, coreSizeBytes: 0 };
    const text = 'ulimit -n; ulimit -f; ulimit -t; ulimit -c; echo "$1"';
    const { stdout } = limited(limits, ['/bin/sh', '-c', text, 'sh', `a "b" $(id) '`]);
    expect(stdout).toBe(`33\n10\n7\n0\na "b" $(id) '\n`);
  });

  test('bind the number of processes under either name of that limit', () => {
    const { stdout } = limited({ processes: 77 }, ['cat', '/proc/self/limits']);
    expect(stdout).toMatch(/Max processes +77 +77/);
  });
});

describe('a tool that cannot go on', () => {
  test('is told from the command by the one line in its name', () => {
    const tools = ['prlimit', 'nice'];
    expect(complaintOf(tools, 127, 'nice: ‘x’: No such file or directory\n')).toEqual({
      code: 'command_missing',
      detail: 'could not be started: nice: ‘x’: No such file or directory',
    });
    expect(complaintOf(tools, 1, 'prlimit: failed to set: EPERM\n')?.code).toBe('limits_denied');
    for (const [code, log] of [
      [3, 'nice: x\n'],
      [0, 'nice: x\n'],
      [127, 'sh: nice: x\n'],
      [127, 'nice: x\nand more\n'],
      [127, ''],
    ] as const) {
      expect(complaintOf(tools, code, log), log).toBeNull();
    }
    expect(complaintOf([], 127, 'nice: x')).toBeNull();
  });

  test('complains in the form that is looked for', () => {
    for (const [tool, args] of [
      ['prlimit', ['--core=0:0', '--']],
      ['nice', ['-n', '1']],
    ] as const) {
      const path = execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' });
      const { status, stderr } = spawnSync(path.trim(), [...args, 'no-such-program']);
      expect(complaintOf([tool], status, String(stderr))).not.toBeNull();
    }
  });
});
