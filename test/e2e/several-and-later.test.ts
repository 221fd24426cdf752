// Runs of commands that are no jobs, runs for a later time, and commands about
// several jobs, with the built command line and a real daemon.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

/** Comes due while no daemon runs. */
let missedAt: number;
const manifest = (): string => `version: 1
jobs:
  once: {command: 'echo $JM2_NOMINAL_TIME', schedule: 'at ${new Date(missedAt).toISOString()}', catch_up: none, tags: [late]}
  web-a: {command: 'echo a', tags: [web]}
  web-b: {command: 'echo b; exit 3', tags: [web, odd], env: {GREET: hello}, cwd: /}
  long: {command: sleep 600, concurrency: allow, tags: [slow], kill: {grace: 1s}}
`;

let project: Project;
beforeAll(async () => {
  // On a busy machine a start may take longer than was left for it.
  for (let marginMs = 2_000; ; marginMs *= 2) {
    missedAt = Date.now() + marginMs;
    project = await aProject(manifest());
    await project.call(['start', '--grace', '1s']);
    await project.call(['stop']);
    if (Date.now() < missedAt) break;
    await project.cleanUp();
  }
  await eventually(async () => Date.now() > missedAt, 'the time that is missed');
  await project.call(['start', '--grace', '1s']);
});
afterAll(() => project.cleanUp());

type RunFacts = { id: string; job: string; state: string; [key: string]: unknown };

async function ask(args: readonly string[]): Promise<JsonAnswer> {
  return (await project.call([...args, '--json'])).json();
}

async function runsBy(...args: string[]): Promise<RunFacts[]> {
  return (await ask(args)).data['runs'] as RunFacts[];
}

it('runs a command that is no job, as adhoc/NAME, and never lists it among the jobs', async () => {
  const ran = await project.call([
    'run',
    '--adhoc',
    'pwd; echo "$JM2_JOB $1 $A"; exit 4',
    '--name',
    'look',
    '-e',
    'A=b',
    '--wait',
    '--',
    'x',
  ]);
  expect([ran.stdout, ran.code]).toEqual([`${project.dir}\nadhoc/look x b\n`, 4]);
  const like = await project.call([
    'run',
    '--adhoc',
    'echo $GREET; pwd',
    '--template',
    'web-b',
    '--wait',
  ]);
  expect(like.stdout).toBe('hello\n/\n');
  const [newest] = await runsBy('history', '--adhoc', '--limit', '1');
  expect(newest?.job).toMatch(/^adhoc\/[0-9a-z]{8}$/);
  expect(await runsBy('history', 'adhoc/look')).toMatchObject([{ exitCode: 4 }]);
  expect((await project.call(['logs', 'adhoc/look'])).stdout).toContain('adhoc/look x b');
  expect((await project.call(['why', 'adhoc/look'])).stdout).toContain('failed: exit code 4');
  expect((await ask(['show', 'adhoc/look'])).data).toMatchObject({ nextRun: null });
  expect((await project.call(['rerun', 'adhoc/look', '--wait'])).code).toBe(4);
  const { data } = await ask(['list']);
  expect((data['jobs'] as RunFacts[]).map(({ name }) => name)).toEqual([
    'long',
    'once',
    'web-a',
    'web-b',
  ]);
  expect((await ask(['plan'])).data['changes']).toEqual([]);
});

it('keeps ad-hoc runs over a restart and an apply, ends them at their timeout and by cancel', async () => {
  const slow = [
    'run',
    '--adhoc',
    'sleep 600',
    '--name',
    'slow',
    '--shell',
    '/bin/sh',
    '--cwd',
    '/tmp',
  ];
  await project.call([...slow, '--priority', 'high']);
  await project.call(['restart']);
  await project.save(manifest().replace('echo a', 'echo aa'));
  await project.call(['apply', '--auto-approve']);
  expect(await runsBy('history', 'adhoc/slow')).toMatchObject([{ state: 'running' }]);
  expect((await project.call(['cancel', 'adhoc/slow'])).code).toBe(0);
  expect((await project.call(['wait', 'adhoc/slow'])).code).toBe(130);
  const late = await project.call(['run', '--adhoc', 'sleep 600', '--timeout', '1s', '--wait']);
  expect(late.code).toBe(124);
});

