// What people read of ten edits, kept as files beside the edits. After a change
// that is meant, remake them by `JM2_MAKE_GOLDEN=1 npx vitest run --project modules
// test/cli/plan-transcripts.test.ts` and read the difference.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planText } from '../../src/cli/views/plan.ts';
import { scheduleEdits } from '../golden/plans/schedule-edits.ts';
import { planOfEdit } from '../support/plan-of-edit.ts';
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
    expectGolden(`${edit.name}.json`, `${JSON.stringify(plan, null, 2)}\n`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const { job } of plan.changes) expect(text).toContain(` ${job} `);
  });
});
