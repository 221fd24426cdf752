// Takes a service away again: ends it in order, so that jobs may finish, then
// removes its definition. Manifest, history and logs stay.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Answer } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { serviceChangeText } from '../views/service.ts';
import { stateOf } from './service-state.ts';
import { mustDo } from './service-program.ts';
import { servicePlace } from './service-place.ts';
import type { ServiceChangeView } from './service-view.ts';

export async function removeService(context: Context, input: Input): Promise<Answer> {
  const { manager, name, scope, file } = await servicePlace(context, input);
  const commands = [...manager.disable(name, scope), ...manager.reload(scope)];
  const isThere = existsSync(file);
  const isDry = input.flag('dryRun');
  if (isThere && !isDry) {
    const state = await stateOf(manager, { name, scope });
    if (state?.isActive === true) context.output.note('Waiting for runs to end …');
    for (const words of manager.disable(name, scope)) {
      await mustDo(words, `${file} is still there.`);
    }
    await rm(file).catch((error: unknown) => {
      throw operationalError('JM2-C107', {
        detail: `${file} cannot be removed: ${(error as Error).message}. The service is stopped and disabled.`,
        cause: error,
      });
    });
    for (const words of manager.reload(scope)) await mustDo(words, `${file} was removed.`);
  }
  const data: ServiceChangeView = {
    action: 'uninstall',
    manager: manager.kind,
    scope,
    name,
    file,
    text: null,
    commands: isThere ? commands.map((words) => words.join(' ')) : [],
    dryRun: isDry,
    changed: isThere && !isDry,
    handedOver: null,
    hints: [],
  };
  return { data, confirmation: !isDry, text: (terminal) => serviceChangeText(data, terminal) };
}
