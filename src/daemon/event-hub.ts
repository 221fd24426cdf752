// Hands events to any number of readers, each with its own bounded queue: one
// that does not keep up is cut off and never slows the daemon down.
import type { EventView } from '../api/service.ts';

/** Some minutes of a busy daemon; about 10 MB at worst. */
const queuedMax = 10_000;

interface Reader {
  readonly queue: EventView[];
  overflowed: boolean;
  wake: () => void;
}

export interface EventHub {
  /** True when somebody reads; lets the caller save the work of making views. */
  readonly isWatched: boolean;
  publish(event: EventView): void;
  /** Subscribes now, not at the first read. Throws from the iterator when the reader was too slow. */
  subscribe(signal: AbortSignal): AsyncIterable<EventView>;
  /** Ends every reader after what it still has queued. */
  close(): void;
}

export function createEventHub(): EventHub {
  const readers = new Set<Reader>();
  let closed = false;

  async function* read(reader: Reader, signal: AbortSignal): AsyncGenerator<EventView> {
    const wake = (): void => reader.wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        const event = reader.queue.shift();
        if (event !== undefined) {
          yield event;
        } else if (reader.overflowed) {
          throw new Error(`more than ${queuedMax} events were waiting for a reader`);
        } else if (closed) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', wake);
      readers.delete(reader);
    }
  }

  return {
    get isWatched() {
      return readers.size > 0;
    },
    publish: (event) => {
      for (const reader of readers) {
        if (reader.queue.length >= queuedMax) {
          reader.overflowed = true;
          readers.delete(reader);
        } else {
          reader.queue.push(event);
        }
        reader.wake();
      }
    },
    subscribe: (signal) => {
      const reader: Reader = { queue: [], overflowed: false, wake: () => undefined };
      if (!signal.aborted && !closed) readers.add(reader);
      // A subscription that is aborted before its first read has no generator to clean up.
      signal.addEventListener('abort', () => readers.delete(reader), { once: true });
      return read(reader, signal);
    },
    close: () => {
      closed = true;
      for (const reader of readers) reader.wake();
    },
  };
}
