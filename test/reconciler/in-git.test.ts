// The loop in a real work tree while git changes it.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { harness, type Harness } from './harness.ts';

let h: Harness;
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

it.each(['rebase', 'merge'])(
  'a %s that stops at a conflict changes nothing, and its end is what counts',
  async (how) => {
    git('checkout', '-q', '-b', 'other');
    commit('a other\nb 1\n');
    git('checkout', '-q', 'main');
    commit('a main\nb 1\n');
    await h.begin();
    const stopped = spawnSync('git', [...who, how, 'other'], { cwd: h.directory });
    expect(stopped.status).not.toBe(0);
    await h.until(() => expect(h.reconciler.status().source.kind).toBe('invalid'));
    expect(h.jobs()).toEqual(['a: main', 'b: 1']);
    git(how, '--abort');
    await h.until(() => expect(h.reconciler.status().source.kind).toBe('accepted'));
    expect(h.store.revisions).toHaveLength(1);
  },
);
