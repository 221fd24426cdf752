// What people read of ten edits, kept as files beside the edits. After a change
// that is meant, remake them by `JM2_MAKE_GOLDEN=1 npx vitest run --project modules
// test/cli/plan-transcripts.test.ts` and read the difference.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { markdown } from '../../src/cli/formats/markdown.ts';
import { occurrencesBetween } from '../../src/cli/occurrences.ts';
import { planText } from '../../src/cli/views/plan.ts';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { judgeHere } from '../../src/reconciler/judge-here.ts';
import { scheduleEdits } from '../golden/plans/schedule-edits.ts';
import { planOfEdit } from '../support/plan-of-edit.ts';
import { aReport } from '../support/reports.ts';
import { aTerminal } from '../support/terminal.ts';

const golden = join(import.meta.dirname, '..', 'golden', 'plans');

function expectGolden(name: string, text: string): void {
  const path = join(golden, name);
  if (process.env['JM2_MAKE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

describe.each(scheduleEdits)('the plan of $name', (edit) => {
  it('reads as recorded, within 80 columns and with whole names, and is recorded as data', async () => {
    const plan = await planOfEdit(edit);
    const terminal = aTerminal({ width: 80, now: Date.parse(plan.at) });
    const text = planText(plan, { source: 'jobs.yaml' }, terminal);
    expectGolden(`${edit.name}.txt`, `${text}\n`);
    const report = aReport({ plan, name: 'prod', against: null });
    expectGolden(`${edit.name}.md`, markdown(report, 60_000));
    expectGolden(`${edit.name}.json`, `${JSON.stringify(plan, null, 2)}\n`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const { job } of plan.changes) expect(text).toContain(` ${job} `);
  });

  it('claims what a preview of both manifests shows', async () => {
    const plan = await planOfEdit(edit);
    const from = Date.parse(plan.at) + 1;
    for (const { job, previousName, impact } of plan.changes) {
      const open = impact.pausedUntil == null ? from : Date.parse(impact.pausedUntil);
      const before = previewed(edit.before, previousName ?? job, open, from + plan.horizonMs);
      const after = previewed(edit.after, job, open, from + plan.horizonMs);
      expect(impact.runs).toEqual({ before: before.length, after: after.length });
      expect(impact.nextRun.before).toBe(before[0] ?? null);
      expect(impact.nextRun.after).toBe(after[0] ?? null);
      const [gone, come] = [without(before, after), without(after, before)];
      expect(impact.lost).toEqual(gone.slice(0, impact.lost.length));
      expect(impact.gained).toEqual(come.slice(0, impact.gained.length));
      expect(impact.lost.length).toBe(Math.min(gone.length, 20));
    }
  });
});

/** Starts of a job as `jm2 preview` lists them. */
function previewed(text: string, name: string, from: number, to: number): string[] {
  const { manifest } = judgeHere(new TextEncoder().encode(text), 'jobs.yaml');
  const job = manifest?.jobs.find((one) => one.name === name);
  if (job === undefined || job.suspend) return [];
  const schedule = compileSchedule(job.schedules, job.name);
  return occurrencesBetween([{ job, schedule }], { from, to }, 10_000, null).occurrences.map(
    ({ startTime }) => new Date(startTime).toISOString(),
  );
}

function without(times: readonly string[], others: readonly string[]): string[] {
  return times.filter((time) => !others.includes(time));
}
