// The two service managers that jm2 can be a service of, as words to say and
// files to write. What is said when is the command's business.
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  isUnedited,
  marked,
  markedXml,
  type ServiceScope,
  type ServiceSpec,
} from '../../core/service/service.ts';
import { launchdAgent } from '../../core/service/launchd-agent.ts';
import { systemdUnit } from '../../core/service/systemd-service.ts';
import { sha256 } from '../../system/digest.ts';

export type Words = readonly string[];

export interface ServiceState {
  /** The manager's own word, such as `active (running)`. */
  readonly state: string;
  readonly isActive: boolean;
  /** Starts with the host or the session; null when it cannot be told. */
  readonly enabled: boolean | null;
  readonly pid: number | null;
  /** How often it was started again after a failure; null when it cannot be told. */
  readonly restarts: number | null;
  /** What the daemon said of itself. */
  readonly statusText: string | null;
}

export interface Manager {
  readonly kind: 'systemd' | 'launchd';
  /** Where the definition of a service stands, absolute. */
  file(name: string, scope: ServiceScope): string;
  text(spec: ServiceSpec): string;
  /** Whether nobody has changed it since jm2 wrote it. */
  isUnedited(text: string): boolean;
  /** After the file was written: makes it known, which also shows that the manager can be asked. */
  readonly reload: (scope: ServiceScope) => readonly Words[];
  readonly enable: (name: string, scope: ServiceScope) => readonly Words[];
  /** Starts a service that is installed and does not run. */
  readonly start: (name: string, scope: ServiceScope) => readonly Words[];
  /** Replaces the daemon of a service that runs; its jobs go on. */
  readonly restart: (name: string, scope: ServiceScope) => readonly Words[];
  readonly disable: (name: string, scope: ServiceScope) => readonly Words[];
  readonly ask: (name: string, scope: ServiceScope) => Words;
  /** Reads the answer to `ask`. */
  readonly read: (output: string) => ServiceState;
}

export function managerHere(platform: NodeJS.Platform = process.platform): Manager {
  return platform === 'darwin' ? launchd : systemd;
}

const systemctl = (scope: ServiceScope, ...words: readonly string[]): Words =>
  scope === 'user' ? ['systemctl', '--user', ...words] : ['systemctl', ...words];

export const systemd: Manager = {
  kind: 'systemd',
  file: (name, scope) => {
    const config = process.env['XDG_CONFIG_HOME'] ?? '';
    const own = config.startsWith('/') ? config : join(homedir(), '.config');
    return join(
      scope === 'user' ? join(own, 'systemd/user') : '/etc/systemd/system',
      `${name}.service`,
    );
  },
  text: (spec) => marked(systemdUnit(spec), sha256),
  isUnedited: (text) => isUnedited(text, sha256),
  reload: (scope) => [systemctl(scope, 'daemon-reload')],
  enable: (name, scope) => [systemctl(scope, 'enable', '--now', `${name}.service`)],
  start: (name, scope) => [systemctl(scope, 'start', `${name}.service`)],
  restart: (name, scope) => [systemctl(scope, 'restart', `${name}.service`)],
  disable: (name, scope) => [systemctl(scope, 'disable', '--now', `${name}.service`)],
  ask: (name, scope) =>
    systemctl(
      scope,
      'show',
      `${name}.service`,
      '--property=ActiveState,SubState,UnitFileState,MainPID,NRestarts,StatusText',
    ),
  read: (output) => {
    const values = new Map(
      output.split('\n').map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
    );
    const of = (name: string): string | null => {
      const value = values.get(name) ?? '';
      return value === '' ? null : value;
    };
    const active = of('ActiveState') ?? 'unknown';
    const sub = of('SubState');
    const pid = Number(of('MainPID') ?? 0);
    const unitFile = of('UnitFileState');
    const restarts = of('NRestarts');
    return {
      state: sub === null ? active : `${active} (${sub})`,
      isActive: ['active', 'reloading', 'activating'].includes(active),
      enabled: unitFile === null ? null : unitFile.startsWith('enabled'),
      pid: pid > 0 ? pid : null,
      restarts: restarts === null ? null : Number(restarts),
      statusText: of('StatusText'),
    };
  },
};

/** Where a service of launchd lives: the login session of the user, or the machine. */
const domain = (scope: ServiceScope): string =>
  scope === 'user' ? `gui/${process.getuid?.() ?? 0}` : 'system';

export const launchd: Manager = {
  kind: 'launchd',
  file: (name, scope) =>
    join(
      scope === 'user' ? join(homedir(), 'Library/LaunchAgents') : '/Library/LaunchDaemons',
      `${name}.plist`,
    ),
  text: (spec) => markedXml(launchdAgent(spec), sha256),
  isUnedited: (text) => isUnedited(text, sha256),
  reload: () => [],
  enable: (name, scope) => [['launchctl', 'bootstrap', domain(scope), launchd.file(name, scope)]],
  start: (name, scope) => [['launchctl', 'kickstart', `${domain(scope)}/${name}`]],
  // A changed list is read only anew; what is left behind runs on, as AbandonProcessGroup says.
  restart: (name, scope) => [
    ['launchctl', 'kill', 'SIGUSR2', `${domain(scope)}/${name}`],
    ['launchctl', 'bootout', `${domain(scope)}/${name}`],
    ['launchctl', 'bootstrap', domain(scope), launchd.file(name, scope)],
  ],
  disable: (name, scope) => [['launchctl', 'bootout', `${domain(scope)}/${name}`]],
  ask: (name, scope) => ['launchctl', 'print', `${domain(scope)}/${name}`],
  read: (output) => {
    const state = /^\s*state = (.+)$/m.exec(output)?.[1] ?? 'unknown';
    const pid = /^\s*pid = (\d+)$/m.exec(output)?.[1];
    return {
      state,
      isActive: state === 'running',
      enabled: true,
      pid: pid === undefined ? null : Number(pid),
      restarts: null,
      statusText: null,
    };
  },
};
