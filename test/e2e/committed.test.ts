// A daemon that takes only what HEAD holds, on one project.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, eventually, type Project } from '../support/cli.ts';

const manifest = (hour: number) => `version: 1
calendars: {closed: {file: closed.txt}}
jobs:
  dump: {schedule: "0 ${hour} * * *", command: "true", calendar: {except: closed}}
`;
let project: Project;
const data = async (...args: string[]) => (await project.call([...args, '--json'])).json().data;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=a@b.example', ...args], {
    cwd: project.dir,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
const write = (name: string, text: string) => writeFileSync(join(project.dir, name), text);
const revision = (number: number) =>
  eventually(async () => {
    const { revision: now } = await data('status');
    return (now as { applied: number }).applied === number;
  }, `revision ${number}`);

beforeAll(async () => {
  project = await aProject(manifest(3));
  write('closed.txt', '2031-01-01\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'first');
  await project.call(['start', '--worktree', 'committed']);
});
afterAll(() => project.cleanUp());

it('a save is told by status, plan and drift, and does not count', async () => {
  await project.save(manifest(4));
  await eventually(async () => {
    const { source } = await data('status');
    return (source as { committed?: { edited: boolean } }).committed?.edited === true;
  }, 'the edit');
  const status = await project.call(['status']);
  expect(status.stdout).toContain('the file has changes that are not committed');
  expect(await data('plan')).toMatchObject({
    changes: [],
    committed: { commit: git('rev-parse', 'HEAD'), edited: true },
  });
  expect((await project.call(['plan'])).stderr).toContain('changes that are not committed');
  expect(await data('drift')).toMatchObject({
    drift: false,
    items: [{ class: 'expected', remedy: 'git diff HEAD' }],
  });
});

it('an edit by a command is written, and says what it waits for', async () => {
  const { code, stdout } = await project.call(['edit', 'dump', '--timeout', '5m', '--yes']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('in force once it is committed')]);
});

it('its commit comes into force, and so does one of a calendar alone', async () => {
  git('commit', '-qam', 'second');
  await revision(2);
  write('closed.txt', '2031-01-01\n2031-01-02\n');
  expect(await data('plan')).toMatchObject({ changes: [] });
  git('commit', '-qam', 'third');
  await revision(3);
  expect(await data('revisions')).toMatchObject({
    revisions: [{ number: 3, gitCommit: git('rev-parse', 'HEAD') }, { number: 2 }, { number: 1 }],
  });
});

it('a plan tells which commit made a change, and blame says the same', async () => {
  const commit = git('rev-parse', 'HEAD~1');
  const { changes, commits } = await data('plan', '--against', 'git:HEAD~2');
  expect(commits).toEqual({ from: git('rev-parse', 'HEAD~2'), isCut: false });
  expect(changes).toMatchObject([
    { job: 'dump', commits: [{ commit, author: 'Ann', subject: 'second' }, { subject: 'third' }] },
  ]);
  const told = await project.call(['plan', '--against', 'git:HEAD~2']);
  expect(told.stdout).toContain(`${commit.slice(0, 10)} Ann: second`);
  expect(await data('blame', 'dump.schedule')).toMatchObject({ entries: [{ commit }] });
});

it('the commit of a calendar alone is told by plan, comment and blame', async () => {
  const commit = git('rev-parse', 'HEAD');
  const third = [{ job: 'dump', commits: [{ commit, author: 'Ann', subject: 'third' }] }];
  expect(await data('plan', '--against', 'git:HEAD~1')).toMatchObject({ changes: third });
  const comment = await project.call(['plan', '--against', 'git:HEAD~1', '--format', 'markdown']);
  expect(comment.stdout).toContain(`commit ${commit.slice(0, 10)} Ann: third`);
  expect(await data('blame', 'dump.calendars')).toMatchObject({
    entries: [{ field: 'calendars.closed', value: '2 entries', revision: 3, commit }],
  });
});

