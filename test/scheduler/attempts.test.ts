import { describe, expect, it } from 'vitest';
import { failsAtOnce, runsForever, succeedsAtOnce } from '../support/fake-dispatcher.ts';
import { applyInput } from '../support/store-records.ts';
import { aJob, aScheduler, cron, hour, minute, second } from './harness.ts';

const retry = {
  limit: 2,
  delayMs: 10 * second,
  backoff: 'exponential',
  factor: 2,
  maxDelayMs: 300 * second,
  jitter: 0,
  on: ['exit', 'timeout', 'signal', 'start'],
} as const;
const daily = cron('0 12 * * *');

describe('scheduler: attempts', () => {
  it('retries at their time, only as many as the limit, within one run', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('flaky', daily, { retry })]);
    h.dispatcher.behave = () => failsAtOnce(7);
    const starts: string[] = [];
    h.scheduler.on((event) => {
      if (event.kind === 'run.started')
        starts.push(new Date(h.clock.now()).toISOString().slice(11, 19));
    });
    h.clock.advance(10 * minute);
    expect(starts).toEqual(['12:00:00', '12:00:10', '12:00:30']);
    expect(h.runsOf('flaky')).toMatchObject([{ state: 'failed', exitCode: 7, attempts: 3 }]);
    expect(h.store.attempts(h.runsOf('flaky')[0]?.id ?? '').map((a) => a.state)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
  });

  it('a retry that succeeds ends the run as succeeded', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('flaky', daily, { retry })]);
    h.dispatcher.behave = (request) => (request.attempt === 1 ? failsAtOnce() : succeedsAtOnce);
    h.clock.advance(minute);
    expect(h.runsOf('flaky')).toMatchObject([{ state: 'succeeded', exitCode: 0, attempts: 2 }]);
  });

  it('a clock set back does not delay a retry', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('flaky', daily, { retry })]);
    h.dispatcher.behave = (request) => (request.attempt === 1 ? failsAtOnce() : succeedsAtOnce);
    h.clock.advance(2 * second);
    h.clock.step(-60 * minute);
    h.clock.advance(10 * second);
    expect(h.dispatcher.dispatched).toHaveLength(2);
  });

  it('keeps the notes of every attempt with the run and with the event of its end', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('loud', daily, { retry })]);
    const note = (n: number) => ({ code: 'log_cut', text: `${n} bytes were cut`, at: n }) as const;
    h.dispatcher.behave = ({ attempt }) => ({
      runMs: 0,
      exit: { kind: 'exited', code: attempt === 2 ? 0 : 1, notes: [note(attempt)] },
    });
    const told: unknown[] = [];
    h.scheduler.on((event) => event.kind === 'run.ended' && told.push(event.run.notes));
    h.clock.advance(minute);
    expect(h.runsOf('loud')).toMatchObject([{ state: 'succeeded', notes: [note(1), note(2)] }]);
    expect(told).toEqual([[note(1), note(2)]]);
  });

  it('keeps and tells what is found out about a run after its end, or between its attempts', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('leaves', daily, { retry })]);
    const note = (n: number) => ({ code: 'leftovers', text: `${n} left`, at: n }) as const;
    h.dispatcher.behave = ({ attempt }) => ({
      runMs: 0,
      exit: { kind: 'exited', code: attempt === 2 ? 0 : 1 },
    });
    const told: unknown[] = [];
    h.scheduler.on((event) => event.kind === 'run.noted' && told.push(event.note));
    h.clock.advance(1_500);
    const { id } = h.runsOf('leaves')[0] ?? { id: '' };
    h.dispatcher.tell([{ kind: 'noted', runId: id, attempt: 1, note: note(1) }]);
    h.clock.advance(minute);
    h.dispatcher.tell([{ kind: 'noted', runId: id, attempt: 2, note: note(2) }]);
    h.clock.advance(second);
    expect(h.runsOf('leaves')).toMatchObject([{ state: 'succeeded', notes: [note(1), note(2)] }]);
    expect(told).toEqual([note(1), note(2)]);
  });

  it('records why a command could not be started', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('gone', daily)]);
    const failure = { code: 'command_missing', detail: 'command not found: pg_dmp' } as const;
    h.dispatcher.behave = () => ({ runMs: 0, exit: { kind: 'not_started', failure } });
    h.clock.advance(second);
    expect(h.runsOf('gone')).toMatchObject([
      { state: 'failed', exitCode: null, startedAt: null, reason: 'command not found: pg_dmp' },
    ]);
  });

  it('a run whose request cannot be made fails with that reason', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('odd', daily)], {
      attemptRequest: () => {
        throw new Error('no home directory for "nobody"');
      },
    });
    h.clock.advance(second);
    expect(h.runsOf('odd')).toMatchObject([
      { state: 'failed', reason: 'could not be prepared: no home directory for "nobody"' },
    ]);
  });

  it('timeout: TERM at the deadline, KILL after the grace, intent stored before the signal', async () => {
    const job = aJob('hang', daily, { timeoutMs: 30 * second });
    const h = await aScheduler('2026-03-01T11:59:59Z', [job]);
    h.dispatcher.behave = () => ({ ...runsForever, ignoresTerm: true });
    const kill = h.dispatcher.kill.bind(h.dispatcher);
    const intents: unknown[] = [];
    h.dispatcher.kill = (runId, attempt, signal) => {
      intents.push(h.store.attempts(runId)[0]?.killIntent);
      return kill(runId, attempt, signal);
    };
    h.clock.advance(minute);
    const sent = h.dispatcher.signals.map(
      (s) => `${s.signal} ${new Date(s.at).toISOString().slice(14, 19)}`,
    );
    expect(sent).toEqual(['SIGTERM 00:30', 'SIGKILL 00:40']);
    expect(intents).toEqual(['timeout', 'timeout']);
    expect(h.runsOf('hang')).toMatchObject([{ state: 'timed_out', signal: 'SIGKILL' }]);
  });

  it('sends the signal the job asks for', async () => {
    const kill = { signal: 'INT', graceMs: second, leftovers: false };
    const h = await aScheduler('2026-03-01T11:59:59Z', [
      aJob('hang', daily, { timeoutMs: second, kill }),
    ]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(5 * second);
    expect(h.dispatcher.signals.map(({ signal }) => signal)).toEqual(['SIGINT']);
  });

  it('a lost attempt is run again only where the job says that it may', async () => {
    const again = { ...retry, limit: 1, on: ['lost'] as const };
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('x', daily, { retry: again })]);
    h.dispatcher.behave = ({ attempt }) =>
      attempt === 1
        ? { runMs: 0, exit: { kind: 'lost', reason: 'no exit file' } }
        : { runMs: 0, exit: { kind: 'exited', code: 0 } };
    h.clock.advance(5 * minute);
    expect(h.runsOf('x')).toMatchObject([{ state: 'succeeded', attempts: 2 }]);
    expect(h.store.attempts(h.runsOf('x')[0]?.id ?? '').map(({ state }) => state)).toEqual([
      'lost',
      'succeeded',
    ]);
  });

  it('a lost attempt is never taken for success, nor retried unasked', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('x', daily, { retry })]);
    h.dispatcher.behave = () => ({ runMs: 0, exit: { kind: 'lost', reason: 'no exit file' } });
    h.clock.advance(minute);
    expect(h.runsOf('x')).toMatchObject([{ state: 'lost', exitCode: null, attempts: 1 }]);
  });
});

