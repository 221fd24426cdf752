// A change of the manifest on its way through a pull request, with a bare
// repository in the place of a code host and the scripts of action.yml and
// docs/ci.md as they stand: validated and planned on the branch without secrets or
// daemon, told in a comment that is edited in place, merged, and applied where the
// jobs run, only if it does what was approved. Each test goes on where the one
// before it ended; the way as a whole is kept as a transcript.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { aProject, program, type Project } from '../support/cli.ts';

const root = join(import.meta.dirname, '../..');
const base = 'version: 1\njobs:\n  backup: {schedule: "0 3 * * *", command: "true"}\n';
const proposal = `${base.replace('0 3', '0 4')}  fresh: {schedule: "@daily", command: "true"}\n`;
const at = ['--at', '2031-03-27T12:00:00Z'];

let host: Project;
let pipeline: Project;
let comments: string;
const transcript: string[] = [];

function git(at: Project, ...args: string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b.example', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: at.dir, encoding: 'utf8', stdio: 'pipe' });
}

/** A call that the transcript tells. */
async function told(of: Project, args: readonly string[], env: Record<string, string> = {}) {
  const result = await of.call(args, { env });
  const said = `${result.stdout}${result.stderr}`.trimEnd();
  transcript.push(`$ jm2 ${args.join(' ')}\n${said}\n[${result.code}]`);
  return result;
}

/** A script of docs/ci.md or action.yml, as a runner would start it. */
function runScript(of: Project, script: string, env: Record<string, string>) {
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: of.dir,
    encoding: 'utf8',
    env: {
      PATH: `${join(root, 'test/fixtures/bin')}:${process.env['PATH'] ?? ''}`,
      HOME: of.home,
      JM2_HOME: join(of.home, '.jm2'),
      COMMENT_STORE: comments,
      JM2_COMMAND: `${process.execPath} ${program}`,
      JM2_MANIFEST: 'jobs.yaml',
      SOURCE: '',
      ...env,
    },
  });
}

function stepOf(file: string, name: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  const sources = file.endsWith('.md')
    ? [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, one = '']) => one)
    : [text];
  const steps = sources.flatMap((source) => {
    const { jobs = {}, runs } = parse(source) as {
      jobs?: Record<string, { steps?: Step[] }>;
      runs?: { steps: Step[] };
    };
    return [...Object.values(jobs), ...(runs === undefined ? [] : [runs])].flatMap(
      ({ steps = [] }) => steps,
    );
  });
  const found = steps.find((step) => step.name === name)?.run;
  if (found === undefined) throw new Error(`${file} has no step "${name}"`);
  return found;
}
interface Step {
  readonly name?: string;
  readonly run?: string;
}

const read = (name: string): string => readFileSync(join(pipeline.dir, name), 'utf8');
const outputOf = (text: string, name: string): string =>
  new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';

beforeAll(async () => {
  [host, pipeline] = await Promise.all([aProject(base), aProject(null)]);
  comments = join(pipeline.home, 'comments');
  mkdirSync(comments);
  writeFileSync(join(comments, '1'), 'What does <!-- jm2-plan:prod --> mean?\n');
  const origin = join(host.home, 'origin.git');
  git(host, 'init', '-q', '-b', 'main');
  git(host, 'add', 'jobs.yaml');
  git(host, 'commit', '-qm', 'first');
  git(host, 'clone', '-q', '--bare', '.', origin);
  git(host, 'remote', 'add', 'origin', origin);
  git(pipeline, 'clone', '-q', origin, '.');
  await host.call(['start', '--sync', 'manual']);
  await host.call(['apply', '--auto-approve']);
  git(pipeline, 'switch', '-qc', 'earlier');
  writeFileSync(pipeline.manifest, proposal);
  git(pipeline, 'commit', '-qam', 'later backup, and a fresh job');
  git(pipeline, 'push', '-q', 'origin', 'earlier');
});
afterAll(() => Promise.all([host.cleanUp(), pipeline.cleanUp()]));

