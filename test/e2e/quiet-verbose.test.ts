// What the help promises of --quiet ("results and errors only") and of --verbose ("which
// files are used, and more about errors"), command by command.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
beforeAll(async () => {
  project = await aProject(`version: 1
jobs:
  alpha: {command: "true", schedule: "0 3 * * *"}
  beta: {command: "true"}
`);
  await project.call(['start', '--quiet']);
  await project.call(['run', 'alpha', '--wait', '--quiet']);
});
afterAll(() => project.cleanUp());

describe('--quiet', () => {
  it.concurrent.each<readonly string[]>([
    ['start'],
    ['run', 'beta', '--wait'],
    ['rerun', 'alpha'],
    ['wait', 'alpha'],
    ['pause', 'beta'],
    ['skip-next', 'alpha'],
    ['apply'],
    ['fmt'],
    ['flush'],
    ['logs', 'alpha'],
    ['backup', 'saved'],
    ['config', 'set', 'grace', '20s'],
    ['init', '--dir', 'fresh'],
  ])('leaves out what only confirms: %s %s %s %s', async (...args) => {
    const { code, stdout, stderr } = await project.call([...args, '-q']);
    expect([code, stdout, stderr]).toEqual([0, '', '']);
  });

  it.concurrent.each<readonly string[]>([
    ['list'],
    ['status', '--short'],
    ['show', 'alpha'],
    ['why', 'alpha'],
    ['preview'],
    ['plan'],
    ['validate'],
    ['queue'],
    ['edit', 'beta', '--timeout', '9s', '--dry-run'],
  ])('keeps the result of %s %s %s', async (...args) => {
    const { code, stdout, stderr } = await project.call([...args, '--quiet']);
    expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/./), '']);
  });

  it('keeps errors, and wins over --verbose for remarks', async () => {
    const { code, stderr } = await project.call(['run', 'nope', '--quiet', '--verbose']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error\[JM2-R101\]/)]);
  });
});

describe('--verbose', () => {
  it.concurrent.each<readonly string[]>([
    ['list'],
    ['preview'],
    ['validate'],
    ['history', '--json'],
    ['edit', 'beta', '--timeout', '9s', '--dry-run'],
  ])('says which files %s uses, on stderr alone', async (...args) => {
    const { stdout, stderr } = await project.call([...args, '--verbose']);
    expect(stderr).toMatch(/^manifest .*jobs\.yaml\nstate directory .*project/);
    expect(stdout).not.toContain('state directory');
  });

  it('says which settings file gave a value', async () => {
    await project.call(['config', 'set', 'grace', '20s']);
    const { stderr } = await project.call(['list', '--verbose']);
    expect(stderr).toMatch(/^settings file .*jm2.*$/m);
  });

  it('says of an error what caused it, which stays away without it', async () => {
    const args = ['init', '--dir', '/dev/null/below'];
    expect((await project.call([...args, '--verbose'])).stderr).toMatch(/\n {2}Error: ENOTDIR.*\n/);
    expect((await project.call(args)).stderr).not.toContain('Error: ENOTDIR');
  });
});
