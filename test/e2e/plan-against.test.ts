import { writeFile } from 'node:fs/promises';
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
