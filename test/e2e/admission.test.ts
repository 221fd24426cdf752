import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { RunView } from '../../src/api/service.ts';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

async function runs(): Promise<RunView[]> {
  const { json } = await project.call(['history', '--json', '--limit', '500']);
  return json().data['runs'] as RunView[];
}

const runOf = async (job: string): Promise<RunView | undefined> =>
  (await runs()).find((run) => run.job === job);

it('gives 50 jobs due in one second 50 outcomes with two slots, started in the order of priority', async () => {
  project = await aProject('version: 1\njobs: {}\n');
  await project.call(['start']);
  const due = new Date(Math.ceil(Date.now() / 1000) * 1000 + 6_000).toISOString();
  const priority = (index: number): number => ((index * 7) % 50) - 25;
  const jobs = Array.from(
    { length: 50 },
    (_, index) =>
      `  job-${index}: {schedule: "at ${due}", command: ["true"], priority: ${priority(index)}}`,
  );
  await project.save(`version: 1\nconcurrency: {max: 2}\njobs:\n${jobs.join('\n')}\n`);
  const ended = await eventually(async () => {
    const all = await runs();
    return all.filter((run) => run.state === 'succeeded').length === 50 && all;
  }, '50 runs');
  expect(new Set(ended.map((run) => run.job)).size).toBe(50);
  const starts = ended
    .map((run) => ({
      priority: priority(Number(run.job.slice(4))),
      at: Date.parse(run.startedAt ?? ''),
    }))
    .sort((a, b) => b.priority - a.priority)
    .map(({ at }) => at);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
});

it('keeps groups, policies and places in line when the daemon is killed', async () => {
  const holds = 'while [ ! -e done-$JM2_JOB ]; do sleep 0.1; done';
  const job = (name: string): string => `  ${name}: {command: '${holds}', group: db}\n`;
  project = await aProject(
    `version: 1\ngroups: {db: {max: 1}}\njobs:\n${['first', 'second', 'third'].map(job).join('')}`,
  );
  const { json } = await project.call(['start', '--json']);
  await project.call(['run', 'first']);
  await eventually(async () => (await runOf('first'))?.startedAt, 'the start of first');
  await project.call(['run', 'second']);
  await project.call(['run', 'third', '--priority', 'high']);
  const waits = 'waits for a free slot in group db (max 1)';
  expect((await runOf('third'))?.reason).toBe(`${waits}: it is next`);
  const queue = (await project.call(['queue', '--limit', '1', '--json'])).json().data;
  expect(queue).toMatchObject({
    queued: 2,
    running: 1,
    queue: [{ job: 'third', waitsFor: 'group', ahead: 0, priority: 10, group: 'db' }],
    limits: { groups: [{ name: 'db', max: 1, running: 1, waiting: 2 }] },
  });
  const { stdout } = await project.call(['queue']);
  expect(stdout).toContain(
    '1 running of at most 64, 2 waiting\ngroup db: 1 running of at most 1, 2 waiting',
  );
  expect(stdout).toMatch(new RegExp(`second +.*group db \\(max 1\\): 1 ahead of it`));
  process.kill(Number(json().data['pid']), 'SIGKILL');
  await eventually(async () => (await project.call(['status'])).code === 8, 'the end');
  expect((await project.call(['queue', '--json'])).json().data).toMatchObject({
    queued: 2,
    queue: [{ job: 'third', waitsFor: 'daemon', priority: 10 }, { job: 'second' }],
  });
  await project.call(['start']);
  expect((await project.call(['run', 'first'])).code).toBe(5);
  expect((await runs()).map((run) => [run.job, run.state])).toEqual([
    ['third', 'queued'],
    ['second', 'queued'],
    ['first', 'running'],
  ]);
  await writeFile(join(project.dir, 'done-first'), '');
  await eventually(async () => (await runOf('third'))?.startedAt, 'the start of third');
  expect((await runOf('second'))?.state).toBe('queued');
  expect((await runOf('first'))?.state).toBe('succeeded');

  // The line is emptied on request; what runs goes on.
  await project.call(['run', 'first']);
  const refused = await project.call(['queue', '--clear', '--json']);
  expect(refused).toMatchObject({ code: 5 });
  const cleared = (await project.call(['queue', '--clear', '--yes', '--json'])).json().data;
  expect(cleared['runs']).toMatchObject([{ job: 'first' }, { job: 'second' }]);
  expect((await runOf('second'))?.state).toBe('canceled');
  expect((await runOf('third'))?.state).toBe('running');
  expect((await project.call(['queue', '--clear'])).stdout).toBe('Nothing waits.\n');
});

it('makes four attempts of a limit of three, each at its time and with its own log, over a killed daemon', async () => {
  const command = 'echo attempt $JM2_ATTEMPT at $(date +%s%3N); exit 75';
  const retry = '{limit: 3, delay: 2s, backoff: constant, jitter: 0, on: [70-79]}';
  project = await aProject(
    `version: 1\njobs:\n  flaky: {command: '${command}', retry: ${retry}}\n`,
  );
  const { json } = await project.call(['start', '--json']);
  await project.call(['run', 'flaky']);
  const reason = await eventually(async () => (await runOf('flaky'))?.reason, 'the first failure');
  expect(reason).toBe('retry 1 of 3 after: exit code 75');
  process.kill(Number(json().data['pid']), 'SIGKILL');
  await eventually(async () => (await project.call(['status'])).code === 8, 'the end');
  await project.call(['start']);
  const run = await eventually(async () => {
    const found = await runOf('flaky');
    return found?.state === 'failed' && found;
  }, 'the end of the run');
  expect(run).toMatchObject({ attempts: 4, exitCode: 75 });
  const dead = (await project.call(['queue', '--dead', '--json'])).json().data;
  expect(dead['runs']).toMatchObject([{ id: run.id, state: 'failed' }]);
  expect((await project.call(['queue', '--dead'])).stdout).toContain('→ jm2 rerun --failed');
  expect((await project.call(['queue', '--dead', '--clear'])).code).toBe(64);
  const logs = (await project.call(['logs', '--run', run.id, '--json'])).json().data;
  const lines = logs['lines'] as { readonly attempt: number; readonly text: string }[];
  expect(lines.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  const times = lines.map(({ text }) => Number(/^attempt \d at (\d+)$/.exec(text)?.[1]));
  for (const [index, time] of times.entries()) {
    if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(1_950);
  }
});
