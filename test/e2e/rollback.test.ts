// One daemon for the whole story: a manifest in git, a change that was wrong, the
// way back, and what holds it there.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, eventually, type Project } from '../support/cli.ts';

const good = `version: 1
jobs:
  dump: {schedule: "0 3 * * *", command: "true"}
  web: {schedule: "0 4 * * *", command: "true"}
`;
const bad = good.replace('0 3', '0 5');

let project: Project;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@host.example', ...args], {
    cwd: project.dir,
    stdio: 'pipe',
    encoding: 'utf8',
  });
const data = async (args: readonly string[]) =>
  (await project.call([...args, '--json'])).json().data;
const status = async () => data(['status']);
const scheduleOf = async (name: string) => {
  const jobs = (await data(['list']))['jobs'] as { name: string; schedule: string }[];
  return jobs.find((job) => job.name === name)?.schedule ?? null;
};
const commit = async (text: string, message: string, ...how: string[]) => {
  await project.save(text);
  git('commit', '-qam', message, ...how);
};
const inForce = (name: string, schedule: string | null) =>
  eventually(
    async () => (await scheduleOf(name)) === schedule,
    `${name} at ${schedule ?? 'no time'}`,
  );
const waiting = () =>
  eventually(async () => {
    const { sync } = (await status()) as { sync: { state: string; because: string } };
    return sync.because === 'held' ? sync : null;
  }, 'the hold');

beforeAll(async () => {
  project = await aProject(good);
  git('init', '-q');
  git('add', 'jobs.yaml');
  git('commit', '-qm', 'good');
  await project.call(['start']);
  await commit(bad, 'bad');
  await inForce('dump', '0 5 * * *');
});
afterAll(() => project.cleanUp());

describe('a step back', () => {
  it('needs a reason, a person, and something to go back to', async () => {
    const calls: [string[], number, string][] = [
      [['rollback', '1'], 64, 'needs its reason'],
      [['rollback', '1', '--reason', ' '], 64, 'empty'],
      [['rollback', '1', '--reason', 'x'], 5, 'JM2-P208'],
      [['rollback', '1', '--reason', 'x', '--allow-remove', 'dump'], 5, 'JM2-P208'],
      [['rollback', '99', '--reason', 'x', '--yes'], 1, 'JM2-P230'],
      [['rollback', '--', '-x'], 64, 'reason'],
      [['rollback', 'git:--output=x', '--reason', 'x', '--yes'], 1, 'JM2-P230'],
      [['rollback', '1', '--reason', 'x', '--yes', '--jobs', 'web,,dump'], 64, 'names no job'],
      [['rollback', '1', '--reason', 'x', '--yes', '--jobs', 'nobody'], 5, 'JM2-P231'],
      [['rollback', '1', '--reason', 'x', '--yes', '--hold', 'never'], 64, 'until_changed'],
    ];
    const said = await Promise.all(calls.map(([args]) => project.call(args)));
    expect(said.map(({ code }) => code)).toEqual(calls.map(([, code]) => code));
    said.forEach(({ stderr }, index) => expect(stderr).toContain(calls[index]?.[2]));
    expect((await data(['revisions']))['revisions']).toHaveLength(2);
  });

  it('goes forward to a new revision and holds the file back, over a restart as well', async () => {
    const back = await data(['rollback', '--reason', 'wrong hour', '--yes']);
    expect(back).toMatchObject({
      rolledBack: true,
      revision: 3,
      restores: 1,
      hold: { cause: 'rollback', mode: 'until_changed', reason: 'wrong hour', jobs: ['dump'] },
    });
    await waiting();
    await project.call(['restart']);
    await waiting();
    expect(await scheduleOf('dump')).toBe('0 3 * * *');
    const [newest] = (await data(['revisions', '--limit', '1']))['revisions'] as unknown[];
    expect(newest).toMatchObject({ number: 3, restores: 1, reason: 'wrong hour', held: true });
  });

  it('is told by status, plan and list', async () => {
    expect((await project.call(['status'])).stdout).toContain('wrong hour');
    expect((await project.call(['plan'])).stdout).toContain('The daemon does not take this');
    expect((await data(['plan']))['hold']).toMatchObject({ jobs: ['dump'] });
    expect((await project.call(['list'])).stdout).toContain('scheduled, held');
    expect((await project.call(['sync'])).stdout).toContain('changes wait (held)');
  });

  it('to what is in force says so and creates nothing', async () => {
    const again = await data(['rollback', '1', '--reason', 'x', '--yes']);
    expect(again).toMatchObject({ rolledBack: false, revision: 3, plan: null });
  });

  it('does not take the same content under an amended commit, nor cherry-picked', async () => {
    git('commit', '-q', '--amend', '-m', 'bad, in other words');
    const picked = git('rev-parse', 'HEAD').trim();
    git('reset', '-q', '--hard', 'HEAD~1');
    await eventually(
      async () => ((await status())['sync'] as { hold: unknown }).hold === null,
      'its end',
    );
    // Reverted in git the hold is over; so the step back is made again for what follows.
    git('cherry-pick', picked);
    await inForce('dump', '0 5 * * *');
    await project.call(['rollback', '1', '--reason', 'again', '--yes']);
    git('commit', '-q', '--amend', '-m', 'bad under a third name');
    await project.call(['sync', 'now']);
    await waiting();
    expect(await scheduleOf('dump')).toBe('0 3 * * *');
  });

  it('is over when the job says something else', async () => {
    await commit(good.replace('0 3', '0 6'), 'better');
    await inForce('dump', '0 6 * * *');
    expect((await status())['sync']).toMatchObject({ hold: null, state: 'synced' });
  });

  it('of some jobs leaves the others, and --hold manual waits for a person', async () => {
    await commit(good.replace('0 3', '0 7').replace('0 4', '0 8'), 'both');
    await inForce('web', '0 8 * * *');
    await project.call(['tag', '1', 'golden']);
    const words = ['--jobs', 'dump', '--reason', 'too late', '--hold', 'manual', '--yes'];
    await project.call(['rollback', 'golden', ...words]);
    expect([await scheduleOf('dump'), await scheduleOf('web')]).toEqual(['0 3 * * *', '0 8 * * *']);
    await commit(good.replace('0 3', '0 9'), 'another');
    await project.call(['sync', 'now']);
    expect(await scheduleOf('dump')).toBe('0 3 * * *');
    await project.call(['sync', 'resume']);
    await inForce('dump', '0 9 * * *');
  });

  it('to a commit works as well, whatever revision it was', async () => {
    const first = git('rev-list', '--max-parents=0', 'HEAD').trim();
    const back = await data(['rollback', `git:${first}`, '--reason', 'by commit', '--yes']);
    expect(back).toMatchObject({ rolledBack: true, restores: null });
    await project.call(['sync', 'resume']);
  });
});

