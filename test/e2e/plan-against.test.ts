import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { timeZoneDataProblem, zoneErrors } from '../../src/core/schedule/zone-data.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { aProject, type Project } from '../support/cli.ts';

const base = 'version: 1\njobs:\n  backup: {schedule: "0 3 * * *", command: "true"}\n';
const proposal = base.replace('0 3', '0 4');

describe('a plan between two files', () => {
  let project: Project | undefined;
  afterEach(async () => {
    await project?.cleanUp();
    project = undefined;
  });

  it('shows what a branch changes with neither store nor daemon', async () => {
    project = await aProject(proposal);
    const args = ['plan', '--against', '-', '--detailed-exitcode', '--json'];
    const result = await project.call(args, { input: base });
    expect(result.code).toBe(2);
    expect(result.json().data['changes']).toMatchObject([
      { job: 'backup', action: 'update', fields: [{ path: '/schedule' }] },
    ]);
  });

  it('ends with 0 when both say the same', async () => {
    project = await aProject(base);
    await writeFile(join(project.dir, 'base.yaml'), base);
    const args = ['plan', 'jobs.yaml', '--against', 'base.yaml', '--detailed-exitcode'];
    expect((await project.call(args)).code).toBe(0);
  });

  it('names the file that is not accepted', async () => {
    project = await aProject(proposal);
    await writeFile(join(project.dir, 'base.yaml'), base.replace('0 3', '0 25'));
    const result = await project.call(['plan', '--against', 'base.yaml']);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('base.yaml:3:25');
  });

  it('cannot read both from standard input', async () => {
    project = await aProject(proposal);
    const result = await project.call(['plan', '-', '--against', '-'], { input: base });
    expect(result.code).toBe(64);
    expect(result.stderr).toContain('standard input');
  });

  it('names a commit, without touching the work tree', async () => {
    project = await aProject(base);
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: project?.dir, stdio: 'pipe' });
    git('init', '-q');
    git('add', 'jobs.yaml');
    git('-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '-qm', 'first');
    await writeFile(join(project.dir, 'jobs.yaml'), proposal);
    const { data } = (await project.call(['plan', '--against', 'git:HEAD', '--json'])).json();
    expect(data['summary']).toMatchObject({ update: 1 });
    const absent = await project.call(['plan', '--against', 'git:nowhere']);
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('JM2-P210')]);
    const option = await project.call(['plan', '--against', 'git:--output=x']);
    expect(option.code).toBe(64);
  });
});

describe('a plan elsewhere', () => {
  let project: Project;
  afterEach(() => project.cleanUp());

  it('is the same by a snapshot as by the store, says so again on another day, and holds no secret', async () => {
    project = await aProject(base.replace('command', 'env: {TOKEN: hunter2hunter2}, command'));
    await project.call(['start']);
    await project.call(['run', 'backup', '--wait']);
    await writeFile(join(project.dir, 'new.yaml'), proposal);
    const asked = ['plan', 'new.yaml', '--at', '2026-03-27T12:00:00Z', '--horizon', '2d', '--json'];
    const at = asked.slice(2);
    const live = (await project.call(asked)).json().data;
    const taken = (await project.call(['snapshot', '--out', 'now.json', '--json'])).json().data;
    expect(taken).toEqual({ snapshot: null, file: join(project.dir, 'now.json') });
    const text = await readFile(join(project.dir, 'now.json'), 'utf8');
    expect(text).not.toContain('hunter2');
    const against = ['--against', 'snapshot:now.json'];
    const offline = (await project.call(['plan', 'new.yaml', ...against, ...at])).json().data;
    expect(offline).toEqual(live);
    expect(live['changes']).toMatchObject([
      {
        impact: {
          nextRun: { before: '2026-03-28T03:00:00.000Z', after: '2026-03-28T04:00:00.000Z' },
          runs: { before: 2, after: 2 },
        },
      },
    ]);
    const first = await project.call(['plan', 'new.yaml', '--against', '1', ...at]);
    expect(first.json().data['summary']).toEqual(live['summary']);
    expect((await project.call(['plan', '--against', 'rev:7'])).stderr).toContain('JM2-P210');
    for (const [name, content] of [
      ['cut.json', text.slice(0, text.length / 2)],
      ['newer.json', text.replace('"format":1', '"format":2')],
      ['absent.json', null],
    ] as const) {
      if (content !== null) await writeFile(join(project.dir, name), content);
      const refused = await project.call(['plan', '--against', `snapshot:${name}`]);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('JM2-P211')]);
    }
    const drawn = await project.call(['plan', 'new.yaml', '--calendar', '--svg', 'week.svg']);
    expect(drawn.stdout).toMatch(/04 .* 0→1/);
    expect(await readFile(join(project.dir, 'week.svg'), 'utf8')).toContain('>0→1</text>');
    await project.call(['preview', '--svg', 'preview.svg']);
    expect(await readFile(join(project.dir, 'preview.svg'), 'utf8')).toContain('Starts of backup');
    const nowhere = await project.call(['snapshot', '--out', 'no/such/now.json']);
    expect(nowhere.stderr).toContain('JM2-C107');
    expect((await project.call(['plan', '--horizon', '30m'])).code).toBe(64);
  });
});

it('warns of old time-zone data as the preview does, also of a proposal', async () => {
  const job = 'west: {schedule: "0 9 * * *", timezone: America/Vancouver, command: "true"}';
  const project = await aProject(`version: 1\njobs:\n  ${job}\n`);
  const warnings = async (call: string[]): Promise<string[]> =>
    (await project.call(call)).stderr.split('\n').filter((line) => line.startsWith('warning: '));
  const told = await warnings(['preview']);
  expect(await warnings(['plan'])).toEqual(told);
  expect(await warnings(['plan', 'jobs.yaml', '--against', 'jobs.yaml'])).toEqual(told);
  const release = process.versions['tz'];
  const isWrong = zoneErrors(release, ['America/Vancouver']).length > 0;
  const isOld = timeZoneDataProblem(release, Date.now()) !== null;
  expect(told.length).toBe(isWrong || isOld ? 1 : 0);
  await project.cleanUp();
});
