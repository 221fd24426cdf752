// The routes under /api/v1: each checks its input, calls one method of the
// service and wraps what comes back. Decides nothing about jobs.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RunState, Trigger } from '../core/runs/run.ts';
import { answerInParts, itemsAtOnce } from './answer-in-parts.ts';
import { badRequest } from './errors.ts';
import * as schemas from './route-schemas.ts';
import type { HistoryQuery, LogsQuery, Service } from './service.ts';
import {
  historyPageMax,
  logPageMaxLines,
  notePageMax,
  planTextMaxBytes,
  queuePageMax,
} from './wire.ts';

const jsonType = 'application/json; charset=utf-8';

const runStates: ReadonlySet<string> = new Set<RunState>([
  'queued',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'canceled',
  'lost',
]);

const runTriggers: ReadonlySet<string> = new Set<Trigger>([
  'schedule',
  'catch-up',
  'manual',
  'rerun',
  'backfill',
  'restart',
]);

export function addRoutes(app: FastifyInstance, service: Service): void {
  addReadRoutes(app, service);
  addPlanRoutes(app, service);
  addRunRoutes(app, service);
  app.post<{ Body: schemas.PauseBody }>(
    '/pause',
    { schema: { querystring: schemas.noQuery, body: schemas.pauseBody } },
    async (request, reply) => ok(reply, await service.pause(request.body)),
  );
  app.post<{ Body: schemas.ResumeBody }>(
    '/resume',
    { schema: { querystring: schemas.noQuery, body: schemas.resumeBody } },
    async (request, reply) => ok(reply, await service.resume(request.body)),
  );
  app.post<{ Body: schemas.NoteBody }>(
    '/notes',
    { schema: { querystring: schemas.noQuery, body: schemas.noteBody } },
    async (request, reply) => ok(reply.code(201), await service.note(request.body)),
  );
  app.post<{ Body: schemas.RemoveNoteBody }>(
    '/notes/remove',
    { schema: { querystring: schemas.noQuery, body: schemas.removeNoteBody } },
    async (request, reply) => ok(reply, await service.removeNote(request.body)),
  );
  app.post<{ Body: schemas.FlushBody }>(
    '/flush',
    { schema: { querystring: schemas.noQuery, body: schemas.flushBody } },
    async (request, reply) => ok(reply, await service.flush(request.body)),
  );
  app.post<{ Body: schemas.ShutdownBody }>(
    '/shutdown',
    { schema: { querystring: schemas.noQuery, body: schemas.shutdownBody } },
    async (request, reply) => {
      await service.shutdown(request.body);
      return ok(reply.code(202), null);
    },
  );
}

