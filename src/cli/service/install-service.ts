// Makes the daemon of a manifest a service that starts with the host or session.
// A daemon that runs already leaves, its jobs go on, and the service adopts them.
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { userInfo } from 'node:os';
import { replaceFile } from '../../system/replace-file.ts';
import { makeDirectory } from '../../system/make-directory.ts';
import { createClient } from '../../api/client.ts';
import type { Service } from '../../api/service.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { holderOf } from '../../daemon/holder.ts';
import type { Locations } from '../../settings/locations.ts';
import type { Answer } from '../command.ts';
import type { Context } from '../context.ts';
import { runningDaemon, untilGone, untilUp } from '../daemon-end.ts';
import { judgeStart } from '../first-start.ts';
import type { Input } from '../input.ts';
import { judgeManifest } from '../manifest-file.ts';
import { refusedManifest } from '../refused-manifest.ts';
import { ensureUserManifest } from '../user-manifest.ts';
import { serviceChangeText } from '../views/service.ts';
import type { Manager, ServiceState, Words } from './manager.ts';
import { askProgram, mustDo } from './service-program.ts';
import { stateOf } from './service-state.ts';
import { servicePlace, type ServicePlace } from './service-place.ts';
import type { ServiceChangeView } from './service-view.ts';

const leaveWithinMs = 30_000;

export async function installService(context: Context, input: Input): Promise<Answer> {
  const service = await servicePlace(context, input);
  const { manager, name, scope, file } = service;
  const text = manager.text(service.spec);
  const isDry = input.flag('dryRun');
  const plain = { action: 'install', manager: manager.kind, scope, name, file, text } as const;
  if (isDry) {
    const commands = [...manager.reload(scope), ...manager.enable(name, scope)].map(asLine);
    return answer({
      ...plain,
      commands,
      dryRun: true,
      changed: false,
      handedOver: null,
      hints: [],
    });
  }
  const refusal = await refusedStart(context, service);
  if (refusal !== null) return refusal;
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before !== null && !manager.isUnedited(before) && !input.flag('force')) {
    throw operationalError('JM2-C106', {
      detail: `${file} was changed by somebody else than jm2, and was not touched.`,
      hint: 'Keep such changes in a drop-in (systemctl edit), or overwrite them with --force.',
    });
  }
  const done: Words[] = [];
  const tell = async (words: Words, stands: string): Promise<void> => {
    await mustDo(words, stands);
    done.push(words);
  };
  await write(file, text);
  try {
    for (const words of manager.reload(scope)) await tell(words, 'Nothing was changed.');
  } catch (error) {
    await (before === null ? rm(file, { force: true }) : write(file, before));
    throw error;
  }
  const state = await stateOf(manager, service);
  const daemon = createClient(service.place.socket, () => Promise.resolve(holderOf(service.place)));
  const handedOver = await handOver(context, daemon, service.place, state);
  try {
    const stands = `${file} was written.`;
    for (const words of wanted(manager, service, state, before !== text)) await tell(words, stands);
    await untilUp(daemon, service.place);
  } catch (error) {
    if (handedOver !== null && !service.isForeign) {
      // Nobody may be left without a daemon that had one.
      const { startInBackground } = await import('../../daemon/spawn-daemon.ts');
      await startInBackground(service.place, service.settings);
    }
    throw error;
  }
  return answer({
    ...plain,
    commands: done.map(asLine),
    dryRun: false,
    changed: before !== text || state?.isActive !== true || state.enabled === false,
    handedOver,
    hints: await hintsFor(service),
  });
}

function answer(data: ServiceChangeView): Answer {
  return {
    data,
    confirmation: !data.dryRun,
    text: (terminal) => serviceChangeText(data, terminal),
  };
}

function asLine(words: Words): string {
  return words.join(' ');
}

/** A manifest that is not accepted would make a service that runs nothing. */
async function refusedStart(context: Context, service: ServicePlace): Promise<Answer | null> {
  if (!service.isForeign) {
    await ensureUserManifest(context);
    return (await judgeStart(context, service.place)).refusal;
  }
  const { manifest } = service.place;
  const judged = await judgeManifest(manifest, context.shownPath(manifest));
  return judged.manifest === null ? refusedManifest(judged) : null;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await makeDirectory(dirname(file));
    await replaceFile(file, text, { mode: 0o644 });
  } catch (error) {
    throw operationalError('JM2-C107', {
      detail: `${file} cannot be written: ${(error as Error).message}. Nothing was changed.`,
      hint: 'A service of the system needs root; one of your own does not: --user.',
      cause: error,
    });
  }
}

/** A service that runs as it is written needs nothing but to be enabled. */
function wanted(
  manager: Manager,
  { name, scope }: ServicePlace,
  state: ServiceState | null,
  isNew: boolean,
): readonly Words[] {
  if (state?.isActive !== true) return manager.enable(name, scope);
  const renewed = isNew ? manager.restart(name, scope) : [];
  return manager.kind === 'systemd' ? [...manager.enable(name, scope), ...renewed] : renewed;
}

/** The pid of the daemon that left; null when none ran, or it is the service's own. */
async function handOver(
  context: Context,
  daemon: Service,
  place: Locations,
  state: ServiceState | null,
): Promise<number | null> {
  const running = await runningDaemon(daemon, place);
  if (running === null || (state?.pid ?? null) === running.pid) return null;
  context.output.note(`Handing over from the daemon that runs, pid ${running.pid ?? 'unknown'} …`);
  await daemon.shutdown({ mode: 'detach', graceMs: null, by: context.actor });
  await untilGone(daemon, running.pid, leaveWithinMs);
  return running.pid;
}

/** Services of a user end with the last session, unless the user lingers. */
async function hintsFor({ manager, scope }: ServicePlace): Promise<readonly string[]> {
  if (manager.kind !== 'systemd' || scope !== 'user') return [];
  const { username } = userInfo();
  const { output } = await askProgram(['loginctl', 'show-user', username, '--property=Linger']);
  return /Linger=yes/.test(output)
    ? []
    : [
        `It ends with your last session. To keep it running, and to start it with the host: loginctl enable-linger ${username}`,
      ];
}
