// The unit of a daemon for systemd. Jobs run inside of it and go on when the
// daemon is replaced, which decides most of its lines.
import { environmentWord, execWord, wholeValue } from '../exchange/systemd-words.ts';
import type { ServiceSpec } from './service.ts';

/** Longer than any wait of the loop, shorter than what a person would take for a hang. */
const watchdogSeconds = 60;

export function systemdUnit(spec: ServiceSpec): string {
  const isSystem = spec.scope === 'system';
  const env = Object.entries(spec.env);
  const paths = [spec.directory, spec.stateDir].map((path) => execWord(path).replaceAll('$$', '$'));
  return [
    '[Unit]',
    `Description=jm2 job scheduler (${wholeValue(spec.manifest)})`,
    ...(isSystem
      ? ['After=network.target time-sync.target', `RequiresMountsFor=${paths.join(' ')}`]
      : []),
    '# After five crashes within a minute the daemon only looks after what runs, and says so.',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    ...(spec.canNotify
      ? [
          'Type=notify',
          '# The messages come from systemd-notify, a process of its own.',
          'NotifyAccess=all',
          `WatchdogSec=${watchdogSeconds}`,
        ]
      : ['Type=exec']),
    ...(spec.account === null ? [] : [`User=${spec.account}`]),
    `WorkingDirectory=-${wholeValue(spec.directory)}`,
    ...env.map(([name, value]) => `Environment=${environmentWord(name, value)}`),
    `ExecStart=${spec.command.map(execWord).join(' ')}`,
    'ExecReload=/bin/kill -HUP $MAINPID',
    '# What was stopped in order stays stopped, and so does what cannot start as it is set up.',
    'Restart=on-failure',
    'RestartSec=2',
    'RestartPreventExitStatus=4 64',
    '# Jobs outlive the daemon: a stop drains them, a restart leaves them for the next one.',
    'KillMode=process',
    'RestartKillSignal=SIGUSR2',
    `TimeoutStopSec=${Math.ceil(spec.stopMs / 1000)}`,
    'TimeoutStartSec=300',
    '# A job that runs out of memory is no reason to stop all others.',
    'OOMPolicy=continue',
    'TasksMax=infinity',
    'Delegate=yes',
    '# Whatever is taken from this unit is taken from its jobs, so nothing is that a job may',
    '# need. Where no job does, tighten it: systemctl edit (NoNewPrivileges=, ProtectSystem=).',
    '',
    '[Install]',
    `WantedBy=${isSystem ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');
}
