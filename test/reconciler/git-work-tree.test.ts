import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headCommit, isGitBusy } from '../../src/reconciler/git-work-tree.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jm2-git-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

describe('the commit of the work tree', () => {
  it('is the one HEAD names, from any directory below', async () => {
    git('init', '-q');
    expect(await headCommit(root)).toBeNull();
    git('commit', '-q', '--allow-empty', '-m', 'one');
    await mkdir(join(root, 'ops'));
    expect(await headCommit(join(root, 'ops'))).toBe(git('rev-parse', 'HEAD'));
  });

  it('is null without a repository, a directory or git', async () => {
    expect(await headCommit(root)).toBeNull();
    expect(await headCommit(join(root, 'gone'))).toBeNull();
    expect(await headCommit(root, { path: '/nonexistent' })).toBeNull();
  });
});

describe('git is busy', () => {
  const now = Date.now();

  async function lock(directory: string, at: number): Promise<void> {
    await writeFile(join(directory, 'index.lock'), '');
    await utimes(join(directory, 'index.lock'), at / 1000, at / 1000);
  }

  it('while a fresh lock of the index lies there, also for a directory below', async () => {
    await mkdir(join(root, '.git'));
    await mkdir(join(root, 'ops'));
    expect(await isGitBusy(join(root, 'ops'), now)).toBe(false);
    await lock(join(root, '.git'), now);
    expect(await isGitBusy(join(root, 'ops'), now)).toBe(true);
  });

  it('no more when the lock is one that a dead git left behind', async () => {
    await mkdir(join(root, '.git'));
    await lock(join(root, '.git'), now - 11_000);
    expect(await isGitBusy(root, now)).toBe(false);
  });

  it('in a linked work tree, whose directory a file names', async () => {
    await mkdir(join(root, 'real'));
    await mkdir(join(root, 'tree'));
    await writeFile(join(root, 'tree', '.git'), `gitdir: ${join(root, 'real')}\n`);
    await lock(join(root, 'real'), now);
    expect(await isGitBusy(join(root, 'tree'), now)).toBe(true);
  });
});
