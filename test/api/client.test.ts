import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, isNobodyListening } from '../../src/api/client.ts';
import { badRequest } from '../../src/api/errors.ts';
import { listen } from '../../src/api/server.ts';
import type { ApiServer } from '../../src/api/server.ts';
import { Jm2Error } from '../../src/core/diagnostics/jm2-error.ts';
import type { JobView } from '../../src/api/service.ts';
import { aRunView, aStatus, fakeService } from '../support/fake-service.ts';
import type { FakeService } from '../support/fake-service.ts';

const log = { warn: () => undefined, error: () => undefined };
let directory: string;
let socket: string;
let service: FakeService;
let server: ApiServer | null;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'jm2-api-'));
  socket = join(directory, 'daemon.sock');
  service = fakeService();
  server = await listen(service, socket, log);
});

afterEach(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

async function failureOf(promise: Promise<unknown>): Promise<Jm2Error> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Jm2Error)) throw new Error(`not a Jm2Error: ${String(error)}`);
  return error;
}

describe('the client', () => {
  test('waits for a daemon that is busy but alive', async () => {
    await server?.close();
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 3_500));
      return { jobs: [] };
    };
    server = await listen(fakeService({ list: slowly }), socket, log);
    expect(await createClient(socket).list()).toEqual({ jobs: [] });
  });

  test('gets a list that is sent in parts as it is', async () => {
    await server?.close();
    const jobs = Array.from({ length: 1_201 }, (_, at) => ({ name: `job-ä${at}` }) as JobView);
    server = await listen(fakeService({ list: async () => ({ jobs }) }), socket, log);
    expect(await createClient(socket).list()).toEqual({ jobs });
  });

  test('asks an older daemon for the history of a name without what that does not know', async () => {
    await server?.close();
    const answer = { runs: [aRunView], outcomes: [], prunedUntil: null };
    const older = fakeService({
      history: async (query) => {
        if (query.namesakes !== undefined) throw badRequest('unknown: namesakes');
        return answer;
      },
    });
    server = await listen(older, socket, log);
    const query = { job: 'backup', limit: 5, namesakes: true };
    expect(await createClient(socket).history(query)).toEqual(answer);
  });

  test('ends an older daemon, which does not take who asks', async () => {
    await server?.close();
    const asked: unknown[] = [];
    const older = fakeService({
      shutdown: async (input) => {
        if (input.by !== undefined) throw badRequest('Body must NOT have additional properties.');
        asked.push(input);
      },
    });
    server = await listen(older, socket, log);
    await createClient(socket).shutdown({ mode: 'detach', graceMs: null, by: 'alice' });
    expect(asked).toEqual([{ mode: 'detach', graceMs: null }]);
  });

  test('names the process that should answer and does not', async () => {
    const silent = join(directory, 'silent.sock');
    const held = new Set<Socket>();
    const deaf = createServer((connection) => held.add(connection)).listen(silent);
    const error = await failureOf(createClient(silent, async () => 4711).status());
    expect(error).toMatchObject({ code: 'JM2-D101', exitCode: 8 });
    expect(error.detail).toContain('(pid 4711)');
    expect(error.detail).toContain('does not answer: no answer within 6s');
    expect([isNobodyListening(error), held.size]).toEqual([false, 2]);
    for (const connection of held) connection.destroy();
    await new Promise((resolve) => deaf.close(resolve));
    expect(isNobodyListening(await failureOf(createClient(silent).status()))).toBe(true);
  });

  test('brings every call to the service and its answer back', async () => {
    const client = createClient(socket);
    expect(await client.status()).toEqual(aStatus);
    expect(await client.list()).toEqual({ jobs: [] });
    const history = { job: 'backup', states: ['failed', 'lost'] as const, limit: 5, all: true };
    expect(await client.history(history)).toEqual({
      runs: [aRunView],
      outcomes: [],
      prunedUntil: null,
    });
    expect(await client.getRun('01j0')).toEqual(aRunView);
    expect(await client.attempts('01j0')).toEqual([]);
    expect(await client.why({ job: 'backup', time: 'today' })).toMatchObject({ job: 'backup' });
    await client.logs({ job: 'backup', lines: 3 });
    const cursor = { run: '01j0', attempt: 1, offset: 9 };
    expect(await client.logsFrom(cursor)).toEqual({ lines: [], cursor, ended: true });
    await client.plan({ text: null, horizonMs: 60_000 });
    await client.plan({ text: 'version: 1 # ü\n', horizonMs: 60_000 });
    await client.apply({ by: 'cli (bob)', expected: { revision: 3, desiredDigest: 'c1:x' } });
    await client.run({ job: 'back up/ü', by: 'cli (bob)', force: true });
    const again = { run: '01j0', by: 'b', force: false, current: true, serial: false };
    await client.rerun(again);
    const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z', limit: 5 };
    const backfill = { job: 'backup', by: 'b', ...range, all: false, dryRun: true };
    await client.backfill(backfill);
    await client.cancel({ run: '01j0', by: 'cli (bob)' });
    await client.shutdown({ mode: 'drain', graceMs: null });
    expect(service.calls).toEqual([
      { method: 'status', input: undefined },
      { method: 'list', input: undefined },
      { method: 'history', input: history },
      { method: 'getRun', input: '01j0' },
      { method: 'attempts', input: '01j0' },
      { method: 'why', input: { job: 'backup', time: 'today' } },
      { method: 'logs', input: { job: 'backup', lines: 3 } },
      { method: 'logsFrom', input: cursor },
      { method: 'plan', input: { text: null, horizonMs: 60_000 } },
      { method: 'plan', input: { text: 'version: 1 # ü\n', horizonMs: 60_000 } },
      {
        method: 'apply',
        input: { by: 'cli (bob)', expected: { revision: 3, desiredDigest: 'c1:x' } },
      },
      { method: 'run', input: { job: 'back up/ü', by: 'cli (bob)', force: true } },
      { method: 'rerun', input: again },
      { method: 'backfill', input: backfill },
      { method: 'cancel', input: { run: '01j0', by: 'cli (bob)' } },
      { method: 'shutdown', input: { mode: 'drain', graceMs: null } },
    ]);
  });

  test('gives an error of the service back with code, hint, exit code and data', async () => {
    service.failure = new Jm2Error({
      code: 'JM2-P201',
      summary: 'the plan is stale',
      detail: 'Revision 4 was applied since.',
      hint: 'jm2 plan',
      exitCode: 4,
      data: { revision: 4 },
    });
    const error = await failureOf(createClient(socket).apply({ by: 'x', expected: null }));
    expect(error.toBody()).toEqual({
      code: 'JM2-P201',
      summary: 'the plan is stale',
      detail: 'Revision 4 was applied since.',
      hint: 'jm2 plan',
    });
    expect(error.exitCode).toBe(4);
    expect(error.data).toEqual({ revision: 4 });
  });

  test('says JM2-D101 with exit code 8 and the way out when no socket is there', async () => {
    const error = await failureOf(createClient(join(directory, 'none.sock')).status());
    expect(error).toMatchObject({ code: 'JM2-D101', exitCode: 8, hint: 'jm2 start' });
  });

  test('says the same when the socket file is a leftover', async () => {
    await server?.close();
    server = null;
    const { spawnSync } = await import('node:child_process');
    const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script, socket]);
    expect((await stat(socket)).isSocket()).toBe(true);
    const error = await failureOf(createClient(socket).status());
    expect(error).toMatchObject({ code: 'JM2-D101', exitCode: 8, hint: 'jm2 start' });
  });

  test('does not take the answer of a stranger for one of jm2', async () => {
    const path = join(directory, 'other.sock');
    const stranger = createServer((connection) => {
      connection.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello');
    });
    await new Promise<void>((resolve) => stranger.listen(path, resolve));
    const error = await failureOf(createClient(path).status());
    stranger.close();
    expect(error).toMatchObject({ code: 'JM2-D101', exitCode: 8 });
  });

  test('the socket is owner-only from its birth', async () => {
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
  });

  test('delivers events from the call on, in order, until the daemon closes', async () => {
    const events = createClient(socket).events(new AbortController().signal);
    service.emit({ at: '2026-03-01T00:00:00.000Z', kind: 'run.queued', job: 'a\n\nb' });
    service.emit({ at: '2026-03-01T00:00:01.000Z', kind: 'run.started', job: 'ü' });
    const seen: unknown[] = [];
    for await (const event of events) {
      seen.push([event.kind, event['job']]);
      if (seen.length === 2) {
        const closing = server?.close();
        server = null;
        await closing;
      }
    }
    expect(seen).toEqual([
      ['run.queued', 'a\n\nb'],
      ['run.started', 'ü'],
    ]);
  });

  test('an aborted event stream ends without an error and frees its place', async () => {
    const client = createClient(socket);
    for (let round = 0; round < 25; round += 1) {
      const stop = new AbortController();
      const events = client.events(stop.signal);
      service.emit({ at: '2026-03-01T00:00:00.000Z', kind: 'tick', round });
      for await (const event of events) {
        if (event['round'] === round) stop.abort();
      }
    }
  });

  test('an event stream of a service that fails breaks with JM2-D101, not with an end', async () => {
    await server?.close();
    service = fakeService({
      events: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('overflow')) }),
      }),
    });
    server = await listen(service, socket, log);
    const events = createClient(socket).events(new AbortController().signal);
    const reading = (async () => {
      for await (const event of events) void event;
    })();
    expect(await failureOf(reading)).toMatchObject({ code: 'JM2-D101', exitCode: 8 });
  });

  test('closing does not hang on a client that holds its connection open', async () => {
    const { connect } = await import('node:net');
    const idle = connect(socket);
    await new Promise<void>((resolve) => idle.once('connect', resolve));
    idle.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => idle.once('close', () => resolve()));
    await server?.close();
    server = null;
    await closed;
    await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
