import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JobView, OutcomeView, RunView } from '../../src/api/service.ts';
import { aProject, eventually, type Project } from '../support/cli.ts';

const idle = Array.from({ length: 9 }, (_, index) => `  idle-${index}: {command: ["true"]}\n`);
const manifest = (more = ''): string => `version: 1
jobs:
  beat: {schedule: every 1s, command: ["true"], tags: [web], catch_up: all}
  dump: {schedule: "0 3 1 1 *", command: ["true"], tags: [backup], description: Yearly dump}
  slow: {command: exec sleep 300}
  off: {schedule: "0 3 * * *", command: ["true"], suspend: true}
${idle.join('')}${more}`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest());
  await project.call(['start']);
}, 60_000);
afterAll(() => project.cleanUp());

async function job(name: string): Promise<JobView | undefined> {
  const { json } = await project.call(['list', '--json']);
  return (json().data['jobs'] as JobView[]).find((one) => one.name === name);
}

async function outcomes(name: string): Promise<OutcomeView[]> {
  const { json } = await project.call(['history', name, '--all', '--json', '--limit', '500']);
  return json().data['outcomes'] as OutcomeView[];
}

async function runs(name: string): Promise<RunView[]> {
  const { json } = await project.call(['history', name, '--json', '--limit', '500']);
  return json().data['runs'] as RunView[];
}

const names = (answer: Readonly<Record<string, unknown>>): string[] =>
  (answer['jobs'] as { readonly job: string }[]).map((one) => one.job);

it('pauses with reason and end, tells it everywhere, and starts nothing when it is resumed', async () => {
  const paused = await project.call(['pause', 'beat', '--for', '2h', '--reason', 'disk swap']);
  expect(paused.stdout).toMatch(/^beat is paused until .* \(in 2h\); next run/);
  await eventually(async () => ((await job('beat'))?.pause?.skipped ?? 0) >= 2, 'skipped runs');
  expect(await job('beat')).toMatchObject({ state: 'paused', pause: { reason: 'disk swap' } });
  const last = (await runs('beat'))[0]?.nominalTime ?? '';
  const words = /by cli \(\S+\) "disk swap" until .* \d+ runs skipped, next would be/;
  expect((await project.call(['list'])).stdout).toMatch(words);
  expect((await project.call(['show', 'beat'])).stdout).toMatch(words);
  expect((await project.call(['status'])).stdout).toMatch(words);
  expect((await project.call(['plan'])).stdout).toMatch(/\| beat {2}paused by .* "disk swap"/);
  expect((await project.call(['why', 'beat'])).stdout).toContain('the job is paused by');
  expect((await project.call(['run', 'beat'])).stderr).toContain('starts all the same');
  const resumed = (await project.call(['resume', 'beat', '--json'])).json().data;
  expect(resumed['jobs']).toMatchObject([{ job: 'beat', outcome: 'resumed', suspended: false }]);
  const [row] = (await outcomes('beat')).filter(({ reason }) => reason === 'paused');
  expect(row?.detail).toMatch(/^paused by .* \("disk swap"\)$/);
  const again = await eventually(async () => {
    const scheduled = (await runs('beat')).filter(({ trigger }) => trigger !== 'manual');
    return scheduled[0]?.nominalTime !== last && scheduled[0];
  }, 'a run after the resume');
  expect(Date.parse(again.nominalTime ?? '')).toBeGreaterThan(
    Date.parse(row?.lastNominalTime ?? ''),
  );
});

it('survives an apply and a killed daemon, and ends while no daemon runs', async () => {
  const { json } = await project.call(['pause', 'beat', '--until', 'in 4s', '--json']);
  const [{ pause } = { pause: null }] = json().data['jobs'] as JobView[];
  await project.save(manifest('  more: {command: ["true"]}\n'));
  await project.call(['apply', '--auto-approve']);
  expect((await job('beat'))?.pause?.until).toBe(pause?.until);
  const status = (await project.call(['status', '--json'])).json().data;
  process.kill((status['daemon'] as { pid: number }).pid, 'SIGKILL');
  await eventually(async () => {
    const { code } = await project.call(['status']);
    return code === 8 && Date.now() > Date.parse(pause?.until ?? '') + 1_000;
  }, 'the end of the pause');
  expect((await project.call(['pause', 'beat'])).code).toBe(8);
  expect(await job('beat')).toMatchObject({ state: 'scheduled', pause: null });
  await project.call(['start']);
  const after = await eventually(async () => {
    const late = (await runs('beat')).filter(({ trigger }) => trigger === 'catch-up');
    return late.length > 0 && late;
  }, 'what came due after the pause');
  const paused = (await outcomes('beat')).filter(({ reason }) => reason === 'paused');
  for (const run of await runs('beat')) {
    const at = run.nominalTime ?? '';
    expect(at > (pause?.since ?? '') && at < (pause?.until ?? '')).toBe(false);
  }
  expect(after.every(({ state }) => state !== 'lost')).toBe(true);
  expect(paused[0]?.lastNominalTime.localeCompare(pause?.until ?? '')).toBe(-1);
});