let approved = '';
it('is validated and planned on its branch, once, in every format', async () => {
  const validated = await told(pipeline, ['validate', '--format-into', 'sarif=v.sarif']);
  expect([validated.code, JSON.parse(read('v.sarif'))]).toMatchObject([0, { version: '2.1.0' }]);
  const files = {
    json: 'p.json',
    jsonl: 'p.jsonl',
    markdown: 'plan.md',
    github: 'p.github',
    gitlab: 'p.gitlab',
    sarif: 'p.sarif',
    junit: 'p.xml',
    dotenv: 'p.env',
  };
  const into = Object.entries(files).flatMap(([name, file]) => [
    '--format-into',
    `${name}=${file}`,
  ]);
  const words = ['plan', '--against', 'git:origin/main', '--comment-id', 'prod', ...at, ...into];
  const env = { GITHUB_OUTPUT: join(pipeline.dir, 'outputs') };
  expect((await told(pipeline, words, env)).code).toBe(0);
  approved = outputOf(read('outputs'), 'impact_digest');
  expect(outputOf(read('p.env'), 'JM2_IMPACT_DIGEST')).toBe(approved);
  expect(JSON.parse(read('p.json'))).toMatchObject({ data: { impactDigest: approved } });
  expect(JSON.parse(read('p.gitlab'))).toEqual({ create: 1, update: 1, delete: 0 });
  expect(read('p.xml')).toMatch(/^<\?xml[^]*<testsuite/);
  expect(read('p.jsonl').trimEnd().split('\n').at(-1)).toContain('"end"');
  const [mark, head] = read('plan.md').split('\n');
  expect([mark, head]).toEqual(['<!-- jm2-plan:prod -->', '### jm2 plan · prod · ✅ 2 changes']);
  expect(read('plan.md')).toContain(approved.slice(3));
  transcript.push(`plan.md:\n\n${read('plan.md').trimEnd()}`);
});

it('is told in one comment, which a later run edits in place', () => {
  const script = stepOf('docs/ci.md', 'Edit the comment, or write the first');
  const env = { COMMENTS: 'repos/o/r/issues/7/comments', COMMENT: 'repos/o/r/issues/comments' };
  const write = () => runScript(pipeline, script, { ...env, GH_TOKEN: 'x' });
  expect(write()).toMatchObject({ status: 0, stderr: '' });
  writeFileSync(join(pipeline.dir, 'plan.md'), read('plan.md').replace('2 changes', '2 edited'));
  expect(write()).toMatchObject({ status: 0, stderr: '' });
  const all = readdirSync(comments).map((id) => readFileSync(join(comments, id), 'utf8'));
  expect(all).toEqual([expect.stringContaining('What does'), expect.stringContaining('2 edited')]);
});

it('says so when its base has gone on, and its comment is marked', async () => {
  const main = git(pipeline, 'rev-parse', 'origin/main').trim();
  git(pipeline, 'switch', '-qc', 'side', 'main');
  writeFileSync(pipeline.manifest, `${base}  other: {command: "true"}\n`);
  git(pipeline, 'commit', '-qam', 'beside it');
  git(pipeline, 'switch', '-q', 'earlier');
  const behind = await told(pipeline, ['plan', '--against', 'git:side', ...at]);
  expect(behind.stdout).toContain('! outdated  side has a commit on the manifest');
  const script = stepOf('docs/ci.md', 'Mark the comments that others have overtaken');
  const env = { ISSUES: 'repos/o/r/issues', GH_TOKEN: 'x', GH_REPO: 'o/r' };
  const headline = () => readFileSync(join(comments, '2'), 'utf8').split('\n')[1];
  expect(runScript(pipeline, script, { ...env, GITHUB_SHA: main })).toMatchObject({ status: 0 });
  expect(headline()).toBe('### jm2 plan · prod · ✅ 2 edited');
  for (const _ of [1, 2]) runScript(pipeline, script, { ...env, GITHUB_SHA: 'f'.repeat(40) });
  expect(headline()).toBe('### ⏳ outdated: jm2 plan · prod · ✅ 2 edited');
});

it('is applied after the merge, and only as it was approved, by the action', async () => {
  git(pipeline, 'switch', '-q', 'main');
  git(pipeline, 'merge', '-q', '--no-ff', '-m', 'merge', 'earlier');
  git(pipeline, 'push', '-q', 'origin', 'main');
  git(host, 'pull', '-q', '--ff-only', 'origin', 'main');
  const words = ['apply', '--auto-approve', '--expect-impact', approved];
  // What came between changes what would happen: nothing is applied.
  const merged = readFileSync(host.manifest, 'utf8');
  writeFileSync(host.manifest, merged.replace('0 4', '0 5'));
  const other = await host.call(words);
  expect([other.code, other.stderr]).toEqual([4, expect.stringContaining('JM2-P212')]);
  git(host, 'checkout', '-q', 'jobs.yaml');
  const applied = runScript(host, stepOf('action.yml', 'Apply'), { EXPECTED: approved });
  expect(applied.stderr).toContain('The impact is the one that was approved.');
  expect(applied.status).toBe(0);
  // Its plan is told by the clock of today: only what came of it belongs here.
  const end = applied.stdout.trimEnd().split('\n').at(-1);
  const said = `…\n${end}\n${applied.stderr.trimEnd()}`;
  transcript.push(`$ jm2 ${words.join(' ')}\n${said}\n[${applied.status}]`);
  const again = await told(host, ['plan', '--detailed-exitcode']);
  expect(again.code).toBe(0);
});

