import { expect, it } from 'vitest';
import type { StatsView } from '../../src/api/service.ts';
import { statsTable } from '../../src/cli/views/stats-table.ts';
import { StatisticsOf, type Statistics } from '../../src/core/runs/statistics.ts';
import { aTerminal } from '../support/terminal.ts';

const spread = { p50: 1, p95: 2, max: 3 };
const figures = (of: number): Statistics => ({
  ...new StatisticsOf().result(),
  runs: 9_000,
  durationMs: { ...spread, of },
});
const view = (names: readonly string[], sampled: boolean): StatsView => ({
  since: null,
  until: '2026-03-02T12:00:00.000Z',
  jobs: names.map((job, at) => ({ job, ...figures(200 - at) })),
  overall: figures(2_000),
  truncated: false,
  sampled,
});
const lastLine = (of: StatsView): string => {
  const text = statsTable(of, aTerminal());
  return text.slice(text.indexOf('\n\n') + 2).replaceAll(/\s+/g, ' ');
};

it('says on how many runs percentiles rest when they rest on the newest ones', () => {
  const all = 'All runs that are kept, up to Mon 2026-03-02 13:00 +01:00.';
  const words = `${all} Medians and percentiles rest on the newest runs, up to 200 of a job`;
  expect(lastLine(view(['a', 'b'], true))).toBe(
    `${words}, 2000 of all; everything else on all runs.`,
  );
  expect(lastLine(view(['a'], true))).toBe(`${words}; everything else on all runs.`);
  expect(lastLine(view(['a', 'b'], false))).toBe(all);
});
