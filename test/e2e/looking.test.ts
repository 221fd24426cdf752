// What a person sees of jobs and their past: one daemon and a few runs serve all
// of it, since nothing here changes anything.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, eventually, program } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

const manifest = `version: 1
jobs:
  web-a: {command: "echo start a; echo ERROR disk full; sleep 0.05; echo end a", tags: [web]}
  web-b: {command: "echo start b; echo fine; exit 3", tags: [web, slow], description: the bee, runbook: docs/bee.md}
  daily: {schedule: "0 3 * * *", command: seq 1 200}
  hourly: {schedule: "@hourly", command: "true"}
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest);
  await project.call(['start']);
  for (const job of ['web-a', 'web-b', 'daily']) await project.call(['run', job, '--wait']);
});
afterAll(() => project.cleanUp());

const ask = async (args: readonly string[]): Promise<JsonAnswer> =>
  (await project.call([...args, '--json'])).json();
const column = (answer: JsonAnswer, list: string, key: string): unknown[] =>
  (answer.data[list] as readonly Record<string, unknown>[]).map((item) => item[key]);

describe('a list, and the status', () => {
  it('come from one file, which leaves all else to the program', async () => {
    const alone = join(project.dir, 'alone');
    await mkdir(alone);
    for (const part of ['jm2.js', 'quick.cjs']) {
      await cp(join(dirname(program), part), join(alone, part));
    }
    await writeFile(join(alone, 'package.json'), '{"type": "module"}');
    const call = (args: readonly string[]) =>
      project.call(args, { program: join(alone, 'jm2.js') });
    const quick = await call(['list', '--json']);
    expect(column(quick.json(), 'jobs', 'name')).toEqual(['daily', 'hourly', 'web-a', 'web-b']);
    expect((await call(['status', '--short'])).stdout).toMatch(/4 jobs/);
    const wrong = await call(['list', 'web-c']);
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/Cannot find module '.*chunks/);
  });
});

describe('logs', () => {
  it('of several jobs name the job before each line, in the order of their runs', async () => {
    const { stdout } = await project.call(['logs', 'daily', 'web-*', '--lines', '1']);
    expect(stdout).toBe('web-a | end a\nweb-b | fine\ndaily | 200\n');
  });

  it('without a job are the last lines of all runs, and of a run that is named its own', async () => {
    const { stdout } = await project.call(['logs', '-n', '202']);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'web-b | start b',
      'web-b | fine',
      'daily | 1',
    ]);
    const [id = ''] = column(await ask(['history', 'web-b']), 'runs', 'id') as string[];
    expect((await project.call(['logs', id, '--no-timestamps'])).stdout).toBe('start b\nfine\n');
    expect((await project.call(['logs', `${id.slice(0, 25)}`, '-n', '1'])).stdout).toBe('fine\n');
  });

  it('of a tag, with a text, in any case', async () => {
    const { stdout } = await project.call(['logs', '--tag', 'web', '--grep', 'START']);
    expect(stdout).toBe('web-a | start a\nweb-b | start b\n');
    const matched = await ask(['logs', 'daily', '--regex', '^(100|110)$']);
    expect(column(matched, 'lines', 'text')).toEqual(['100', '110']);
    const found = await ask(['logs', 'daily', '--grep', '19', '-n', '2']);
    expect(column(found, 'lines', 'text')).toEqual(['198', '199']);
  });

  it('that look like errors, of all jobs and of a time', async () => {
    expect((await project.call(['logs', '--errors'])).stdout).toMatch(
      /^web-a +\| ERROR disk full\n$/,
    );
    const { stdout } = await project.call(['logs', '--errors', '--since', '2h ago', 'web-a']);
    expect(stdout).toBe('ERROR disk full\n');
    const past = await project.call(['logs', '--errors', '--until', '2020-01-01']);
    expect(past).toMatchObject({ code: 0, stdout: '', stderr: 'No line matches.\n' });
  });

  it('of several jobs as they come, with the time they were seen', async () => {
    const follow = project.start(['logs', 'web-*', '-f', '--timestamps', '-n', '0', '--grep', 'a']);
    // Runs that are there when it begins are no news, so it is started again until one is.
    const again = setInterval(() => void project.call(['run', 'web-a']), 700);
    await follow.until(/^\d\d:\d\d:\d\d web-a \| start a$/m);
    clearInterval(again);
    follow.process.kill('SIGINT');
    await follow.ended;
  });

  it.each([
    [['logs', 'web-c', 'daily'], 1, 'Did you mean web-a or web-b?'],
    [['logs', 'zz*'], 1, 'No job matches "zz*".'],
    [['logs', '--tag', 'none'], 1, 'No job has the tag none.'],
    [['logs', 'web-a', '--run', '01'], 64, 'A run belongs to one job already.'],
    [['logs', '--timestamps'], 64, 'known only while it is followed'],
    [['logs', '--grep', ''], 64, '--grep names no text.'],
    [['logs', '--since', '1h ago', '--until', '2h ago'], 64, '--until is not after --since.'],
    [['logs', '--since', 'yesterdayish'], 64, 'which is not a time jm2 can read'],
  ])('answer %j with exit code %i', async (args, code, words) => {
    const refused = await project.call(args as string[]);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toContain(words);
  });
});

describe('list', () => {
  it('-v tells what jobs are for', async () => {
    const { stdout } = await project.call(['list', 'web-*', '-v']);
    expect(stdout).toMatch(/^JOB .* DESCRIPTION\nweb-a .* web\nweb-b .* the bee$/m);
  });

  it('shows the jobs that are named or hold a text', async () => {
    expect(column(await ask(['list', 'WEB-*']), 'jobs', 'name')).toEqual(['web-a', 'web-b']);
    expect(column(await ask(['list', '--grep', 'BEE']), 'jobs', 'name')).toEqual(['web-b']);
  });

  it('sorts by the next start, the last run, how long that took, and the state', async () => {
    const by = async (key: string): Promise<unknown[]> =>
      column(await ask(['list', '--sort', key]), 'jobs', 'name');
    expect(new Set((await by('next')).slice(0, 2))).toEqual(new Set(['daily', 'hourly']));
    expect((await by('last')).at(-1)).toBe('hourly');
    expect(await by('duration')).toMatchObject({ 0: 'web-a', 3: 'hourly' });
    expect((await by('state'))[0]).toBe('daily');
  });

  it('points from the state failed, which one-shots have, to jobs whose last run failed', async () => {
    const { stdout } = await project.call(['list', '--state', 'failed']);
    expect(stdout).toContain('Jobs whose last run went wrong: jm2 list --failed');
  });

  it.each([
    [['list', 'web-c'], 1, 'Did you mean web-a or web-b?'],
    [['list', '--sort', 'size'], 64, 'none of name, next'],
    [['list', '--grep', ''], 64, '--grep names no text.'],
  ])('answers %j with exit code %i', async (args, code, words) => {
    const refused = await project.call(args as string[]);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toContain(words);
  });
});

describe('the runbook of a job', () => {
  it('is shown where the job has failed, and where it is described', async () => {
    const ended = await project.call(['run', 'web-b', '--wait']);
    expect(ended.stderr).toMatch(/^failed {2}web-b, exit 3.*\nrunbook {2}docs\/bee.md\n$/);
    const [id] = column(await ask(['history', 'web-b', '--failed']), 'runs', 'id');
    for (const call of [
      ['history', 'web-b'],
      ['history', '--run', String(id)],
      ['show', 'web-b'],
      ['why', 'web-b'],
    ]) {
      expect((await project.call(call)).stdout).toMatch(/^runbook +docs\/bee.md$/m);
    }
    expect((await project.call(['status'])).stdout).toMatch(/^runbooks +web-b: docs\/bee.md$/m);
  });

  it('is not shown where all went well', async () => {
    expect((await project.call(['run', 'daily', '--wait'])).stderr).not.toContain('runbook');
    expect((await project.call(['history', 'daily'])).stdout).not.toContain('runbook');
    expect((await project.call(['why', 'daily'])).stdout).not.toContain('runbook');
  });
});

it('show tells of the last results, of thirty days, and of the logs', async () => {
  const { stdout } = await project.call(['show', 'web-b']);
  expect(stdout).toMatch(/^last results +F+$/m);
  expect(stdout).toMatch(/^in 30 days +\d runs?, 0 % succeeded, took .* \(p50\), .* \(p95\)$/m);
  const { data } = await ask(['show', 'hourly']);
  expect(data).toMatchObject({ statistics: { runs: 0 }, logs: { runs: 0, bytes: 0 } });
});

describe('show', () => {
  it('--resolved tells of each value where it comes from', async () => {
    const { data } = await ask(['show', 'daily', '--resolved']);
    expect(data['origins']).toMatchObject({
      '/schedule': { from: 'job', line: 5 },
      '/timeout': { from: 'default', line: null },
    });
    expect(data['source']).toEqual({ file: 'jobs.yaml', revision: 1, current: true });
    const { stdout } = await project.call(['show', 'daily', '--resolved']);
    expect(stdout).toMatch(/^schedule +0 3 \* \* \* +job +jobs.yaml:5$/m);
    expect(stdout).toMatch(/^timezone +UTC +default$/m);
  });

  it('of a run tells its attempts', async () => {
    const [{ id }] = (await ask(['history', 'web-b'])).data['runs'] as [{ id: string }];
    const { data } = await ask(['show', id.slice(0, 14)]);
    expect(data).toMatchObject({ runs: [{ id, job: 'web-b' }], attempts: [{ exitCode: 3 }] });
    expect((await project.call(['show', id, '--yaml'])).code).toBe(64);
    expect((await ask(['show', `${id.slice(0, 20)}zzzzzz`])).error?.code).toBe('JM2-R102');
    expect((await ask(['show', 'web-bb'])).error?.hint).toContain('web-b');
    expect((await ask(['show', 'hourlx'])).error).toMatchObject({
      code: 'JM2-R101',
      hint: expect.stringContaining('hourly'),
    });
  });

  it('a hazard of a plan is explained by its code', async () => {
    const { data } = await ask(['explain', 'period_lost']);
    expect(data).toMatchObject({ code: 'period_lost', severities: ['medium'] });
    const near = await project.call(['explain', 'period_lots']);
    expect([near.code, near.stderr.includes('period_lost?')]).toEqual([64, true]);
  });

  it('one value of it is explained with what gave it', async () => {
    const { data } = await ask(['explain', 'daily.schedule']);
    expect(data).toMatchObject({
      field: 'schedule',
      job: 'daily',
      values: [{ pointer: '/schedule', value: '0 3 * * *', from: 'job', line: 5 }],
    });
    const { stdout } = await project.call(['explain', 'daily.retry']);
    expect(stdout).toMatch(/^retry.limit +0 +default$/m);
    const wrong = await project.call(['explain', 'daly.retry']);
    expect([wrong.code, wrong.stderr.includes('Did you mean daily')]).toEqual([1, true]);
  });

  it('--yaml gives a job to paste, and not both at once', async () => {
    const { stdout } = await project.call(['show', 'hourly', '--yaml']);
    expect(stdout).toBe('  hourly:\n    schedule: "@hourly"\n    command: "true"\n');
    expect((await project.call(['show', 'hourly', '--yaml', '--resolved'])).code).toBe(64);
  });
});

describe('stats', () => {
  it('tell of each job and of all together', async () => {
    const { data } = await ask(['stats', 'web-b', 'hourly', '--since', '1h ago']);
    expect(data).toMatchObject({
      jobs: [
        { job: 'hourly', runs: 0, successRate: null, streak: null },
        { job: 'web-b', runs: 2, states: { failed: 2 }, streak: { succeeded: false, runs: 2 } },
      ],
      overall: { runs: 2, successRate: 0 },
      truncated: false,
    });
  });

  it('keep to a tag and a time, and are there while no daemon runs', async () => {
    const past = ['stats', '--tag', 'slow', '--all', '--until', '2020-01-01'];
    expect((await ask(past)).data).toMatchObject({ jobs: [{ job: 'web-b', runs: 0 }] });
    const { stdout } = await project.call(['stats', '--tag', 'slow', '--all']);
    expect(stdout).toMatch(/^JOB +RUNS +OK +FAILED.*\nweb-b +2 +0 % +2 /);
  });
});

describe('history', () => {
  it('keeps to what succeeded, to a trigger, and to how long runs took', async () => {
    const ended = column(await ask(['history', '--success']), 'runs', 'state');
    expect(new Set(ended)).toEqual(new Set(['succeeded']));
    const scheduled = ['history', '--trigger', 'schedule'];
    expect(column(await ask(scheduled), 'runs', 'id')).toEqual([]);
    const slow = column(await ask(['history', '--longer', '50ms']), 'runs', 'durationMs');
    expect(slow.every((took) => Number(took) >= 50)).toBe(true);
    expect(column(await ask(['history', '--longer', '1h']), 'runs', 'id')).toEqual([]);
    const quick = await ask(['history', 'web-b', '--shorter', '1h']);
    expect(new Set(column(quick, 'runs', 'job'))).toEqual(new Set(['web-b']));
  });

  it('shows the last results of each job in a line', async () => {
    const { stdout } = await project.call(['history', '--spark']);
    expect(stdout).toMatch(/^daily +[▁-█]+ {2}last /m);
    expect(stdout).toMatch(/^web-b +F+ {2}last /m);
    expect(stdout).toMatch(/^hourly +no run yet$/m);
  });
});

describe('events', () => {
  it('are those that are recorded, with a date above each day', async () => {
    const { data } = await ask(['events', 'web-a', '--kind', 'run.ended', '--lines', '1']);
    expect(data).toMatchObject({ events: [{ kind: 'run.ended', job: 'web-a' }] });
    const { stdout } = await project.call(['events']);
    expect(stdout).toMatch(/^[A-Z][a-z]{2} \d{4}-\d\d-\d\d\n/);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}failed +web-b {2}exit 3/m);
    const lives = await ask([
      'events',
      '--kind',
      'daemon',
      '--since',
      '1h ago',
      '--until',
      'in 1h',
    ]);
    expect(lives.data['events']).toMatchObject([{ kind: 'daemon.started' }]);
    const manifests = await ask(['events', '-k', 'manifest', '-n', '1']);
    expect(manifests.data).toMatchObject({ events: [{ kind: 'manifest.applied', revision: 1 }] });
  });

  it('are told as they happen, of the kinds and jobs that are named', async () => {
    const watch = project.start(['events', 'web-*', '--follow', '--kind', 'run.ended', '--json']);
    // It subscribes when it has started: runs are made until one is told.
    const again = setInterval(() => void project.call(['run', 'web-b']), 700);
    const [line] = await watch.until(/^.*\n/);
    clearInterval(again);
    expect(JSON.parse(line)).toMatchObject({ kind: 'run.ended', job: 'web-b' });
    watch.process.kill('SIGINT');
    await watch.ended;
  });
});

it.each([
  [['events', '--kind', 'run.endet'], 64, 'Did you mean run.ended'],
  [['events', '--follow', '-n', '3'], 64, 'Leave out --lines, --since and --until.'],
  [['events', 'web-c', '-f'], 1, 'Did you mean web-a or web-b?'],
  [['events', 'web-c'], 1, 'Did you mean web-a or web-b?'],
  [['stats', 'web-c'], 1, 'Did you mean web-a or web-b?'],
  [['stats', '--since', 'in 2h'], 64, '--since is in the future.'],
  [['stats', '--all', '--since', '1h ago'], 64, '--all and --since say two things.'],
  [['history', '--success', '--failed'], 64, '--failed and --success say two things.'],
  [['history', '--trigger', 'moon'], 64, 'none of schedule'],
  [['history', '--longer', '5'], 64, '--longer got "5"'],
  [['history', '--longer', '2h', '--shorter', '1h'], 64, 'No run took longer and shorter'],
  [['history', '--spark', '--all'], 64, '--spark shows runs alone.'],
])('%j is refused with exit code %i', async (args, code, words) => {
  const refused = await project.call(args as string[]);
  expect(refused.code).toBe(code);
  expect(refused.stderr).toContain(words);
});

it('show --resolved keeps to what is in force when the file is broken', async () => {
  const before = await ask(['show', 'daily', '--resolved']);
  await project.save('version: 1\n# lines have moved\njobs: [broken\n');
  const after = await project.call(['show', 'daily', '--resolved', '--json']);
  expect(after.json().data['origins']).toEqual(before.data['origins']);
  expect(after.json().data['source']).toMatchObject({ revision: 1, current: false });
  expect(after.stderr).toBe('jobs.yaml has changed; lines are those of revision 1.\n');
});

it('logs -f says that nothing will come while no daemon runs', async () => {
  await project.call(['stop']);
  const follow = project.start(['logs', 'web-a', '-f']);
  await eventually(
    async () => /nothing will come until jm2 start/.test(follow.errors()),
    'a word about the daemon',
  );
  follow.process.kill('SIGINT');
  await follow.ended;
});