it('a plan against a commit goes by the calendars of that commit', async () => {
  const at = ['--at', '2031-01-01T12:00:00Z', '--horizon', '2d'];
  const { changes } = await data('plan', '--against', 'git:HEAD~1', ...at);
  // 2031-01-02 is closed since HEAD: nothing of jobs.yaml is another.
  expect(changes).toMatchObject([{ job: 'dump', impact: { runs: { before: 2, after: 1 } } }]);
  expect((await project.call(['plan', '--against', 'git:HEAD~1'])).stderr).toBe('');
});

it('a plan against a revision goes by its calendars as well, and both tell commits', async () => {
  const at = ['--at', '2031-01-01T12:00:00Z', '--horizon', '2d'];
  const [day, since, days, fields, ofCommits, text] = await Promise.all([
    data('plan', '--against', 'rev:2', ...at),
    data('plan', '--against', 'rev:1'),
    data('diff', 'rev:2', 'rev:3'),
    data('diff', 'rev:1', 'rev:2'),
    data('diff', 'git:HEAD~1..HEAD'),
    project.call(['diff', 'git:HEAD~2..HEAD~1']),
  ]);
  expect(day['changes']).toMatchObject([{ impact: { runs: { before: 2, after: 1 } } }]);
  expect(since['changes']).toMatchObject([
    { job: 'dump', commits: [{ subject: 'second' }, { subject: 'third' }] },
  ]);
  // The same text twice, with another calendar.
  const closed = [{ job: 'dump', fields: [{ path: '/calendars/closed' }] }];
  expect([days['changes'], ofCommits['changes']]).toMatchObject([closed, closed]);
  expect(fields).toMatchObject({
    commits: { from: git('rev-parse', 'HEAD~2'), isCut: false },
    changes: [{ job: 'dump', commits: [{ author: 'Ann', subject: 'second' }] }],
  });
  expect(text.stdout).toMatch(/commit +[0-9a-f]{10} Ann: second/);
});

it('a kept plan holds what HEAD says, whatever is edited', async () => {
  await project.save(manifest(7));
  git('commit', '-qam', 'fourth');
  await revision(4);
  await project.save(manifest(8));
  write('closed.txt', 'no date at all\n');
  const kept = await project.call(['plan', '--out', 'kept.jm2plan']);
  expect([kept.code, kept.stderr]).toEqual([0, expect.stringContaining('kept in kept.jm2plan')]);
  expect(await data('show', 'kept.jm2plan')).toMatchObject({
    file: { gitCommit: git('rev-parse', 'HEAD'), plan: { changes: [] } },
    standing: 'applied',
  });
});

it('a commit that is refused is quoted, not the file as it is edited', async () => {
  const kept = git('show', 'HEAD:closed.txt');
  write('closed.txt', `${kept}\n`);
  await project.save(manifest(25));
  git('commit', '-qam', 'no such hour');
  await project.save(`# edited\n# since\n${manifest(9)}`);
  await eventually(async () => {
    const { source } = await data('status');
    return (source as { state: string }).state === 'invalid';
  }, 'the refusal');
  const quoted = /dump: \{schedule: "0 25 \* \* \*"/;
  expect((await project.call(['status'])).stdout).toMatch(quoted);
  expect((await project.call(['plan'])).stderr).toMatch(quoted);
  expect((await project.call(['apply', '--auto-approve'])).stderr).toMatch(quoted);
  git('reset', '-q', '--hard', 'HEAD~1');
  await revision(4);
  await project.save(manifest(8));
});

it('without a daemon, status looks at HEAD as well', async () => {
  await project.call(['stop']);
  const commit = git('rev-parse', 'HEAD');
  expect(await data('status')).toMatchObject({
    source: { state: 'accepted', committed: { commit, edited: true } },
    sync: { state: 'synced' },
  });
  expect((await project.call(['status'])).stdout).toContain('changes that are not committed');
  git('commit', '-qam', 'fifth');
  expect(await data('status')).toMatchObject({
    source: { state: 'unknown', committed: { edited: false } },
    sync: { state: 'unknown' },
  });
});
