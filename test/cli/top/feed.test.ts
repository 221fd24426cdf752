import { expect, it, vi } from 'vitest';
import type { ReadService } from '../../../src/api/service.ts';
import { operationalError } from '../../../src/core/diagnostics/registry.ts';
import { createFeed } from '../../../src/cli/top/feed.ts';
import type { FeedParts } from '../../../src/cli/top/feed.ts';
import { initialModel } from '../../../src/cli/top/model.ts';
import type { TopModel } from '../../../src/cli/top/model.ts';
import { fakeService } from '../../support/fake-service.ts';
import { aJob, now } from './a-model.ts';

const run = {
  id: 'r1',
  state: 'running' as const,
  exitCode: null,
  startedAt: '2026-03-27T13:00:00.000Z',
  endedAt: null,
  durationMs: null,
};
const page = (from: number) => ({
  lines: [{ job: 'a', run: 'r1', attempt: 1, time: null, text: `line ${from}` }],
  cursor: { run: 'r1', attempt: 1, offset: from + 7 },
  truncated: false,
});

function aFeed() {
  let model: TopModel = initialModel;
  const clock = { now };
  const daemon = { isThere: true };
  const list = vi.fn(async () => ({ jobs: [aJob('a', { lastRun: run })] }));
  const logsFrom = vi.fn(async ({ offset }: { offset: number }) => ({
    ...page(offset),
    ended: offset > 20,
  }));
  const service = fakeService({
    list,
    logs: async () => page(0),
    logsFrom,
  });
  const context: FeedParts['context'] = {
    daemon: async () => service,
    locations: async () => ({ socket: '/nowhere' }) as never,
    read: async <T>(ask: (asked: ReadService) => Promise<T>) => ({
      value: await ask(service),
      live: daemon.isThere,
    }),
  };
  const change = (by: (before: TopModel) => TopModel): void => {
    model = by(model);
  };
  const feed = createFeed({ context, now: () => clock.now, model: () => model, change });
  return { feed, service, list, logsFrom, clock, daemon, model: () => model };
}

it('asks when an event came, and else only now and then', async () => {
  const { feed, service, list, clock } = aFeed();
  await feed.tick();
  clock.now += 1_000;
  await feed.tick();
  expect(list).toHaveBeenCalledTimes(1);
  service.emit({ at: '2026-03-27T13:05:01.000Z', kind: 'run.ended' });
  await vi.waitFor(async () => {
    await feed.tick();
    expect(list).toHaveBeenCalledTimes(2);
  });
  clock.now += 5_000;
  await feed.tick();
  expect(list).toHaveBeenCalledTimes(3);
  feed.close();
});

it('reads the log of the selected job on until its run has ended', async () => {
  const { feed, logsFrom, model } = aFeed();
  await feed.tick();
  for (let look = 0; look < 5; look += 1) await feed.follow();
  expect(model().log.lines.map(({ text }) => text)).toEqual([
    'line 0',
    'line 7',
    'line 14',
    'line 21',
  ]);
  expect(logsFrom).toHaveBeenCalledTimes(3);
  feed.close();
});

it('tells when the daemon goes, and when it comes back', async () => {
  const { feed, clock, daemon, model } = aFeed();
  await feed.tick();
  expect(model().source.kind).toBe('live');
  daemon.isThere = false;
  feed.stale();
  await feed.tick();
  expect(model().source).toEqual({ kind: 'store', since: now });
  daemon.isThere = true;
  clock.now += 5_000;
  await feed.tick();
  expect(model().source.kind).toBe('live');
  feed.close();
});

it('keeps what it knew when nobody answers', async () => {
  const { feed, service, model } = aFeed();
  await feed.tick();
  service.list = async () => {
    throw operationalError('JM2-D101', { detail: 'The daemon does not answer.' });
  };
  feed.stale();
  await feed.tick();
  expect(model().source).toMatchObject({ kind: 'silent', since: now });
  expect(model().jobs).toHaveLength(1);
  feed.close();
});
