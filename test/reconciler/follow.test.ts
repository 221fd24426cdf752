import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import type { Clock } from '../../src/system/clock.ts';
import { harness, manyJobs } from './harness.ts';
import type { Harness } from './harness.ts';

let h: Harness;

afterEach(() => h.end());

async function running(content: string | null): Promise<void> {
  h = await harness(content);
  await h.begin();
}

async function saveAtomically(content: string): Promise<void> {
  const temporary = join(h.directory, '.jobs.yaml.new');
  await writeFile(temporary, content);
  await rename(temporary, h.file);
}

const inForce = (...jobs: string[]) => h.until(() => expect(h.jobs()).toEqual(jobs));
const condition = () => h.reconciler.status().source.kind;

describe('the reconciler', () => {
  it('puts the manifest in force at start, as revision 1 by "start"', async () => {
    await running('a true\n');
    expect(h.jobs()).toEqual(['a: true']);
    expect(h.store.revisions).toMatchObject([
      { number: 1, appliedBy: 'start', source: 'a true\n' },
    ]);
    expect(h.loads).toEqual([['a']]);
    expect(h.reconciler.status()).toMatchObject({
      source: { kind: 'accepted' },
      sync: { kind: 'synced' },
      appliedRevision: 1,
    });
  });

  it('applies a save, and takes only what has changed meaning for a revision', async () => {
    await running('a true\n');
    await writeFile(h.file, 'a true\nb false\n');
    await inForce('a: true', 'b: false');
    await writeFile(h.file, 'a true\n\n\nb false\n');
    await h.reconciler.reconcileNow('test');
    expect(h.store.revisions.map((revision) => revision.appliedBy)).toEqual(['start', 'watcher']);
  });

  it('follows atomic saves three times in a row', async () => {
    await running('a 1\n');
    for (const content of ['a 2\n', 'a 3\n', 'a 4\n']) {
      await saveAtomically(content);
      await inForce(`a: ${content[2]}`);
    }
    expect(h.store.revisions).toHaveLength(4);
  });

  it('follows a config map swapped by its ..data link three times', async () => {
    h = await harness(null);
    const fill = async (name: string) => {
      await mkdir(join(h.directory, name));
      await writeFile(join(h.directory, name, 'jobs.yaml'), `a ${name}\n`);
    };
    await fill('..1');
    await symlink('..1', join(h.directory, '..data'));
    await symlink('..data/jobs.yaml', h.file);
    await h.begin();
    for (const round of [2, 3, 4]) {
      await fill(`..${round}`);
      await symlink(`..${round}`, join(h.directory, '..tmp'));
      await rename(join(h.directory, '..tmp'), join(h.directory, '..data'));
      await rm(join(h.directory, `..${round - 1}`), { recursive: true });
      await inForce(`a: ..${round}`);
    }
  });

  it('follows a save with an older time stamp and the same size', async () => {
    await running('a 1\n');
    await writeFile(join(h.directory, 'x'), 'a 2\n');
    await utimes(join(h.directory, 'x'), 1, 1);
    await rename(join(h.directory, 'x'), h.file);
    await inForce('a: 2');
  });

  it('follows a directory that is deleted and made again', async () => {
    await running('a 1\n');
    await rm(h.directory, { recursive: true });
    await h.until(() => expect(condition()).toBe('missing'));
    expect(h.jobs()).toEqual(['a: 1']);
    await mkdir(h.directory);
    await writeFile(h.file, 'a 2\n');
    await inForce('a: 2');
    expect(condition()).toBe('accepted');
  });

  it('notices by content hash what the watch never told', async () => {
    h = await harness('a 1\n');
    const deaf = { start: () => Promise.resolve(), close: () => Promise.resolve() };
    // The half minute between two hashes passes in 50 ms here.
    const hasty: Clock = {
      ...systemClock,
      setTimer: (ms, fire) => systemClock.setTimer(ms >= 30_000 ? 50 : ms, fire),
    };
    await h.begin({ watch: deaf, clock: hasty });
    await writeFile(h.file, 'a 2\n');
    await inForce('a: 2');
  });

  it('follows git from branch to branch and names the commit', async () => {
    h = await harness(null);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: h.directory,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    git('init', '-q', '-b', 'main');
    for (let n = 0; n < 200; n += 1) await writeFile(join(h.directory, `file-${n}`), 'main');
    await writeFile(h.file, 'a main\n');
    git('add', '.');
    git('commit', '-q', '-m', 'main');
    git('checkout', '-q', '-b', 'other');
    for (let n = 0; n < 200; n += 1) await writeFile(join(h.directory, `file-${n}`), 'other');
    await writeFile(h.file, 'a other\n');
    git('commit', '-q', '-a', '-m', 'other');
    // Undefined lets the reconciler ask git itself.
    await h.begin({ gitCommit: undefined as never });
    await inForce('a: other');
    git('checkout', '-q', 'main');
    await inForce('a: main');
    git('checkout', '-q', 'other');
    await inForce('a: other');
    // In force and in no commit: the revision must not claim one.
    await writeFile(h.file, 'a edited\n');
    await inForce('a: edited');
    const commits = h.store.revisions.map((revision) => revision.gitCommit);
    const [main, other] = [git('rev-parse', 'main'), git('rev-parse', 'other')];
    expect(commits).toEqual([other, main, other, null]);
  });
});

