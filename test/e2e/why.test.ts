// Explanations from the command line, of a daemon that really was killed, of
// commands that really stood in the way.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

const manifest = (suspend: boolean): string => `version: 1
timezone: Europe/Berlin
jobs:
  slow: {schedule: every 2s, command: sleep 5}
  often: {schedule: every 3s, command: "true", catch_up: {policy: all}}
  off: {schedule: every 2s, command: "true", suspend: ${suspend}}
  nightly: {schedule: "0 3 * * *", command: "true"}
  hand: {command: sleep 4}
  twice: {command: "echo try $JM2_ATTEMPT; exit 3", retry: {limit: 1, delay: 1s}}
`;

interface Told {
  readonly verdict: string;
  readonly answer: string;
  readonly nominalTime: string | null;
  readonly reason: string | null;
  readonly run: string | null;
  readonly hint: string | null;
}

let project: Project;
let pid = 0;
beforeAll(async () => {
  project = await aProject(manifest(true));
  pid = Number((await project.call(['start', '--json'])).json().data['pid']);
});
afterAll(() => project.cleanUp());

async function why(...words: string[]): Promise<readonly Told[]> {
  const { json } = await project.call(['why', ...words, '--json']);
  return json().data['explanations'] as readonly Told[];
}

async function rowOf(
  job: string,
  key: 'runs' | 'outcomes',
  wanted: Readonly<Record<string, unknown>>,
) {
  return eventually(
    async () => {
      const { json } = await project.call(['history', job, '--all', '--limit', '200', '--json']);
      const rows = json().data[key] as readonly Record<string, unknown>[];
      return rows.findLast((row) =>
        Object.entries(wanted).every(([name, value]) => row[name] === value),
      );
    },
    `${JSON.stringify(wanted)} of ${job}`,
  );
}

it('skipped: the run that was in the way, with its times', async () => {
  const { nominalTime } = await rowOf('slow', 'outcomes', { reason: 'forbid' });
  const [told] = await why('slow', String(nominalTime));
  expect(told).toMatchObject({ verdict: 'skipped', reason: 'forbid', nominalTime });
  expect(told?.answer).toMatch(
    /^Skipped: run \w+ of the job had not ended \(concurrency: forbid\); it began at /,
  );
  expect(told?.hint).toContain('they overlap: jm2 edit slow --set concurrency=queue');
  const edit = ['edit', 'slow', '--set', 'concurrency=queue', '--dry-run'];
  expect((await project.call(edit)).stdout).toContain('concurrency: queue}');
});

it('never due: what the schedule is, and the nearest occurrences in its zone', async () => {
  const { stdout, code } = await project.call(['why', 'nightly', '2099-01-01T02:45']);
  expect(code).toBe(0);
  expect(stdout).toContain('never due');
  expect(stdout).toContain(
    'nearest are 2098-12-30 03:00 +01:00, 2098-12-31 03:00 +01:00, 2099-01-01 03:00 +01:00',
  );
});

it('late: the daemon was killed, from when to when, and which run was caught up', async () => {
  await rowOf('often', 'runs', { state: 'succeeded', trigger: 'schedule' });
  process.kill(pid, 'SIGKILL');
  const before = (await why('often')).at(-1);
  expect(before?.verdict).toBe('will_not_run');
  expect(before?.answer).toContain('no daemon runs since');
  await eventually(async () => {
    const told = (await project.call(['why', 'often'])).stdout;
    return /[2-9] came due since .* wait for a daemon/.test(told);
  }, 'two occurrences');
  expect((await project.call(['status'])).stdout).toContain('ended without a word');
  pid = Number((await project.call(['start', '--json'])).json().data['pid']);
  const { nominalTime } = await rowOf('often', 'runs', { trigger: 'catch-up', state: 'succeeded' });
  const [told] = await why('often', String(nominalTime));
  expect(told?.answer).toMatch(
    /was caught up and began [\d.]+s late because the scheduler was not running from \d{4}-.* to \d{4}-/,
  );
});

