// Server-sent events as the client reads them: one JSON object per event. The
// writing side is in event-routes.ts.
import type { IncomingMessage } from 'node:http';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { EventView } from './service.ts';

/** One event never comes near this; a stream that does is not ours. */
const eventMaxChars = 16 * 1024 * 1024;

/**
 * Yields events until the daemon ends the stream or the signal is aborted. A
 * connection that breaks without an orderly end throws what `broken` makes of it.
 */
export async function* readEvents(
  opened: Promise<IncomingMessage>,
  signal: AbortSignal,
  broken: (error: unknown) => Jm2Error,
): AsyncGenerator<EventView, void, undefined> {
  let response: IncomingMessage;
  try {
    response = await opened;
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  response.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      rest += chunk;
      let end = rest.indexOf('\n\n');
      while (end >= 0) {
        const event = parseEvent(rest.slice(0, end));
        rest = rest.slice(end + 2);
        if (event !== null) yield event;
        end = rest.indexOf('\n\n');
      }
      if (rest.length > eventMaxChars) throw new Error('an event is too large');
    }
  } catch (error) {
    if (signal.aborted) return;
    throw broken(error);
  } finally {
    response.destroy();
  }
}

/** Null for comments, which keep a stream alive and say nothing. */
function parseEvent(block: string): EventView | null {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
  return data === '' ? null : (JSON.parse(data) as EventView);
}
