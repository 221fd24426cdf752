import { rename, rm, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { harness } from './harness.ts';
import type { Harness } from './harness.ts';

let h: Harness;

afterEach(() => h.end());

async function running(content: string | null): Promise<void> {
  h = await harness(content);
  await h.begin();
}

const inForce = (...jobs: string[]) => h.until(() => expect(h.jobs()).toEqual(jobs));
const condition = () => h.reconciler.status().source.kind;

describe('manual sync', () => {
  it('only shows the plan, and an apply carries it out', async () => {
    h = await harness('a 1\n');
    await h.begin({ sync: 'manual' });
    expect(h.jobs()).toEqual([]);
    expect(h.reconciler.status().sync).toMatchObject({ kind: 'pending', because: 'manual' });
    await h.reconciler.apply({ by: 'cli (ann)', expected: null });
    expect(h.jobs()).toEqual(['a: 1']);
    expect(h.store.revisions[0]?.appliedBy).toBe('cli (ann)');
  });
});

describe('plan and apply', () => {
  async function planned() {
    const result = await h.reconciler.plan({ text: null, horizonMs: 1000 });
    if (result.kind !== 'planned') throw new Error('not planned');
    const { revision, desiredDigest } = result.plan.basis;
    return { revision, desiredDigest };
  }

  it('plans a proposal without touching anything', async () => {
    await running('a 1\n');
    const result = await h.reconciler.plan({ text: 'a 1\nb 2\n', horizonMs: 1000 });
    expect(result).toMatchObject({ kind: 'planned', plan: { summary: { create: 1 } } });
    expect(await h.reconciler.plan({ text: '!', horizonMs: 1000 })).toMatchObject({
      kind: 'rejected',
    });
    expect(h.jobs()).toEqual(['a: 1']);
    expect(condition()).toBe('accepted');
  });

  it('refuses a plan whose file changed since', async () => {
    h = await harness('a 1\n');
    await h.begin({ sync: 'manual' });
    const expected = await planned();
    await writeFile(h.file, 'a 2\n');
    const apply = h.reconciler.apply({ by: 'cli', expected });
    await expect(apply).rejects.toMatchObject({ code: 'JM2-P201', exitCode: 4 });
    expect(h.jobs()).toEqual([]);
  });

  it('refuses a plan whose revision was overtaken, naming who was quicker', async () => {
    h = await harness('a 1\n');
    await h.begin({ sync: 'manual' });
    const { revision } = await planned();
    await h.reconciler.apply({ by: 'cli (ann)', expected: null });
    await writeFile(h.file, 'a 2\n');
    const { desiredDigest } = await planned();
    const apply = h.reconciler.apply({ by: 'cli (bob)', expected: { revision, desiredDigest } });
    await expect(apply).rejects.toMatchObject({ code: 'JM2-P201' });
    await expect(apply).rejects.toThrow('by cli (ann)');
  });

  it('says unchanged when the watcher has applied the very same manifest already', async () => {
    await running('a 1\n');
    await writeFile(h.file, 'a 2\n');
    await inForce('a: 2');
    const { desiredDigest } = await planned();
    const result = await h.reconciler.apply({
      by: 'cli',
      expected: { revision: 1, desiredDigest },
    });
    expect(result).toMatchObject({ kind: 'unchanged', revision: 2 });
  });

  it('lets one of two applies at once win; the other finds nothing to do', async () => {
    h = await harness('a 1\n');
    await h.begin({ sync: 'manual' });
    const expected = await planned();
    const results = await Promise.all(
      ['ann', 'bob'].map((by) => h.reconciler.apply({ by, expected })),
    );
    expect(results.map((result) => result.kind)).toEqual(['applied', 'unchanged']);
    expect(h.store.revisions).toHaveLength(1);
  });

  it('during passes of the watcher and saves: the last content is in force, each with one revision', async () => {
    await running('a 0\n');
    const applies: Promise<unknown>[] = [];
    for (let n = 1; n <= 10; n += 1) {
      await writeFile(h.file, `a ${n}\n`);
      applies.push(h.reconciler.apply({ by: 'cli', expected: null }));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await writeFile(h.file, 'a 11\n');
    await Promise.all(applies);
    await inForce('a: 11');
    await h.reconciler.reconcileNow('test');
    const digests = h.store.revisions.map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(h.reconciler.status().sync.kind).toBe('synced');
  });

  it('never brings another content into force than the one whose plan was shown, with saves meanwhile', async () => {
    await running('a 1\n');
    await writeFile(h.file, 'a 2\n');
    const expected = await planned();
    const applying = h.reconciler.apply({ by: 'cli', expected }).catch((error: unknown) => error);
    // By rename, as editors save: nobody ever finds it empty.
    await writeFile(`${h.file}.new`, 'a 3\n');
    await rename(`${h.file}.new`, h.file);
    const outcome = await applying;
    expect(outcome instanceof Error ? outcome.message : (outcome as { kind: string }).kind).toMatch(
      /^(applied|unchanged|.*(another than the one|computed from revision).*)$/s,
    );
    await inForce('a: 3');
  });

  it('rejects an apply of an invalid or vanished file, with its diagnostics', async () => {
    await running('a 1\n');
    await writeFile(h.file, '! broken\n');
    const invalid = await h.reconciler.apply({ by: 'cli', expected: null });
    expect(invalid).toMatchObject({ kind: 'rejected', diagnostics: [{ code: 'JM2-M111' }] });
    await rm(h.file);
    const missing = await h.reconciler.apply({ by: 'cli', expected: null });
    expect(missing).toMatchObject({ kind: 'rejected', diagnostics: [{ code: 'JM2-M001' }] });
    expect(h.jobs()).toEqual(['a: 1']);
  });
});
