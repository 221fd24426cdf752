// Workflows and the action are what GitHub takes, by its own parser.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What is wrong with it, each with its place. */
export function problemsOf(name: string, content: string): string[] {
  const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

it.each(readdirSync(join(root, '.github/workflows')))('the workflow %s is one', (name) => {
  const content = readFileSync(join(root, '.github/workflows', name), 'utf8');
  expect(problemsOf(name, content)).toEqual([]);
});

it('the parser would say so if it were not', () => {
  expect(problemsOf('x.yml', 'on: push\njobs: {a: {runs-on: x, stepz: []}}')).not.toEqual([]);
});