function addReadRoutes(app: FastifyInstance, service: Service): void {
  const plain = { schema: { querystring: schemas.noQuery } };
  app.get('/status', plain, async (_request, reply) => ok(reply, await service.status()));
  app.get('/jobs', plain, async (_request, reply) => {
    const { jobs } = await service.list();
    if (jobs.length <= itemsAtOnce) return ok(reply, { jobs });
    return reply.type(jsonType).send(Readable.from(answerInParts('jobs', jobs)));
  });
  app.get<{ Params: schemas.JobParams }>(
    '/jobs/:job',
    { schema: { params: schemas.jobParams, querystring: schemas.noQuery } },
    async (request, reply) => ok(reply, await service.show(request.params.job)),
  );
  app.get<{ Querystring: schemas.HistoryQueryText }>(
    '/runs',
    { schema: { querystring: schemas.historyQuery } },
    async (request, reply) => ok(reply, await service.history(historyFrom(request.query))),
  );
  app.get<{ Params: schemas.RunParams }>(
    '/runs/:run',
    { schema: { params: schemas.runParams, querystring: schemas.noQuery } },
    async (request, reply) => ok(reply, await service.getRun(request.params.run)),
  );
  // A question that may name more jobs than a URL holds.
  app.post<{ Body: schemas.StatsBody }>(
    '/stats',
    { schema: { querystring: schemas.noQuery, body: schemas.statsBody } },
    async (request, reply) => ok(reply, await service.stats(request.body)),
  );
  app.post<{ Body: schemas.MissedBody }>(
    '/missed',
    { schema: { querystring: schemas.noQuery, body: schemas.missedBody } },
    async (request, reply) => ok(reply, await service.missed(request.body)),
  );
  app.get<{ Querystring: schemas.CompareQuery }>(
    '/compare',
    { schema: { querystring: schemas.compareQuery } },
    async (request, reply) => ok(reply, await service.compare(request.query)),
  );
  app.get<{ Querystring: schemas.NotesQueryText }>(
    '/notes',
    { schema: { querystring: schemas.notesQuery } },
    async (request, reply) => {
      const { about = null, limit } = request.query;
      return ok(reply, await service.notes({ about, limit: atMost('limit', limit, notePageMax) }));
    },
  );
  app.get<{ Querystring: schemas.QueueQueryText }>(
    '/queue',
    { schema: { querystring: schemas.queueQuery } },
    async (request, reply) => {
      const limit = atMost('limit', request.query.limit, queuePageMax);
      return ok(reply, await service.queue({ limit }));
    },
  );
  app.get<{ Params: schemas.RunParams }>(
    '/runs/:run/attempts',
    { schema: { params: schemas.runParams, querystring: schemas.noQuery } },
    async (request, reply) => ok(reply, await service.attempts(request.params.run)),
  );
  app.get<{ Querystring: schemas.WhyQueryText }>(
    '/why',
    { schema: { querystring: schemas.whyQuery } },
    async (request, reply) => ok(reply, await service.why(request.query)),
  );
  app.get<{ Querystring: schemas.LogsQueryText }>(
    '/logs',
    { schema: { querystring: schemas.logsQuery } },
    async (request, reply) => ok(reply, await service.logs(logsFrom(request.query))),
  );
  app.get<{ Querystring: schemas.LogCursorText }>(
    '/logs/from',
    { schema: { querystring: schemas.logCursorQuery } },
    async (request, reply) => {
      const { run, attempt, offset, unmasked } = request.query;
      const cursor = { run, attempt: Number(attempt), offset: Number(offset) };
      return ok(reply, await service.logsFrom({ ...cursor, ...unmaskedOf(unmasked) }));
    },
  );
}

function addPlanRoutes(app: FastifyInstance, service: Service): void {
  app.post<{ Body: schemas.PlanBody }>(
    '/plan',
    { schema: { querystring: schemas.noQuery, body: schemas.planBody } },
    async (request, reply) => ok(reply, await service.plan({ text: null, ...request.body })),
  );
  app.post<{ Querystring: schemas.PlanTextQuery; Body: string }>(
    '/plan/text',
    {
      bodyLimit: planTextMaxBytes,
      schema: { querystring: schemas.planTextQuery, body: schemas.planTextBody },
    },
    async (request, reply) => {
      const horizonMs = Number(request.query.horizonMs);
      return ok(reply, await service.plan({ text: request.body, horizonMs }));
    },
  );
  app.post<{ Body: schemas.ApplyBody }>(
    '/apply',
    { schema: { querystring: schemas.noQuery, body: schemas.applyBody } },
    async (request, reply) => ok(reply, await service.apply(request.body)),
  );
  app.post<{ Body: schemas.ApplyTextBody }>(
    '/apply/text',
    {
      // As JSON every byte may take two.
      bodyLimit: 2 * planTextMaxBytes,
      schema: { querystring: schemas.noQuery, body: schemas.applyTextBody },
    },
    async (request, reply) => ok(reply, await service.applyText(request.body)),
  );
  app.post<{ Body: schemas.SyncBody }>(
    '/sync',
    { schema: { querystring: schemas.noQuery, body: schemas.syncBody } },
    async (request, reply) => ok(reply, await service.sync(request.body)),
  );
  app.post<{ Body: schemas.TagBody }>(
    '/tags',
    { schema: { querystring: schemas.noQuery, body: schemas.tagBody } },
    async (request, reply) => ok(reply, await service.tag(request.body)),
  );
  app.post<{ Body: schemas.ConfirmBody }>(
    '/apply/confirm',
    { schema: { querystring: schemas.noQuery, body: schemas.confirmBody } },
    async (request, reply) => ok(reply, await service.confirm(request.body)),
  );
}

