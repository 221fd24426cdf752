import { afterEach, describe, expect, test } from 'vitest';
import { createApi } from '../../src/api/server.ts';
import { Jm2Error } from '../../src/core/diagnostics/jm2-error.ts';
import { aRunView, aStatus, fakeService } from '../support/fake-service.ts';

const logged: object[] = [];
const log = { warn: () => undefined, error: (fields: object) => logged.push(fields) };

function setUp() {
  const service = fakeService();
  return { service, app: createApi(service, log) };
}

afterEach(() => {
  logged.length = 0;
});

describe('the API', () => {
  test('wraps every answer in one envelope', async () => {
    const { app } = setUp();
    const reply = await app.inject({ url: '/api/v1/status' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({ success: true, data: aStatus });
  });

  test('passes queries on as numbers, lists and flags', async () => {
    const { app, service } = setUp();
    await app.inject({
      url: '/api/v1/runs?job=backup&states=failed,lost&limit=20&all=true&since=2026-03-01T00:00:00.000Z',
    });
    await app.inject({ url: '/api/v1/logs?run=01j0&lines=5' });
    await app.inject({ url: '/api/v1/logs/from?run=01j0&attempt=2&offset=77' });
    expect(service.calls.map((call) => call.input)).toEqual([
      {
        job: 'backup',
        states: ['failed', 'lost'],
        limit: 20,
        all: true,
        since: '2026-03-01T00:00:00.000Z',
      },
      { run: '01j0', lines: 5 },
      { run: '01j0', attempt: 2, offset: 77 },
    ]);
  });

  test('starts a run with 201 and names it', async () => {
    const { app, service } = setUp();
    const reply = await app.inject({
      method: 'POST',
      url: '/api/v1/jobs/backup/runs',
      payload: { by: 'cli (alice)', force: false },
    });
    expect(reply.statusCode).toBe(201);
    expect(reply.json()).toEqual({ success: true, data: aRunView });
    expect(service.calls[0]?.input).toEqual({ job: 'backup', by: 'cli (alice)', force: false });
  });

  test.each([
    ['an unknown key', { by: 'x', force: false, extra: 1 }],
    ['a text where a truth value belongs', { by: 'x', force: 'true' }],
    ['a missing key', { by: 'x' }],
    ['a list', []],
    ['a proto key', '{"by":"x","force":false,"__proto__":{"a":1}}'],
    ['half a JSON text', '{"by":'],
  ])('refuses a body with %s and calls nothing', async (_name, payload) => {
    const { app, service } = setUp();
    const reply = await app.inject({
      method: 'POST',
      url: '/api/v1/jobs/backup/runs',
      headers: { 'content-type': 'application/json' },
      payload: payload as object,
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ success: false, error: { code: 'JM2-D107' } });
    expect(service.calls).toEqual([]);
  });

  test.each([
    '/api/v1/status?x=1',
    '/api/v1/runs?limit=20&colour=red',
    '/api/v1/runs?limit=-1',
    '/api/v1/runs?limit=501',
    '/api/v1/runs?limit=10&states=broken',
    '/api/v1/runs?limit=10&since=yesterday',
    '/api/v1/logs/from?run=a&attempt=1',
  ])('refuses the query %s', async (url) => {
    const { app, service } = setUp();
    const reply = await app.inject({ url });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ error: { code: 'JM2-D107' } });
    expect(service.calls).toEqual([]);
  });

  test('takes a body of 1 MiB at most, and a plan text of more', async () => {
    const { app, service } = setUp();
    const big = 'x'.repeat(2 * 1024 * 1024);
    const refused = await app.inject({
      method: 'POST',
      url: '/api/v1/apply',
      payload: { by: big, expected: null },
    });
    expect(refused.statusCode).toBe(413);
    const taken = await app.inject({
      method: 'POST',
      url: '/api/v1/plan/text?horizonMs=1000',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      payload: big,
    });
    expect(taken.statusCode).toBe(200);
    expect(service.calls).toEqual([{ method: 'plan', input: { text: big, horizonMs: 1000 } }]);
  });

  test('takes JSON alone where a body is an object', async () => {
    const { app } = setUp();
    const reply = await app.inject({
      method: 'POST',
      url: '/api/v1/apply',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'by=x',
    });
    expect(reply.statusCode).toBe(415);
  });

  test.each([
    ['JM2-P201', 4, 409],
    ['JM2-R103', 5, 403],
    ['JM2-R101', 1, 404],
    ['JM2-R102', 1, 404],
    ['JM2-D106', 4, 503],
    ['JM2-T104', 1, 507],
    ['JM2-M002', 3, 422],
    ['JM2-T101', 1, 500],
  ])('answers %s with exit code %i as HTTP %i', async (code, exitCode, status) => {
    const { app, service } = setUp();
    service.failure = new Jm2Error({ code, summary: 's', detail: 'd', hint: 'h', exitCode });
    const reply = await app.inject({ url: '/api/v1/jobs' });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['jm2-exit-code']).toBe(String(exitCode));
    expect(reply.json()).toEqual({
      success: false,
      error: { code, summary: 's', detail: 'd', hint: 'h' },
    });
  });

  test('gives the facts that stand beside an error', async () => {
    const { app, service } = setUp();
    service.failure = new Jm2Error({ code: 'JM2-P201', summary: 's', detail: 'd', data: { n: 1 } });
    const reply = await app.inject({ url: '/api/v1/jobs' });
    expect(reply.json()).toMatchObject({ success: false, data: { n: 1 } });
  });

  test('tells nothing of an unexpected error but that it happened, and logs it', async () => {
    const { app, service } = setUp();
    service.failure = new Error('ENOENT: no such file, open /root/secret-token');
    const reply = await app.inject({ url: '/api/v1/jobs' });
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toMatchObject({
      success: false,
      error: {
        code: 'JM2-D108',
        summary: 'the daemon met an error of its own',
        detail: 'The request was given up. Schedules and running jobs go on.',
      },
    });
    expect(reply.body).not.toMatch(/secret|ENOENT|stack/);
    expect(logged).toHaveLength(1);
  });

  test('answers an unknown route with 404 in the same shape', async () => {
    const { app } = setUp();
    const reply = await app.inject({ url: '/api/v2/status' });
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ success: false, error: { code: 'JM2-D107' } });
  });
});
