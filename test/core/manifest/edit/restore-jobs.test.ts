import { expect, it } from 'vitest';
import { restoreJobs } from '../../../../src/core/manifest/edit/restore-jobs.ts';

const earlier = `version: 1
jobs:
  # Nightly.
  dump: {schedule: "0 3 * * *", command: dump}
  gone:
    command: gone
`;
const now = `version: 1
jobs:
  dump:
    schedule: "0 5 * * *"
    command: dump
  new:
    command: new
`;

it('takes a job as it was written then, with its comment, and leaves the others', () => {
  expect(restoreJobs(now, earlier, ['dump'])).toEqual({
    ok: true,
    text: `version: 1
jobs:
  # Nightly.
  dump: {schedule: "0 3 * * *", command: dump}
  new:
    command: new
`,
  });
});

it('brings back a job that has gone and takes out one that was not there', () => {
  const result = restoreJobs(now, earlier, ['gone', 'new']);
  expect(result.ok && result.text.split('\n').slice(2, -1)).toEqual([
    '  dump:',
    '    schedule: "0 5 * * *"',
    '    command: dump',
    '  gone:',
    '    command: gone',
  ]);
});

it('follows what a job leant on then', () => {
  const anchored = 'version: 1\njobs:\n  a: &a {command: x}\n  dump: {<<: *a, timeout: 5m}\n';
  const result = restoreJobs(now, anchored, ['dump']);
  expect(result.ok && result.text).toContain('dump:\n    command: x\n    timeout: 5m');
});

it('says which job neither of them has', () => {
  expect(restoreJobs(now, earlier, ['nobody'])).toEqual({
    ok: false,
    problem: 'neither of the two has a job "nobody"',
  });
});
