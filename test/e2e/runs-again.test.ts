// Runs asked for again, and for the past, with the built command line.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { JsonAnswer, Project } from '../support/cli.ts';

const manifest = `version: 1
jobs:
  # Fails as long as the file is there.
  frail: {command: '[ ! -e broken ] || exit 9; echo $1', concurrency: queue}
  often: {schedule: every 1s, command: 'echo "for $JM2_NOMINAL_TIME"', suspend: true}
  hand: {command: "true"}
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest);
  await writeFile(join(project.dir, 'broken'), '');
  await project.call(['start', '--grace', '1s']);
});
afterAll(() => project.cleanUp());

async function ask(args: readonly string[]): Promise<JsonAnswer> {
  return (await project.call([...args, '--json'])).json();
}

const states = async (job: string): Promise<unknown[]> =>
  ((await ask(['history', job])).data['runs'] as { state: string }[]).map(({ state }) => state);

it('repeats a run with what it was given, and those whose failure still stands', async () => {
  await project.call(['run', 'frail', '--wait', '--', 'kept']);
  await project.call(['run', 'frail', '--wait', '--', 'other']);
  await rm(join(project.dir, 'broken'));
  const again = await project.call(['rerun', 'frail', '--wait', '--current']);
  expect([again.stdout, again.code]).toEqual(['other\n', 0]);
  const { data } = await ask(['rerun', '--failed', '--since', '1h ago', '--dry-run']);
  expect(data['failed']).toMatchObject([{ given: { args: ['kept'] } }]);
  expect((await ask(['rerun', '--failed', '--yes'])).data['runs']).toHaveLength(1);
  await eventually(
    async () => (await states('frail')).join() === 'succeeded,succeeded,failed,failed',
    'the repetition',
  );
  expect((await ask(['rerun', '--failed'])).data['runs']).toEqual([]);
});

it('runs past occurrences in order, leaves out what succeeded, and says what it would do', async () => {
  const range = ['--from', '3s ago', '--json'];
  await eventually(async () => {
    const { data } = (await project.call(['backfill', 'often', '--dry-run', ...range])).json();
    return (data['occurrences'] as unknown[]).length > 1;
  }, 'occurrences that the schedule has settled');
  const first = (await project.call(['backfill', 'often', '--limit', '1', ...range])).json();
  const [run] = first.data['runs'] as { id: string; nominalTime: string; trigger: string }[];
  expect(run?.trigger).toBe('backfill');
  const watched = await project.call(['watch', run?.id ?? '']);
  expect(watched.stdout).toBe(`for ${run?.nominalTime}\n`);
  const from = run?.nominalTime ?? '';
  const to = new Date(Date.parse(from) + 1).toISOString();
  const again = await ask(['backfill', 'often', '--from', from, '--to', to]);
  expect(again.data).toMatchObject({ occurrences: [{ decision: 'succeeded' }], runs: [] });
  const all = ['backfill', 'often', '--from', from, '--to', to, '--all', '--request-id', 'once'];
  const { data } = await ask(all);
  expect(data['runs']).toHaveLength(1);
  expect((await ask(all)).data['runs']).toMatchObject(
    (data['runs'] as { id: string }[]).map(({ id }) => ({ id })),
  );
});

it.each([
  [['rerun'], 64, 'JM2-C102'],
  [['rerun', 'nothing'], 1, 'JM2-R102'],
  [['rerun', 'hand'], 1, 'JM2-R102'],
  [['rerun', 'frail', '--since', '1h ago'], 64, 'JM2-C102'],
  [['rerun', '--failed', '--force'], 64, 'JM2-C102'],
  [['rerun', '--failed', '--request-id', 'x'], 64, 'JM2-C102'],
  [['rerun', '--failed', '--since', 'whenever'], 64, 'JM2-C103'],
  [['backfill', 'often'], 64, 'JM2-C102'],
  [['backfill', 'often', '--from', '2026-13-01'], 64, 'JM2-C103'],
  [['backfill', 'often', '--from', 'now', '--to', '1h ago'], 64, 'JM2-C102'],
  [['backfill', 'often', '--from', '1h ago', '--to', 'in 1h'], 64, 'JM2-C102'],
  [['backfill', 'often', '--from', '1h ago', '--limit', '0'], 64, 'JM2-C103'],
  [['backfill', 'oftne', '--from', '1h ago'], 1, 'JM2-R101'],
  [['backfill', 'hand', '--from', '1h ago'], 1, 'JM2-R126'],
])('%j ends with %d and %s', async (args, code, error) => {
  const answer = await project.call([...args, '--json']);
  expect([answer.code, answer.json().error?.code]).toEqual([code, error]);
});

it('asks before it starts more than a hundred runs', async () => {
  const from = ['backfill', 'often', '--from', '2m ago', '--to', '10s ago', '--all'];
  const refused = await project.call(from);
  expect(refused.code).toBe(5);
  const started = (await project.call(['backfill', ...from.slice(1), '--yes', '--json'])).json();
  expect((started.data['runs'] as unknown[]).length).toBeGreaterThan(100);
  expect((await project.call(['cancel', 'often', '--yes'])).code).toBe(0);
});
