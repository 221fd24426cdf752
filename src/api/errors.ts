// Turns whatever a route threw into the published error body and an HTTP
// status. Nothing of an unexpected error's text, stack or paths leaves the daemon.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Envelope } from './wire.ts';
import { exitCodeHeader, httpStatusOf } from './wire.ts';

/** Where the server tells what it cannot tell a client. */
export interface ApiLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function badRequest(detail: string): Jm2Error {
  return operationalError('JM2-D107', { detail });
}

export function answerError(
  log: ApiLog,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof Jm2Error) return answer(reply, error, httpStatusOf(error));
  const { code, statusCode, message } = error as Partial<FastifyError>;
  // Errors that fastify raises about a request speak of the request alone.
  if (code?.startsWith('FST_') === true && statusCode !== undefined && statusCode < 500) {
    return answer(reply, badRequest(sentence(message ?? 'malformed request')), statusCode);
  }
  log.error({ err: error, method: request.method, url: request.url }, 'a request failed');
  return answer(reply, internal(), 500);
}

export function answer(reply: FastifyReply, error: Jm2Error, status: number): FastifyReply {
  const body: Envelope = {
    success: false,
    error: error.toBody(),
    ...(error.data === undefined ? {} : { data: error.data }),
  };
  return reply.code(status).header(exitCodeHeader, String(error.exitCode)).send(body);
}

function internal(): Jm2Error {
  return operationalError('JM2-D108', {
    detail: 'The request was given up. Schedules and running jobs go on.',
  });
}

function sentence(text: string): string {
  const trimmed = text.endsWith('.') ? text : `${text}.`;
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
}
