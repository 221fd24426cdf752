import { Jm2Error } from '../../src/core/diagnostics/jm2-error.ts';
import { StatisticsOf } from '../../src/core/runs/statistics.ts';
import type { EventView, NoteView, RunView, Service, StatusView } from '../../src/api/service.ts';

export const aRunView: RunView = {
  id: '01j00000000000000000000000',
  job: 'backup',
  trigger: 'manual',
  nominalTime: null,
  state: 'queued',
  exitCode: null,
  signal: null,
  attempts: 0,
  queuedAt: '2026-03-01T02:00:00.000Z',
  startedAt: null,
  endedAt: null,
  durationMs: null,
  lateMs: null,
  revision: 3,
  reason: null,
  given: null,
  requestId: null,
  repeats: null,
  startAt: null,
  notes: [],
};

export const aStatus: StatusView = {
  daemon: {
    running: true,
    pid: 4711,
    startedAt: null,
    version: '0.1.0',
    socket: '/x/daemon.sock',
    previous: null,
  },
  manifest: { path: '/x/jobs.yaml', stateDir: '/x', timezone: 'UTC', jobs: 1 },
  revision: {
    attempted: null,
    applied: 3,
    appliedAt: null,
    appliedBy: 'start',
    gitCommit: null,
  },
  source: { state: 'accepted', since: null, diagnostics: [] },
  sync: {
    mode: 'auto',
    state: 'synced',
    because: null,
    pending: null,
    hold: null,
    confirmation: null,
    orphaned: [],
  },
  health: {
    state: 'healthy',
    problems: [],
    conditions: [],
    running: 0,
    queued: 0,
    concurrencyMax: 64,
    loopDelay: null,
  },
  overrides: [],
};

const aNote: NoteView = {
  id: 3,
  job: 'dump',
  run: null,
  at: '2026-03-02T12:00:00.000Z',
  by: 'cli (alice)',
  text: 'slow',
};

/** Notes every call and answers with what the test put in. */
export interface FakeService extends Service {
  readonly calls: { readonly method: string; readonly input: unknown }[];
  /** Thrown by the next call. */
  failure: Error | null;
  emit(event: EventView): void;
  endEvents(): void;
}

export function fakeService(overrides: Partial<Service> = {}): FakeService {
  const calls: { method: string; input: unknown }[] = [];
  const emitted: EventView[] = [];
  const wake = new EventTarget();
  let ended = false;
  const note = (method: string, input: unknown): void => {
    calls.push({ method, input });
    if (service.failure !== null) {
      const failure = service.failure;
      service.failure = null;
      throw failure;
    }
  };
  const answering = <T>(method: string, answer: T) => {
    return async (input?: unknown): Promise<T> => {
      note(method, input);
      return answer;
    };
  };
  // Every reader gets everything from the beginning, whenever it came.
  async function* stream(signal: AbortSignal): AsyncGenerator<EventView> {
    signal.addEventListener('abort', () => wake.dispatchEvent(new Event('wake')));
    for (let next = 0; !signal.aborted;) {
      const event = emitted[next];
      if (event !== undefined) {
        next += 1;
        yield event;
      } else if (ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake.addEventListener('wake', () => resolve(), { once: true });
        });
      }
    }
  }
  const service: FakeService = {
    calls,
    failure: null,
    status: answering('status', aStatus),
    list: answering('list', { jobs: [] }),
    show: async (job) => {
      note('show', job);
      throw new Jm2Error({
        code: 'JM2-R101',
        summary: 'unknown job',
        detail: `There is no job "${job}".`,
        hint: 'jm2 list',
      });
    },
    history: answering('history', { runs: [aRunView], outcomes: [], prunedUntil: null }),
    getRun: answering('getRun', aRunView),
    adhoc: answering('adhoc', aRunView),
    missed: answering('missed', { missed: [], more: false }),
    compare: answering('compare', { runs: [aRunView, aRunView], fields: [] }),
    notes: answering('notes', { notes: [] }),
    note: answering('note', aNote),
    removeNote: answering('removeNote', aNote),
    rerun: answering('rerun', aRunView),
    backfill: answering('backfill', { occurrences: [], runs: [], more: false }),
    queue: answering('queue', {
      queue: [],
      queued: 0,
      running: 0,
      limits: { concurrencyMax: 64, queueLimit: 200, groups: [] },
    }),
    stats: answering('stats', {
      since: null,
      until: '2026-03-01T02:00:00.000Z',
      jobs: [],
      overall: new StatisticsOf().result(),
      truncated: false,
      sampled: false,
    }),
    attempts: answering('attempts', []),
    why: answering('why', {
      job: 'backup',
      timezone: 'UTC',
      asked: null,
      remark: null,
      explanations: [],
      more: 0,
      toCome: 0,
    }),
    logs: answering('logs', { lines: [], cursor: null, truncated: false }),
    logsFrom: async (cursor) => {
      note('logsFrom', cursor);
      return { lines: [], cursor, ended: true };
    },
    plan: answering('plan', { kind: 'rejected' as const, diagnostics: [] }),
    sync: answering('sync', aStatus),
    tag: answering('tag', { before: null }),
    confirm: answering('confirm', {
      revision: 3,
      returnsTo: 2,
      deadline: '2026-03-01T02:10:00.000Z',
      by: 'cli (ann)',
      since: '2026-03-01T02:00:00.000Z',
      awaits: [],
    }),
    applyText: answering('applyText', { kind: 'unchanged' as const, revision: 3 }),
    apply: answering('apply', { kind: 'unchanged' as const, revision: 3 }),
    run: answering('run', aRunView),
    cancel: answering('cancel', aRunView),
    pause: answering('pause', { jobs: [] }),
    resume: answering('resume', { jobs: [] }),
    flush: answering('flush', { runs: 0, outcomes: 0, logs: 0, bytes: 0, jobs: [], next: null }),
    shutdown: async (input) => note('shutdown', input),
    events: (signal) => stream(signal),
    emit: (event) => {
      emitted.push(event);
      wake.dispatchEvent(new Event('wake'));
    },
    endEvents: () => {
      ended = true;
      wake.dispatchEvent(new Event('wake'));
    },
    ...overrides,
  };
  return service;
}
