import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lineAuthors } from '../../src/cli/line-authors.ts';

const directory = mkdtempSync(join(tmpdir(), 'jm2-authors-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'jobs.yaml');

function commit(text: string, author: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', `user.name=${author}`, '-c', 'user.email=a@b.example', ...args], {
      cwd: directory,
      encoding: 'utf8',
    }).trim();
  git('init', '-q');
  writeFileSync(file, text);
  git('add', '.');
  git('commit', '-qm', `by ${author}`);
  return git('rev-parse', 'HEAD');
}

it('tells who wrote each line as of a commit, whatever the work tree says now', async () => {
  const first = commit('a\nb\n', 'Ann');
  const second = commit('a\nc\n', 'Bob');
  writeFileSync(file, 'something else\n');
  const authors = await lineAuthors(file, second);
  expect(authors.get(1)).toMatchObject({ commit: first, author: 'Ann', summary: 'by Ann' });
  expect(authors.get(2)).toMatchObject({ commit: second, author: 'Bob' });
  expect(await lineAuthors(file, null)).toEqual(new Map());
  expect(await lineAuthors(file, 'f'.repeat(40))).toEqual(new Map());
});
