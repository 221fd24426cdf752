// Tells how the service of a manifest is, by the service manager and by the daemon.
import { readFile } from 'node:fs/promises';
import { createClient } from '../../api/client.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { holderOf } from '../../daemon/holder.ts';
import type { Answer } from '../command.ts';
import type { Context } from '../context.ts';
import { runningDaemon } from '../daemon-end.ts';
import type { Input } from '../input.ts';
import { serviceStatusText } from '../views/service.ts';
import { stateOf } from './service-state.ts';
import { servicePlace } from './service-place.ts';
import type { ServiceStatusView } from './service-view.ts';

export async function showService(context: Context, input: Input): Promise<Answer> {
  const service = await servicePlace(context, input);
  const { manager, name, scope, file, place } = service;
  const text = await readFile(file, 'utf8').catch(() => null);
  const state = text === null ? null : await stateOf(manager, service);
  const daemon = createClient(place.socket, () => Promise.resolve(holderOf(place)));
  const running = await runningDaemon(daemon, place);
  const data: ServiceStatusView = {
    manager: manager.kind,
    scope,
    name,
    file,
    installed: text !== null,
    unedited: text === null ? null : manager.isUnedited(text),
    service: state,
    daemon: {
      running: running !== null,
      pid: running?.pid ?? null,
      managed: running !== null && state?.pid != null && state.pid === running.pid,
    },
  };
  const told = {
    data,
    text: (terminal: typeof context.terminal) => serviceStatusText(data, terminal),
  };
  if (data.daemon.running) return told;
  return {
    ...told,
    exitCode: ExitCode.daemonUnreachable,
    error: {
      code: 'JM2-D101',
      summary: 'the daemon is not reachable',
      detail: `No daemon listens on ${place.socket}.`,
      hint: data.installed ? 'jm2 service install' : 'jm2 start',
    },
  };
}
