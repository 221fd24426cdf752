// Formats of validate and plan for pipelines: on stdout, in files, in the files
// that a runner names; wrong calls, and files that cannot be written.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Project } from '../support/cli.ts';

const base = 'version: 1\njobs:\n  backup: {schedule: "0 3 * * *", command: "true"}\n';
const proposal = `${base.replace('0 3', '0 4')}  fresh: {schedule: "@daily", command: "true"}\n`;
const against = ['--against', 'base.yaml', '--at', '2026-03-27T12:00:00Z'];

const into = (...files: string[]): string[] => files.flatMap((file) => ['--format-into', file]);

describe('formats', () => {
  let project: Project;
  beforeAll(async () => {
    project = await aProject(proposal);
    await writeFile(join(project.dir, 'base.yaml'), base);
    await writeFile(join(project.dir, 'broken.yaml'), base.replace('schedule', 'shedule'));
  });
  afterAll(() => project.cleanUp());
  const read = (name: string): Promise<string> => readFile(join(project.dir, name), 'utf8');

  it('prints one and writes others, each whole', async () => {
    const shown = ['plan', '--format', 'markdown', '--comment-id', 'prod', ...against];
    const files = ['json=plan.json', 'jsonl=plan.jsonl', 'human=plan.txt'];
    const { code, stdout } = await project.call([...shown, ...into(...files)]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!-- jm2-plan:prod -->\n### jm2 plan · prod · ✅ 2 changes\n/);
    expect(JSON.parse(await read('plan.json'))).toMatchObject({
      success: true,
      data: { summary: { create: 1, update: 1 } },
    });
    expect(await read('plan.txt')).toContain('Plan: 1 to create, 1 to update');
    const lines = (await read('plan.jsonl')).trimEnd().split('\n');
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(['version', 'change', 'change', 'plan_summary', 'end']);
  });

  it('names the lines of hazards, and adds to the files of a runner', async () => {
    const [summary, outputs] = ['summary.md', 'outputs'].map((name) => join(project.dir, name));
    await writeFile(summary ?? '', 'from the step before\n');
    const env = { GITHUB_STEP_SUMMARY: summary ?? '', GITHUB_OUTPUT: outputs ?? '' };
    const args = ['plan', '--format', 'github', ...against];
    const { code, stdout } = await project.call(args, { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^::stop-commands::(jm2-\w+)\n[^]*Plan: 1 to create[^]*\n::\1::/);
    expect(await read('summary.md')).toMatch(/^from the step before\n<!-- jm2-plan:default -->/);
    expect((await read('outputs')).split('\n')).toEqual(
      expect.arrayContaining(['changes=2', 'adds=1', 'approval_required=false']),
    );
  });

  it('tells problems of a manifest in every format, and ends with 3', async () => {
    const files = ['gitlab=v.json', 'junit=v.xml', 'markdown=v.md', 'dotenv=v.env'];
    const args = ['validate', '--format', 'github', '--comment-id', 'prod', '--format-into'];
    const more = ['sarif=v.sarif', 'broken.yaml', '--quiet', ...into(...files)];
    const { code, stdout } = await project.call([...args, ...more]);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^::error file=broken\.yaml,line=3,endLine=3,col=12,endColumn=19,title=/,
    );
    expect(await read('v.sarif')).toContain('"ruleId": "JM2-M201"');
    expect(JSON.parse(await read('v.json'))).toMatchObject([{ check_name: 'JM2-M201' }]);
    expect(await read('v.xml')).toContain('<failure ');
    expect(await read('v.md')).toMatch(/^<!-- jm2-validate:prod -->\n### jm2 validate · prod · ❌/);
    expect(await read('v.env')).toContain('JM2_ACCEPTED=false\nJM2_ERRORS=1\n');
    const plan = await project.call(['plan', 'broken.yaml', '--format', 'gitlab', ...against]);
    expect([plan.code, plan.stdout]).toEqual([3, '{}\n']);
  });

  it('has json as another name of --json, also for failures', async () => {
    const good = await project.call(['plan', '--format', 'json', ...against]);
    expect(good.json()).toMatchObject({ success: true, data: { summary: { create: 1 } } });
    const bad = await project.call(['plan', '--format=json', '--against', 'git:nowhere']);
    expect([bad.code, bad.json().error?.code]).toEqual([1, 'JM2-P210']);
  });

  it.each([
    ['an unknown format', ['--format', 'marked'], /none of human, json, /],
    ['an unknown format of a file', ['--format-into', 'markdwn=x'], /Did you mean markdown\?/],
    ['no format of a file', ['--format-into', 'plan.md'], /FORMAT=FILE/],
    ['no file', ['--format-into', 'sarif='], /names no file/],
    ['stdout as a file', ['--format-into', 'sarif=-'], /--format sarif/],
    ['the same file twice', ['--format-into', 'sarif=x', '--format-into', 'junit=./x'], /twice/],
    ['two words for stdout', ['--json', '--format', 'sarif'], /Leave out one/],
    ['a name that could end the mark', ['--comment-id', 'a --> b'], /letters, digits/],
    ['an empty name', ['--comment-id', ''], /letters, digits/],
  ])('refuses %s before anything is planned', async (_what, words, said) => {
    const { code, stdout, stderr } = await project.call(['plan', ...against, ...words]);
    expect(code).toBe(64);
    expect(stdout + stderr).toMatch(said);
  });

  it('tells the truth of the plan when a file cannot be written, and says which', async () => {
    await mkdir(join(project.dir, 'taken'), { recursive: true });
    const lost = into('sarif=absent/plan.sarif', 'junit=taken');
    const changed = ['plan', ...against, '--detailed-exitcode', ...lost];
    const told = await project.call([...changed, ...into('markdown=last.md')]);
    expect(told.code).toBe(2);
    expect(told.stdout).toContain('Plan: 1 to create');
    expect(told.stderr).toMatch(/JM2-P240[^]*absent\/plan\.sarif[^]*JM2-P240[^]*taken/);
    expect(await read('last.md')).toContain('### jm2 plan');
    const same = ['plan', 'base.yaml', '--json', '--format-into', 'dotenv=taken', ...against];
    const empty = await project.call(same);
    expect([empty.code, empty.json().error?.code]).toEqual([1, 'JM2-P240']);
    expect(empty.json().data['changes']).toEqual([]);
  });
});
