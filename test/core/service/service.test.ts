// The files of a service, held to what the service managers themselves say of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchdAgent } from '../../../src/core/service/launchd-agent.ts';
import {
  isUnedited,
  marked,
  markedXml,
  serviceName,
  type ServiceSpec,
} from '../../../src/core/service/service.ts';
import { systemdUnit } from '../../../src/core/service/systemd-service.ts';
import { sha256 } from '../../../src/system/digest.ts';
import { findTool } from '../../../src/system/find-tool.ts';

const directory = '/tmp/50% "off" $HOME & <more>';
const spec: ServiceSpec = {
  name: 'jm2-shop-1a2b3c4d',
  scope: 'user',
  account: null,
  command: ['/usr/bin/env', '--', 'node', `${directory}/jm2.js`, 'up', '--state-dir', '/tmp/s'],
  directory,
  manifest: `${directory}/jobs.yaml`,
  stateDir: '/tmp/s',
  daemonLog: '/tmp/s/daemon.log',
  env: { JM2_HOME: `${directory}/home`, JM2_STATE_DIR: '/tmp/s' },
  stopMs: 150_000,
  canNotify: true,
};
const linesOf = (more: Partial<ServiceSpec> = {}): string[] =>
  systemdUnit({ ...spec, ...more }).split('\n');

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'jm2-unit-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

describe('the unit for systemd', () => {
  it('leaves jobs running over a restart, and what was stopped stopped', () => {
    expect(linesOf()).toEqual(
      expect.arrayContaining([
        'Type=notify',
        'WatchdogSec=60',
        'Restart=on-failure',
        'KillMode=process',
        'RestartKillSignal=SIGUSR2',
        'TimeoutStopSec=150',
        'ExecReload=/bin/kill -HUP $MAINPID',
        'Delegate=yes',
        'WantedBy=default.target',
      ]),
    );
  });

  it('takes paths literally, whatever they hold', () => {
    expect(linesOf()).toContain(
      'ExecStart=/usr/bin/env -- node "/tmp/50%% \\"off\\" $$HOME & <more>/jm2.js" up --state-dir /tmp/s',
    );
    expect(linesOf()).toContain('WorkingDirectory=-/tmp/50%% "off" $HOME & <more>');
    expect(linesOf()).toContain('Environment="JM2_HOME=/tmp/50%% \\"off\\" $HOME & <more>/home"');
  });

  it('of the host runs as its account, and without systemd-notify tells nothing', () => {
    const lines = linesOf({ scope: 'system', account: 'www', canNotify: false });
    expect(lines).toEqual(
      expect.arrayContaining(['User=www', 'Type=exec', 'WantedBy=multi-user.target']),
    );
    expect(lines.join('\n')).not.toMatch(/WatchdogSec|NotifyAccess/);
  });

  const analyze = findTool('systemd-analyze');
  it.skipIf(analyze === null).each(['user', 'system'] as const)(
    'of the %s is approved by systemd [platform: needs systemd-analyze]',
    (scope) => {
      const file = join(scratch, 'jm2-shop.service');
      writeFileSync(
        file,
        systemdUnit({ ...spec, scope, account: scope === 'system' ? 'daemon' : null }),
      );
      const said = execFileSync('sh', ['-c', `exec "$0" verify "$1" 2>&1`, analyze ?? '', file], {
        encoding: 'utf8',
      });
      expect(said.split('\n').filter((line) => line.includes('jm2-shop'))).toEqual([]);
    },
  );
});

describe('the property list for launchd', () => {
  const python = findTool('python3');
  it.skipIf(python === null)('says the same [platform: needs python3]', () => {
    const read =
      'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
    const input = markedXml(launchdAgent({ ...spec, account: 'www' }), sha256);
    const list: unknown = JSON.parse(
      execFileSync(python ?? '', ['-c', read], { input, encoding: 'utf8' }),
    );
    expect(list).toEqual({
      Label: 'jm2-shop-1a2b3c4d',
      UserName: 'www',
      ProgramArguments: spec.command,
      EnvironmentVariables: spec.env,
      WorkingDirectory: directory,
      StandardOutPath: '/tmp/s/daemon.log',
      StandardErrorPath: '/tmp/s/daemon.log',
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      AbandonProcessGroup: true,
      ExitTimeOut: 150,
      ThrottleInterval: 10,
      ProcessType: 'Interactive',
    });
  });
});

it('a file is known as unedited as long as nobody has edited it', () => {
  const unit = marked(systemdUnit(spec), sha256);
  const list = markedXml(launchdAgent(spec), sha256);
  expect([unit, list].map((text) => isUnedited(text, sha256))).toEqual([true, true]);
  const edited = [unit.replace('RestartSec=2', 'RestartSec=9'), `${list}\n`, systemdUnit(spec)];
  expect(edited.map((text) => isUnedited(text, sha256))).toEqual([false, false, false]);
});

it('the user manifest has the plain name', () => {
  expect([serviceName(null), serviceName('shop-1a2b3c4d')]).toEqual(['jm2', 'jm2-shop-1a2b3c4d']);
});
