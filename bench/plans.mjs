// What a plan costs beside only reading the same manifest: all jobs new, one of
// them changed, half of them changed. By processor time, which other work on the
// machine leaves alone; neither a store nor a daemon is asked.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, manifestOf } from './definitions.mjs';
import { makeFolder } from './folders.mjs';
import { ms, row, times } from './report.mjs';

const first = manifestOf(1);

/** Every second job an hour later, in minutes nobody has yet. */
function halfMoved(count) {
  let seen = 0;
  return manifestOf(count).replaceAll(/schedule: "(\d+) (\d+)/g, (line, minute, hour) => {
    seen += 1;
    return seen % 2 === 0 ? line : `schedule: "${minute} ${(Number(hour) + 1) % 24}`;
  });
}

const edits = {
  'all new': (count) => ({ before: first, after: manifestOf(count) }),
  'one changed': (count) => ({
    before: manifestOf(count),
    after: manifestOf(count).replace('"0 0 * * *"', '"30 4 * * *"'),
  }),
  'half changed': (count) => ({ before: manifestOf(count), after: halfMoved(count) }),
};

export function measurePlans(sizes) {
  for (const size of sizes) {
    for (const [name, edit] of Object.entries(edits)) {
      const folder = makeFolder('plans');
      const { before, after } = edit(size);
      writeFileSync(join(folder, 'jobs.yaml'), after);
      writeFileSync(join(folder, 'base.yaml'), before);
      // Both are read for the plan, so both are read beside it.
      const reads = ['jobs.yaml', 'base.yaml'].map((file) => command(folder, ['validate', file]));
      const reading = reads.reduce((sum, { processorMs }) => sum + processorMs, 0);
      const plan = command(folder, ['plan', '--against', 'base.yaml', '--json']);
      row(
        `plan of ${size} jobs, ${name}`,
        `${ms(plan.processorMs)} of processor time (${ms(plan.wallMs)})`,
        `reading both ${ms(reading)}: ${times(plan.processorMs / reading)}`,
        '-',
        {
          value: plan.processorMs,
          besideValue: reading,
          ratio: plan.processorMs / reading,
          wallMs: plan.wallMs,
          jobs: size,
        },
      );
    }
  }
}
