// A change of the manifest on its way through a pull request, with a bare
// repository in the place of a code host: planned on the branch without secrets or
// daemon, merged, and applied where the jobs run, only if it does what was approved.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { aProject, program, type Project } from '../support/cli.ts';

const base = 'version: 1\njobs:\n  backup: {schedule: "0 3 * * *", command: "true"}\n';
const proposal = `${base.replace('0 3', '0 4')}  fresh: {schedule: "@daily", command: "true"}\n`;

let host: Project;
let pipeline: Project;

function git(at: Project, ...args: string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b.example', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: at.dir, encoding: 'utf8', stdio: 'pipe' });
}

beforeAll(async () => {
  [host, pipeline] = await Promise.all([aProject(base), aProject(null)]);
  const origin = join(host.home, 'origin.git');
  git(host, 'init', '-q', '-b', 'main');
  git(host, 'add', 'jobs.yaml');
  git(host, 'commit', '-qm', 'first');
  git(host, 'clone', '-q', '--bare', '.', origin);
  git(host, 'remote', 'add', 'origin', origin);
  git(pipeline, 'clone', '-q', origin, '.');
  await host.call(['start', '--sync', 'manual']);
  await host.call(['apply', '--auto-approve']);
});
afterAll(() => Promise.all([host.cleanUp(), pipeline.cleanUp()]));

it('is planned on its branch, merged, and applied as it was approved', async () => {
  git(pipeline, 'switch', '-qc', 'earlier');
  await writeFile(pipeline.manifest, proposal);
  git(pipeline, 'commit', '-qam', 'later backup, and a fresh job');
  git(pipeline, 'push', '-q', 'origin', 'earlier');

  const env = { GITHUB_OUTPUT: join(pipeline.dir, 'outputs') };
  const asked = ['plan', '--against', 'git:origin/main', '--format', 'github'];
  const planned = await pipeline.call(
    [...asked, '--format-into', 'markdown=plan.md', '--comment-id', 'prod'],
    { env },
  );
  expect(planned.code).toBe(0);
  const comment = await readFile(join(pipeline.dir, 'plan.md'), 'utf8');
  expect(comment).toMatch(/^<!-- jm2-plan:prod -->\n### jm2 plan · prod · ✅ 2 changes\n/);
  const outputs = await readFile(env.GITHUB_OUTPUT, 'utf8');
  const digest = /^impact_digest=(.*)$/m.exec(outputs)?.[1] ?? '';
  expect(comment).toContain(digest.slice(3));

  git(pipeline, 'switch', '-q', 'main');
  git(pipeline, 'merge', '-q', '--no-ff', '-m', 'merge', 'earlier');
  git(pipeline, 'push', '-q', 'origin', 'main');

  // What came between changes what would happen: nothing is applied.
  git(host, 'pull', '-q', '--ff-only', 'origin', 'main');
  const merged = await readFile(host.manifest, 'utf8');
  await writeFile(host.manifest, merged.replace('0 4', '0 5'));
  const words = ['apply', '--auto-approve', '--expect-impact', digest];
  const other = await host.call(words);
  expect([other.code, other.stderr]).toEqual([4, expect.stringContaining('JM2-P212')]);

  git(host, 'checkout', '-q', 'jobs.yaml');
  const applied = await host.call(words);
  expect(applied.stderr).toContain('The impact is the one that was approved.');
  expect(applied.code).toBe(0);
  const again = await host.call(['plan', '--detailed-exitcode', '--json']);
  expect([again.code, again.json().data['changes']]).toEqual([0, []]);
});

it('that breaks the manifest ends with 3, and says so in the comment', async () => {
  git(pipeline, 'switch', '-qc', 'broken');
  await writeFile(pipeline.manifest, base.replace('0 3', '0 25'));
  const asked = ['plan', '--against', 'git:origin/main', '--format', 'markdown'];
  const { code, stdout } = await pipeline.call(asked);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^<!-- jm2-plan:default -->\n### jm2 plan · ❌ not accepted · 1 error\n/);
});

it('is validated and planned by the scripts of the action as well', async () => {
  const text = await readFile(join(import.meta.dirname, '../../action.yml'), 'utf8');
  const { steps } = (parse(text) as { runs: { steps: { name: string; run: string }[] } }).runs;
  git(pipeline, 'checkout', '-q', '--', 'jobs.yaml');
  git(pipeline, 'switch', '-q', 'earlier');
  const files = ['PLAN', 'SARIF', 'GITHUB_OUTPUT'].map((name) => join(pipeline.dir, `a-${name}`));
  const [COMMENT = '', SARIF = '', GITHUB_OUTPUT = ''] = files;
  const env = {
    PATH: process.env['PATH'],
    HOME: pipeline.home,
    COMMENT,
    SARIF,
    GITHUB_OUTPUT,
    SOURCE: '',
    JM2_MANIFEST: 'jobs.yaml',
    JM2_COMMAND: `${process.execPath} ${program}`,
    ENVIRONMENT: 'prod',
    AGAINST: 'git:origin/main~1',
  };
  for (const { run } of steps.filter(({ name }) => ['Validate', 'Plan'].includes(name))) {
    execFileSync('bash', ['-e', '-o', 'pipefail', '-c', run], { cwd: pipeline.dir, env });
  }
  expect(await readFile(COMMENT, 'utf8')).toMatch(/^<!-- jm2-plan:prod -->\n.* 2 changes\n/);
  expect(await readFile(SARIF, 'utf8')).toContain('"version": "2.1.0"');
  expect(await readFile(GITHUB_OUTPUT, 'utf8')).toMatch(/^changes=2$/m);
});
