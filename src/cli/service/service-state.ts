// How a service is, by the word of its manager.
import type { ServiceScope } from '../../core/service/service.ts';
import type { Manager, ServiceState } from './manager.ts';
import { askProgram } from './service-program.ts';

/** Null when the service manager does not know the service, or cannot be asked. */
export async function stateOf(
  manager: Manager,
  { name, scope }: { readonly name: string; readonly scope: ServiceScope },
): Promise<ServiceState | null> {
  const { code, output } = await askProgram(manager.ask(name, scope));
  return code === 0 ? manager.read(output) : null;
}
