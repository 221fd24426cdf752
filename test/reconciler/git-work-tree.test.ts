import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitWith, isGitBusy } from '../../src/reconciler/git-work-tree.ts';

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
