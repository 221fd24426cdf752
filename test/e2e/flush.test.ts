// What a flush takes away, with a daemon and without one; in the order in which the
// tests stand, since each takes something away.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

const manifest = (soon: string): string => `version: 1
jobs:
  talks: {command: "seq 1 3000", tags: [loud], description: very long}
  bad: {command: "exit 3"}
  busy: {command: "echo busy; sleep 300"}
  # goes with its job
  once: {schedule: at ${soon}, command: "true"}
  oops: {schedule: at ${soon}, command: "exit 1"}
`;

let project: Project;
beforeAll(async () => {
  // On a busy machine a start may take longer than was left for it.
  for (let marginMs = 1_500; ; marginMs *= 2) {
    const soon = Date.now() + marginMs;
    project = await aProject(manifest(new Date(soon).toISOString()));
    await project.call(['start']);
    if (Date.now() < soon) break;
    await project.cleanUp();
  }
  await project.call(['run', 'busy']);
  for (const job of ['talks', 'talks', 'bad', 'bad']) await project.call(['run', job, '--wait']);
  await eventually(async () => (await states())['oops'] === 'failed', 'the end of oops');
  await eventually(async () => (await states())['once'] === 'completed', 'the end of once');
});
afterAll(() => project.cleanUp());

const ask = async (args: readonly string[]): Promise<JsonAnswer> =>
  (await project.call([...args, '--json'])).json();

async function states(...args: string[]): Promise<Record<string, string>> {
  const jobs = (await ask(['list', ...args])).data['jobs'] as { name: string; state: string }[];
  return Object.fromEntries(jobs.map(({ name, state }) => [name, state]));
}

async function runsOf(): Promise<string[]> {
  const { data } = await ask(['history', '--limit', '100']);
  return (data['runs'] as { job: string }[]).map(({ job }) => job).toSorted();
}

it('says what would go, to the byte, and changes nothing', async () => {
  const { data } = await ask(['flush', '--logs', '1ms', '--dry-run']);
  // Twice what seq prints.
  const bytes = 2 * 13_893;
  expect(data).toEqual({
    dryRun: true,
    runs: 0,
    outcomes: 0,
    logs: 2,
    bytes,
    jobs: ['once'],
    removedFromFile: [],
  });
  const { data: past } = await ask(['flush', '--history', '1ms', '--no-jobs', '--dry-run']);
  expect(past).toMatchObject({ runs: 4, logs: 0, bytes, jobs: [] });
  const { data: days } = await ask(['flush', '--days', '1', '--no-jobs', '--dry-run']);
  expect(days).toMatchObject({ runs: 0, logs: 0 });
  expect((await project.call(['flush', '--days', '1', '--logs', '2d'])).code).toBe(64);
  expect(await runsOf()).toEqual(['bad', 'bad', 'busy', 'once', 'oops', 'talks', 'talks']);
});

it('takes completed one-shots out of the list until they run again', async () => {
  expect((await project.call(['flush'])).stdout).toBe('out of the list: once\n');
  expect(Object.keys(await states())).toEqual(['bad', 'busy', 'oops', 'talks']);
  const { stdout } = await project.call(['list', '--all']);
  expect(stdout).toMatch(/^once +completed/m);
  expect(await states('once')).toEqual({ once: 'completed' });
  expect((await project.call(['flush'])).stdout).toBe('There is nothing to flush.\n');
  await project.call(['run', 'once', '--wait']);
  expect(await states()).toMatchObject({ once: 'completed' });
});

it('loses nothing where nobody can be asked', async () => {
  const refused = await project.call(['flush', '--history', '1ms']);
  expect(refused).toMatchObject({ code: 5, stdout: '' });
  expect(await runsOf()).toHaveLength(8);
});

it('removes logs and leaves their runs, saying so', async () => {
  expect((await ask(['flush', '--logs', '1ms', '--no-jobs', '--yes'])).data).toMatchObject({
    logs: 2,
  });
  const { stderr } = await project.call(['logs', 'talks']);
  expect(stderr).toContain('log removed by flush');
  expect((await project.call(['logs', 'busy'])).stdout).toBe('busy\n');
});

it('is about the jobs that names, patterns, tags, words and states select, and no others', async () => {
  const planned = async (...args: string[]) =>
    (await ask(['flush', '--history', '1ms', '--dry-run', ...args])).data['runs'];
  // The newest failure stays, and what has not ended.
  expect(await planned('bad', 'busy')).toBe(1);
  expect(await planned('t*')).toBe(2);
  const selected = [
    ['flush', '--tag', 'loud', '--history', '1ms', '--dry-run'],
    ['flush', '--grep', 'very', '--history', '1ms', '--dry-run'],
    ['flush', '--state', 'completed', '--history', '1ms', '--dry-run'],
  ];
  const runs = await Promise.all(selected.map(async (args) => (await ask(args)).data['runs']));
  expect(runs).toEqual([2, 2, 2]);
  expect((await project.call(['flush', 'tlaks'])).code).toBe(1);
  expect((await project.call(['flush', '--state', 'paused'])).code).toBe(1);
  await project.call(['flush', 'bad', '--history', '1ms', '--yes']);
  expect(await runsOf()).toEqual(['bad', 'busy', 'once', 'once', 'oops', 'talks', 'talks']);
  expect((await project.call(['audit', '--action', 'flush'])).stdout).toContain('only of bad');
});

it('removes runs, but never one that runs, nor the newest failure of a job', async () => {
  await project.call(['flush', '--history', '1ms', '--yes']);
  expect(await runsOf()).toEqual(['bad', 'busy', 'oops']);
});

it('works without a daemon, and with --all takes failures as well', async () => {
  await project.call(['stop', '--now']);
  await ask(['flush', '--history', '1ms', '--all', '-y']);
  expect(await runsOf()).toEqual([]);
  expect(Object.keys(await states())).toEqual(['bad', 'busy', 'talks']);
});

it('takes one-shots out of the manifest with --file, also those flushed before', async () => {
  const planned = await ask(['flush', '--file', '--dry-run']);
  expect(planned.data['removedFromFile']).toEqual(['once', 'oops']);
  const { code } = await project.call(['flush', '--file', '--yes']);
  expect(code).toBe(0);
  const left = await readFile(project.manifest, 'utf8');
  expect(left.match(/^ {2}\S+:/gm)).toEqual(['  talks:', '  bad:', '  busy:']);
  expect(left).not.toContain('goes with its job');
});

it.each([
  [['flush', '--no-jobs'], 'there is nothing to do'],
  [['flush', '--no-jobs', '--file', '--logs', '1d'], 'say two things'],
  [['flush', '--history', '-3d'], 'JM2-C103'],
  [['flush', '--logs', '30'], 'the unit is missing'],
])('answers %j with exit code 64', async (args, words) => {
  const refused = await project.call(args as string[]);
  expect(refused.code).toBe(64);
  expect(refused.stderr).toContain(words);
});
