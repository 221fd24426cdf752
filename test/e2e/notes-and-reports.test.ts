// What operators tell each other about jobs and runs, how two runs differ, and how a
// time went: one daemon and a few runs serve all of it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

const manifest = (word: string): string => `version: 1
jobs:
  dump: {command: "echo begin; echo ${word}; echo end; test ${word} = good", tags: [nightly], env: {LEVEL: ${word}, API_TOKEN: t-${word}}}
  web: {command: "true"}
`;

let project: Project;
let good: string;
let bad: string;
beforeAll(async () => {
  project = await aProject(manifest('good'));
  await project.call(['start']);
  good = await runOf('dump');
  await project.save(manifest('bad'));
  await project.call(['apply', '--auto-approve']);
  bad = await runOf('dump');
});
afterAll(() => project.cleanUp());

const ask = async (args: readonly string[]): Promise<JsonAnswer> =>
  (await project.call([...args, '--json'])).json();
const runOf = async (job: string): Promise<string> => {
  const { data } = await ask(['run', job, '--wait']);
  return (data['run'] as { id: string }).id;
};

it('keeps a note about a job and about a run, and shows it where they are looked at', async () => {
  const written = await project.call(['note', 'dump', 'slow', 'since Monday']);
  expect([written.code, written.stdout]).toEqual([0, 'note 1 about dump\n']);
  const { data } = await ask(['note', bad, 'the new disk was full']);
  expect(data['note']).toMatchObject({ id: 2, job: 'dump', run: bad });
  const said = async (...args: string[]) => (await project.call(args)).stdout;
  expect(await said('show', 'dump')).toMatch(/Notes\n\n1 {2}cli \(.+\), .+: slow since Monday/);
  expect(await said('history', 'dump')).toMatch(/the new disk was full[^]*slow since Monday/);
  expect(await said('why', '--run', bad)).toMatch(/ note +cli \(.+\): the new disk was full/);
  const newest = await project.call(['note', 'dump', '--limit', '1']);
  expect(newest.stdout.trim()).toMatch(
    new RegExp(`^2 {2}run ${bad} of dump, .+: the new disk was full$`),
  );
  const removed = await project.call(['note', '--remove', '2', '--remove', '1']);
  expect(removed.stdout).toContain('slow since Monday');
  expect((await project.call(['note'])).stdout).toBe('Nobody wrote a note.\n');
  expect((await said('audit', '--action', 'note', '--job', 'dump')).match(/note\.\w+/g)).toEqual([
    'note.removed',
    'note.removed',
    'note.added',
    'note.added',
  ]);
});

it('takes no note that is empty, too long, or about nothing', async () => {
  const refusals: [string[], number, RegExp][] = [
    [['note', 'dump', ' '], 64, /The note is empty/],
    [['note', 'dump', 'x'.repeat(1_001)], 64, /1001 characters; 1000 are kept/],
    [['note', 'dmup', 'x'], 1, /no run and no job "dmup"[^]*dump/],
    [['note', '--remove', '99'], 1, /There is no note 99/],
    [['note', '--remove', 'x'], 64, /not the number of a note/],
    [['note', 'dump', '--remove', '1'], 64, /--remove takes numbers alone/],
  ];
  for (const [args, code, words] of refusals) {
    const refused = await project.call(args);
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringMatching(words)]);
  }
});