describe('edges of a step back', () => {
  it('keeps a pause, brings back a job that had gone, and lets a running one go on', async () => {
    const three = `${good}  long: {command: "sleep 60"}\n`;
    await commit(three, 'three');
    await inForce('long', null);
    await eventually(async () => (await project.call(['show', 'long'])).code === 0, 'long');
    await project.call(['pause', 'dump', '--reason', 'disk']);
    const run = (await data(['run', 'long']))['run'] as { id: string };
    const number = ((await status())['revision'] as { applied: number }).applied;
    await project.call(['rollback', '1', '--reason', 'no long runs', '--yes']);
    const state = async () =>
      ((await data(['history', '--run', run.id]))['runs'] as { state: string }[])[0]?.state;
    expect(['queued', 'running']).toContain(await state());
    expect((await project.call(['show', 'long'])).stdout).not.toContain('scheduled');
    const back = await data(['rollback', String(number), '--reason', 'long is fine', '--yes']);
    expect(back).toMatchObject({ rolledBack: true, restores: number, hold: null });
    const jobs = (await data(['list']))['jobs'] as { name: string; state: string }[];
    expect(jobs.map(({ name, state: it }) => `${name} ${it}`)).toContain('dump paused');
    await project.call(['cancel', run.id]);
  });
});

