import { afterAll, beforeAll, expect, it } from 'vitest';
import { aProject, type Project } from '../support/cli.ts';

const manifest = (more: string): string => `version: 1
jobs:
  dump: {schedule: "0 3 * * *", command: ["true"]}
  off: {schedule: "0 4 * * *", command: ["true"]${more}}
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest(', suspend: true'));
  await project.call(['start', '--sync', 'manual']);
  await project.call(['apply', '--auto-approve']);
}, 60_000);
afterAll(() => project.cleanUp());

const codeOf = async (args: readonly string[]): Promise<number | null> =>
  (await project.call(args)).code;

it('ends with the code that a pipeline wants for changes, and with 0 for none', async () => {
  expect(await codeOf(['plan', '--exit-code-on-changes', '10'])).toBe(0);
  await project.call(['run', 'dump', '--wait']);
  await project.call(['run', 'dump', '--wait']);
  expect(await codeOf(['compare', 'dump', '--exit-code-on-changes', '10'])).toBe(0);
  await project.save(manifest(', description: Off'));
  expect(await codeOf(['plan', '--exit-code-on-changes', '10'])).toBe(10);
  expect(await codeOf(['plan', '--detailed-exitcode', '--exit-code-on-changes', '0'])).toBe(0);
  expect(await codeOf(['diff', '--exit-code-on-changes', '11'])).toBe(11);
});

it.each(['-1', '256', 'two', ''])('refuses the exit code "%s"', async (code) => {
  const { stderr } = await project.call(['plan', '--exit-code-on-changes', code]);
  expect(stderr).toContain('JM2-C103');
});

it('leaves a pause alone that meets a lifted suspension, unless it is told to yield', async () => {
  await project.save(manifest(', suspend: true'));
  await project.call(['apply', '--auto-approve']);
  const pauses = async (): Promise<unknown> => {
    const { jobs } = (await project.call(['list', '--json'])).json().data as {
      jobs: { name: string; pause: { by: string } | null }[];
    };
    return jobs.filter(({ pause }) => pause !== null).map(({ name }) => name);
  };
  await project.call(['pause', 'off', 'dump', '--reason', 'disk swap']);
  await project.save(manifest(''));
  expect((await project.call(['plan'])).stdout).toContain('override_conflict');
  expect(await codeOf(['apply', '--auto-approve'])).toBe(0);
  expect(await pauses()).toEqual(['dump', 'off']);
  await project.save(manifest(', suspend: true'));
  await project.call(['apply', '--auto-approve']);
  await project.save(manifest(''));
  const { code, stderr } = await project.call(['apply', '--auto-approve', '--yield-overrides']);
  expect([code, stderr]).toEqual([0, expect.stringContaining('the pause of off is over')]);
  expect(await pauses()).toEqual(['dump']);
});