it('shows a run beside the last success: state, what the job said otherwise, what was printed', async () => {
  const { data } = await ask(['compare', 'dump']);
  expect(data).toMatchObject({
    runs: [{ id: good }, { id: bad }],
    differences: expect.arrayContaining(['state', 'exit', 'revision']),
    output: { same: false, lines: [3, 3], removed: 1, added: 1, truncated: false },
  });
  const fields = data['fields'] as readonly { path: string; before: unknown; after: unknown }[];
  expect(fields.map(({ path }) => path)).toEqual(['/command', '/env/API_TOKEN', '/env/LEVEL']);
  expect(fields[1]).toMatchObject({ before: '***', after: '***' });
  const shown = await project.call(['compare', good, bad, '--lines', '2', '--full']);
  expect(shown.stdout).toMatch(/~ {2}state +succeeded +failed[^]*env\.LEVEL {6}"good" → "bad"/);
  expect(shown.stdout).toMatch(/the last lines are compared\.\n[^]*-good\n\+bad\n end/);
  const page = await project.call(['compare', 'dump', '--format', 'md']);
  expect(page.stdout).toMatch(/\| \*\*state\*\* \| succeeded \| failed \|[^]*```diff\n@@/);
  expect((await project.call(['compare', 'dump', '--detailed-exitcode'])).code).toBe(2);
  expect((await project.call(['compare', good, good, '--detailed-exitcode'])).code).toBe(0);
});

it('says what two runs cannot be compared for', async () => {
  const refusals: [string[], number, RegExp][] = [
    [['compare', 'web'], 1, /"web" has had no run yet/],
    [['compare', good], 1, /No run of "dump" succeeded before run/],
    [['compare', good, 'nothing'], 1, /no run and no job "nothing"/],
    [['compare', 'dump', '--lines', '0'], 64, /from 1 to 5000/],
    [['compare', 'dump', '--format', 'pdf'], 64, /human, markdown, md/],
    [['compare', 'dump', '--format', 'md', '--json'], 64, /both say what stdout holds/],
  ];
  for (const [args, code, words] of refusals) {
    const refused = await project.call(args);
    expect([args, refused.code, refused.stderr + refused.stdout]).toEqual([
      args,
      code,
      expect.stringMatching(words),
    ]);
  }
});

it('reports a time against the time before it, for people, pages, tables and scripts', async () => {
  const { data } = await ask(['report', '--since', '1h ago']);
  expect(data).toMatchObject({
    jobs: [
      { job: 'dump', runs: 2, failed: 1, successRate: 0.5, missed: 0, trend: { verdict: 'new' } },
      { job: 'web', runs: 0, trend: { verdict: 'idle' } },
    ],
    overall: { runs: 2, before: { runs: 0 } },
    flakiest: ['dump'],
  });
  const people = await project.call(['report', '--tag', 'nightly', '--since', '1h']);
  expect(people.stdout).toMatch(
    /^JOB +RUNS +OK +FAILED[^]*\ndump +2 +50 % +1 [^]*flaky +dump \(1 of 2/,
  );
  expect(people.stdout).not.toContain('web');
  const page = await project.call(['report', '--format', 'md']);
  expect(page.stdout).toContain('| <code>dump</code> | 2 | 50 &#37; | 1 |');
  expect((await project.call(['report', '--format', 'html'])).stdout).toMatch(/<td>dump<\/td>/);
  const table = await project.call(['report', 'dump', '--format', 'csv']);
  expect(table.stdout).toMatch(/^job,runs,[^\n]*,trend,because\ndump,2,1,1,0,0\.5,/);
  const past = await ask(['report', '--since', '2020-01-01', '--until', '2020-02-01']);
  expect(past.data['overall']).toMatchObject({ runs: 0, trend: { verdict: 'idle' } });
  const projects = await ask(['report', '--all']);
  expect(projects.data['projects']).toMatchObject([
    { manifest: project.manifest, overall: { runs: 2, failed: 1 }, fault: null },
  ]);
});

it('takes no time for a report that is none', async () => {
  for (const args of [
    ['report', '--since', 'in 2h'],
    ['report', '--since', '1d ago', '--until', '2d ago'],
    ['report', '--since', 'yesterweek'],
    ['report', '--all', 'dump'],
    ['report', '--format', 'pdf'],
  ]) {
    expect((await project.call(args)).code).toBe(64);
  }
  expect((await project.call(['report', 'dmup'])).stderr).toContain('dump');
});
