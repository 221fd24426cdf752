// Who wants to be told what the scheduler did. One that throws keeps nobody
// else from hearing it, and nothing from being done.
import type { SchedulerLog } from './parts.ts';
import type { SchedulerEvent } from './scheduler.ts';

type Listener = (event: SchedulerEvent) => void;

export class Listeners {
  readonly #log: SchedulerLog;
  readonly #listeners = new Set<Listener>();

  constructor(log: SchedulerLog) {
    this.#log = log;
  }

  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.#listeners.clear();
  }

  emit(event: SchedulerEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error({ err: error, event: event.kind }, 'a listener failed');
      }
    }
  }
}
