// What two manifests say otherwise, and what is not as it was applied, on one daemon.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { aProject, eventually, type Project } from '../support/cli.ts';

const first = `version: 1
jobs:
  # At night.
  dump: {schedule: "0 3 * * *", command: "true", env: {TOKEN: hunter2hunter2}}
  web: {schedule: "0 4 * * *", command: /nonexistent/program}
`;
const second = first.replace('0 3', '0 5').replace('hunter2hunter2', 'hunter3hunter3');

let project: Project;
const data = async (args: readonly string[]) =>
  (await project.call([...args, '--json'])).json().data;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
    cwd: project.dir,
    stdio: 'pipe',
  });
const classes = async (...ignored: string[]) =>
  (
    (await data(['drift', ...ignored.flatMap((path) => ['--ignore', path])]))['items'] as {
      class: string;
      job: string | null;
    }[]
  ).map((item) => `${item.class} ${item.job}`);

beforeAll(async () => {
  project = await aProject(first);
  git('init', '-q');
  git('add', 'jobs.yaml');
  git('commit', '-qm', 'first');
  await project.call(['start']);
  await project.save(second);
  git('commit', '-qam', 'second');
  await eventually(async () => {
    const { revisions } = await data(['revisions']);
    return (revisions as unknown[]).length === 2;
  }, 'the second revision');
});
afterAll(() => project.cleanUp());

it('two revisions differ by fields, without the secret, and by lines', async () => {
  const compared = await data(['diff', 'rev:1', '2']);
  expect(compared).toMatchObject({ from: 'revision 1', to: 'revision 2', patch: null });
  expect(compared['changes']).toMatchObject([
    { job: 'dump', fields: [{ path: '/schedule', before: '0 3 * * *' }, { path: '/env/TOKEN' }] },
  ]);
  expect(JSON.stringify(compared)).not.toContain('hunter');
  const lines = await project.call(['diff', 'rev:1', 'rev:2', '--text']);
  expect(lines.stdout).toContain('-  dump: {schedule: "0 3 * * *"');
});

it('file, commits and what is in force are compared by their words', async () => {
  const same = await project.call(['diff', '--detailed-exitcode']);
  expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('Both mean the same')]);
  const commits = await project.call(['diff', 'git:HEAD~1..HEAD', '--detailed-exitcode']);
  expect([commits.code, commits.stdout]).toEqual([2, expect.stringContaining('~ dump')]);
  expect((await data(['diff', 'git:HEAD~1', 'recorded']))['to']).toBe('revision 2');
});

it('wrong words are told apart', async () => {
  const calls: [string[], number][] = [
    [['diff', 'rev:9'], 1],
    [['diff', 'git:nowhere'], 1],
    [['diff', 'git:-x..HEAD'], 1],
    [['diff', 'git:a..b', 'file'], 64],
    [['diff', '--live', 'rev:1'], 64],
    [['diff', 'nofile.yaml'], 3],
  ];
  const said = await Promise.all(calls.map(([args]) => project.call(args)));
  expect(said.map(({ code }) => code)).toEqual(calls.map(([, code]) => code));
});

it('a pause is a difference on purpose, a program that is missing is drift', async () => {
  await project.call(['pause', 'dump', '--reason', 'disk swap']);
  const live = await data(['diff', '--live']);
  expect(live['overrides']).toMatchObject([{ job: 'dump', reason: 'disk swap' }]);
  const found = await project.call(['drift']);
  expect([found.code, found.stdout]).toEqual([2, expect.stringContaining('disk swap')]);
  expect(await classes()).toEqual(['expected dump', 'environment web']);
  expect((await project.call(['drift', '--ignore', 'web/environment'])).code).toBe(0);
  expect((await project.call(['status'])).stdout).toContain('1 on purpose; jm2 drift');
  const drift = { expected: 1, staleOverride: 0, unscheduled: 0, pending: 0 };
  expect((await data(['status']))['drift']).toEqual(drift);
});