function addRunRoutes(app: FastifyInstance, service: Service): void {
  app.post<{ Params: schemas.JobParams; Body: schemas.RunBody }>(
    '/jobs/:job/runs',
    {
      schema: {
        params: schemas.jobParams,
        querystring: schemas.noQuery,
        body: schemas.runBody,
      },
    },
    async (request, reply) =>
      ok(reply.code(201), await service.run({ job: request.params.job, ...request.body })),
  );
  app.post<{ Body: schemas.AdhocBody }>(
    '/adhoc',
    { schema: { querystring: schemas.noQuery, body: schemas.adhocBody } },
    async (request, reply) => ok(reply.code(201), await service.adhoc(request.body)),
  );
  app.post<{ Params: schemas.JobParams; Body: schemas.BackfillBody }>(
    '/jobs/:job/backfill',
    {
      schema: {
        params: schemas.jobParams,
        querystring: schemas.noQuery,
        body: schemas.backfillBody,
      },
    },
    async (request, reply) =>
      ok(reply, await service.backfill({ job: request.params.job, ...request.body })),
  );
  app.post<{ Params: schemas.RunParams; Body: schemas.RerunBody }>(
    '/runs/:run/rerun',
    {
      schema: {
        params: schemas.runParams,
        querystring: schemas.noQuery,
        body: schemas.rerunBody,
      },
    },
    async (request, reply) =>
      ok(reply.code(201), await service.rerun({ run: request.params.run, ...request.body })),
  );
  app.post<{ Params: schemas.RunParams; Body: schemas.CancelBody }>(
    '/runs/:run/cancel',
    {
      schema: {
        params: schemas.runParams,
        querystring: schemas.noQuery,
        body: schemas.cancelBody,
      },
    },
    async (request, reply) =>
      ok(reply, await service.cancel({ run: request.params.run, ...request.body })),
  );
}

function ok(reply: FastifyReply, data: unknown): FastifyReply {
  return reply.send({ success: true, data });
}

function historyFrom(query: schemas.HistoryQueryText): HistoryQuery {
  const { states, triggers, tookMinMs, tookMaxMs, limit, all, namesakes, adhoc, ...rest } = query;
  const names = states?.split(',');
  const unknown = names?.find((state) => !runStates.has(state));
  if (unknown !== undefined) throw badRequest(`There is no run state "${unknown}".`);
  const causes = triggers?.split(',');
  const strange = causes?.find((trigger) => !runTriggers.has(trigger));
  if (strange !== undefined) throw badRequest(`There is no trigger "${strange}".`);
  return {
    ...rest,
    ...(names === undefined ? {} : { states: names as RunState[] }),
    ...(causes === undefined ? {} : { triggers: causes as Trigger[] }),
    ...(tookMinMs === undefined ? {} : { tookMinMs: Number(tookMinMs) }),
    ...(tookMaxMs === undefined ? {} : { tookMaxMs: Number(tookMaxMs) }),
    ...(all === undefined ? {} : { all: all === 'true' }),
    ...(namesakes === undefined ? {} : { namesakes: namesakes === 'true' }),
    ...(adhoc === undefined ? {} : { adhoc: adhoc === 'true' }),
    limit: atMost('limit', limit, historyPageMax),
  };
}

function logsFrom(query: schemas.LogsQueryText): LogsQuery {
  const { lines, attempt, unmasked, ...rest } = query;
  return {
    ...rest,
    ...unmaskedOf(unmasked),
    ...(attempt === undefined ? {} : { attempt: Number(attempt) }),
    ...(lines === undefined ? {} : { lines: atMost('lines', lines, logPageMaxLines) }),
  };
}

function unmaskedOf(text: string | undefined): { unmasked?: boolean } {
  return text === undefined ? {} : { unmasked: text === 'true' };
}

function atMost(key: string, text: string, max: number): number {
  const value = Number(text);
  if (value > max) throw badRequest(`"${key}" is ${text}; at most ${max} are given at once.`);
  return value;
}