it('that breaks the manifest ends with 3, and says so in the comment', async () => {
  git(pipeline, 'switch', '-qc', 'broken');
  writeFileSync(pipeline.manifest, base.replace('0 3', '0 25'));
  const asked = ['plan', '--against', 'git:origin/main', '--format', 'markdown'];
  const { code, stdout } = await pipeline.call(asked);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^<!-- jm2-plan:default -->\n### jm2 plan · ❌ not accepted · 1 error\n/);
});

it('is validated and planned by the scripts of the action as well', () => {
  git(pipeline, 'checkout', '-q', '--', 'jobs.yaml');
  git(pipeline, 'switch', '-q', 'earlier');
  const files = runScript(pipeline, stepOf('action.yml', 'Find or build jm2'), {
    GITHUB_OUTPUT: join(pipeline.dir, 'a-files'),
    RUNNER_TEMP: pipeline.home,
  });
  expect(files.status).toBe(0);
  const env = {
    COMMENT: outputOf(read('a-files'), 'comment'),
    SARIF: outputOf(read('a-files'), 'sarif'),
    GITHUB_OUTPUT: join(pipeline.dir, 'a-outputs'),
    GITHUB_STEP_SUMMARY: join(pipeline.dir, 'a-summary'),
    ENVIRONMENT: 'prod',
    AGAINST: 'git:origin/main~1',
  };
  for (const step of ['Validate', 'Plan']) {
    expect(runScript(pipeline, stepOf('action.yml', step), env).status).toBe(0);
  }
  expect(readFileSync(env.COMMENT, 'utf8')).toMatch(/^<!-- jm2-plan:prod -->\n.* 2 changes\n/);
  expect(readFileSync(env.SARIF, 'utf8')).toContain('"version": "2.1.0"');
  expect(read('a-summary')).toContain('### jm2 plan · prod');
  expect(outputOf(read('a-outputs'), 'changes')).toBe('2');
});

it('does not become a commit while the hook finds a problem in it', () => {
  const hooks = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as {
    entry: string;
    files: string;
    pass_filenames?: boolean;
  }[];
  const staged = 'git diff --cached --name-only --diff-filter=ACM';
  // What pre-commit does with these entries, without its environments.
  const script = hooks.map(({ entry, files, pass_filenames: passes = true }) => {
    const names = `names=$(${staged} | grep -E '${files}') || names=''`;
    return `${names}; [ -z "$names" ] || ${entry}${passes ? ' $names' : ''}`;
  });
  const jm2 = join(pipeline.home, 'jm2');
  writeFileSync(jm2, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  chmodSync(jm2, 0o755);
  const hook = join(pipeline.dir, '.git/hooks/pre-commit');
  writeFileSync(hook, `#!/bin/sh\nset -e\nPATH=${pipeline.home}:$PATH\n${script.join('\n')}\n`);
  chmodSync(hook, 0o755);
  mkdirSync(join(pipeline.dir, 'team'));
  writeFileSync(join(pipeline.dir, 'team/jobs.yml'), base.replace('schedule', 'shedule'));
  git(pipeline, 'add', 'team');
  expect(() => git(pipeline, 'commit', '-qm', 'broken')).toThrow('did you mean "schedule"?');
  writeFileSync(join(pipeline.dir, 'team/jobs.yml'), base);
  git(pipeline, 'add', 'team');
  git(pipeline, 'commit', '-qm', 'mended');
  expect(git(pipeline, 'log', '-1', '--format=%s')).toBe('mended\n');
});

it('reads in one piece as its transcript says', async () => {
  const text = `${transcript.join('\n\n')}\n`
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    .replaceAll(/\b[0-9a-f]{40}\b/g, 'COMMIT')
    .replaceAll(/\b[0-9a-f]{10}\b/g, 'COMMIT')
    .replaceAll(/plan <code>[0-9a-f]{8}/g, 'plan <code>PLAN')
    .replaceAll(/as of [A-Z][a-z]{2} 20(?!31)[^,]*,/g, 'as of NOW,')
    .replaceAll(/time-zone data \w+/g, 'time-zone data RELEASE')
    .replaceAll(/jm2 \d+\.\d+\.\d+/g, 'jm2 VERSION');
  await expect(text).toMatchFileSnapshot(join(root, 'test/golden/pull-request.txt'));
});
