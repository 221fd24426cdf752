// The daemon beside a service manager: a socket takes the place of systemd's.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findTool } from '../../src/system/find-tool.ts';
import { aProject, type JsonAnswer, type Project } from '../support/cli.ts';
import { until } from '../support/state.ts';

let project: Project;
const live: ChildProcess[] = [];
afterEach(async () => {
  for (const child of live.splice(0)) child.kill('SIGKILL');
  await project.cleanUp();
});

/** Reads datagrams, which Node cannot, and prints each on a line of its own. */
const listener = `use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
while (defined recv($s, my $m, 65536, 0)) { $m =~ s/\\n/ /g; print "$m\\n" }`;
const perl = findTool('perl');
const canListen = perl !== null && findTool('systemd-notify') !== null;

/**
 * Does what systemd would: `enable --now`, `restart` and `disable --now` start, replace
 * and end the daemon by the lines of its unit. Notes each call.
 */
const fakeSystemctl = `#!/bin/sh
echo "$*" >> "$FAKE/calls"
[ ! -e "$FAKE/broken" ] || { echo 'Unit is masked.' >&2; exit 1; }
for unit; do :; done
file="$HOME/.config/systemd/user/$unit"
pid=$(cat "$FAKE/pid" 2>/dev/null)
lives() { grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; }
lives "\${pid:-none}" || pid=
start() {
  sed -n 's/^ExecStart=/exec /p' "$file" > "$FAKE/start"
  sh "$FAKE/start" > /dev/null 2>&1 < /dev/null & echo $! > "$FAKE/pid"
}
leave() { kill -$1 $pid; while lives $pid; do sleep 0.05; done; rm "$FAKE/pid"; }
case "$2" in
  show) [ -n "$pid" ] && state=active || state=inactive
    printf 'ActiveState=%s\\nSubState=\\nUnitFileState=enabled\\nMainPID=%s\\nNRestarts=0\\n' $state "\${pid:-0}" ;;
  enable | start) [ -n "$pid" ] || start ;;
  restart) leave USR2; start ;;
  disable) [ -z "$pid" ] || leave TERM ;;
esac
`;

/** A project whose PATH begins with that systemctl. */
async function beside(manifest: string): Promise<{ path: string; calls: () => Promise<string[]> }> {
  project = await aProject(manifest);
  const fake = join(project.home, 'fake');
  await mkdir(fake);
  await writeFile(join(fake, 'systemctl'), fakeSystemctl, { mode: 0o755 });
  const read = (): Promise<string> => readFile(join(fake, 'calls'), 'utf8');
  return {
    path: fake,
    calls: async () => {
      const lines = (await read()).trim().split('\n');
      await writeFile(join(fake, 'calls'), '');
      return lines.map((line) => line.replaceAll(/jm2-project-[0-9a-f]{8}/g, 'UNIT'));
    },
  };
}