it('records a run for a later time, tells of it, and begins it then', async () => {
  const asked = (await ask(['run', 'web-a', '--in', '1s'])).data['run'] as RunFacts;
  expect(asked).toMatchObject({ state: 'queued', startedAt: null });
  const far = (await ask(['run', 'web-a', '--at', 'tomorrow 14:30'])).data['run'] as RunFacts;
  expect((await ask(['queue'])).data['queue']).toContainEqual(
    expect.objectContaining({ run: far.id, waitsFor: 'time', notBefore: far['startAt'] }),
  );
  expect((await project.call(['why', '--run', far.id])).stdout).toContain('to begin at');
  expect((await project.call(['wait', asked.id])).code).toBe(0);
  const [ended] = await runsBy('history', '--run', asked.id);
  const late = Date.parse(String(ended?.['startedAt'])) - Date.parse(String(asked['startAt']));
  expect(late).toBeGreaterThanOrEqual(0);
  expect((await project.call(['cancel', far.id])).code).toBe(0);
});

it('starts, waits for, ends and repeats several', async () => {
  expect((await project.call(['run', '--tag', 'web'])).code).toBe(5);
  const { data } = await ask(['run', 'web-*', '--yes']);
  expect(data).toMatchObject({ runs: [{ job: 'web-a' }, { job: 'web-b' }], refused: [] });
  const ids = (data['runs'] as RunFacts[]).map(({ id }) => id);
  expect((await project.call(['wait', ...ids])).code).toBe(3);
  expect((await ask(['run', '--all', '--limit', '2', '--dry-run'])).data).toEqual({
    jobs: ['long', 'once'],
  });
  await project.call(['run', '--grep', 'lon', '--yes']);
  await project.call(['run', 'long']);
  expect((await project.call(['wait', '--grep', 'lon', '--timeout', '1s'])).code).toBe(6);
  expect(await runsBy('cancel', '--tag', 'slow', '--yes')).toHaveLength(2);
  await project.call(['run', 'long']);
  expect((await project.call(['cancel', '--grep', 'lon', '--queued', '--yes'])).code).toBe(4);
  expect((await project.call(['cancel', '--all', '--yes'])).code).toBe(0);
  await project.call(['wait', '--tag', 'slow']);
  await project.call(['wait', '--all']);
  expect(await runsBy('rerun', ...ids, '--yes')).toHaveLength(2);
  await eventually(
    async () => (await runsBy('history', 'web-b', '--limit', '1'))[0]?.state === 'failed',
    'the repetition',
  );
  const failed = await ask(['rerun', '--failed', '--tag', 'odd', '--limit', '1', '--dry-run']);
  expect(failed.data['failed']).toMatchObject([{ job: 'web-b' }]);
});

it('starts several by their names, waits for all, and ends with the worst of their codes', async () => {
  const waited = await project.call(['run', 'web-a', 'web-b', '--wait']);
  expect([waited.code, waited.stdout]).toEqual([
    3,
    expect.stringMatching(/^succeeded {2}web-a, [^]*\nfailed {2}web-b, exit 3/),
  ]);
  const { data } = await ask(['run', 'web-b', 'web-a', '--wait']);
  expect(data).toMatchObject({
    runs: [
      { job: 'web-b', exitCode: 3 },
      { job: 'web-a', exitCode: 0 },
    ],
    refused: [],
  });
  const wrong = await project.call(['run', 'web-a', 'argument']);
  expect(wrong.stderr).toMatch(/Nothing was started[^]*jm2 run web-a -- argument/);
  expect((await runsBy('history', 'web-a', '--limit', '1'))[0]?.id).toBe(
    (data['runs'] as RunFacts[])[1]?.id,
  );
});

it('ends ad-hoc runs by a pattern, and no job of that name', async () => {
  for (const name of ['x1', 'x2', 'y1']) {
    await project.call(['run', '--adhoc', 'sleep 600', '--name', name]);
  }
  await project.call(['run', 'long']);
  const ended = await runsBy('cancel', 'adhoc/x*', '--yes');
  expect(ended.map(({ job }) => job).toSorted()).toEqual(['adhoc/x1', 'adhoc/x2']);
  const both = await runsBy('cancel', 'adhoc/*', 'long', '--yes');
  expect(both.map(({ job }) => job)).toContain('adhoc/y1');
  expect(both.map(({ job }) => job)).toContain('long');
  await project.call(['wait', '--all']);
});

