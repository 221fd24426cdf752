import { afterEach, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

it('a command sees its own environment, and nothing of those who started the daemon or the run', async () => {
  project = await aProject(
    'version: 1\njobs:\n  names:\n    env: {GREETING: hello}\n    command: [env]\n',
  );
  const env = { SECRET_OF_CALLER: 'x', NODE_OPTIONS: '--no-warnings' };
  expect((await project.call(['start'], { env })).code).toBe(0);
  const { stdout } = await project.call(['run', 'names', '--wait'], { env });
  const names = stdout.split('\n').filter((line) => line !== '');
  expect(names.map((line) => line.slice(0, line.indexOf('='))).toSorted()).toEqual([
    'GREETING',
    'HOME',
    'JM2_ATTEMPT',
    'JM2_JOB',
    'JM2_RUN_ID',
    'LANG',
    'LOGNAME',
    'PATH',
    'SHELL',
    'USER',
  ]);
});
