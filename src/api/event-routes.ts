// GET /events: the service's events as server-sent events. A reader that stops
// reading costs at most what the service buffers for it; then it is cut off.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { ApiLog } from './errors.ts';
import * as schemas from './route-schemas.ts';
import type { EventView, Service } from './service.ts';

const streamsMax = 20;
/** How long closing waits for readers to take the last events. */
const closeWithinMs = 1_000;

export function addEventRoutes(app: FastifyInstance, service: Service, log: ApiLog): void {
  const streams = new Map<AbortController, Promise<void>>();
  app.get('/events', { schema: { querystring: schemas.noQuery } }, async (_request, reply) => {
    if (streams.size >= streamsMax) {
      throw operationalError('JM2-D109', {
        detail: `${streamsMax} are open; that is the bound.`,
      });
    }
    const stop = new AbortController();
    reply.hijack();
    // Subscribed before the head is sent: what happens after the client has
    // seen the answer cannot be missed.
    const events = service.events(stop.signal);
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'close',
    });
    reply.raw.flushHeaders();
    reply.raw.once('close', () => stop.abort());
    const done = pump(events, reply.raw, stop, log).finally(() => streams.delete(stop));
    streams.set(stop, done);
  });
  app.addHook('preClose', async () => {
    const open = [...streams.values()];
    for (const stop of streams.keys()) stop.abort();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeWithinMs);
    });
    await Promise.race([Promise.all(open), late]);
    clearTimeout(timer);
  });
}

/** Never rejects. An orderly end says "no more events"; a broken connection says "some are missing". */
async function pump(
  events: AsyncIterable<EventView>,
  out: ServerResponse,
  stop: AbortController,
  log: ApiLog,
): Promise<void> {
  try {
    for await (const event of events) {
      if (!out.write(`data: ${JSON.stringify(event)}\n\n`)) {
        await once(out, 'drain', { signal: stop.signal });
      }
    }
    if (out.destroyed) return;
    const flushed = once(out, 'close');
    out.end();
    await flushed;
  } catch (error) {
    if (!stop.signal.aborted) log.warn({ err: error }, 'an event stream was cut off');
    out.destroy();
  }
}
