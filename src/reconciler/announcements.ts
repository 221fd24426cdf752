// Tells the listeners what came of the manifest. One that fails is noted and
// disturbs neither the others nor the work that is told of.
import type { ReconcilerParts } from './parts.ts';
import type { ReconcilerEvent } from './reconciler.ts';

type Listener = (event: ReconcilerEvent) => void;

export interface Announcements {
  readonly emit: (event: ReconcilerEvent) => void;
  readonly on: (listener: Listener) => () => void;
}

export function createAnnouncements(log: ReconcilerParts['log']): Announcements {
  const listeners = new Set<Listener>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log.error({ err: error, event: event.kind }, 'a listener failed');
        }
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
