import { expect, it } from 'vitest';
import type { ReadService } from '../../src/api/service.ts';
import type { Context } from '../../src/cli/context.ts';
import type { Compiled } from '../../src/cli/occurrences.ts';
import { overlapsAnswer } from '../../src/cli/preview-overlaps.ts';
import { loadManifest } from '../../src/core/manifest/load-manifest.ts';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { StatisticsOf } from '../../src/core/runs/statistics.ts';
import { sha256 } from '../../src/system/digest.ts';

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