it('drift that the manifest knows is listed as ignored and does not count, until it is over', async () => {
  const known = (until: string) =>
    second.replace(
      'jobs:',
      `drift: {ignore: [{path: web, owner: ops, reason: moves, until: ${until}}]}\njobs:`,
    );
  const item = { job: 'web', class: 'environment', owner: 'ops', reason: 'moves' };
  await project.save(known('2999-12-31'));
  const text = await project.call(['drift']);
  expect([text.code, text.stdout]).toEqual([
    0,
    expect.stringContaining('(until 2999-12-31, ops: moves)'),
  ]);
  expect(await data(['drift'])).toMatchObject({
    drift: false,
    ignoredItems: [item],
    ignoresOver: [],
  });
  // It says nothing about what runs: no revision comes of it.
  expect((await data(['plan']))['changes']).toEqual([]);
  await project.save(known('2020-01-01'));
  const over = await project.call(['drift']);
  expect([over.code, over.stdout]).toEqual([
    2,
    expect.stringContaining('web since 2020-01-01 (ops: moves)'),
  ]);
  expect(await data(['drift'])).toMatchObject({ ignoredItems: [], ignoresOver: [{ path: 'web' }] });
  await project.save(second);
});

it('blame tells revision, commit and author of each value', async () => {
  const { job, entries } = await data(['blame', 'dump']);
  expect(job).toBe('dump');
  expect(entries).toMatchObject([
    { field: 'schedule', value: '0 5 * * *', line: 4, revision: 2 },
    { field: 'command', value: 'true', revision: 1 },
    { field: 'env.TOKEN', revision: 2 },
  ]);
  expect(JSON.stringify(entries)).not.toContain('hunter');
  const one = await data(['blame', 'web.command']);
  expect(one['entries']).toMatchObject([{ field: 'command', revision: 1 }]);
  const wrong = [['blame', 'nobody'], ['blame', 'web.timeout'], ['blame']];
  const said = await Promise.all(wrong.map((args) => project.call(args)));
  expect(said.map(({ code }) => code)).toEqual([1, 1, 64]);
});

it('the audit tells who did what about a job, from where, and is whole', async () => {
  const env = { CI: 'true', CI_JOB_URL: 'https://ci.example/17' };
  await project.call(['run', 'dump', '--force'], { env });
  const { entries } = await data(['audit', '--job', 'dump', '--since', '1h ago', '--limit', '5']);
  expect(entries).toMatchObject([
    { action: 'run.requested', job: 'dump', actor: 'ci (https://ci.example/17)', actorKind: 'ci' },
    { action: 'job.paused', job: 'dump', actorKind: 'human' },
  ]);
  const applied = await data(['audit', '--action', 'manifest', '--actor', 'watch']);
  expect(applied['entries']).toMatchObject([{ facts: { revision: 2, parent: 1 } }]);
  const { head, intact } = await data(['audit', 'verify']);
  expect(intact).toBe(true);
  expect((await project.call(['audit', 'verify', '--expect', String(head)])).code).toBe(0);
  const lines = (await project.call(['audit', '--export', 'jsonl'])).stdout.trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3, 4]);
  const wrong = [
    ['audit', 'verfy'],
    ['audit', '--expect', 'x'],
    ['audit', 'verify', '--job', 'dump'],
    ['audit', '--export', 'jsonl', '--job', 'dump'],
  ];
  const said = await Promise.all(wrong.map((args) => project.call(args)));
  expect(said.map(({ code }) => code)).toEqual([64, 64, 64, 64]);
});

it('sees a store that was edited, and a file that says something else', async () => {
  await project.call(['stop']);
  const projects = join(project.home, '.jm2/projects');
  const { DatabaseSync } = loadBinding();
  const path = join(projects, readdirSync(projects)[0] ?? '', 'jm2.db');
  const store = new DatabaseSync(path, { readOnly: false });
  store.exec(`UPDATE specs SET spec = json_set(spec, '$.nice', 19) WHERE digest IN
    (SELECT spec_digest FROM jobs WHERE name = 'dump')`);
  store.exec('DELETE FROM audit WHERE id = 2');
  store.close();
  await project.save(first.replace('0 4', '0 8'));
  expect(await classes('environment', 'expected')).toEqual([
    'external null',
    'external dump',
    'source null',
  ]);
  const broken = await project.call(['audit', 'verify']);
  expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('1 removed between')]);
});
