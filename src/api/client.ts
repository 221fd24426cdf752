// The typed client: Service over the daemon's socket, with node:http alone so
// that a command starts quickly. Every call is bounded in time and size; a
// daemon that is not there is one error, JM2-D101.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { ErrorBody } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { readEvents } from './event-stream.ts';
import type { Service } from './service.ts';
import { apiPrefix, exitCodeHeader } from './wire.ts';

// Imported as a module, it would bring a whole WebSocket client along: that takes
// longer than most commands.
const { request } = process.getBuiltinModule('node:http');

/** An answer comes from memory or the store within moments; plan and apply read files and write. */
const answerWithinMs = 30_000;
const planWithinMs = 120_000;
/**
 * A daemon that has not answered by then is asked for a sign of life, and has as
 * long again to give one: a stopped or blocked one is told after seconds, a busy
 * one may take its time. The quick part of the program is sooner in doubt, since the
 * whole one asks again after it.
 */
const signOfLifeMs = typeof JM2_SIGN_OF_LIFE_MS === 'number' ? JM2_SIGN_OF_LIFE_MS : 3_000;
/** While it plans and applies a large manifest, a daemon may be silent for longer. */
const planSignOfLifeMs = 5_000;
/** More than the list of the largest accepted manifest needs. */
const replyMaxBytes = 512 * 1024 * 1024;

const patient = { withinMs: planWithinMs, signOfLifeMs: planSignOfLifeMs } as const;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Query;
  readonly json?: unknown;
  readonly text?: string;
  readonly withinMs?: number;
  readonly signOfLifeMs?: number;
}

interface Peer {
  readonly socketPath: string;
  readonly pid: () => Promise<number | null>;
}

/**
 * True when an error means that no daemon listens (any more): the socket is
 * missing, refuses, or was closed by an end. A daemon that listens and does not
 * answer, or that this account may not reach, is there.
 */
export function isNobodyListening(error: unknown): boolean {
  if (!(error instanceof Jm2Error) || error.code !== 'JM2-D101') return false;
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code !== undefined && ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code);
}

/**
 * A client of the daemon that listens on `socketPath`. Makes one connection per
 * call and holds none, so there is nothing to close. `events` connects when it
 * is called, not when it is first read. `pid` tells, when it is needed for a
 * message, which process should be answering; null when nobody knows.
 */