it('suspended: by which revision, after the suspension was lifted', async () => {
  await project.save(manifest(false));
  const { nominalTime } = await rowOf('off', 'outcomes', { reason: 'suspended' });
  const [told] = await why('off', String(nominalTime));
  expect(told?.answer).toMatch(/the job was suspended in revision 1, applied .* by start\.$/);
});

it('lost: nobody saw the end of the command', async () => {
  const { json } = await project.call(['run', 'hand', '--json']);
  const { id } = json().data['run'] as { id: string };
  await rowOf('hand', 'runs', { state: 'running' });
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  // The launcher is the daemon's only child.
  process.kill(Number(children[0]), 'SIGKILL');
  await rowOf('hand', 'runs', { state: 'lost' });
  const [told] = await why('--run', id);
  expect(told).toMatchObject({ verdict: 'lost', run: id });
  expect(told?.answer).toContain('without an observed exit code it counts as no success');
});

it('every attempt of a run has its line in history and a log of its own', async () => {
  await project.call(['run', 'twice', '--wait']);
  const { id } = await rowOf('twice', 'runs', { state: 'failed' });
  const { json } = await project.call(['history', '--run', String(id), '--json']);
  expect(json().data['attempts']).toMatchObject([
    { attempt: 1, state: 'failed', exitCode: 3 },
    { attempt: 2, state: 'failed', exitCode: 3 },
  ]);
  const logs = ['logs', '--run', String(id), '--attempt'];
  expect((await project.call([...logs, '1'])).stdout).toBe('try 1\n');
  expect((await project.call([...logs, '2', '--lines', '9'])).stdout).toBe('try 2\n');
  expect((await project.call([...logs, '3'])).stderr).toContain('has made 2 attempts so far');
  expect((await why('--run', String(id)))[0]?.answer).toContain(
    'failed after 2 attempts: exit code 3',
  );
});

it('a name that two jobs have had: whose run it was, and from which revision to which', async () => {
  const { id } = (await rowOf('twice', 'runs', { state: 'failed' })) as { id: string };
  const text = manifest(false);
  for (const changed of [
    // A job that comes back under its name is the same job; one that is renamed leaves it free.
    text.replace(/ {2}twice: \{/, '  once-more: {renamed_from: twice, '),
    text.replace(/ {2}twice: \{/, '  twice: {command: "true"}\n  once-more: {'),
  ]) {
    await project.save(changed);
    await project.call(['apply', '--auto-approve']);
  }
  await project.call(['run', 'twice', '--wait']);
  const { json } = await project.call(['history', 'twice', '--json']);
  const runs = json().data['runs'] as readonly { id: string; namesake: object }[];
  expect(runs.map(({ namesake }) => namesake)).toEqual([
    { name: 'twice', since: expect.any(Number), until: null, current: true },
    { name: 'once-more', since: 1, until: expect.any(Number), current: false },
  ]);
  expect(runs[1]?.id).toBe(id);
  const { stdout } = await project.call(['history', 'twice']);
  expect(stdout).toMatch(/ twice \(r1-r\d+\) +failed/);
  expect(stdout).toMatch(
    /of the job that had this name from revision 1 to \d+, which is now once-more\./,
  );
  const told = (await project.call(['why', 'twice', 'today'])).stdout;
  expect(told).toMatch(
    /^twice \(from revision 1 to \d+, now once-more\), .*\n[^]*^twice \(since revision \d+\), /m,
  );
});

it.each([
  [['logs', 'slow', '--attempt', '1'], 64, 'Name the run with --run.'],
  [['history', 'slow', '--run', '01'], 64, 'Leave out the job and the filters.'],
  [['why'], 64, 'Name a job, or a run with --run.'],
  [['why', 'slow', 'someday'], 64, 'not one that jm2 can read'],
  [['why', 'slwo'], 1, 'Did you mean slow'],
  [['why', 'slow', '--run', '01'], 64, 'A run belongs to one job already.'],
  [['why', '--run', 'nope'], 1, 'There is no run "nope"'],
])('%j is refused with a way out', async (words, code, said) => {
  const answer = await project.call(words);
  expect([answer.code, answer.stdout]).toEqual([code, '']);
  expect(answer.stderr).toContain(said);
});