describe.skipIf(process.platform !== 'linux')('jm2 service [platform: needs Linux]', () => {
  it('takes over from the daemon that runs, is replaced with jobs running, and is removed', async () => {
    const { path, calls } = await beside(
      'version: 1\njobs:\n  long: {command: "while [ ! -e end ]; do sleep 0.1; done"}\n',
    );
    const options = { env: { FAKE: path, PATH: `${path}:${process.env['PATH'] ?? ''}` } };
    const jm2 = async (...args: string[]): Promise<JsonAnswer['data']> =>
      (await project.call([...args, '--json'], options)).json().data;
    await jm2('start');
    const { run } = (await jm2('run', 'long')) as { run: { id: string } };
    const installed = await jm2('service', 'install', '--user');
    expect(installed).toMatchObject({
      changed: true,
      handedOver: expect.any(Number) as number,
      commands: [
        'systemctl --user daemon-reload',
        expect.stringContaining('enable --now') as string,
      ],
    });
    const enabled = ['--user daemon-reload', expect.stringContaining('--user show') as string];
    expect(await calls()).toEqual([...enabled, '--user enable --now UNIT.service']);
    const running = await jm2('service', 'status');
    expect(running).toMatchObject({ installed: true, unedited: true, daemon: { managed: true } });
    await calls();
    const { pid } = await jm2('restart');
    expect(await calls()).toEqual([expect.stringContaining('show'), '--user restart UNIT.service']);
    expect(await jm2('service', 'status')).toMatchObject({ daemon: { pid, managed: true } });
    await writeFile(join(project.dir, 'end'), '');
    expect(await jm2('wait', run.id)).toMatchObject({ run: { state: 'succeeded', exitCode: 0 } });
    const again = await project.call(['install', '--user'], options);
    expect(again.stdout).toContain('is installed and runs already.');
    const other = await project.call(['restart', '--sync', 'manual', '--json'], options);
    expect([other.code, other.json().error?.code]).toEqual([64, 'JM2-C102']);
    await jm2('stop');
    await calls();
    expect(await jm2('start')).toMatchObject({ started: true });
    expect(await calls()).toEqual([expect.stringContaining('show'), '--user start UNIT.service']);
    await project.call(['uninstall', '--user'], options);
    expect((await calls()).slice(-2)).toEqual([
      '--user disable --now UNIT.service',
      '--user daemon-reload',
    ]);
    const { code, json } = await project.call(['service', 'status', '--json'], options);
    expect(code).toBe(8);
    expect(json().data).toMatchObject({ installed: false, daemon: { running: false } });
  });

  it('leaves an edited file, a masked unit and a daemon that runs as they are', async () => {
    const { path } = await beside('version: 1\njobs: {}\n');
    const options = { env: { FAKE: path, PATH: `${path}:${process.env['PATH'] ?? ''}` } };
    const code = async (args: readonly string[]): Promise<unknown> => {
      const { code: exit, json } = await project.call([...args, '--json'], options);
      return [exit, json().error?.code];
    };
    const dry = await project.call(['install', '--user', '--dry-run', '--json'], options);
    const { file } = dry.json().data as { file: string };
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'mine\n');
    expect(await code(['service', 'install', '--user'])).toEqual([5, 'JM2-C106']);
    expect(await readFile(file, 'utf8')).toBe('mine\n');
    await writeFile(join(path, 'broken'), '');
    const refused = await project.call(['service', 'install', '--user', '--force'], options);
    expect(refused.stderr).toContain('    Unit is masked.\n  Nothing was changed.');
    expect(await code(['service', 'install', '-f', '--user'])).toEqual([1, 'JM2-D112']);
    expect(await readFile(file, 'utf8')).toBe('mine\n');
    expect(await code(['service', 'uninstall', '--user'])).toEqual([1, 'JM2-D112']);
    await rm(join(path, 'systemctl'));
    const bare = { env: { FAKE: path, PATH: path } };
    const none = await project.call(['install', '--user', '-f', '--json'], bare);
    expect([none.code, none.json().error?.code]).toEqual([1, 'JM2-D111']);
  });

  it('shows what it would do, and refuses what makes no sense', async () => {
    project = await aProject('version: 1\njobs: {}\n');
    const call = async (args: readonly string[]): Promise<string> =>
      (await project.call(args, { env: { JM2_GRACE: '5s' } })).stdout;
    const unit = await call(['service', 'install', '--system', '--as', 'nobody', '--dry-run']);
    expect(unit).toContain('# /etc/systemd/system/jm2-project-');
    expect(unit).toMatch(
      /User=nobody[\s\S]*Environment="JM2_GRACE=5000ms"[\s\S]*TimeoutStopSec=125/,
    );
    expect(unit).toMatch(/# then:\nsystemctl daemon-reload\nsystemctl enable --now jm2-project-/);
    expect(await call(['install', '--system', '--as', 'nobody', '--dry-run'])).toBe(unit);
    expect(await call(['uninstall', '--system', '--dry-run'])).toMatch(/is not installed\n$/);
    const code = async (args: readonly string[]): Promise<unknown> => {
      const { code: exit, json } = await project.call([...args, '--json']);
      return [exit, json().error?.code];
    };
    expect(await code(['service', 'install', '--user', '--system'])).toEqual([64, 'JM2-C102']);
    expect(await code(['install', '--user', '--as', 'nobody'])).toEqual([64, 'JM2-C102']);
    expect(await code(['install', '--system', '--as', 'no-such'])).toEqual([64, 'JM2-C103']);
    expect(await code(['service', 'begin'])).toEqual([64, 'JM2-C102']);
    await project.save('version: 1\njobs: {a: {}}\n');
    expect(await code(['service', 'install', '--user'])).toEqual([3, 'JM2-M202']);
  });
});

describe('a daemon under a service manager', () => {
  it.skipIf(!canListen)(
    'says that it is ready, how it is, and that it ends [platform: needs systemd-notify and perl]',
    async () => {
      project = await aProject(
        'version: 1\njobs:\n  a: {schedule: "0 3 * * *", command: "true"}\n',
      );
      const socket = join(project.dir, 'notify');
      let heard = '';
      const hears = (pattern: RegExp): Promise<string> =>
        until(
          () => heard,
          (text) => pattern.test(text),
        );
      const manager = spawn(perl ?? '', ['-e', listener, socket]);
      live.push(manager);
      manager.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
      await until(() => existsSync(socket), Boolean);
      const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '60000000' };
      const daemon = project.start(['up', '--foreground-child'], { env });
      await hears(/STATUS=1 job in force \(revision 1\)/);
      expect(heard).toMatch(/^(WATCHDOG=1 )?READY=1/m);
      expect(heard).toContain('WATCHDOG=1');
      // Not shorter than before: a file that has shrunk is waited for.
      await project.save('version: 1\njobs:\n  a: {schedule: "0 25 * * *", command: "true"}\n');
      await hears(/STATUS=.*manifest is invalid since .*revision 1 stays in force/);
      daemon.process.kill('SIGHUP');
      await hears(/MONOTONIC_USEC=\d+ RELOADING=1[\s\S]*READY=1/);
      daemon.process.kill('SIGTERM');
      expect(await daemon.ended).toBe(0);
      expect(heard).toContain('STOPPING=1');
    },
  );
});