it('leaves what runs alone, and ends it where that is asked for', async () => {
  await project.call(['run', 'slow']);
  await eventually(async () => (await job('slow'))?.state === 'running', 'the run');
  expect((await project.call(['pause', 'slow'])).stdout).toContain('1 run admitted before goes on');
  const { stdout } = await project.call(['pause', 'slow', '--cancel']);
  expect(stdout).toContain('it was paused before');
  expect(stdout).toContain('1 run canceled');
  await eventually(async () => (await runs('slow'))[0]?.state === 'canceled', 'the end');
});

it('skips the next run once', async () => {
  const { json } = await project.call(['skip-next', 'dump', '--reason', 'late data', '--json']);
  expect(json().data['jobs']).toMatchObject([{ outcome: 'paused', canceled: [] }]);
  const { pause, nextRun } = (await job('dump')) ?? { pause: null, nextRun: null };
  expect(Number(nextRun?.slice(0, 4))).toBe(Number(pause?.nextSkipped?.slice(0, 4)) + 1);
  await project.call(['resume', 'dump']);
  const { stdout } = await project.call(['skip-next', 'dump']);
  expect(stdout).toMatch(/^dump skips .*; next run .*; jm2 resume dump takes that back\n$/);
  const none = await project.call(['skip-next', 'idle-1']);
  expect([none.code, none.stderr]).toEqual([4, expect.stringContaining('JM2-R109')]);
});

it('selects by pattern, tag, text and all, and asks before many', async () => {
  const json = async (args: string[]) => (await project.call([...args, '--json'])).json().data;
  expect(names(await json(['pause', 'idle-[0-2]']))).toEqual(['idle-0', 'idle-1', 'idle-2']);
  expect(names(await json(['pause', '--tag', 'web']))).toEqual(['beat']);
  expect(names(await json(['pause', '--grep', 'yearly']))).toEqual(['dump']);
  const asked = await project.call(['pause', '--all']);
  expect([asked.code, asked.stderr]).toEqual([5, expect.stringContaining('--yes')]);
  expect(names(await json(['pause', '--all', '--yes']))).toHaveLength(14);
  expect(names(await json(['resume', '--tag', 'web']))).toEqual(['beat']);
  expect(names(await json(['resume', '--grep', 'yearly']))).toEqual(['dump']);
  expect(names(await json(['resume', '--all']))).toHaveLength(12);
  expect((await project.call(['resume', '--all'])).stdout).toBe('No such job is paused.\n');
});

it('says that the manifest suspends a job which cannot be resumed', async () => {
  const { code, stderr } = await project.call(['resume', 'off']);
  expect([code, stderr]).toEqual([5, expect.stringContaining('jm2 edit off --unset suspend')]);
  expect((await project.call(['resume', 'dump'])).code).toBe(0);
});

it.each([
  [['pause'], 64, 'No job is named'],
  [['pause', 'beat', '--all'], 64, 'say two things'],
  [['pause', 'beat', '--for', '2h', '--until', '18:00'], 64, 'say two things'],
  [['pause', 'beat', '--for', 'soon'], 64, '"soon"'],
  [['pause', 'beat', '--for', '0s'], 64, ''],
  [['pause', 'beat', '--for', '9999d'], 64, 'ten years'],
  [['pause', 'beat', '--until', '2020-01-01'], 64, 'over already'],
  [['pause', 'beat', '--until', 'whenever'], 64, 'not a time'],
  [['pause', 'beat', '--reason', ' '], 64, '--reason is empty'],
  [['pause', 'baet'], 1, 'Did you mean beat?'],
  [['pause', 'beat', 'baet'], 1, 'baet'],
  [['pause', 'x*'], 1, 'No job matches "x*"'],
  [['pause', '--tag', 'nobody'], 1, 'No job is selected'],
])('refuses jm2 %j with %i', async (args, expected, words) => {
  const { code, stderr } = await project.call(args);
  expect([code, stderr]).toEqual([expected, expect.stringContaining(words)]);
  expect((await job('beat'))?.pause ?? null).toBeNull();
});
