// What an apply starts because a job asks for it, and that it starts nothing else.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/core/manifest/job.ts';
import type { Store } from '../../src/store/store.ts';
import { runsFor, runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, cron, hour, minute, second, type Harness } from './harness.ts';

const command = (text: string): Pick<Job, 'command'> => ({
  command: { kind: 'shell', text, shell: '/bin/sh' },
});
const hourly = (fields: Partial<Job> = {}): Job =>
  aJob('a', cron('0 * * * *'), { onChange: 'restart', ...fields });
const told = (h: Harness) =>
  h.runsOf('a').map(({ trigger, state, reason }) => [trigger, state, reason].join(' ').trim());
const ended = 'schedule canceled the job changed, and begins anew (on_change: restart)';

/** The hourly run of noon goes on. */
async function running(
  fields: Partial<Job> = {},
  options: Parameters<typeof aScheduler>[2] = {},
  behaviour = runsForever,
) {
  const h = await aScheduler('2026-03-01T11:59:00Z', [hourly(fields)], options);
  h.dispatcher.behave = () => behaviour;
  h.clock.advance(minute + second);
  expect(told(h)).toEqual(['schedule running']);
  return h;
}

describe('on_change: restart', () => {
  it('ends the run that goes on and begins one by the new spec when it has ended, once', async () => {
    const h = await running();
    h.reload([hourly(command('new'))]);
    expect(told(h)).toEqual(['schedule running']);
    expect(h.store.attempts(h.runsOf('a')[0]?.id ?? '')).toMatchObject([{ killIntent: 'restart' }]);
    h.clock.advance(second);
    expect(told(h)).toEqual([ended, 'restart running']);
    const [old, next] = h.runsOf('a');
    expect(next).toMatchObject({ repeats: old?.id, nominalTime: old?.nominalTime, revision: 2 });
    expect(h.store.jobSpec(next?.specDigest ?? '')?.command).toMatchObject({ text: 'new' });
    h.clock.advance(minute);
    expect(h.dispatcher.dispatched).toHaveLength(2);
    expect(h.store.auditLedger()).toEqual([]);
  });

  it('KILLs after the grace of the spec that runs, and begins anew only then', async () => {
    const h = await running(
      { kill: { signal: 'TERM', graceMs: 5_000, leftovers: false } },
      {},
      { ...runsForever, ignoresTerm: true },
    );
    const [run] = h.runsOf('a');
    h.reload([hourly(command('new'))]);
    h.clock.advance(4 * second);
    expect(told(h)).toEqual(['schedule running']);
    h.clock.advance(2 * second);
    expect(h.store.run(run?.id ?? '')?.signal).toBe('SIGKILL');
    expect(told(h)).toEqual([ended, 'restart running']);
  });

  const untouched: [string, Partial<Job>][] = [
    ['a description', { description: 'other' }],
    ['a timeout', { timeoutMs: hour }],
    ['retries', { retry: { ...hourly().retry, limit: 2 } }],
    ['another schedule', { schedules: [cron('30 * * * *')] }],
    ['a command of a job that is suspended with it', { suspend: true, ...command('new') }],
    ['a command without the opt-in', { onChange: 'finish', ...command('new') }],
  ];
  it.each(untouched)('leaves the run alone for %s', async (_what, fields) => {
    const h = await running();
    h.reload([hourly(fields)]);
    h.clock.advance(minute);
    expect(told(h)).toEqual(['schedule running']);
  });

  it('leaves the run of a paused job alone, and starts nothing for a job that does not run', async () => {
    const h = await running();
    const uid = h.store.findJob('a')?.uid ?? '';
    h.scheduler.pause({ jobUids: [uid], by: 'me', reason: null, until: null, cancel: false });
    h.reload([hourly(command('new'))]);
    h.clock.advance(minute);
    expect(told(h)).toEqual(['schedule running']);
    const idle = await aScheduler('2026-03-01T11:30:00Z', [hourly()]);
    idle.reload([hourly(command('new'))]);
    idle.clock.advance(minute);
    expect(idle.runsOf('a')).toEqual([]);
  });

  it('begins one anew after two applies while it ends, by the newer of the two', async () => {
    const h = await running();
    h.clock.freeze(0);
    h.reload([hourly(command('second'))]);
    h.reload([hourly(command('third'))]);
    h.clock.advance(minute);
    expect(told(h)).toEqual([ended, 'restart running']);
    const spec = h.store.jobSpec(h.runsOf('a')[1]?.specDigest ?? '');
    expect(spec?.command).toMatchObject({ text: 'third' });
  });

  it('begins nothing anew when the job is suspended, or gone, by the time the run has ended', async () => {
    for (const jobs of [[hourly({ suspend: true, ...command('new') })], []]) {
      const h = await running();
      h.reload([hourly(command('new'))]);
      h.reload(jobs);
      h.clock.advance(minute);
      expect(told(h)).toEqual([ended]);
    }
  });

  it('begins each of several runs anew as they end, with what they were given', async () => {
    const h = await running({ concurrency: 'allow' });
    const given = { args: [], env: { X: '1' } };
    h.scheduler.runNow({ job: 'a', requestedBy: 'me', force: false, given });
    h.clock.advance(second);
    h.reload([hourly({ concurrency: 'allow', ...command('new') })]);
    h.clock.advance(second);
    expect(told(h).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'schedule canceled',
      'manual canceled',
      'restart running',
      'restart running',
    ]);
    expect(h.runsOf('a').at(-1)?.given).toEqual(given);
  });
});

