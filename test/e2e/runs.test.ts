// Asking for runs with the built command line and a real daemon: with variables
// and arguments of their own, waiting for them, ending them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

const manifest = `version: 1
jobs:
  tell: {command: 'echo "$0 $# $1 $MONTH $API_TOKEN"'}
  list: {command: [printf, '<%s>']}
  plain: {command: echo hi}
  fails: {command: exit 3}
  line: {command: sleep 600, concurrency: queue, kill: {grace: 1s}}
  many: {command: sleep 600, concurrency: allow, kill: {grace: 1s}}
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest);
  await project.call(['start', '--grace', '1s']);
});
afterAll(() => project.cleanUp());

type RunFacts = { id: string; state: string; [key: string]: unknown };

async function ask(args: readonly string[]): Promise<JsonAnswer> {
  return (await project.call([...args, '--json'])).json();
}

const runsOf = async (job: string): Promise<RunFacts[]> =>
  (await ask(['history', job])).data['runs'] as RunFacts[];

async function started(...args: string[]): Promise<RunFacts> {
  return (await ask(['run', ...args])).data['run'] as RunFacts;
}

it('gives a run variables and arguments of its own, and shows no secret among them', async () => {
  const { stdout, code } = await project.call(
    ['run', 'tell', '--wait', '--env', 'MONTH=3', '-e', 'API_TOKEN', '--', 'a b', '--json'],
    { env: { API_TOKEN: 'very-secret-value' } },
  );
  expect([stdout, code]).toEqual(['tell 2 a b 3 ***\n', 0]);
  expect((await runsOf('tell'))[0]).toMatchObject({
    given: { args: ['a b', '--json'], env: { MONTH: '3', API_TOKEN: '***' } },
  });
  expect((await project.call(['run', 'list', '--wait', '--', 'x', 'y z'])).stdout).toBe(
    '<x><y z>\n',
  );
});

it('shows with --dry-run what would be run, and starts nothing', async () => {
  const { data } = await ask(['run', 'list', '--dry-run', '--env', 'A=1']);
  expect(data['dryRun']).toMatchObject({ argv: ['printf', '<%s>'], cwd: project.dir });
  const people = await project.call(['run', 'tell', '--dry-run', '--', "it's"]);
  expect(people.stdout).toContain(`tell 'it'\\''s'`);
  expect(await runsOf('plain')).toEqual([]);
});

it('starts nothing twice for one key', async () => {
  const first = await started('plain', '--request-id', 'nightly-1');
  expect((await started('plain', '--request-id', 'nightly-1')).id).toBe(first.id);
  expect((await project.call(['run', 'list', '--request-id', 'nightly-1'])).code).toBe(4);
  expect(await runsOf('plain')).toHaveLength(1);
});

it.each([
  [['run', 'plain', '--', 'x'], 64, 'JM2-R122'],
  [['run', 'plain', 'x'], 1, 'JM2-R101'],
  [['run', 'plain', '--env', '2A=1'], 64, 'JM2-R125'],
  [['run', 'plain', '--env', 'JM2_JOB=x'], 64, 'JM2-R125'],
  [['run', 'plain', '--env', 'NOT_SET_HERE'], 64, 'JM2-C103'],
  [['run', 'plain', '--request-id', 'a b'], 64, 'JM2-C103'],
  [['run', 'plian', '--dry-run'], 1, 'JM2-R101'],
  [['wait', 'nothing'], 1, 'JM2-R102'],
  [['wait', 'many'], 1, 'JM2-R102'],
  [['wait', 'plain', '--timeout', 'soon'], 64, 'JM2-C103'],
  [['watch', '0'], 64, 'JM2-R105'],
  [['cancel', 'tlel'], 1, 'JM2-R102'],
  [['cancel', 'plain'], 4, 'JM2-R104'],
])('%j ends with %d and %s', async (args, code, error) => {
  const answer = await project.call(['--json', ...args]);
  expect([answer.code, answer.json().error?.code]).toEqual([code, error]);
});

it('waits for a run and ends as it ended, or gives up and leaves it alone', async () => {
  const { id } = await started('fails');
  expect((await project.call(['wait', id.slice(0, 20)])).code).toBe(3);
  expect((await project.call(['watch', 'fails'])).code).toBe(3);
  const { id: long } = await started('line');
  expect((await project.call(['watch', 'line', '--timeout', '100ms'])).code).toBe(6);
  const waiting = project.start(['wait', 'line', '--timeout', '1h']);
  expect((await project.call(['cancel', long.slice(0, 24)])).code).toBe(0);
  expect(await waiting.ended).toBe(130);
});

it('cancels what waits of a job, or all of it, and asks before it ends several', async () => {
  const { id: running } = await started('line');
  const { id: waits } = await started('line');
  // The one that runs, not the newer one that waits behind it.
  const listed = (await ask(['list', 'line'])).data['jobs'];
  expect(listed).toMatchObject([{ state: 'running', lastRun: { id: running, state: 'running' } }]);
  const { data } = await ask(['cancel', 'line', '--queued']);
  expect(data).toMatchObject({ runs: [{ id: waits }] });
  await project.call(['cancel', 'line']);
  for (let count = 0; count < 3; count += 1) await started('many');
  expect((await project.call(['cancel', 'many'])).code).toBe(5);
  expect((await ask(['cancel', 'many', '--yes'])).data['runs']).toHaveLength(3);
  await eventually(
    async () => (await runsOf('many')).every(({ state }) => state === 'canceled'),
    'the end of all',
  );
});