it('tells what was missed wherever failures are told, and makes up for it', async () => {
  const due = new Date(missedAt).toISOString();
  expect(
    (await ask(['missed', '--since', '1h ago', '--until', 'in 1h', '--tag', 'late'])).data,
  ).toMatchObject({
    missed: [{ job: 'once', nominalTime: due, reason: 'catch_up_none', madeUpFor: 0 }],
    more: false,
  });
  expect((await ask(['list', '--failed', 'once'])).data['jobs']).toMatchObject([{ name: 'once' }]);
  const status = await project.call(['status', '--problems', '--json']);
  expect(status.code).toBe(1);
  expect(status.json().data['problems']).toContainEqual({
    job: 'once',
    text: 'its only time was missed',
    remedy: 'jm2 missed',
  });
  expect((await project.call(['status', '--short'])).stdout).toContain('4 jobs');
  const dry = await ask(['missed', '--run', '--dry-run', '--limit', '5']);
  expect(dry.data).toEqual({ occurrences: [{ job: 'once', nominalTime: due }], runs: [] });
  const [run] = (await ask(['missed', '--run', '--yes'])).data['runs'] as RunFacts[];
  expect((await project.call(['watch', run?.id ?? ''])).stdout).toBe(`${due}\n`);
  expect((await ask(['missed'])).data['missed']).toEqual([]);
  expect((await ask(['missed', 'once', '--all'])).data['missed']).toMatchObject([{ madeUpFor: 1 }]);
});

it('lists jobs by the type of their schedule, and tags', async () => {
  expect((await ask(['list', '--type', 'at'])).data['jobs']).toMatchObject([{ name: 'once' }]);
  expect((await ask(['list', '--type', 'manual', '--tags'])).data).toEqual({
    tags: [
      { tag: 'odd', jobs: 1 },
      { tag: 'slow', jobs: 1 },
      { tag: 'web', jobs: 2 },
    ],
  });
  expect((await project.call(['add', '--examples'])).stdout).toContain('jm2 add');
});

it('shows the past of several jobs in one list', async () => {
  const runs = (await ask(['history', 'web-*', '--tag', 'web', '--limit', '3'])).data[
    'runs'
  ] as RunFacts[];
  expect(runs).toHaveLength(3);
  expect(new Set(runs.map(({ job }) => job))).toEqual(new Set(['web-a', 'web-b']));
  const queued = runs.map((run) => String(run['queuedAt']));
  expect(queued).toEqual(queued.toSorted().toReversed());
});

it('refuses what does not fit, each with its code', async () => {
  const calls: readonly (readonly [readonly string[], number, string])[] = [
    [['run', '--adhoc', ' '], 64, 'JM2-R128'],
    [['run', '--adhoc', 'true', '--name', 'No Name'], 64, 'JM2-R128'],
    [['run', '--adhoc', 'true', '--template', 'web-z'], 1, 'JM2-R101'],
    [['run', '--adhoc', 'true', 'web-a'], 64, 'JM2-C102'],
    [['run', 'web-a', '--name', 'x'], 64, 'JM2-C102'],
    [['run', 'web-a', 'web-c'], 1, 'JM2-R101'],
    [['run', 'web-a', 'web-b', '--request-id', 'k'], 64, 'JM2-C102'],
    [['cancel', 'adhoc/*'], 4, 'JM2-R104'],
    [['cancel', 'adhoc/*', '--tag', 'web'], 64, 'JM2-C102'],
    [['run', 'web-a', '--in', '1h', '--at', '18:00'], 64, 'JM2-C102'],
    [['run', 'web-a', '--at', '2h ago'], 64, 'JM2-C103'],
    [['run', 'web-a', '--in', '2000d'], 64, 'JM2-C103'],
    [['run', 'x-*'], 1, 'JM2-R101'],
    [['rerun', 'adhoc/look', '--current'], 1, 'JM2-R101'],
    [['cancel', '--all', '--tag', 'web'], 64, 'JM2-C102'],
    [['wait'], 64, 'JM2-C102'],
    [['history', '--adhoc', 'web-a'], 64, 'JM2-C102'],
    [['missed', '--dry-run'], 64, 'JM2-C102'],
    [['missed', 'onec'], 1, 'JM2-R101'],
  ];
  const answers = calls.map(async ([args]) => {
    const answer = await project.call([...args, '--json']);
    return [args, answer.code, answer.json().error?.code];
  });
  expect(await Promise.all(answers)).toEqual(calls);
});