describe('a daemon that dies around the restart of a run', () => {
  it('after the apply: the next one ends the run and begins it anew, once', async () => {
    const h = await running();
    h.clock.freeze(0);
    h.reload([hourly(command('new'))]);
    await h.restart();
    h.clock.advance(minute);
    expect(told(h)).toEqual([ended, 'restart running']);
    await h.restart();
    h.clock.advance(minute);
    expect(told(h)).toEqual([ended, 'restart running']);
    expect(h.store.auditLedger()).toEqual([]);
  });

  it('after the apply, the run having ended meanwhile: it is begun anew, once', async () => {
    const h = await running();
    h.reload([hourly(command('new'))]);
    await h.scheduler.detach();
    h.clock.advance(minute);
    await h.restart();
    h.clock.advance(minute);
    expect(told(h)).toEqual([ended, 'restart running']);
  });

  it('before the commit: neither revision nor intent is there, and the run goes on', async () => {
    const state = { breaks: false };
    const wrapStore = (store: Store): Store => ({
      ...store,
      setKillIntent: (...args) => {
        if (state.breaks) throw new Error('killed');
        store.setKillIntent(...args);
      },
    });
    const h = await running({}, { wrapStore });
    state.breaks = true;
    expect(() => h.reload([hourly(command('new'))])).toThrow('killed');
    h.clock.advance(minute);
    expect(h.store.latestRevision()?.number).toBe(1);
    expect(told(h)).toEqual(['schedule running']);
    expect(h.dispatcher.signals).toEqual([]);
  });

  it('the apply comes before its successor starts: a run that goes on is ended with TERM first', async () => {
    const h = await running();
    await h.renew();
    h.reload([hourly(command('new'))]);
    // Another crash: what is to be begun anew is in the store.
    await h.restart();
    expect(h.dispatcher.signals).toMatchObject([{ signal: 'SIGTERM' }]);
    h.clock.advance(minute);
    expect(told(h)).toEqual([ended, 'restart running']);
    await h.restart();
    h.clock.advance(minute);
    expect(told(h)).toEqual([ended, 'restart running']);
  });

  it('the run succeeded while no daemon was there: its success stays, and nothing starts', async () => {
    const h = await running();
    h.dispatcher.behave = () => runsFor(0);
    const [run] = h.runsOf('a');
    await h.renew();
    h.dispatcher.end(run?.id ?? '', 1, { kind: 'exited', code: 0 });
    h.reload([hourly(command('new'))]);
    await h.scheduler.start();
    h.clock.advance(minute);
    expect(told(h)).toEqual(['schedule succeeded']);
  });
});

it('an apply while it drains starts nothing; the next daemon begins the run anew', async () => {
  const h = await running();
  const drained = h.scheduler.drain(10_000);
  h.reload([hourly(command('new'))]);
  h.clock.advance(minute);
  await drained;
  expect(told(h).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'schedule canceled',
    'restart queued',
  ]);
  expect(h.dispatcher.dispatched).toHaveLength(1);
  await h.restart();
  h.clock.advance(minute);
  expect(told(h).at(-1)).toMatch(/^restart running/);
});

