import { describe, expect, it } from 'vitest';
import type { ReadService } from '../../src/api/service.ts';
import type { Context } from '../../src/cli/context.ts';
import type { Compiled } from '../../src/cli/occurrences.ts';
import { overlapsOf } from '../../src/cli/overlaps.ts';
import { overlapsAnswer } from '../../src/cli/preview-overlaps.ts';
import { overlapsText } from '../../src/cli/views/overlaps.ts';
import { loadManifest } from '../../src/core/manifest/load-manifest.ts';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { StatisticsOf } from '../../src/core/runs/statistics.ts';
import { sha256 } from '../../src/system/digest.ts';
import { aTerminal } from '../support/terminal.ts';

const now = Date.parse('2027-01-01T00:00:00Z');
const minute = 60_000;

it('takes how long each job took from its own runs, however often others run', async () => {
  const { manifest } = loadManifest(
    'version: 1\njobs: {dump: {schedule: "0 3 * * *", command: x}}\n',
    { file: 'jobs.yaml', digest: sha256 },
  );
  const compiled = (manifest?.jobs ?? []).map((job): Compiled => ({
    job,
    schedule: compileSchedule(job.schedules, job.name),
  }));
  const none = new StatisticsOf().result();
  const took = { p50: 90 * minute, p95: 90 * minute, max: 90 * minute, of: 1 };
  const service: Pick<ReadService, 'stats' | 'history'> = {
    stats: async ({ since }) => ({
      since,
      until: '',
      jobs: [{ ...none, job: 'dump', runs: 1, durationMs: took }],
      overall: none,
      truncated: false,
      sampled: false,
    }),
    // The newest runs of all are those of the job that starts every second.
    history: async () => ({ runs: [], nextCursor: null, outcomes: [] }) as never,
  };
  const context = {
    terminal: { now },
    read: async (ask: (of: ReadService) => Promise<unknown>) => ({
      value: await ask(service as ReadService),
      live: true,
    }),
  } as unknown as Context;
  const range = { from: now, to: now + 1_440 * minute, assumedMs: minute, zone: 'UTC' };
  const { data } = await overlapsAnswer(context, compiled, range);
  expect(data).toMatchObject({ overlaps: { starts: 1, assumedJobs: 0 } });
});

describe('pairs with names too long for a table', () => {
  const long = (end: string): string =>
    `nightly-dump-of-the-customer-database-${end}`.padEnd(63, 'x');
  const facts = {
    ...overlapsOf([
      { job: long('a'), at: now, durationMs: minute },
      { job: long('b'), at: now + 1_000, durationMs: minute },
      { job: long('b'), at: now + 2_000, durationMs: minute },
    ]),
    from: now,
    to: now + minute,
    zone: 'UTC',
    starts: 3,
    assumedMs: minute,
    assumed: 2,
    truncated: false,
  };

  it('are told in sentences that stay within 80 columns', () => {
    const lines = overlapsText(facts, aTerminal({ width: 80 })).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.slice(5)).toEqual([
      `${long('a')} meets`,
      `  ${long('b')}`,
      '  2 times, first Fri 2027-01-01 00:00:01 +00:00',
      `${long('b')} meets itself`,
      '  once, Fri 2027-01-01 00:00:02 +00:00',
    ]);
  });

  it('stand in a table where there is room', () => {
    const lines = overlapsText(facts, aTerminal({ width: 200 })).split('\n');
    expect(lines[5]).toMatch(/^JOB +MEETS +TIMES  FIRST$/);
  });
});
