import { expect, it } from 'vitest';
import { actorOf } from '../../src/cli/who.ts';

const github = {
  GITHUB_SERVER_URL: 'https://git.example',
  GITHUB_REPOSITORY: 'ops/jobs',
  GITHUB_RUN_ID: '17',
};
it.each([
  [{}, 'cli (ann)'],
  [{ CI: 'false', CI_JOB_URL: 'https://ci.example/1' }, 'cli (ann)'],
  [{ CI: 'true' }, 'ci (ann)'],
  [{ CI: 'true', ...github }, 'ci (https://git.example/ops/jobs/actions/runs/17)'],
  [{ CI: '1', CI_JOB_URL: 'https://ci.example/1' }, 'ci (https://ci.example/1)'],
])('%j is %s', (env, actor) => {
  expect(actorOf(env, 'ann')).toBe(actor);
});