export function createClient(
  socketPath: string,
  pid: () => Promise<number | null> = async () => null,
): Service {
  const peer: Peer = { socketPath, pid };
  // The daemon is the same program and answers in the shapes of service.ts;
  // the cast is the border where that is taken as given.
  const call = async <T>(options: Call): Promise<T> => (await send(peer, options)) as T;
  const job = (name: string): string => `/jobs/${encodeURIComponent(name)}`;
  const run = (id: string): string => `/runs/${encodeURIComponent(id)}`;
  const history: Service['history'] = ({ states, triggers, ...rest }) =>
    call({
      method: 'GET',
      path: '/runs',
      query: { ...rest, states: states?.join(','), triggers: triggers?.join(',') },
    });
  return {
    status: () => call({ method: 'GET', path: '/status' }),
    list: () => call({ method: 'GET', path: '/jobs' }),
    show: (name) => call({ method: 'GET', path: job(name) }),
    history: async ({ namesakes, ...query }) => {
      if (namesakes === undefined) return history(query);
      return orOlder(
        () => history({ ...query, namesakes }),
        () => history(query),
      );
    },
    why: (query) => call({ method: 'GET', path: '/why', query: { ...query } }),
    getRun: (id) => call({ method: 'GET', path: run(id) }),
    stats: (query) => call({ method: 'POST', path: '/stats', json: query }),
    missed: (query) => call({ method: 'POST', path: '/missed', json: query }),
    notes: ({ about, limit }) =>
      call({ method: 'GET', path: '/notes', query: { about: about ?? undefined, limit } }),
    queue: (query) => call({ method: 'GET', path: '/queue', query: { ...query } }),
    compare: (query) => call({ method: 'GET', path: '/compare', query: { ...query } }),
    attempts: (id) => call({ method: 'GET', path: `${run(id)}/attempts` }),
    logs: (query) => call({ method: 'GET', path: '/logs', query: { ...query } }),
    logsFrom: (position) => call({ method: 'GET', path: '/logs/from', query: { ...position } }),
    plan: ({ text, horizonMs }) =>
      text === null
        ? call({ method: 'POST', path: '/plan', json: { horizonMs }, ...patient })
        : call({
            method: 'POST',
            path: '/plan/text',
            query: { horizonMs },
            text,
            ...patient,
          }),
    applyText: (input) => call({ method: 'POST', path: '/apply/text', json: input, ...patient }),
    sync: (input) => call({ method: 'POST', path: '/sync', json: input, ...patient }),
    tag: (input) => call({ method: 'POST', path: '/tags', json: input }),
    confirm: (input) => call({ method: 'POST', path: '/apply/confirm', json: input, ...patient }),
    apply: (input) => call({ method: 'POST', path: '/apply', json: input, ...patient }),
    run: ({ job: name, ...rest }) =>
      call({ method: 'POST', path: `${job(name)}/runs`, json: rest }),
    adhoc: (input) => call({ method: 'POST', path: '/adhoc', json: input }),
    rerun: ({ run: id, ...rest }) => call({ method: 'POST', path: `${run(id)}/rerun`, json: rest }),
    backfill: ({ job: name, ...rest }) =>
      call({ method: 'POST', path: `${job(name)}/backfill`, json: rest }),
    cancel: ({ run: id, ...rest }) =>
      call({ method: 'POST', path: `${run(id)}/cancel`, json: rest }),
    pause: (input) => call({ method: 'POST', path: '/pause', json: input }),
    resume: (input) => call({ method: 'POST', path: '/resume', json: input }),
    note: (input) => call({ method: 'POST', path: '/notes', json: input }),
    removeNote: (input) => call({ method: 'POST', path: '/notes/remove', json: input }),
    flush: (input) => call({ method: 'POST', path: '/flush', json: input }),
    shutdown: async ({ by, ...json }) => {
      await orOlder(
        () => call({ method: 'POST', path: '/shutdown', json: { ...json, by } }),
        () => call({ method: 'POST', path: '/shutdown', json }),
      );
    },
    events: (signal) => {
      const opened = openStream(peer, signal);
      // Reported by the first read; until then it must not count as unhandled.
      opened.catch(() => undefined);
      return readEvents(opened, signal, (error) => unreachable(peer, error, null));
    },
  };
}

/** A daemon of 0.1, asked right after an upgrade, does not know each word of today. */
async function orOlder<T>(ask: () => Promise<T>, askOlder: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Jm2Error && error.code === 'JM2-D107') return askOlder();
    throw error;
  }
}

async function send(peer: Peer, options: Call): Promise<unknown> {
  const withinMs = options.withinMs ?? answerWithinMs;
  const patienceMs = options.signOfLifeMs ?? signOfLifeMs;
  let outgoing: ClientRequest | null = null;
  const giveUp = (afterMs: number): void => {
    outgoing?.destroy(new Error(`no answer within ${afterMs / 1000}s`));
  };
  const deadline = setTimeout(() => giveUp(withinMs), withinMs);
  const doubt = setTimeout(() => {
    void showsLife(peer, patienceMs).then((alive) => {
      if (!alive) giveUp(2 * patienceMs);
    });
  }, patienceMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing = open(peer.socketPath, options, resolve, reject);
    });
    clearTimeout(doubt);
    const text = await readBody(response);
    return unwrap(peer, response, text);
  } catch (error) {
    throw error instanceof Jm2Error ? error : unreachable(peer, error, await peer.pid());
  } finally {
    clearTimeout(deadline);
    clearTimeout(doubt);
  }
}

