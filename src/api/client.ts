// The typed client: Service over the daemon's socket, with node:http alone so
// that a command starts quickly. Every call is bounded in time and size; a
// daemon that is not there is one error, JM2-D101.
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { ErrorBody } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { readEvents } from './event-stream.ts';
import type { Service } from './service.ts';
import { apiPrefix, exitCodeHeader } from './wire.ts';

/** An answer comes from memory or the store within moments; plan and apply read files and write. */
const answerWithinMs = 30_000;
const planWithinMs = 120_000;
/** More than the list of the largest accepted manifest needs. */
const replyMaxBytes = 512 * 1024 * 1024;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Query;
  readonly json?: unknown;
  readonly text?: string;
  readonly withinMs?: number;
}

/**
 * A client of the daemon that listens on `socketPath`. Makes one connection per
 * call and holds none, so there is nothing to close. `events` connects when it
 * is called, not when it is first read.
 */
export function createClient(socketPath: string): Service {
  // The daemon is the same program and answers in the shapes of service.ts;
  // the cast is the border where that is taken as given.
  const call = async <T>(options: Call): Promise<T> => (await send(socketPath, options)) as T;
  const job = (name: string): string => `/jobs/${encodeURIComponent(name)}`;
  const run = (id: string): string => `/runs/${encodeURIComponent(id)}`;
  return {
    status: () => call({ method: 'GET', path: '/status' }),
    list: () => call({ method: 'GET', path: '/jobs' }),
    show: (name) => call({ method: 'GET', path: job(name) }),
    history: ({ states, ...rest }) =>
      call({ method: 'GET', path: '/runs', query: { ...rest, states: states?.join(',') } }),
    getRun: (id) => call({ method: 'GET', path: run(id) }),
    logs: (query) => call({ method: 'GET', path: '/logs', query: { ...query } }),
    logsFrom: (cursor) => call({ method: 'GET', path: '/logs/from', query: { ...cursor } }),
    plan: ({ text, horizonMs }) =>
      text === null
        ? call({ method: 'POST', path: '/plan', json: { horizonMs }, withinMs: planWithinMs })
        : call({
            method: 'POST',
            path: '/plan/text',
            query: { horizonMs },
            text,
            withinMs: planWithinMs,
          }),
    apply: (input) => call({ method: 'POST', path: '/apply', json: input, withinMs: planWithinMs }),
    run: ({ job: name, ...rest }) =>
      call({ method: 'POST', path: `${job(name)}/runs`, json: rest }),
    cancel: ({ run: id, ...rest }) =>
      call({ method: 'POST', path: `${run(id)}/cancel`, json: rest }),
    shutdown: async (input) => {
      await call({ method: 'POST', path: '/shutdown', json: input });
    },
    events: (signal) => {
      const opened = openStream(socketPath, signal);
      // Reported by the first read; until then it must not count as unhandled.
      opened.catch(() => undefined);
      return readEvents(opened, signal, (error) => unreachable(socketPath, error));
    },
  };
}

async function send(socketPath: string, options: Call): Promise<unknown> {
  const withinMs = options.withinMs ?? answerWithinMs;
  let outgoing: ClientRequest | null = null;
  const deadline = setTimeout(() => {
    outgoing?.destroy(new Error(`no answer within ${withinMs / 1000} s`));
  }, withinMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing = open(socketPath, options, resolve, reject);
    });
    const text = await readBody(response);
    return unwrap(socketPath, response, text);
  } catch (error) {
    throw error instanceof Jm2Error ? error : unreachable(socketPath, error);
  } finally {
    clearTimeout(deadline);
  }
}

function open(
  socketPath: string,
  { method, path, query, json, text }: Call,
  resolve: (response: IncomingMessage) => void,
  reject: (error: Error) => void,
): ClientRequest {
  const body = text ?? (json === undefined ? null : JSON.stringify(json));
  const outgoing = request({
    socketPath,
    method,
    path: apiPrefix + path + encodeQuery(query),
    agent: false,
    headers: {
      host: 'jm2',
      ...(body === null
        ? {}
        : {
            'content-type': text === undefined ? 'application/json' : 'text/plain; charset=utf-8',
            'content-length': Buffer.byteLength(body),
          }),
    },
  });
  outgoing.on('response', resolve);
  outgoing.on('error', reject);
  outgoing.end(body ?? undefined);
  return outgoing;
}

function encodeQuery(query: Query | undefined): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined) pairs.set(key, String(value));
  }
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > replyMaxBytes) {
      response.destroy();
      throw new Error('the answer is larger than any answer of jm2');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unwrap(socketPath: string, response: IncomingMessage, text: string): unknown {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch (cause) {
    throw unreachable(socketPath, new Error('the answer is not one of jm2', { cause }));
  }
  if (typeof envelope !== 'object' || envelope === null) {
    throw unreachable(socketPath, new Error('the answer is not one of jm2'));
  }
  if ('success' in envelope && envelope.success === true) {
    return 'data' in envelope ? envelope.data : undefined;
  }
  if ('error' in envelope && isErrorBody(envelope.error)) {
    const { code, summary, detail, hint } = envelope.error;
    const data = 'data' in envelope ? envelope.data : undefined;
    throw new Jm2Error({ code, summary, detail, hint, data, exitCode: exitCodeOf(response) });
  }
  throw unreachable(socketPath, new Error('the answer is not one of jm2'));
}

function isErrorBody(value: unknown): value is ErrorBody {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['code', 'summary', 'detail'].every(
      (key) => typeof (value as Record<string, unknown>)[key] === 'string',
    )
  );
}

function exitCodeOf(response: IncomingMessage): number {
  const value = Number(response.headers[exitCodeHeader]);
  return Number.isInteger(value) && value > 0 && value < 256 ? value : ExitCode.failure;
}

/** Resolves when the daemon has accepted the subscription. */
function openStream(socketPath: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void =>
      reject(error instanceof Jm2Error ? error : unreachable(socketPath, error));
    const outgoing = open(socketPath, { method: 'GET', path: '/events' }, accept, fail);
    const abort = (): void => {
      outgoing.destroy();
    };
    const deadline = setTimeout(() => {
      outgoing.destroy(new Error(`no answer within ${answerWithinMs / 1000} s`));
    }, answerWithinMs);
    signal.addEventListener('abort', abort, { once: true });
    outgoing.once('close', () => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', abort);
    });
    if (signal.aborted) abort();

    function accept(response: IncomingMessage): void {
      clearTimeout(deadline);
      if (response.statusCode === 200) {
        resolve(response);
        return;
      }
      readBody(response)
        .then((text) => unwrap(socketPath, response, text))
        .then(() => fail(new Error('the daemon did not open a stream')), fail);
    }
  });
}

function unreachable(socketPath: string, cause: unknown): Jm2Error {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  const message = cause instanceof Error ? cause.message : String(cause);
  const [detail, hint] =
    code === 'ENOENT' || code === 'ECONNREFUSED'
      ? [`No daemon listens on ${socketPath}.`, 'jm2 start']
      : code === 'EACCES' || code === 'EPERM'
        ? [
            `The socket ${socketPath} belongs to another account.`,
            'Use the account that started the daemon.',
          ]
        : [`The daemon on ${socketPath} did not answer: ${message}.`, 'jm2 status'];
  return operationalError('JM2-D101', { detail, hint, cause });
}
