import { expect, it } from 'vitest';
import type { OutcomeView, RunView } from '../../src/api/service.ts';
import { historyTable } from '../../src/cli/views/history-table.ts';
import { aRunView } from '../support/fake-service.ts';
import { aTerminal } from '../support/terminal.ts';

const run = (id: string, minute: string, changes: Partial<RunView> = {}): RunView => ({
  ...aRunView,
  id,
  trigger: 'schedule',
  state: 'succeeded',
  exitCode: 0,
  startedAt: `2026-03-01T02:${minute}:00.000Z`,
  ...changes,
});
const outcome = (from: string, to: string, changes: Partial<OutcomeView> = {}): OutcomeView => ({
  job: 'backup',
  nominalTime: `2026-03-01T02:${from}:00.000Z`,
  lastNominalTime: `2026-03-01T02:${to}:00.000Z`,
  disposition: 'missed',
  reason: 'catch_up_none',
  count: 1,
  detail: null,
  run: null,
  ...changes,
});
const table = (runs: RunView[], outcomes: OutcomeView[], limit = 20): string[] =>
  historyTable({ runs, outcomes }, limit, aTerminal({ zone: 'UTC' }))
    .split('\n')
    .slice(1);

it('merges runs and outcomes by time, newest first', () => {
  const lines = table(
    [run('r2', '30'), run('r1', '10')],
    [
      outcome('20', '20', {
        disposition: 'skipped',
        reason: 'forbid',
        detail: 'run r1 had not ended',
      }),
    ],
  );
  expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
    'Sun 2026-03-01 02:30 +00:00 backup succeeded exit 0 r2',
    'Sun 2026-03-01 02:20 +00:00 backup skipped forbid: run r1 had not ended',
    'Sun 2026-03-01 02:10 +00:00 backup succeeded exit 0 r1',
  ]);
});

it('says of a row that stands for several how many, and from when to when', () => {
  const [line] = table([], [outcome('01', '59', { count: 1_440 })]);
  expect(line?.replace(/ +/g, ' ')).toBe(
    'Sun 2026-03-01 02:01 +00:00 Sun 2026-03-01 02:59 +00:00 backup missed 1,440 catch up none',
  );
});

it('tells a run that was missed after all once, and no more rows than asked for', () => {
  const missed = outcome('10', '10', { reason: 'deadline', run: 'r1' });
  expect(table([run('r1', '10', { state: 'canceled' })], [missed])).toHaveLength(1);
  expect(table([run('r1', '10'), run('r0', '05')], [outcome('07', '07')], 2)).toHaveLength(2);
});
