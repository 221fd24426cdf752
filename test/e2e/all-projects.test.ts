import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, type Project } from '../support/cli.ts';

const manifest = 'version: 1\njobs:\n  nightly: {schedule: "@daily", command: "true"}\n';
let project: Project;
let other: string;

beforeAll(async () => {
  project = await aProject(manifest);
  other = join(project.home, 'other');
  await mkdir(other);
  await writeFile(join(other, 'jobs.yaml'), manifest);
  await project.call(['start']);
  await project.call(['start'], { cwd: other });
  await project.call(['stop'], { cwd: other });
  const damaged = join(project.home, '.jm2', 'projects', 'damaged');
  await mkdir(damaged);
  await writeFile(join(damaged, 'jm2.db'), 'this is no store');
});
afterAll(() => project.cleanUp());

it('tells from anywhere which projects this home has, and what becomes of each', async () => {
  const { data } = (await project.call(['status', '--all', '--json'], { cwd: '/' })).json();
  expect(data['projects']).toMatchObject([
    { manifest: null, running: null, fault: expect.stringContaining('cannot be read') },
    { manifest: join(other, 'jobs.yaml'), running: false, state: 'down', revision: 1, next: null },
    { manifest: project.manifest, running: true, jobs: 1, problems: 0, next: { job: 'nightly' } },
  ]);
});

it('has a line for each, and says why one is silent', async () => {
  const { stdout, code } = await project.call(['status', '--all']);
  const names = stdout
    .split('\n')
    .slice(1, 4)
    .map((line) => line.split(/ {2,}/)[1]);
  expect([code, names]).toEqual([0, ['silent', 'down', 'healthy']]);
  expect(stdout).toMatch(/damaged: the store cannot be read/);
});

it('is one question at a time', async () => {
  expect((await project.call(['status', '--all', '--short'])).code).toBe(64);
});
