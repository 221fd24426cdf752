// What became of a service, and how it is.
import { homely } from '../service/service-place.ts';
import type { ServiceChangeView, ServiceStatusView } from '../service/service-view.ts';
import type { Terminal } from '../terminal.ts';
import { fieldList } from './fields.ts';
import { oneLine } from './foreign.ts';
import { wrapped } from './wrapped.ts';

export function serviceChangeText(change: ServiceChangeView, terminal: Terminal): string {
  const { action, name, manager, scope, commands, handedOver } = change;
  const file = homely(change.file);
  if (action === 'uninstall' && commands.length === 0) return `${name} is not installed`;
  if (change.dryRun) {
    const first = action === 'install' ? `# ${file}\n${change.text ?? ''}\n# then:` : '# to do:';
    const last = action === 'install' ? '' : `\nrm ${file}`;
    return `${first}\n${commands.join('\n')}${last}`;
  }
  if (action === 'uninstall') {
    return `Stopped and removed ${name}; manifest, history and logs are where they were.`;
  }
  const begins = scope === 'user' ? 'when you log in' : 'with the host';
  return [
    change.changed
      ? `Installed ${name}: ${manager} runs it, starts it ${begins}, and again after a failure.`
      : `${name} is installed and runs already.`,
    ...(handedOver === null ? [] : [`It took over from pid ${handedOver}; running jobs went on.`]),
    ...change.hints,
  ]
    .map((sentence) => wrapped(sentence, '', terminal))
    .concat('', '  jm2 service status')
    .join('\n');
}

export function serviceStatusText(status: ServiceStatusView, terminal: Terminal): string {
  const { service, daemon, installed, manager, scope } = status;
  const remarks = [
    ...(installed && service === null ? [`! ${manager} could not be asked about it.`] : []),
    ...(daemon.running && !daemon.managed
      ? [
          installed
            ? '! The daemon that runs is not the one of the service. jm2 service install hands over.'
            : '! The daemon runs until the host goes down. jm2 service install makes it a service.',
        ]
      : []),
    ...(status.unedited === false ? ['! The file was changed by somebody else than jm2.'] : []),
  ];
  const said = service?.isActive === true ? service.statusText : null;
  const facts = fieldList(
    [
      ['service', `${status.name} (${manager}, ${scope})`],
      ['file', installed ? homely(status.file) : 'not installed'],
      ['state', service === null ? null : service.state],
      ['starts', service?.enabled == null ? null : service.enabled ? 'by itself' : 'by hand only'],
      ['restarts', service?.restarts == null ? null : String(service.restarts)],
      ['daemon', daemon.running ? `pid ${daemon.pid ?? 'unknown'}` : 'not running'],
      // systemd remembers the last words of a service that has ended.
      ['says', said === null ? null : oneLine(said)],
    ],
    terminal,
  );
  return [facts, ...remarks.map((remark) => wrapped(remark, '', terminal))].join('\n');
}