describe('a step back over a rename', () => {
  it('is one for the name as well: its run, its past and its pause stay with the job', async () => {
    await commit(`${good}  old: {command: "sleep 60", on_remove: cancel}\n`, 'old');
    await eventually(async () => (await project.call(['show', 'old'])).code === 0, 'old');
    await project.call(['pause', 'old', '--reason', 'disk']);
    const run = (await data(['run', 'old']))['run'] as { id: string };
    const number = ((await status())['revision'] as { applied: number }).applied;
    const renamed = 'new: {renamed_from: old, command: "sleep 60", on_remove: cancel}';
    await commit(`${good}  ${renamed}\n`, 'new');
    await eventually(async () => (await project.call(['show', 'new'])).code === 0, 'new');
    const half = ['rollback', String(number), '--jobs', 'old', '--reason', 'half of it', '--yes'];
    const refused = await project.call(half);
    expect([refused.code, refused.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      5,
      expect.stringContaining('"old" is still a job of this manifest'),
    ]);
    const back = await data(['rollback', String(number), '--reason', 'old name', '--yes']);
    expect(back).toMatchObject({ plan: { summary: { rename: 1, create: 0, delete: 0 } } });
    const state = { state: 'running', pause: { reason: 'disk' } };
    expect(await data(['show', 'old'])).toMatchObject(state);
    const runs = (await data(['history', 'old']))['runs'] as { id: string }[];
    expect(runs.map(({ id }) => id)).toEqual([run.id]);
    await project.call(['cancel', run.id]);
    await commit(good, 'without either');
    // The name `old` is not in the file, as it was not when that was stepped back from.
    expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
  });
});

describe('sync and tag', () => {
  it('hold back and let in by a person, with a reason', async () => {
    expect((await project.call(['sync', 'hold'])).code).toBe(64);
    expect((await project.call(['sync', 'hodl'])).stderr).toContain('hold');
    expect((await project.call(['sync', 'now', '--reason', 'x'])).code).toBe(64);
    const held = await data(['sync', 'hold', '--reason', 'audit week']);
    expect(held['sync']).toMatchObject({ hold: { cause: 'person', reason: 'audit week' } });
    await commit(`${good}  later: {command: "true"}\n`, 'later');
    await waiting();
    expect((await data(['sync', 'resume']))['sync']).toMatchObject({ hold: null });
  });

  it('hold back for a time, told with its end, and let in when that has come', async () => {
    const wrong = [
      ['sync', 'resume', '--for', '2h'],
      ['sync', 'hold', '--reason', 'x', '--for', '2h', '--until', '18:00'],
      ['sync', 'hold', '--reason', 'x', '--until', 'next-run'],
      ['sync', 'hold', '--reason', 'x', '--until', '2020-01-01'],
    ];
    for (const args of wrong) expect([args, (await project.call(args)).code]).toEqual([args, 64]);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const hour = await project.call(['sync', 'hold', '--reason', 'migration', '--until', until]);
    expect(hour.stdout).toMatch(/held by .*"migration".*; it ends .*, or by jm2 sync resume/);
    await commit(good, 'without later');
    await waiting();
    const held = await data(['sync', 'hold', '--reason', 'migration', '--for', '1s']);
    expect(held['sync']).toMatchObject({ hold: { until: expect.stringMatching(/Z$/) } });
    await eventually(async () => {
      const { sync } = (await status()) as { sync: { hold: unknown; state: string } };
      return sync.hold === null && sync.state === 'synced';
    }, 'the end of the hold');
    const { entries } = await data(['audit', '--action', 'sync', '--limit', '1']);
    expect(entries).toMatchObject([{ actor: 'watcher', facts: { reason: 'its time is over' } }]);
  });

  it('a look that finds the file broken ends with 3 and says where', async () => {
    await project.save(good.replace('version: 1', 'versoin: 1'));
    const looked = await project.call(['sync', 'now']);
    expect([looked.code, looked.stderr]).toEqual([3, expect.stringContaining('invalid')]);
    await project.save(good);
  });

  it('names revisions, one each', async () => {
    expect((await project.call(['tag', '2', 'golden'])).code).toBe(4);
    expect(await data(['tag', '2', 'golden', '--move'])).toEqual({
      name: 'golden',
      revision: 2,
      before: 1,
    });
    expect((await project.call(['tag', '2', '2nd'])).code).toBe(64);
    expect((await project.call(['tag', '999', 'x'])).code).toBe(1);
    expect((await project.call(['tag', '2'])).code).toBe(64);
    expect(await data(['tag', 'golden', '--delete'])).toMatchObject({ before: 2 });
    expect((await project.call(['tag', 'golden', '--delete'])).code).toBe(1);
  });

  it('without a daemon end with 8, and tell how it stands', async () => {
    await project.call(['stop']);
    expect((await project.call(['rollback', '1', '--reason', 'x', '--yes'])).code).toBe(8);
    expect((await project.call(['sync', 'hold', '--reason', 'x'])).code).toBe(8);
    expect((await project.call(['sync', 'status'])).stdout).toContain('no daemon runs');
  });
});
