// Runs of a command that no manifest has: as any run, but of no job in force.
import { expect, it } from 'vitest';
import { adhocJob } from '../../src/core/runs/adhoc.ts';
import type { Job } from '../../src/core/manifest/job.ts';
import { failsAtOnce, runsFor } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, hour, minute, second } from './harness.ts';

const noon = '2026-03-01T12:00:00Z';
const wanted = { command: 'df -h', cwd: null, shell: null, timeoutMs: null };

function request(name: string, template: Job | null = null) {
  const job = adhocJob(name, wanted, { template, timezone: 'UTC' });
  return { job, digest: `adhoc:${name}`, requestedBy: 'alice' };
}

it('is recorded with its spec under a name of its own, and is no job in force', async () => {
  const h = await aScheduler(noon, [aJob('a', null)]);
  const { id } = h.scheduler.runAdhoc(request('adhoc/disk'));
  h.clock.advance(second);
  expect(h.runsOf('adhoc/disk')).toMatchObject([{ id, state: 'succeeded', trigger: 'manual' }]);
  expect(h.store.jobs().map(({ name }) => name)).toEqual(['a']);
  expect(h.store.findJob('adhoc/disk')?.job.command).toMatchObject({ text: 'df -h' });
  expect(h.store.auditLedger()).toEqual([]);
});

it('waits for a slot, keeps its place and its retries over applies and restarts', async () => {
  const h = await aScheduler(noon, [aJob('a', null)], { max: 1 });
  h.dispatcher.behave = () => runsFor(minute);
  h.scheduler.runNow({ job: 'a', requestedBy: 'alice', force: false });
  const retry = { ...aJob('a', null).retry, limit: 1, delayMs: minute };
  h.scheduler.runAdhoc(request('adhoc/x', aJob('t', null, { retry, suspend: true })));
  expect(h.runsOf('adhoc/x')).toMatchObject([{ state: 'queued' }]);
  await h.restart();
  h.reload([aJob('b', null)]);
  expect(h.runsOf('adhoc/x')).toMatchObject([{ state: 'queued', attempts: 0 }]);
  h.dispatcher.behave = () => failsAtOnce();
  h.clock.advance(3 * minute);
  expect(h.runsOf('adhoc/x')).toMatchObject([{ state: 'failed', attempts: 2 }]);
});

it('is repeated with the spec that it had, and not by one in force', async () => {
  const h = await aScheduler(noon, []);
  const { id: runId } = h.scheduler.runAdhoc(request('adhoc/x'));
  h.clock.advance(second);
  const how = { runId, requestedBy: 'alice', force: false, serial: false };
  expect(h.scheduler.rerun({ ...how, current: false })).toMatchObject({
    job: 'adhoc/x',
    repeats: runId,
    specDigest: 'adhoc:adhoc/x',
  });
  expect(() => h.scheduler.rerun({ ...how, current: true })).toThrow(/unknown job/);
});

it('goes by retention as if all were one job, and its name and spec with it', async () => {
  const h = await aScheduler(noon, [aJob('a', null)]);
  const names = ['adhoc/1', 'adhoc/2', 'adhoc/3'];
  for (const name of names) {
    h.scheduler.runAdhoc(request(name));
    h.clock.advance(second);
  }
  const bounds = { perJob: 2, olderThan: 0, keepLast: 10, limit: 100 };
  expect(h.store.prune(bounds)).toHaveLength(1);
  expect(names.map((name) => h.store.findJob(name)?.name)).toEqual([undefined, ...names.slice(1)]);
  expect(h.store.jobSpec('adhoc:adhoc/2')).not.toBe(null);
  h.clock.advance(hour);
  expect(h.store.prune({ ...bounds, olderThan: h.clock.now() })).toHaveLength(2);
  expect(h.store.findJob('adhoc/3')).toBe(null);
});
