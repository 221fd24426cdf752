// The loop in a real work tree while git changes it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import { createManifestWatch } from '../../src/watch/manifest-watch.ts';
import { harness, type Harness } from './harness.ts';

let h: Harness;
const [major = 0, minor = 0] = (
  /\d+\.\d+/.exec(execFileSync('git', ['--version'], { encoding: 'utf8' }))?.[0] ?? ''
)
  .split('.')
  .map(Number);
const knowsReftable = major > 2 || minor >= 45;
const who = ['-c', 'user.name=a', '-c', 'user.email=a@b.example'];
const git = (...args: string[]) =>
  execFileSync('git', [...who, ...args], { cwd: h.directory, stdio: 'pipe' });
const inForce = (...jobs: string[]) => h.until(() => expect(h.jobs()).toEqual(jobs));
const write = (text: string) => writeFileSync(h.file, text);
const commit = (text: string) => {
  write(text);
  git('commit', '-qam', text.trim());
};

beforeEach(async () => {
  h = await harness('a 1\nb 1\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'first');
});
afterEach(() => h.end());

it('a switch between branches of 400 files comes into force as a whole, there and back', async () => {
  git('checkout', '-q', '-b', 'wide');
  for (let file = 0; file < 400; file += 1) {
    writeFileSync(join(h.directory, `f${file}`), `${file}`);
  }
  write('c 1\nd 1\n');
  git('add', '.');
  git('commit', '-qm', 'wide');
  git('checkout', '-q', 'main');
  await h.begin();
  git('checkout', '-q', 'wide');
  await inForce('c: 1', 'd: 1');
  git('checkout', '-q', 'main');
  await inForce('a: 1', 'b: 1');
  expect(h.store.revisions).toHaveLength(3);
});

it('a stash takes the change out of force, and its return brings it back', async () => {
  await h.begin();
  write('a 2\nb 1\n');
  await inForce('a: 2', 'b: 1');
  git('stash', '-q');
  await inForce('a: 1', 'b: 1');
  git('stash', 'pop', '-q');
  await inForce('a: 2', 'b: 1');
});

it.each(['rebase', 'merge'] as const)(
  'a %s that stops at a conflict is told and waited for, and its end is what counts',
  async (how) => {
    git('checkout', '-q', '-b', 'other');
    commit('a other\nb 1\n');
    git('checkout', '-q', 'main');
    commit('a main\nb 1\n');
    await h.begin();
    const stopped = spawnSync('git', [...who, how, 'other'], { cwd: h.directory });
    expect(stopped.status).not.toBe(0);
    await h.until(() => expect(h.reconciler.status().git).toMatchObject({ kind: how }));
    expect(h.jobs()).toEqual(['a: main', 'b: 1']);
    git(how, '--abort');
    await h.until(() => expect(h.reconciler.status().git).toBeNull());
    expect(h.reconciler.status().source.kind).toBe('accepted');
    expect(h.store.revisions).toHaveLength(1);
  },
);

it('a merge is over when it is committed, resolved as it was', async () => {
  git('checkout', '-q', '-b', 'other');
  commit('a other\nb 1\n');
  git('checkout', '-q', 'main');
  commit('a main\nb 1\n');
  await h.begin();
  spawnSync('git', [...who, 'merge', 'other'], { cwd: h.directory });
  // Resolved, but not yet the end of the merge: a person may still think otherwise.
  write('a both\nb 1\n');
  await h.until(() => expect(h.reconciler.status().git).toMatchObject({ kind: 'merge' }));
  expect(h.store.revisions).toHaveLength(1);
  git('commit', '-qam', 'merged');
  await inForce('a: both', 'b: 1');
  expect(h.store.revisions).toHaveLength(2);
});

it('a person may apply in the middle of a rebase', async () => {
  await h.begin();
  mkdirSync(join(h.directory, '.git', 'rebase-merge'));
  write('a 2\nb 1\n');
  await h.until(() => expect(h.reconciler.status().git).toMatchObject({ kind: 'rebase' }));
  expect(await h.reconciler.apply({ by: 'me', expected: null })).toMatchObject({ revision: 2 });
});

it('a rebase of three commits is one revision, at its end', async () => {
  git('checkout', '-q', '-b', 'work');
  for (const version of ['2', '3', '4']) commit(`a 1\nb ${version}\n`);
  git('checkout', '-q', 'main');
  writeFileSync(join(h.directory, 'other'), 'x');
  git('add', '.');
  git('commit', '-qm', 'beside');
  git('checkout', '-q', 'work');
  await h.begin();
  // Each step takes longer than a save is waited for.
  git('rebase', '-q', 'main', '--exec', 'sleep 0.5');
  commit('a 1\nb 5\n');
  await inForce('a: 1', 'b: 5');
  expect(h.store.revisions).toHaveLength(2);
});

it('a lock that no git holds is told and holds nobody up', async () => {
  await h.begin();
  const lock = join(h.directory, '.git', 'index.lock');
  writeFileSync(lock, '');
  utimesSync(lock, 1_000, 1_000);
  write('a 2\nb 1\n');
  await inForce('a: 2', 'b: 1');
  expect(h.reconciler.status().git).toMatchObject({ kind: 'lock', isStale: true, path: lock });
});

it('checkouts of single commits, as bisect makes them, come into force one by one', async () => {
  for (const version of ['2', '3']) commit(`a ${version}\nb 1\n`);
  await h.begin();
  git('checkout', '-q', 'HEAD~2');
  await inForce('a: 1', 'b: 1');
  git('checkout', '-q', 'main~1');
  await inForce('a: 2', 'b: 1');
});

describe('where only what is committed counts', () => {
  const begin = () => h.begin({ worktree: 'committed', watchFile });
  const watchFile = (path: string) => createManifestWatch(path, { clock: systemClock });
  const head = () => git('rev-parse', 'HEAD').toString().trim();

  it('a save changes nothing and is told, and its commit comes into force', async () => {
    await begin();
    write('a 2\nb 1\n');
    await h.until(() => expect(h.reconciler.status().committed?.isEdited).toBe(true));
    expect(h.jobs()).toEqual(['a: 1', 'b: 1']);
    git('commit', '-qam', 'second');
    await inForce('a: 2', 'b: 1');
    expect(h.store.revisions.at(-1)).toMatchObject({ number: 2, gitCommit: head() });
    expect(h.reconciler.status().committed).toEqual({ commit: head(), isEdited: false });
  });

  it('an amended commit, a packed branch and a detached HEAD are noticed', async () => {
    await begin();
    write('a 2\nb 1\n');
    git('commit', '-q', '--amend', '-am', 'first, better');
    await inForce('a: 2', 'b: 1');
    git('pack-refs', '--all');
    commit('a 3\nb 1\n');
    await inForce('a: 3', 'b: 1');
    git('checkout', '-q', '--detach', 'HEAD~1');
    await inForce('a: 2', 'b: 1');
  });

  it('a work tree beside the first one has its own HEAD', async () => {
    git('worktree', 'add', '-q', '-b', 'side', join(h.directory, 'side'));
    const manifestPath = join(h.directory, 'side', 'jobs.yaml');
    await h.begin({ worktree: 'committed', watchFile, manifestPath });
    writeFileSync(manifestPath, 'a side\n');
    execFileSync('git', [...who, 'commit', '-qam', 'side'], { cwd: join(h.directory, 'side') });
    await inForce('a: side');
  });

  it.skipIf(!knowsReftable)(
    'a commit is noticed where branches lie in a reftable [platform: needs git 2.45]',
    async () => {
      rmSync(join(h.directory, '.git'), { recursive: true });
      git('init', '-q', '-b', 'main', '--ref-format=reftable');
      git('add', '.');
      git('commit', '-qm', 'first');
      await begin();
      commit('a 2\nb 1\n');
      await inForce('a: 2', 'b: 1');
    },
  );

  it('a repository that this git cannot read is told, with what may help, and what runs runs on', async () => {
    await begin();
    // As `git init --ref-format=reftable` leaves it, before the first commit.
    git('config', 'core.repositoryFormatVersion', '1');
    git('config', 'extensions.refStorage', 'reftable');
    mkdirSync(join(h.directory, '.git', 'reftable'));
    writeFileSync(join(h.directory, '.git', 'reftable', 'tables.list'), '');
    writeFileSync(join(h.directory, '.git', 'HEAD'), 'ref: refs/heads/.invalid\n');
    await h.until(() => expect(h.reconciler.status().source.kind).toBe('unreadable'));
    expect(h.reconciler.status().source).toMatchObject({
      diagnostics: [
        {
          detail: expect.stringMatching(
            /no commit, or git is missing, too old for this repository/,
          ),
          hint: expect.stringContaining('worktree: files'),
        },
      ],
    });
    expect(h.jobs()).toEqual(['a: 1', 'b: 1']);
  });

  it('an amended commit does not end a hold on its content, and other content does', async () => {
    await begin();
    commit('a bad\nb 1\n');
    await inForce('a: bad', 'b: 1');
    await h.reconciler.applyText({
      by: 'me',
      text: 'a 1\nb 1\n',
      gitCommit: null,
      cause: 'rollback',
      mode: 'until_changed',
      expected: { revision: 2, desiredDigest: null },
      reason: 'bad is bad',
    });
    const held = { kind: 'pending', because: 'held' };
    git('commit', '-q', '--amend', '-m', 'bad, in other words');
    await h.until(() => expect(h.reconciler.status().committed?.commit).toBe(head()));
    expect(h.reconciler.status().sync).toMatchObject(held);
    write('a bad\nb 2\n');
    git('commit', '-q', '--amend', '-am', 'beside it something else');
    await h.until(() => expect(h.reconciler.status().committed?.commit).toBe(head()));
    await h.until(() => expect(h.reconciler.status().sync).toMatchObject(held));
    expect(h.jobs()).toEqual(['a: 1', 'b: 1']);
    write('a better\nb 2\n');
    git('commit', '-q', '--amend', '-am', 'better');
    await inForce('a: better', 'b: 2');
    expect(h.reconciler.status().hold).toBeNull();
  });

  it('a manifest that is in no commit is told with its remedy, and what runs runs on', async () => {
    await begin();
    git('rm', '-q', '--cached', 'jobs.yaml');
    git('commit', '-qm', 'gone');
    await h.until(() => expect(h.reconciler.status().source.kind).toBe('unreadable'));
    expect(h.reconciler.status().source).toMatchObject({
      diagnostics: [{ code: 'JM2-M002', hint: expect.stringContaining('worktree: files') }],
    });
    expect(h.jobs()).toEqual(['a: 1', 'b: 1']);
  });
});
