// The daemon beside a service manager: a socket takes the place of systemd's.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findTool } from '../../src/system/find-tool.ts';
import { aProject, type Project } from '../support/cli.ts';
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
