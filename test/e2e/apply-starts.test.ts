// What an apply starts because a job asks for it, by a real daemon with real commands.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aProject, type Project } from '../support/cli.ts';

const now = new Date();
/** A zone in which it is noon now, so that the day has room on both sides. */
const ahead = 12 - now.getUTCHours();
const zone = ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
const manifest = (version: string, hour: number): string => `version: 1
timezone: ${zone}
jobs:
  server:
    command: [sh, -c, "echo ${version} >> out.txt; exec sleep 100"]
    on_change: restart
  nightly:
    schedule: "0 ${hour} * * *"
    command: "true"
    on_schedule_change: catch_up
`;

let project: Project;
interface Told {
  readonly id: string;
  readonly trigger: string;
  readonly state: string;
  readonly reason: string | null;
}
const runsOf = async (job: string, ...more: string[]): Promise<Told[]> => {
  const { data } = (await project.call(['history', job, '--json', ...more])).json();
  return data['runs'] as Told[];
};
const apply = async (text: string) => {
  await writeFile(join(project.dir, 'jobs.yaml'), text);
  const plan = (await project.call(['plan', '--json'])).json().data;
  expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
  return plan as {
    impact: { startedByApply: number };
    changes: { job: string; impact: { running: { policy: string }[]; catchUpRuns: number } }[];
  };
};

beforeAll(async () => {
  project = await aProject(manifest('one', 23));
  expect((await project.call(['start', '--sync', 'manual'])).code).toBe(0);
  expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
  expect((await project.call(['run', 'server'])).code).toBe(0);
  await vi.waitFor(
    async () => expect(await runsOf('server')).toMatchObject([{ state: 'running' }]),
    { timeout: 20_000, interval: 300 },
  );
});
afterAll(() => project.cleanUp());

describe('an apply', () => {
  it('begins the run that goes on anew with the new command, as planned, and makes up for the lost one', async () => {
    const plan = await apply(manifest('two', 5));
    expect(plan.impact.startedByApply).toBe(2);
    const impacts = new Map(plan.changes.map(({ job, impact }) => [job, impact]));
    expect(impacts.get('server')?.running).toMatchObject([{ policy: 'restart' }]);
    expect(impacts.get('nightly')?.catchUpRuns).toBe(1);

    await vi.waitFor(
      async () => {
        const [next, old] = await runsOf('server');
        expect(old).toMatchObject({
          state: 'canceled',
          reason: expect.stringContaining('on_change'),
        });
        expect(next).toMatchObject({ trigger: 'restart', state: 'running' });
        expect(await readFile(join(project.dir, 'out.txt'), 'utf8')).toBe('one\ntwo\n');
        expect(await runsOf('nightly')).toMatchObject([
          { trigger: 'catch-up', state: 'succeeded' },
        ]);
      },
      { timeout: 20_000, interval: 300 },
    );
  });

  it('is explained by why, for the run that ended, its successor and the one made up for', async () => {
    const [next, old] = await runsOf('server');
    const why = async (id = '') =>
      (await project.call(['why', '--run', id])).stdout.replace(/\s+/g, ' ');
    expect(await why(old?.id)).toContain('because its job changed (on_change: restart)');
    expect(await why(next?.id)).toContain(`in place of run ${old?.id}`);
    const [made] = await runsOf('nightly', '--trigger', 'catch-up');
    expect(await why(made?.id)).toContain('because a change of the schedule took it away');
  });

  it('tells what happens as lines of the published shape, also when it is refused', async () => {
    const schema = await readFile('schema/output/apply-line.schema.json', 'utf8');
    const isLine = new Ajv({ strict: false }).compile(JSON.parse(schema) as object);
    const typesOf = (stdout: string): string[] =>
      stdout
        .trimEnd()
        .split('\n')
        .map((text) => {
          const line = JSON.parse(text) as { type: string };
          expect([isLine(line), isLine.errors]).toEqual([true, null]);
          return line.type;
        });
    // Not what is executed: the run goes on.
    const text = manifest('two', 5).replace('    on_change', '    timeout: 2h\n    on_change');
    await writeFile(join(project.dir, 'jobs.yaml'), text);
    const refused = await project.call(['apply', '--format', 'jsonl']);
    expect(refused.code).toBe(5);
    expect(typesOf(refused.stdout)).toEqual(['version', 'plan_summary', 'error', 'end']);
    const { code, stdout } = await project.call(['apply', '--auto-approve', '--format', 'jsonl']);
    expect(code).toBe(0);
    expect(typesOf(stdout)).toEqual([
      'version',
      'plan_summary',
      'apply_start',
      'job_applied',
      'apply_complete',
      'verify',
      'end',
    ]);
    expect(await runsOf('server')).toMatchObject([{ state: 'running' }, { state: 'canceled' }]);
  });

  it('tells no run to come that it has made up for, when the schedule is back the same day', async () => {
    const day = 24 * 3_600_000;
    const nextRun = async (): Promise<number> => {
      const { data } = (await project.call(['list', 'nightly', '--json'])).json();
      return Date.parse((data['jobs'] as { nextRun: string }[])[0]?.nextRun ?? '');
    };
    await apply(manifest('two', 23));
    expect(await nextRun()).toBeGreaterThan(now.getTime() + day);
    const snapshot = ['snapshot', '--out', 'state.json'];
    expect((await project.call(snapshot)).code).toBe(0);
    await writeFile(join(project.dir, 'jobs.yaml'), manifest('two', 22));
    for (const base of [[], ['--against', 'snapshot:state.json']]) {
      const { data } = (await project.call(['plan', ...base, '--json'])).json();
      const [change] = data['changes'] as { impact: { nextRun: { before: string } } }[];
      expect(Date.parse(change?.impact.nextRun.before ?? '')).toBe(await nextRun());
    }
    expect((await project.call(['stop', '--now'])).code).toBe(0);
    expect(await nextRun()).toBeGreaterThan(now.getTime() + day);
  });
});
