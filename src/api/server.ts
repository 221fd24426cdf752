// The HTTP server on the daemon's socket: limits, error answers, the moment
// the socket file is born, and an orderly close. Who may listen is decided by
// the instance lock, before this is called.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { answer, answerError, badRequest } from './errors.ts';
import type { ApiLog } from './errors.ts';
import { addEventRoutes } from './event-routes.ts';
import { addRoutes } from './routes.ts';
import type { Service } from './service.ts';
import { apiPrefix, bodyMaxBytes } from './wire.ts';

export interface ApiServer {
  /** Ends event streams in order, answers what is in flight, removes the socket file. */
  close(): Promise<void>;
}

const connectionsMax = 100;
/** How long closing waits for answers that are on their way. */
const answerWithinMs = 2_000;

/** The application without a socket, for `inject` and for `listen`. */
export function createApi(service: Service, log: ApiLog): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: bodyMaxBytes,
    exposeHeadRoutes: false,
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false },
    },
    serverFactory: (handler) => {
      const server = createServer(
        {
          maxHeaderSize: 16 * 1024,
          headersTimeout: 10_000,
          requestTimeout: 30_000,
          keepAliveTimeout: 5_000,
        },
        handler,
      );
      server.maxConnections = connectionsMax;
      return server;
    },
  });
  app.setErrorHandler((error, request, reply) => answerError(log, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answer(reply, badRequest(`There is no route ${request.method} ${request.url}.`), 404),
  );
  app.register(
    (scope, _options, done) => {
      addRoutes(scope, service);
      addEventRoutes(scope, service, log);
      done();
    },
    { prefix: apiPrefix },
  );
  return app;
}

/**
 * Listens on `socketPath`, whose file must not exist. The file is born with
 * mode 0600: the umask is set around the bind, which is synchronous, so no
 * looser mode is ever to be seen and no other file gets this umask.
 */
export async function listen(
  service: Service,
  socketPath: string,
  log: ApiLog,
): Promise<ApiServer> {
  const app = createApi(service, log);
  await app.ready();
  const server = app.server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(0o177);
    try {
      server.listen(socketPath, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
  server.on('error', (error) => log.error({ err: error }, 'the API socket failed'));
  return {
    close: async () => {
      // First the door, so that nobody connects to a daemon that is leaving.
      const closed = closeServer(server);
      await app.close();
      const cut = setTimeout(() => server.closeAllConnections(), answerWithinMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
