// The daemon as a service of systemd or launchd.
import type { CommandDefinition, CommandOption } from '../command.ts';
import { wrongArguments } from '../usage-errors.ts';

const actions = ['status', 'install', 'uninstall'];
const scopes: readonly CommandOption[] = [
  { flags: '--user', description: 'a service of your own; needs no root' },
  { flags: '--system', description: 'a service of the host; needs root' },
];
const dry: CommandOption = {
  flags: '--dry-run',
  description: 'show the file and the commands, and do nothing',
};
const installing: readonly CommandOption[] = [
  ...scopes,
  {
    flags: '--as <name>',
    description: 'account of a service of the host (default: yours, behind sudo, too)',
  },
  { flags: '-f, --force', description: 'overwrite a file that somebody has edited' },
  dry,
];

const description =
  'systemd or, on macOS, launchd starts the daemon with the host or your session, and again after a failure; one that was stopped stays stopped. Jobs outlive a restart of it. Each manifest has a service of its own. A daemon that runs hands over to it.';

export const serviceCommand: CommandDefinition = {
  name: 'service',
  summary: 'Make the daemon a service of the host, or see how it is',
  description: `${description} Without --user or --system: what is installed, and else the host's for root and your own for anybody else.`,
  arguments: [
    { name: '[action]', description: 'status (default), install or uninstall', offers: actions },
  ],
  options: installing,
  examples: [
    { command: 'jm2 service install --user', meaning: 'start with your session, no root' },
    { command: 'sudo jm2 service install --system', meaning: 'start with the host, as you' },
    { command: 'jm2 service install --dry-run', meaning: 'see the unit first' },
    { command: 'jm2 service status', meaning: 'is it installed, and does it run?' },
  ],
  async run(context, input) {
    const action = input.argument(0) ?? 'status';
    if (action === 'install') {
      return (await import('../service/install-service.ts')).installService(context, input);
    }
    if (action === 'uninstall') {
      return (await import('../service/remove-service.ts')).removeService(context, input);
    }
    if (action === 'status') {
      return (await import('../service/show-service.ts')).showService(context, input);
    }
    throw wrongArguments(
      `service cannot "${action}".`,
      'jm2 service install, jm2 service uninstall or jm2 service status',
    );
  },
};

export const installCommand: CommandDefinition = {
  name: 'install',
  summary: 'Make the daemon a service (jm2 service install)',
  description,
  arguments: [],
  options: installing,
  examples: [
    { command: 'jm2 install --user', meaning: 'start with your session' },
    { command: 'jm2 install --dry-run', meaning: 'see the unit first' },
  ],
  run: async (context, input) =>
    (await import('../service/install-service.ts')).installService(context, input),
};

export const uninstallCommand: CommandDefinition = {
  name: 'uninstall',
  summary: 'Take the service away again (jm2 service uninstall)',
  description:
    'Stops it, letting runs finish up to the grace, and removes its file. Manifest, history and logs stay.',
  arguments: [],
  options: [
    ...scopes,
    { flags: '-f, --force', description: 'accepted: nothing is asked', hidden: true },
    dry,
  ],
  examples: [
    { command: 'jm2 uninstall', meaning: 'stop and remove it' },
    { command: 'jm2 uninstall --dry-run', meaning: 'see what would be done' },
  ],
  run: async (context, input) =>
    (await import('../service/remove-service.ts')).removeService(context, input),
};