describe('scheduler: reload', () => {
  it('a thousand reloads start nothing and move no next start', async () => {
    const jobs = [aJob('a', cron('0 * * * *')), aJob('b', daily)];
    const h = await aScheduler('2026-03-01T11:30:00Z', jobs);
    const uid = h.store.findJob('a')?.uid ?? '';
    const records = h.store.jobs();
    for (let i = 0; i < 1_000; i += 1)
      h.scheduler.load(records, { concurrencyMax: 64, queueLimit: 200, groups: {} });
    expect(h.dispatcher.dispatched).toHaveLength(0);
    expect(h.scheduler.nextStart(uid)).toBe(Date.parse('2026-03-01T12:00:00Z'));
    h.clock.advance(31 * minute);
    expect(h.dispatcher.dispatched).toHaveLength(2);
  });

  it('tells next starts of jobs loaded before the start, and starts nothing then', async () => {
    const jobs = [aJob('a', cron('0 * * * *'))];
    const h = await aScheduler('2026-03-01T11:30:00Z', jobs, { start: false });
    const records = h.store.jobs();
    h.scheduler.load(records, { concurrencyMax: 64, queueLimit: 200, groups: {} });
    expect(h.scheduler.nextStart(records[0]?.uid ?? '')).toBe(Date.parse('2026-03-01T12:00:00Z'));
    h.clock.advance(hour);
    expect(h.dispatcher.dispatched).toHaveLength(0);
    await h.scheduler.start();
    h.clock.advance(second);
    expect(h.ledger('a')).toEqual(['admitted']);
  });

  it('a schedule edited past its instant does not start it', async () => {
    const h = await aScheduler('2026-03-01T11:30:00Z', [aJob('a', cron('0 12 * * *'))]);
    h.reload([aJob('a', cron('0 11 * * *'))]);
    h.clock.advance(2 * minute);
    expect(h.dispatcher.dispatched).toHaveLength(0);
    expect(h.ledger('a')).toEqual([]);
    expect(h.scheduler.nextStart(h.store.jobs()[0]?.uid ?? '')).toBe(
      Date.parse('2026-03-02T11:00:00Z'),
    );
  });

  it('an occurrence that came due in the moment of the edit is recorded, not started', async () => {
    const h = await aScheduler('2026-03-01T11:59:00Z', [aJob('a', cron('0 12 * * *'))]);
    h.clock.freeze(minute + 5);
    h.reload([aJob('a', cron('0 13 * * *'))]);
    h.clock.advance(second);
    expect(h.dispatcher.dispatched).toHaveLength(0);
    expect(h.ledger('a')).toEqual(['skipped schedule_changed']);
  });

  it('a running attempt and a queued run keep the spec of their revision', async () => {
    const job = aJob('a', cron('* * * * *'), { concurrency: 'queue', timeoutMs: 100 * second });
    const h = await aScheduler('2026-03-01T11:59:59Z', [job]);
    const timeouts: (number | null)[] = [];
    h.dispatcher.behave = () => runsForever;
    await h.restart({
      attemptRequest: (run, spec, attempt) => {
        timeouts.push(spec.timeoutMs);
        const fixed = {
          argv: ['true'],
          cwd: '/',
          env: {},
          late: null,
          user: null,
          umask: null,
          nice: null,
          limits: {},
          logMaxBytes: 1,
          kill: spec.kill,
        };
        return { runId: run.id, attempt, job: spec.name, ...fixed };
      },
    });
    h.clock.advance(70 * second);
    h.reload([{ ...job, timeoutMs: 5 * second }]);
    h.clock.advance(60 * second);
    expect(h.runsOf('a').slice(0, 2)).toMatchObject([{ state: 'timed_out' }, { state: 'running' }]);
    expect(timeouts).toEqual([100 * second, 100 * second]);
  });

  it('removed while running: the run finishes, what was queued is canceled', async () => {
    const job = aJob('a', cron('* * * * *'), { concurrency: 'queue', retry });
    const h = await aScheduler('2026-03-01T11:59:59Z', [job]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(70 * second);
    h.reload([]);
    expect(h.runsOf('a')).toMatchObject([
      { state: 'running' },
      { state: 'canceled', reason: 'removed: the job left the manifest' },
    ]);
    h.dispatcher.end(h.runsOf('a')[0]?.id ?? '', 1, { kind: 'exited', code: 3 });
    h.clock.advance(10 * minute);
    expect(h.runsOf('a')).toMatchObject([{ state: 'failed', attempts: 1 }, { state: 'canceled' }]);
  });

  it('renamed while a retry is pending: the same run goes on under the new name', async () => {
    const job = aJob('old', daily, { retry });
    const h = await aScheduler('2026-03-01T11:59:59Z', [job]);
    h.dispatcher.behave = (request) => (request.attempt === 1 ? failsAtOnce() : succeedsAtOnce);
    h.clock.advance(5 * second);
    const [waiting] = h.runsOf('old');
    const [{ uid, digest } = { uid: '', digest: '' }] = h.store.jobs();
    const to = { ...job, name: 'new' };
    const rename = { kind: 'update', uid, job: to, digest, watermark: null } as const;
    const input = applyInput(1, [{ ...rename, aliases: ['old'] }]);
    h.scheduler.apply(() => {
      h.store.applyRevision(input);
      return { jobs: h.store.jobs(), limits: input.limits };
    });
    h.clock.advance(minute);
    expect(h.runsOf('new')).toMatchObject([{ id: waiting?.id, state: 'succeeded', attempts: 2 }]);
  });

  it('removed with on_remove cancel: the running attempt is ended', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily, { onRemove: 'cancel' })]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(5 * second);
    h.reload([]);
    h.clock.advance(second);
    expect(h.runsOf('a')).toMatchObject([
      { state: 'canceled', reason: 'the job left the manifest' },
    ]);
  });
});

