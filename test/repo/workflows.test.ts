// Workflows, the action, the hooks and the examples in docs/ci.md: what GitHub
// takes by its own parser, and calls of jm2 that jm2 takes.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { commandTable } from '../../src/cli/command-table.ts';
import { parse } from '../../src/cli/parse-call.ts';
import { bundle } from '../support/bundle.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { workflowProblems, actionProblems } = (await import(
  await bundle(join(root, 'test/support/workflow-parser.fixture.ts'))
)) as typeof import('../support/workflow-parser.fixture.ts');
const action = parseYaml(read('action.yml')) as {
  inputs: Record<string, { description: string }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: { run: string; env?: Record<string, string> }[] };
};
const examples = [...read('docs/ci.md').matchAll(/```yaml\n([^]*?)```/g)].map(
  ([, text = '']) => text,
);
const workflows: [string, string][] = [
  ...readdirSync(join(root, '.github/workflows')).map((name): [string, string] => [
    name,
    read(join('.github/workflows', name)),
  ]),
  ...examples
    .filter((text) => /^on:/m.test(text))
    .map((text, at): [string, string] => [`docs/ci.md ${at}`, text]),
];

describe('workflows', () => {
  it('are three at least, and each is one', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(3);
    for (const [name, content] of workflows) expect(workflowProblems(content), name).toEqual([]);
  });

  it('would not be by the parser with a key that there is not', () => {
    expect(workflowProblems('on: push\njobs: {a: {runs-on: x, stepz: []}}')).not.toEqual([]);
  });

  it('give the action inputs that it has, and read outputs that it has', () => {
    const own = workflows.flatMap(([, text]) => {
      const { jobs } = parseYaml(text) as { jobs: Record<string, { steps: Step[] }> };
      return Object.values(jobs).flatMap(({ steps }) => steps);
    });
    const given = own
      .filter(({ uses }) => uses?.startsWith('OWNER/jm2@') === true)
      .flatMap((step) => Object.keys(step.with ?? {}));
    expect(given.filter((name) => action.inputs[name] === undefined)).toEqual([]);
    const asked = [...read('docs/ci.md').matchAll(/steps\.jm2\.outputs\.([\w-]+)/g)];
    expect(asked.length).toBeGreaterThan(0);
    expect(
      asked.map(([, name = '']) => name).filter((name) => action.outputs[name] === undefined),
    ).toEqual([]);
  });
});

interface Step {
  readonly uses?: string;
  readonly with?: Record<string, string>;
}

describe('the action', () => {
  it('is one by the parser of its host', () => {
    expect(actionProblems(read('action.yml'))).toEqual([]);
    expect(actionProblems('name: x\nruns: {using: composite, stepz: []}')).not.toEqual([]);
  });

  it('lets no value become part of a script, and its scripts are bash', () => {
    for (const { run } of action.runs.steps) {
      expect(run).not.toContain('${{');
      execFileSync('bash', ['-n'], { input: run });
    }
  });

  it('uses every input, and documents each', () => {
    const text = read('action.yml');
    for (const [name, { description }] of Object.entries(action.inputs)) {
      expect(description, name).not.toBe('');
      expect(text, name).toContain(`inputs.${name} `);
    }
  });
});

/** The words of each call of jm2 in a text, its variables as words. */
function callsIn(text: string): string[][] {
  return [
    ...text.matchAll(/(?:^|[\s`])jm2 ((?:validate|plan|apply|fmt|snapshot)\b[^\n`|&]*)/g),
  ].map(([, words = '']) => words.trim().replace(/["']/g, '').split(/\s+/));
}

it('every call of jm2 in the examples and hooks is one that jm2 takes', async () => {
  const joined = examples.map((text) => text.replace(/\n\s+(?=--)/g, ' '));
  const blocks = [...read('docs/ci.md').matchAll(/```sh\n([^]*?)```/g)].map(
    ([, text = '']) => text,
  );
  const calls = [...joined, ...blocks, read('.pre-commit-hooks.yaml')].flatMap(callsIn);
  expect(calls.length).toBeGreaterThanOrEqual(7);
  for (const words of calls) {
    const definition = await commandTable.find(({ name }) => name === words[0])?.load();
    if (definition === undefined) throw new Error(words.join(' '));
    expect(
      parse(definition, words, '', () => {}),
      words.join(' '),
    ).not.toBeNull();
  }
});

it('the options that the action gives are options of their commands', async () => {
  const given = action.runs.steps.slice(1).flatMap(({ run }) => {
    const command = commandTable.find(
      ({ name }) => run.includes(`=(${name} `) || run.includes(`}" ${name} `),
    );
    if (command === undefined) return [];
    return [{ command, options: run.match(/(?<=[ (])--[a-z-]+/g) ?? [] }];
  });
  expect(given.map(({ command }) => command.name)).toEqual(['validate', 'plan', 'apply']);
  for (const { command, options } of given) {
    const known = (await command.load()).options.flatMap(({ flags }) => flags.split(/[ ,]+/));
    expect(options.filter((option) => !known.includes(option))).toEqual([]);
  }
});

it('the hooks of pre-commit have what it wants of a hook', () => {
  const hooks = parseYaml(read('.pre-commit-hooks.yaml')) as Record<string, unknown>[];
  for (const hook of hooks) {
    expect(hook).toMatchObject({
      id: expect.stringMatching(/^jm2-/),
      name: expect.any(String),
      entry: expect.stringMatching(/^jm2 /),
      language: 'system',
    });
    expect(new RegExp(String(hook['files'])).test('deploy/jobs.yaml')).toBe(true);
  }
});

it('the reports of the GitLab example are ones that GitLab knows', () => {
  const [text = ''] = examples.filter((one) => /^stages:/m.test(one));
  const pipeline = parseYaml(text) as Record<string, { artifacts?: { reports: object } }>;
  expect(Object.keys(pipeline['jobs-plan']?.artifacts?.reports ?? {})).toEqual([
    'codequality',
    'junit',
    'terraform',
    'dotenv',
  ]);
});
