// The reconciler over the real manifest loader, planner and store; only the
// scheduler is a stand-in that remembers what it was given.
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReconciler } from '../../src/reconciler/loop.ts';
import { readCondition } from '../../src/reconciler/source-condition.ts';
import type { Reconciler } from '../../src/reconciler/reconciler.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { JobRecord, Store } from '../../src/store/store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { sha256 } from '../../src/system/digest.ts';
import { systemIds } from '../../src/system/ids.ts';
import { createManifestWatch } from '../../src/watch/manifest-watch.ts';

let root: string;
let file: string;
let store: Store;
let reconciler: Reconciler;
let loaded: readonly JobRecord[] = [];

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'jm2-real-')));
  file = join(root, 'jobs.yaml');
});

afterEach(async () => {
  await reconciler.stop();
  store.close();
  await rm(root, { recursive: true, force: true });
});

async function begin(): Promise<void> {
  store = openStore(join(root, 'jm2.db'), { clock: systemClock, ids: systemIds });
  reconciler = createReconciler({
    clock: systemClock,
    ids: systemIds,
    digest: sha256,
    store,
    watch: createManifestWatch(file, { clock: systemClock }),
    scheduler: {
      load: (jobs) => {
        loaded = jobs;
      },
      apply: (record) => {
        const recorded = record();
        loaded = recorded.jobs;
        return recorded;
      },
      nextStart: () => 1,
    },
    sync: 'auto',
    manifestPath: file,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  await reconciler.start();
}

async function restart(): Promise<void> {
  await reconciler.stop();
  store.close();
  loaded = [];
  await begin();
}

function manifest(jobs: Record<string, string>, extra = ''): string {
  const lines = Object.entries(jobs).map(
    ([name, schedule]) => `  ${name}:\n    schedule: ${schedule}\n    command: "true"\n${extra}`,
  );
  return `version: 1\njobs:\n${lines.join('')}`;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });
const names = () => loaded.map((job) => job.name);

describe('a real manifest', () => {
  it('is recorded with its text, so the last good one outlives the file and the daemon', async () => {
    const text = `\uFEFF${manifest({ a: 'every 1h', b: '"0 3 * * *"' })}`;
    await writeFile(file, text);
    await begin();
    expect(names()).toEqual(['a', 'b']);
    await writeFile(file, 'version: 1\njobs:\n  a:\n    schedule: every 1x\n    command: "true"\n');
    await until(() => expect(reconciler.status().source.kind).toBe('invalid'));
    const { since } = reconciler.status().source;
    await restart();
    expect(names()).toEqual(['a', 'b']);
    expect(reconciler.status().source).toMatchObject({ kind: 'invalid', since });
    expect(readCondition(store)).toMatchObject({ kind: 'invalid', since });
    expect(store.latestRevision()?.source).toBe(text);
    await writeFile(file, text);
    await until(() => expect(reconciler.status().source.kind).toBe('accepted'));
    expect(readCondition(store)).toBeNull();
    expect(store.latestRevision()?.number).toBe(1);
  });

  it('keeps the position of every job whose schedule did not change', async () => {
    await writeFile(file, manifest({ a: 'every 1h', b: 'every 1h' }));
    await begin();
    const watermarks = () =>
      Object.fromEntries(store.jobs().map((job) => [job.name, job.watermark]));
    const before = watermarks();
    await writeFile(file, manifest({ a: 'every 1h', b: 'every 2h' }, '    timeout: 5m\n'));
    await until(() => expect(reconciler.status().appliedRevision).toBe(2));
    expect(watermarks()['a']).toBe(before['a']);
    expect(watermarks()['b']).toBeGreaterThan(before['b'] ?? 0);
  });

  it('keeps the identity of a renamed job, which answers to its old name as well', async () => {
    await writeFile(file, manifest({ a: 'every 1h', b: 'every 2h' }));
    await begin();
    const uid = (name: string) => store.findJob(name)?.uid;
    const a = uid('a');
    await writeFile(
      file,
      `version: 1
jobs:
  b: {schedule: every 2h, command: "true"}
  renamed: {schedule: every 1h, command: "true", renamed_from: a}
`,
    );
    await until(() => expect(reconciler.status().appliedRevision).toBe(2));
    expect(names()).toEqual(['b', 'renamed']);
    expect([uid('renamed'), uid('a')]).toEqual([a, a]);
    // Reverted, as git does it: nothing in the file says where `a` comes from.
    store.setPause(a ?? '', { by: 'bob', reason: 'disk', since: 1, until: null, skipped: 0 });
    await writeFile(file, manifest({ a: 'every 1h', b: 'every 2h' }));
    await until(() => expect(reconciler.status().appliedRevision).toBe(3));
    expect(names().toSorted()).toEqual(['a', 'b']);
    expect(store.findJob('a')).toMatchObject({ uid: a, pause: { by: 'bob' } });
  });

  it('on trial that swaps two names, and is not confirmed, gives each its name back with its pause', async () => {
    const text = manifest({ a: 'every 1h', b: 'every 2h' });
    await writeFile(file, text);
    await begin();
    const before = ['a', 'b'].map((name) => store.findJob(name)?.uid);
    await reconciler.changeHold({ kind: 'hold', by: 'ann', reason: null });
    const pause = { by: 'bob', reason: 'disk', since: 1, until: null, skipped: 0 };
    store.setPause(before[0] ?? '', pause);
    const swapped = text
      .replace('  a:\n', '  x:\n    renamed_from: a\n')
      .replace('  b:\n', '  a:\n    renamed_from: b\n')
      .replace('  x:', '  b:');
    await writeFile(file, swapped);
    await reconciler.apply({ by: 'ann', expected: null, confirmWithinMs: 300 });
    expect(['a', 'b'].map((name) => store.findJob(name)?.uid)).toEqual(before.toReversed());
    await until(() => expect(reconciler.status().appliedRevision).toBe(3));
    expect(['a', 'b'].map((name) => store.findJob(name)?.uid)).toEqual(before);
    expect(store.findJob('a')?.pause).toMatchObject({ by: 'bob' });
    expect(store.findJob('b')?.pause).toBeNull();
    // The file still wants it, and may have it once more.
    await reconciler.apply({ by: 'ann', expected: null });
    expect(['a', 'b'].map((name) => store.findJob(name)?.uid)).toEqual(before.toReversed());
  });

  // Long enough not to be taken for a file that is still being written.
  const comment = `# ${'-'.repeat(100)}\n`;

  it.each([
    ['comments only', comment],
    ['jobs: null', `${comment}version: 1\njobs:\n`],
    ['jobs: []', `${comment}version: 1\njobs: []\n`],
    ['UTF-16', Buffer.from(`\uFEFF${comment}version: 1\njobs: {}\n`, 'utf16le')],
    ['NUL bytes', `${comment}version: 1\0\njobs: {}\n`],
    [
      'conflict markers',
      'version: 1\njobs:\n<<<<<<< HEAD\n  a: {command: "1"}\n=======\n  a: {command: "2"}\n>>>>>>> other\n',
    ],
  ])('with %s is refused, and what ran goes on', async (_what, text) => {
    await writeFile(file, manifest({ a: 'every 1h' }));
    await begin();
    await writeFile(file, text);
    await until(() => expect(reconciler.status().source.kind).toBe('invalid'));
    expect(names()).toEqual(['a']);
  });

  it('with CRLF means the same as without', async () => {
    const text = manifest({ a: 'every 1h' });
    await writeFile(file, text);
    await begin();
    await writeFile(file, text.replaceAll('\n', '\r\n'));
    await reconciler.reconcileNow('test');
    expect(reconciler.status()).toMatchObject({ source: { kind: 'accepted' }, appliedRevision: 1 });
  });

  it('emptied to `jobs: {}` waits for an apply, and the plan applied leaves nothing to plan', async () => {
    await writeFile(file, manifest({ a: 'every 1h' }));
    await begin();
    await writeFile(file, 'version: 1\njobs: {}\n');
    await until(() =>
      expect(reconciler.status().sync).toMatchObject({ kind: 'pending', because: 'empty' }),
    );
    expect(names()).toEqual(['a']);
    await reconciler.apply({ by: 'cli (ann)', expected: null });
    expect(names()).toEqual([]);
    const planned = await reconciler.plan({ text: null, horizonMs: 86_400_000 });
    expect(planned).toMatchObject({ kind: 'planned', plan: { changes: [] } });
  });
});

describe('a manifest that ends with ...', () => {
  const text = manifest({ a: '"0 3 * * *"', b: '"0 4 * * *"' });

  it('is not replaced by one that was cut within its last job', async () => {
    await writeFile(file, `${text}...\n`);
    await begin();
    const cut = text.slice(0, text.lastIndexOf('    command'));
    await writeFile(file, `${cut}    command: "tr`);
    await until(() => expect(reconciler.status().source.kind).toBe('invalid'));
    await writeFile(file, `${cut}    command: "tr"\n`);
    await until(() =>
      expect(reconciler.status().source).toMatchObject({ diagnostics: [{ code: 'JM2-M124' }] }),
    );
    expect(store.latestRevision()?.number).toBe(1);
    // Whole again: nothing had changed.
    await writeFile(file, `${text}...\n`);
    await until(() => expect(reconciler.status().source.kind).toBe('accepted'));
    expect(store.latestRevision()?.number).toBe(1);
  });

  it('may lose that line by the hand of a person', async () => {
    await writeFile(file, `${text}...\n# the end\n`);
    await begin();
    await writeFile(file, manifest({ a: '"0 3 * * *"' }));
    await until(() => expect(reconciler.status().source.kind).toBe('invalid'));
    await reconciler.apply({ by: 'cli (ann)', expected: null });
    expect(names()).toEqual(['a']);
  });
});
