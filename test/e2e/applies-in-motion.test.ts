// Applies while jobs run, wait and are paused, and while the daemon goes; and what a
// plan's exit code says about each kind of difference.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import { aProject, eventually, type Project } from '../support/cli.ts';

let project: Project;
const file = (name: string): string => join(project.dir, name);
const waits = (name: string): string =>
  `while [ ! -e go-${name} ]; do sleep 0.05; done; echo "$JM2_JOB"`;
const job = (name: string, more = '', command = 'true'): string =>
  `  ${name}:\n    schedule: "0 3 * * *"\n    command: '${command}'\n${more}`;
const manifest = (...jobs: string[]): string => `version: 1\njobs:\n${jobs.join('')}`;
const data = async (args: readonly string[]) =>
  (await project.call([...args, '--json'])).json().data;
const apply = async (text: string) => {
  await project.save(text);
  const { code, stderr } = await project.call(['apply', '--auto-approve']);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
};
const runsOf = async (name: string) =>
  (await data(['history', name]))['runs'] as { id: string; job: string; state: string }[];
const revision = async () =>
  ((await data(['status']))['revision'] as { readonly applied: number }).applied;

beforeAll(async () => {
  const first = manifest(job('one', '', waits('one')), job('two', '', waits('two')), job('quiet'));
  project = await aProject(first);
  expect((await project.call(['start', '--sync', 'manual'])).code).toBe(0);
  await apply(first);
});
afterAll(() => project.cleanUp());

it('two jobs that take each other’s names while both run keep their runs and their pasts', async () => {
  await project.call(['run', 'one']);
  await project.call(['run', 'two']);
  const [[one], [two]] = await Promise.all([runsOf('one'), runsOf('two')]);
  const renamed = (from: string) => `    renamed_from: ${from}\n`;
  await apply(
    manifest(
      job('two', renamed('one'), waits('one')),
      job('one', renamed('two'), waits('two')),
      job('quiet'),
    ),
  );
  for (const name of ['one', 'two']) await writeFile(file(`go-${name}`), '');
  const lastRuns = await eventually(async () => {
    const jobs = (await data(['list', 'one', 'two']))['jobs'] as {
      name: string;
      lastRun: { id: string; state: string } | null;
    }[];
    const isOver = jobs.every(({ lastRun }) => lastRun?.state === 'succeeded');
    return isOver ? new Map(jobs.map(({ name, lastRun }) => [name, lastRun?.id])) : null;
  }, 'the ends of both runs');
  expect([lastRuns.get('two'), lastRuns.get('one')]).toEqual([one?.id, two?.id]);
  // Under the name it had when it began.
  expect((await project.call(['logs', '--run', one?.id ?? ''])).stdout).toContain('one');
});

it('a pause lasts through twenty applies, and is told after each as it was', async () => {
  await project.call(['pause', 'quiet', '--reason', 'disk swap', '--for', '3h']);
  const { socket } = (await data(['status']))['daemon'] as { readonly socket: string };
  const api = createClient(socket);
  for (let hour = 0; hour < 20; hour += 1) {
    await project.save(manifest(job('quiet', '', `true ${hour}`).replace('0 3', `0 ${hour}`)));
    expect((await api.apply({ by: 'test', expected: null })).kind).toBe('applied');
  }
  const { overrides } = await data(['status']);
  expect(overrides).toMatchObject([{ job: 'quiet', kind: 'pause', reason: 'disk swap' }]);
  expect(await runsOf('quiet')).toEqual([]);
});

it('an exit code of 2 means a difference: also a name alone, but neither a pause nor drift', async () => {
  const exit = async () => (await project.call(['plan', '--detailed-exitcode'])).code;
  await apply(manifest(job('quiet'), job('gone')));
  expect(await exit()).toBe(0);
  // A pause is no change of the manifest, and a program that is missing is drift.
  await apply(
    manifest(job('quiet'), '  lost: {schedule: "0 4 * * *", command: [no-such-program]}\n'),
  );
  expect([await exit(), (await project.call(['drift'])).code]).toEqual([0, 2]);
  await project.save(
    manifest(
      job('calm', '    renamed_from: quiet\n'),
      '  lost: {schedule: "0 4 * * *", command: [no-such-program]}\n',
    ),
  );
  expect(await exit()).toBe(2);
  const [change] = (await data(['plan']))['changes'] as { action: string }[];
  expect(change?.action).toBe('rename');
  // Only another spelling of the same.
  await project.save(
    `# note\n${manifest(job('quiet').replace('"0 3 * * *"', "'00 3 * * *'"), '  lost: {command: [no-such-program], schedule: "0 4 * * *"}\n')}`,
  );
  expect(await exit()).toBe(0);
});

it('a yes that is piped in is nobody’s', async () => {
  await project.save(manifest(job('quiet'), job('new')));
  const before = await revision();
  const piped = await project.call(['apply', '--json'], { input: 'yes\nyes\nyes\n' });
  expect([piped.code, piped.json().error?.code]).toEqual([5, 'JM2-P202']);
  const closed = await project.call(['apply', '--json'], { input: '' });
  expect([closed.code, await revision()]).toEqual([5, before]);
});

it('a kept plan is refused while the daemon drains, loses nothing, and is applied by the next one', async () => {
  await apply(manifest(job('quiet'), job('last', '', waits('last'))));
  await writeFile(
    file('proposal.yaml'),
    manifest(job('quiet'), job('last', '', waits('last')), job('more')),
  );
  await project.call(['plan', 'proposal.yaml', '--out', 'kept.jm2plan']);
  await project.call(['run', 'last']);
  const before = await revision();
  const stopping = project.start(['stop', '--grace', '30s']);
  await eventually(
    async () => (await project.call(['status'])).stdout.includes('draining'),
    'the drain',
  );
  const refused = await project.call(['apply', 'kept.jm2plan', '--json']);
  const { error } = refused.json();
  expect([refused.code, error?.code, error?.detail]).toEqual([
    expect.any(Number),
    'JM2-D106',
    'Nothing was applied.',
  ]);
  await writeFile(file('go-last'), '');
  expect(await stopping.ended).toBe(0);
  expect((await data(['audit', '--action', 'manifest', '--limit', '1']))['entries']).toMatchObject([
    { facts: { revision: before } },
  ]);
  expect((await project.call(['start', '--sync', 'manual'])).code).toBe(0);
  expect((await runsOf('last'))[0]?.state).toBe('succeeded');
  expect((await project.call(['apply', 'kept.jm2plan'])).code).toBe(0);
  expect([await revision(), existsSync(file('kept.jm2plan'))]).toEqual([before + 1, true]);
});
