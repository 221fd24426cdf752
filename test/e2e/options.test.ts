// The effect of options that no larger story covers. Others are proved where
// their command's story is told; a test of the repository wants each of them.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

const manifest = `version: 1
jobs:
  ok: {command: echo fine, tags: [web]}
  fails: {command: echo broken; exit 7, owner: ops}
  daily: {schedule: "0 3 * * *", command: "true", suspend: true}
  slow: {command: sleep 600}
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest);
  const start = [
    'start',
    '--sync',
    'manual',
    '--grace',
    '1s',
    '--log-level',
    'info',
    '--keep-runs',
    '50',
    '--keep-age',
    '7d',
    '--keep-logs',
    '10MB',
    '--cgroups',
    'off',
    '--network-disk',
    'allow',
    '--worktree',
    'files',
  ];
  await project.call(start);
  await project.call(['apply', '--auto-approve']);
  await project.call(['run', 'ok', '--wait']);
  await project.call(['run', 'fails', '--wait']);
  await project.call(['run', 'ok', '--wait']);
});
afterAll(() => project.cleanUp());

const names = (answer: JsonAnswer, key: string, name: string): unknown[] =>
  (answer.data[key] as readonly Record<string, unknown>[]).map((item) => item[name]);

async function ask(args: readonly string[]): Promise<JsonAnswer> {
  return (await project.call([...args, '--json'])).json();
}

it('list shows the jobs of a tag, of a state, and those that failed last', async () => {
  expect(names(await ask(['list', '--tag', 'web']), 'jobs', 'name')).toEqual(['ok']);
  expect(names(await ask(['list', '--state', 'suspended']), 'jobs', 'name')).toEqual(['daily']);
  expect(names(await ask(['list', '--failed']), 'jobs', 'name')).toEqual(['fails']);
});

it('history shows as many as asked for, and only what failed', async () => {
  expect(names(await ask(['history', '--limit', '2']), 'runs', 'job')).toEqual(['ok', 'fails']);
  expect(names(await ask(['history', '--failed']), 'runs', 'exitCode')).toEqual([7]);
});

it('history and logs keep to a span of time', async () => {
  const past = ['--since', '2020-01-01', '--until', '2020-02-01'];
  expect(names(await ask(['history', ...past]), 'runs', 'id')).toEqual([]);
  expect(names(await ask(['history', '--since', '-1h']), 'runs', 'id')).toHaveLength(3);
  expect(names(await ask(['history', '--until', '2020-01-01']), 'runs', 'id')).toEqual([]);
  expect(names(await ask(['logs', '--since', '-1h']), 'lines', 'text')).toContain('fine');
  expect(names(await ask(['logs', '--until', '2020-01-01']), 'lines', 'text')).toEqual([]);
});

it('history tells of skipped occurrences when all are asked for', async () => {
  const { data } = await ask(['history', '--all']);
  expect(data['outcomes']).toEqual([]);
});

it('run starts a second run of a job although one goes on, when forced', async () => {
  await project.call(['run', 'slow']);
  expect((await project.call(['run', 'slow'])).code).toBe(5);
  expect((await project.call(['run', 'slow', '--force'])).code).toBe(0);
  await eventually(
    async () =>
      names(await ask(['history', 'slow', '--state', 'running']), 'runs', 'id').length === 2,
    'both runs',
  );
});

it('plan counts runs as far ahead as asked', async () => {
  await project.save(manifest.replace('suspend: true', 'suspend: false'));
  const { data } = await ask(['plan', '--horizon', '3d']);
  expect(data).toMatchObject({
    horizonMs: 3 * 86_400_000,
    changes: [{ job: 'daily', impact: { runs: { before: 0, after: 3 } } }],
  });
});

it('revisions shows as many as asked for', async () => {
  expect(names(await ask(['revisions', '--limit', '1']), 'revisions', 'number')).toEqual([1]);
});

it('init writes into another directory', async () => {
  const dir = join(project.dir, 'elsewhere');
  const { stdout } = await project.call(['init', '--dir', dir]);
  expect(stdout).toContain('Next:\n  cd elsewhere\n  jm2 validate');
  expect(existsSync(join(dir, 'jobs.yaml'))).toBe(true);
});

it('restart keeps what runs, under other settings', async () => {
  const wrong = [
    'restart',
    '--log-level',
    'loud',
    '--keep-runs',
    '5',
    '--keep-age',
    '1s',
    '--keep-logs',
    '1',
    '--cgroups',
    'on',
    '--network-disk',
    'maybe',
    '--worktree',
    'head',
  ];
  const { code, stderr } = await project.call(wrong);
  expect(code).toBe(64);
  for (const flag of wrong.filter((word) => word.startsWith('--'))) expect(stderr).toContain(flag);
  await project.call(['restart', '--sync', 'auto', '--grace', '2s', '--log-level', 'warn']);
  const { data } = await ask(['status']);
  expect(data).toMatchObject({ sync: { mode: 'auto' }, health: { running: 2 } });
  const home = join(project.home, '.jm2/projects');
  const [state = ''] = await readdir(home);
  // The second one has nothing to warn of.
  const log = await readFile(join(home, state, 'daemon.log'), 'utf8');
  expect(log.match(/daemon is up/g)).toHaveLength(1);
});

it('stop ends what does not end within the grace', async () => {
  const { code } = await project.call(['stop', '--grace', '100ms']);
  expect(code).toBe(0);
  const { data } = await ask(['history', 'slow']);
  expect(names({ success: true, data }, 'runs', 'state')).toEqual(['canceled', 'canceled']);
});

it('stop at once waits for nothing, and up takes the same settings', async () => {
  const words = [
    'up',
    '--sync',
    'manual',
    '--grace',
    '1h',
    '--log-level',
    'warn',
    '--keep-runs',
    '50',
    '--keep-age',
    '7d',
    '--keep-logs',
    '10MB',
    '--cgroups',
    'off',
    '--network-disk',
    'allow',
    '--worktree',
    'files',
  ];
  const up = project.start(words);
  await up.until(/slow/);
  await project.call(['run', 'slow']);
  await up.until(/started +slow/);
  expect((await project.call(['stop', '--now'])).code).toBe(0);
  expect(await up.ended).toBe(0);
});