describe('on_schedule_change: catch_up', () => {
  const noon = '2026-03-01T12:00:00Z';
  const daily = (expression: string, fields: Partial<Job> = {}): Job =>
    aJob('a', cron(expression), { onScheduleChange: 'catch_up', ...fields });

  it('starts the run of tonight at once when the job moves to the morning, and never again', async () => {
    const h = await aScheduler(noon, [daily('0 23 * * *')]);
    h.reload([daily('0 5 * * *')]);
    h.clock.advance(second);
    expect(told(h)).toEqual(['catch-up succeeded']);
    expect(h.runsOf('a')[0]?.nominalTime).toBe(Date.parse('2026-03-01T23:00:00Z'));
    expect(h.store.auditLedger()).toEqual([]);
    // Given back on the same day, it has had its run.
    h.reload([daily('0 23 * * *')]);
    h.clock.advance(12 * hour);
    expect(told(h)).toEqual(['catch-up succeeded']);
    h.clock.advance(24 * hour);
    expect(h.runsOf('a')).toHaveLength(2);
    expect(h.store.auditLedger()).toEqual([]);
  });

  it('starts none too many for a day that had its run under an earlier schedule', async () => {
    const h = await aScheduler('2026-03-01T04:00:00Z', [daily('0 5 * * *')]);
    h.clock.advance(2 * hour);
    expect(told(h)).toEqual(['schedule succeeded']);
    // Tonight's run of the second schedule goes with it, but the day has had one.
    h.reload([daily('0 23 * * *')]);
    h.clock.advance(hour);
    h.reload([daily('0 6 * * *')]);
    h.clock.advance(16 * hour);
    expect(told(h)).toEqual(['schedule succeeded']);
    expect(h.store.auditLedger()).toEqual([]);
  });

  const held = { schedules: [{ ...cron('30 11 * * *'), jitterMs: hour }] };
  it('makes up for a run that jitter holds back, and records it once', async () => {
    const h = await aScheduler('2026-03-01T11:00:00Z', [daily('', held)]);
    h.clock.advance(31 * minute);
    expect(told(h)).toEqual([]);
    h.reload([daily('0 5 * * *')]);
    h.clock.advance(12 * hour);
    expect(told(h)).toEqual(['catch-up succeeded']);
    expect(h.runsOf('a')[0]?.nominalTime).toBe(Date.parse('2026-03-01T11:30:00Z'));
    expect(h.ledger('a')).toEqual(['admitted']);
    expect(h.store.auditLedger()).toEqual([]);
  });

  it('closes it as changed without the opt-in', async () => {
    const h = await aScheduler('2026-03-01T11:00:00Z', [daily('', held)]);
    h.clock.advance(31 * minute);
    h.reload([daily('0 5 * * *', { onScheduleChange: 'ignore' })]);
    h.clock.advance(12 * hour);
    expect(h.ledger('a')).toEqual(['skipped schedule_changed']);
  });

  const nothing: [string, Job, Job][] = [
    ['without the opt-in', daily('0 23 * * *'), daily('0 5 * * *', { onScheduleChange: 'ignore' })],
    ['for a day that keeps its run', daily('0 23 * * *'), daily('0 22 * * *')],
    ['for a day that had its run', daily('0 5 * * *'), daily('0 4 * * *')],
    ['under suspension', daily('0 23 * * *'), daily('0 5 * * *', { suspend: true })],
    ['from suspension', daily('0 23 * * *', { suspend: true }), daily('0 5 * * *')],
  ];
  it.each(nothing)('starts nothing %s', async (_when, from, to) => {
    const h = await aScheduler(noon, [from]);
    h.reload([to]);
    h.clock.advance(second);
    expect(h.runsOf('a')).toEqual([]);
  });

  it('waits for a run that goes on instead of being skipped', async () => {
    const h = await aScheduler(noon, [daily('0 23 * * *')]);
    h.dispatcher.behave = () => runsFor(minute);
    h.scheduler.runNow({ job: 'a', requestedBy: 'me', force: false });
    h.clock.advance(second);
    h.reload([daily('0 5 * * *')]);
    h.clock.advance(second);
    expect(h.runsOf('a')[1]).toMatchObject({ trigger: 'catch-up', state: 'queued' });
    h.clock.advance(2 * minute);
    expect(h.runsOf('a')[1]).toMatchObject({ state: 'succeeded' });
  });

  it('is queued by the apply itself: a crash right after it loses nothing and doubles nothing', async () => {
    const h = await aScheduler(noon, [daily('0 23 * * *')]);
    h.clock.freeze(0);
    h.reload([daily('0 5 * * *')]);
    await h.restart();
    h.clock.advance(minute);
    await h.restart();
    h.clock.advance(minute);
    expect(told(h)).toEqual(['catch-up succeeded']);
  });

  it('counts for a change that was made while no daemon was there, too', async () => {
    const h = await aScheduler(noon, [daily('0 23 * * *')]);
    await h.renew();
    h.clock.advance(hour);
    h.reload([daily('0 5 * * *')]);
    await h.scheduler.start();
    h.clock.advance(minute);
    expect(told(h)).toEqual(['catch-up succeeded']);
    expect(h.store.auditLedger()).toEqual([]);
  });
});
