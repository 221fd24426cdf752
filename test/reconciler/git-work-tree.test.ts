import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitActivity } from '../../src/reconciler/git-activity.ts';
import { commitWith } from '../../src/reconciler/git-work-tree.ts';

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

describe('the commit of a manifest', () => {
  const content = Buffer.from('version: 1\njobs: {}\n');

  async function committed(...init: string[]): Promise<string> {
    git('init', '-q', ...init);
    await mkdir(join(root, 'ops'));
    const file = join(root, 'ops', 'jobs.yaml');
    await writeFile(file, content);
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    return file;
  }

  it.each(['sha1', 'sha256'])('is the one HEAD names, with ids of %s', async (format) => {
    const file = await committed(`--object-format=${format}`);
    expect(await commitWith(file, content)).toBe(git('rev-parse', 'HEAD'));
  });

  it('is found through a symbolic link', async () => {
    const file = await committed();
    await symlink(file, join(root, 'link.yaml'));
    expect(await commitWith(join(root, 'link.yaml'), content)).toBe(git('rev-parse', 'HEAD'));
  });

  it('is null for bytes that HEAD does not have', async () => {
    const file = await committed();
    const edited = Buffer.from('version: 1\njobs: {a: {command: x}}\n');
    expect(await commitWith(file, edited)).toBeNull();
    await writeFile(file, edited);
    git('add', '.');
    expect(await commitWith(file, edited)).toBeNull();
    git('commit', '-q', '-m', 'two');
    expect(await commitWith(file, edited)).toBe(git('rev-parse', 'HEAD'));
    await writeFile(join(root, 'ops', 'other.yaml'), content);
    expect(await commitWith(join(root, 'ops', 'other.yaml'), content)).toBeNull();
  });

  it('is null without a repository, a commit, the file or git', async () => {
    const file = join(root, 'jobs.yaml');
    expect(await commitWith(file, content)).toBeNull();
    await writeFile(file, content);
    expect(await commitWith(file, content)).toBeNull();
    git('init', '-q');
    expect(await commitWith(file, content)).toBeNull();
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    expect(await commitWith(file, content)).not.toBeNull();
    expect(await commitWith(file, content, { path: '/nonexistent' })).toBeNull();
  });
});

describe('what git does to the work tree', () => {
  const now = Date.now();
  const seen = (directory: string, isGitBelow = false) =>
    gitActivity(directory, now, () => Promise.resolve(isGitBelow));

  async function lock(directory: string, at: number): Promise<void> {
    await writeFile(join(directory, 'index.lock'), '');
    await utimes(join(directory, 'index.lock'), at / 1000, at / 1000);
  }

  it('is a lock of the index, also for a directory below', async () => {
    await mkdir(join(root, '.git'));
    await mkdir(join(root, 'ops'));
    expect(await seen(join(root, 'ops'))).toBeNull();
    await lock(join(root, '.git'), now);
    expect(await seen(join(root, 'ops'))).toMatchObject({ kind: 'lock', isStale: false });
  });

  it.each([
    ['of 11 s without a git', 11_000, false, true],
    ['of 11 s with a git at work there', 11_000, true, false],
    ['of 11 minutes, even with a git', 660_000, true, true],
    ['from the future, without a git', -11_000, false, true],
  ])('a lock %s', async (_what, ageMs, isGitBelow, isStale) => {
    await mkdir(join(root, '.git'));
    await lock(join(root, '.git'), now - ageMs);
    expect(await seen(root, isGitBelow)).toMatchObject({ kind: 'lock', isStale });
  });

  it.each([
    ['rebase-merge', 'rebase'],
    ['rebase-apply', 'rebase'],
    ['MERGE_HEAD', 'merge'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
  ])('%s tells of a %s, however old', async (name, kind) => {
    await mkdir(join(root, '.git'));
    const sign = join(root, '.git', name);
    await writeFile(sign, '');
    await utimes(sign, 1_000, 1_000);
    expect(await seen(root)).toMatchObject({ kind, since: 1_000_000, isStale: false, path: sign });
  });

  it('is told of a linked work tree and of a submodule, whose directory a file names', async () => {
    await mkdir(join(root, 'real'));
    await mkdir(join(root, 'tree'));
    await writeFile(join(root, 'tree', '.git'), 'gitdir: ../real\n');
    await lock(join(root, 'real'), now);
    expect(await seen(join(root, 'tree'))).toMatchObject({ kind: 'lock', isStale: false });
  });

  it('is found by asking for processes when the lock is older', async () => {
    await mkdir(join(root, '.git'));
    await lock(join(root, '.git'), now - 11_000);
    expect(await gitActivity(root, now)).toMatchObject({ isStale: true });
  });
});
