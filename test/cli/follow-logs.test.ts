import { expect, it } from 'vitest';
import type { LogLine, ReadService, RunView } from '../../src/api/service.ts';
import type { Context } from '../../src/cli/context.ts';
import { followRun } from '../../src/cli/follow-logs.ts';
import { aRunView } from '../support/fake-service.ts';

const running: RunView = {
  ...aRunView,
  state: 'running',
  attempts: 1,
  startedAt: aRunView.queuedAt,
};

it('shows each line once when a run ends between two questions', async () => {
  const log = ['begin', 'end'];
  const states: RunView['state'][] = ['running', 'succeeded'];
  const service: Pick<ReadService, 'getRun' | 'logsFrom'> = {
    getRun: async () => ({ ...running, state: states.shift() ?? 'succeeded' }),
    // The run has ended already when its log is asked for.
    logsFrom: async (cursor) => ({
      lines: log
        .slice(cursor.offset)
        .map((text): LogLine => ({ job: 'a', run: running.id, attempt: 1, time: null, text })),
      cursor: { ...cursor, offset: log.length },
      ended: true,
    }),
  };
  const context = {
    read: async (ask: (of: ReadService) => Promise<unknown>) => ({
      value: await ask(service as ReadService),
      live: true,
    }),
  } as unknown as Context;
  const shown: string[] = [];
  await followRun(context, running.id, null, (lines) => {
    shown.push(...lines.map(({ text }) => text));
  });
  expect(shown).toEqual(['begin', 'end']);
});
