// A program that knows jm2 by its JSON alone: no terminal, no line for people read.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
beforeAll(async () => {
  project = await aProject('version: 1\njobs:\n  other: {command: echo}\n');
});
afterAll(() => project.cleanUp());

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The data of a call whose stdout is one line, one JSON object, and nothing else. */
async function ask(args: readonly string[], ends = 0): Promise<Readonly<Record<string, unknown>>> {
  const { code, stdout, json } = await project.call([...args, '--json']);
  expect([args[0], code]).toEqual([args[0], ends]);
  expect(stdout.split('\n')).toHaveLength(2);
  return json().data;
}

const rows = (data: Readonly<Record<string, unknown>>, key: string): Rows => data[key] as Rows;

it('adds a job, sees it fail, finds out why, mends it, and takes it out again', async () => {
  await ask(['start']);
  const added = ['add', 'echo cannot; exit 3', '--name', 'report', '--cron', '0 3 * * *', '--yes'];
  expect(await ask(added)).toMatchObject({ changed: true, revision: 2 });

  const { id } = (await ask(['run', 'report']))['run'] as { id: string };
  const { run } = await ask(['watch', id], 3);
  expect(run).toMatchObject({ id, state: 'failed', exitCode: 3 });
  const ended = rows(await ask(['events', 'report', '--kind', 'run.ended']), 'events');
  expect(ended).toMatchObject([{ kind: 'run.ended', run: { id, state: 'failed' } }]);
  expect(await ask(['status', '--problems'], 1)).toMatchObject({
    problems: [{ job: 'report', text: 'failed, exit 3' }],
  });
  expect(rows(await ask(['history', 'report', '--failed']), 'runs')).toMatchObject([{ id }]);
  const [why] = rows(await ask(['why', 'report']), 'explanations');
  expect(why).toMatchObject({ verdict: 'failed', hint: `jm2 logs --run ${id}` });
  const lines = rows(await ask(['logs', '--run', id]), 'lines');
  expect(lines.map(({ text }) => text)).toEqual(['cannot']);

  await ask(['edit', 'report', '--command', 'echo can', '--yes']);
  const again = await ask(['run', 'report', '--wait']);
  expect(again['run']).toMatchObject({ state: 'succeeded', exitCode: 0, revision: 3 });

  await ask(['pause', 'report', '--reason', 'holidays']);
  const [paused] = rows(await ask(['list', 'report']), 'jobs');
  expect(paused).toMatchObject({ state: 'paused', pause: { reason: 'holidays' }, nextRun: null });
  await ask(['resume', 'report']);
  const [resumed] = rows(await ask(['list', 'report']), 'jobs');
  expect(resumed).toMatchObject({ state: 'scheduled', pause: null });

  await ask(['remove', 'report'], 5);
  await ask(['remove', 'report', '--yes']);
  expect(rows(await ask(['list']), 'jobs').map(({ name }) => name)).toEqual(['other']);
});