describe('scheduler: drain', () => {
  it('lets attempts finish, admits nothing more, and leaves queued runs in the store', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily), aJob('b', daily)], {
      max: 1,
    });
    h.dispatcher.behave = () => ({ ...succeedsAtOnce, runMs: 5 * second });
    h.clock.advance(2 * second);
    const drained = h.scheduler.drain(30 * second);
    h.clock.advance(10 * second);
    await drained;
    expect(h.runsOf('a')).toMatchObject([{ state: 'succeeded' }]);
    expect(h.runsOf('b')).toMatchObject([{ state: 'queued' }]);
    expect(h.dispatcher.signals).toEqual([]);
    expect(h.clock.timerCount).toBe(0);
    await h.restart();
    h.clock.advance(10 * second);
    expect(h.runsOf('b')).toMatchObject([{ state: 'succeeded' }]);
  });

  it('ends what outlives the grace by TERM, then KILL; no run stays without an end', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily, { retry })]);
    h.dispatcher.behave = () => ({ ...runsForever, ignoresTerm: true });
    h.clock.advance(2 * second);
    const drained = h.scheduler.drain(30 * second);
    h.clock.advance(minute);
    await drained;
    expect(h.dispatcher.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(h.runsOf('a')).toMatchObject([
      { state: 'canceled', reason: 'the scheduler was stopped' },
    ]);
  });

  it('a second signal kills at once', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    h.dispatcher.behave = () => ({ ...runsForever, ignoresTerm: true });
    h.clock.advance(2 * second);
    const drained = h.scheduler.drain(30 * second);
    h.scheduler.killAll();
    h.clock.advance(10);
    await drained;
    expect(h.dispatcher.signals.map(({ signal }) => signal)).toEqual(['SIGKILL']);
    expect(h.runsOf('a')).toMatchObject([{ state: 'canceled', signal: 'SIGKILL' }]);
  });

  it('refuses requests once it stops', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    await h.scheduler.drain(second);
    const request = { job: 'a', requestedBy: 'alice', force: false };
    expect(() => h.scheduler.runNow(request)).toThrow(/JM2-D106|stopping/);
  });
});