/** Whether the daemon says anything at all within the time. */
function showsLife(peer: Peer, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (alive: boolean): void => {
      clearTimeout(late);
      asked.destroy();
      resolve(alive);
    };
    const asked = open(
      peer.socketPath,
      { method: 'GET', path: '/status' },
      () => settle(true),
      // It refuses: the call itself learns that too.
      () => settle(false),
    );
    const late = setTimeout(() => settle(false), withinMs);
  });
}

function open(
  socketPath: string,
  { method, path, query, json, text }: Call,
  resolve: (response: IncomingMessage) => void,
  reject: (error: Error) => void,
): ClientRequest {
  // Node would find out by regular expressions of kilobytes whether "jm2" is an
  // address, to name it in a TLS handshake that a socket does not have.
  const noServerName = { servername: '' };
  const body = text ?? (json === undefined ? null : JSON.stringify(json));
  const outgoing = request({
    ...noServerName,
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

/** By events: reading it as an iterable takes twice the time of a short answer. */
function readBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > replyMaxBytes) {
        response.destroy(new Error('the answer is larger than any answer of jm2'));
      }
    });
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.on('error', reject);
    // Also after the end; a promise is settled once.
    response.on('close', () => reject(new Error('the answer ended early')));
  });
}

function unwrap(peer: Peer, response: IncomingMessage, text: string): unknown {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch (cause) {
    throw unreachable(peer, new Error('the answer is not one of jm2', { cause }), null);
  }
  if (typeof envelope !== 'object' || envelope === null) {
    throw unreachable(peer, new Error('the answer is not one of jm2'), null);
  }
  if ('success' in envelope && envelope.success === true) {
    return 'data' in envelope ? envelope.data : undefined;
  }
  if ('error' in envelope && isErrorBody(envelope.error)) {
    const { code, summary, detail, hint } = envelope.error;
    const data = 'data' in envelope ? envelope.data : undefined;
    throw new Jm2Error({ code, summary, detail, hint, data, exitCode: exitCodeOf(response) });
  }
  throw unreachable(peer, new Error('the answer is not one of jm2'), null);
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
function openStream(peer: Peer, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void =>
      reject(error instanceof Jm2Error ? error : unreachable(peer, error, null));
    const outgoing = open(peer.socketPath, { method: 'GET', path: '/events' }, accept, fail);
    const abort = (): void => {
      outgoing.destroy();
    };
    const deadline = setTimeout(() => {
      outgoing.destroy(new Error(`no answer within ${answerWithinMs / 1000}s`));
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
        .then((text) => unwrap(peer, response, text))
        .then(() => fail(new Error('the daemon did not open a stream')), fail);
    }
  });
}

function unreachable({ socketPath }: Peer, cause: unknown, pid: number | null): Jm2Error {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  const message = cause instanceof Error ? cause.message : String(cause);
  const who = pid === null ? 'The daemon' : `The daemon (pid ${pid})`;
  const [detail, hint] =
    code === 'ENOENT' || code === 'ECONNREFUSED'
      ? [`No daemon listens on ${socketPath}.`, 'jm2 start']
      : code === 'EACCES' || code === 'EPERM'
        ? [
            `The socket ${socketPath} belongs to another account.`,
            'Use the account that started the daemon.',
          ]
        : code === 'ENOTDIR'
          ? [`No daemon listens on ${socketPath}: a part of that path is not a directory.`, null]
          : [
              `${who} on ${socketPath} does not answer: ${message}.`,
              `Is it stopped or very busy? Read daemon.log beside the socket.${pid === null ? '' : ` When it stays so, end it with kill -KILL ${pid} and start it again: running jobs are adopted.`}`,
            ];
  return operationalError('JM2-D101', { detail, hint, cause });
}
