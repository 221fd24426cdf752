// Lines under review, as git tells them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseOfReview, changedLines, spansOf } from '../../../src/cli/formats/changed-lines.ts';

it('reads the newer side of each hunk, and nothing of what was only removed', () => {
  const diff = '+++ b/x\n@@ -3 +3 @@ jobs:\n-a\n+b\n@@ -9,2 +9,0 @@\n@@ -12,0 +11,3 @@\n';
  expect(spansOf(diff)).toEqual([
    { first: 3, last: 3 },
    { first: 11, last: 13 },
  ]);
});

it.each([
  ['git:main', {}, { ref: 'main', isBranch: false }],
  ['git:main', { GITHUB_BASE_REF: 'other' }, { ref: 'main', isBranch: false }],
  ['base.yaml', { GITHUB_BASE_REF: 'other' }, null],
  [null, { GITHUB_BASE_REF: 'main' }, { ref: 'origin/main', isBranch: true }],
  [null, { CI_MERGE_REQUEST_DIFF_BASE_SHA: 'abc' }, { ref: 'abc', isBranch: false }],
  [null, { GITHUB_BASE_REF: '', CI_MERGE_REQUEST_DIFF_BASE_SHA: '' }, null],
  [null, {}, null],
])('the base of a review by %s and %o is %o', (against, environment, base) => {
  expect(baseOfReview(against, environment)).toEqual(base);
});

describe('in a repository', () => {
  let dir: string;
  const at = (line: number) => ({ start: { line, column: 1 }, end: { line, column: 2 } });
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'jm2-lines-'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
        cwd: dir,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'main');
    writeFileSync(join(dir, 'jobs.yaml'), 'a\nb\nc\n');
    git('add', '.');
    git('commit', '-qm', 'first');
    git('switch', '-qc', 'branch');
    writeFileSync(join(dir, 'jobs.yaml'), 'a\nB\nc\n');
    git('commit', '-qam', 'second');
    git('switch', '-q', 'main');
    writeFileSync(join(dir, 'jobs.yaml'), 'A\nb\nc\n');
    git('commit', '-qam', 'the base goes on');
    git('switch', '-q', 'branch');
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('are those that differ from the commit, or of a branch from where it began', async () => {
    const against = await changedLines(dir, { ref: 'main', isBranch: false }, ['jobs.yaml']);
    expect([1, 2, 3].map((line) => against('jobs.yaml', at(line)))).toEqual([true, true, false]);
    const ofBranch = await changedLines(dir, { ref: 'main', isBranch: true }, ['jobs.yaml']);
    expect([1, 2].map((line) => ofBranch('jobs.yaml', at(line)))).toEqual([false, true]);
    expect([ofBranch(null, at(2)), ofBranch('jobs.yaml', null)]).toEqual([false, false]);
  });

  it.each(['nowhere', '--output=x'])('are unknown without a base such as %s', async (ref) => {
    const none = await changedLines(dir, { ref, isBranch: false }, ['jobs.yaml']);
    expect(none('jobs.yaml', at(2))).toBe(false);
  });
});