describe('many changes and failures', () => {
  it('end with the last of 50 saves in force, after a few applies', async () => {
    await running('a 0\n');
    for (let n = 1; n <= 50; n += 1) {
      await (n % 2 === 0 ? saveAtomically(`a ${n}\n`) : writeFile(h.file, `a ${n}\n`));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await inForce('a: 50');
    await h.reconciler.reconcileNow('test');
    expect(h.store.revisions.length).toBeLessThanOrEqual(6);
    expect(h.reconciler.status().sync.kind).toBe('synced');
  });

  it('cause exactly one more pass for hints during a pass', async () => {
    h = await harness('a 1\n');
    let reads = 0;
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const judgements: string[] = [];
    const starting = h.begin({
      watch: { start: () => Promise.resolve(), close: () => Promise.resolve() },
      readSource: () => {
        reads += 1;
        return Promise.resolve({
          kind: 'read',
          bytes: new Uint8Array(),
          digest: 'd',
          changedAt: 0,
        });
      },
      judge: async () => {
        judgements.push('begun');
        await gate;
        return {
          manifest: null,
          diagnostics: [],
          digest: '',
          jobDigests: new Map(),
          jobLines: new Map(),
          files: [],
        };
      },
    });
    await h.until(() => expect(judgements).toHaveLength(1));
    const before = reads;
    for (let n = 0; n < 10; n += 1) h.reconciler.hint('test');
    const last = h.reconciler.reconcileNow('test');
    release();
    await Promise.all([starting, last]);
    // The order among the hints makes the one pass that follows judge again.
    expect(judgements).toHaveLength(2);
    h.reconciler.hint('test');
    await h.until(() => expect(reads).toBeGreaterThan(before));
    expect(judgements).toHaveLength(2);
  });

  it('are tried again when the store failed, and lose nothing', async () => {
    h = await harness('a 1\n');
    h.store.failWith = new Error('disk full');
    await h.begin();
    expect(h.jobs()).toEqual([]);
    expect(h.logged).toContainEqual({ level: 'error', message: 'reconciling failed' });
    await inForce('a: 1');
    expect(h.reconciler.status()).toMatchObject({
      source: { kind: 'accepted' },
      appliedRevision: 1,
    });
  });

  it('are applied later when the scheduler failed to take them', async () => {
    h = await harness('a 1\n');
    let failures = 1;
    await h.begin({
      scheduler: {
        load: () => {},
        apply: (record) => {
          if (failures-- > 0) throw new Error('not now');
          const recorded = record();
          h.loads.push(recorded.jobs.map((job) => job.name));
          return recorded;
        },
        nextStart: () => null,
      },
    });
    await h.until(() => expect(h.loads).toEqual([['a']]));
    expect(h.store.revisions).toHaveLength(1);
  });

  it('do not stop at a listener that throws', async () => {
    h = await harness('a 1\n');
    await h.begin();
    h.reconciler.on(() => {
      throw new Error('listener');
    });
    await writeFile(h.file, 'a 2\n');
    await inForce('a: 2');
    expect(h.reconciler.status().sync.kind).toBe('synced');
  });

  it('end at once with a stop, even while a shrunk file is watched for its rest', async () => {
    await running(manyJobs(20));
    await writeFile(h.file, manyJobs(2));
    await h.until(() => expect(h.events).toHaveLength(1));
    await h.reconciler.stop();
    expect(h.jobs()).toHaveLength(20);
  });
});
