import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { harness } from './harness.ts';
import type { Harness } from './harness.ts';

let h: Harness;
afterEach(() => h.end());

const sync = () => h.reconciler.status().sync;
const inForce = (...jobs: string[]) => h.until(() => expect(h.jobs()).toEqual(jobs));

/** The file says `a bad`, in force is `a good`, by a person. */
async function steppedBack(mode: 'until_changed' | 'manual' = 'until_changed'): Promise<void> {
  h = await harness('a good\nb 1\n');
  await h.begin();
  await writeFile(h.file, 'a bad\nb 1\n');
  await inForce('a: bad', 'b: 1');
  const result = await h.reconciler.applyText({
    by: 'cli (ann)',
    text: 'a good\nb 1\n',
    gitCommit: null,
    expected: { revision: 2, desiredDigest: null },
    cause: 'rollback',
    mode,
    reason: 'bad is bad',
  });
  expect(result).toMatchObject({ kind: 'applied', revision: 3 });
}

describe('after a step back', () => {
  it('the file waits, and what was rejected does not come back by itself', async () => {
    await steppedBack();
    await h.until(() => expect(sync()).toMatchObject({ kind: 'pending', because: 'held' }));
    expect(h.jobs()).toEqual(['a: good', 'b: 1']);
    expect(h.reconciler.status().hold).toMatchObject({
      cause: 'rollback',
      by: 'cli (ann)',
      reason: 'bad is bad',
      revision: 3,
      held: { a: expect.any(String) as string },
    });
  });

  it('a restart changes nothing of it', async () => {
    await steppedBack();
    await h.reconciler.stop();
    await h.begin();
    expect(sync()).toMatchObject({ kind: 'pending', because: 'held' });
    expect(h.jobs()).toEqual(['a: good', 'b: 1']);
    expect(h.store.revisions).toHaveLength(3);
  });

  it('the same content saved again, or with another job changed beside it, waits', async () => {
    await steppedBack();
    await writeFile(h.file, 'a bad\nb 2\n');
    await h.reconciler.reconcileNow('test');
    expect(sync()).toMatchObject({ kind: 'pending', because: 'held' });
    expect(h.jobs()).toEqual(['a: good', 'b: 1']);
  });

  it('other content of the job comes into force and ends the hold', async () => {
    await steppedBack();
    await writeFile(h.file, 'a better\nb 2\n');
    await inForce('a: better', 'b: 2');
    expect(h.reconciler.status().hold).toBeNull();
    await writeFile(h.file, 'a bad\nb 2\n');
    await inForce('a: bad', 'b: 2');
  });

  it('taking it back in the file ends the hold without a revision', async () => {
    await steppedBack();
    await writeFile(h.file, 'a good\nb 1\n');
    await h.reconciler.reconcileNow('test');
    expect(h.reconciler.status()).toMatchObject({ hold: null, sync: { kind: 'synced' } });
    expect(h.store.revisions).toHaveLength(3);
  });

  it('a person who applies has the last word', async () => {
    await steppedBack();
    await h.reconciler.apply({ by: 'cli (bob)', expected: null });
    expect(h.jobs()).toEqual(['a: bad', 'b: 1']);
    expect(h.reconciler.status()).toMatchObject({ hold: null, sync: { kind: 'synced' } });
  });

  it('by hand waits for a person, whatever the file says', async () => {
    await steppedBack('manual');
    await writeFile(h.file, 'a better\nb 2\n');
    await h.reconciler.reconcileNow('test');
    expect(sync()).toMatchObject({ kind: 'pending', because: 'held' });
    await h.reconciler.apply({ by: 'cli (bob)', expected: null });
    expect(h.jobs()).toEqual(['a: better', 'b: 2']);
  });
});

describe('a text of its own', () => {
  const request = {
    by: 'cli',
    gitCommit: null,
    cause: 'plan_file',
    mode: 'until_changed',
    reason: null,
  } as const;

  it('that says what the file says holds nothing', async () => {
    h = await harness('a 1\n');
    await h.begin({ sync: 'manual' });
    const expected = { revision: 0, desiredDigest: null };
    await h.reconciler.applyText({ ...request, text: 'a 1\n', expected });
    expect(h.reconciler.status()).toMatchObject({ hold: null, sync: { kind: 'synced' } });
  });

  it('is refused when another revision is in force, or when it means something else', async () => {
    h = await harness('a 1\n');
    await h.begin();
    const stale = { revision: 0, desiredDigest: null };
    const other = { revision: 1, desiredDigest: 'c1:other' };
    for (const expected of [stale, other]) {
      const apply = h.reconciler.applyText({ ...request, text: 'a 2\n', expected });
      await expect(apply).rejects.toMatchObject({ code: 'JM2-P201', exitCode: 4 });
    }
    expect(h.jobs()).toEqual(['a: 1']);
  });

  it('that is not accepted changes nothing', async () => {
    h = await harness('a 1\n');
    await h.begin();
    const expected = { revision: 1, desiredDigest: null };
    expect(await h.reconciler.applyText({ ...request, text: '!', expected })).toMatchObject({
      kind: 'rejected',
    });
    expect(h.reconciler.status().source.kind).toBe('accepted');
  });
});

describe("a person's own hold", () => {
  const word = { by: 'ann@host', reason: 'audit week' };

  async function heldBack(): Promise<void> {
    h = await harness('a 1\n');
    await h.begin();
    await h.reconciler.changeHold({ kind: 'hold', ...word });
    await writeFile(h.file, 'a 2\n');
    await h.reconciler.reconcileNow('test');
  }

  it('keeps every change waiting, over a restart as well, and is recorded', async () => {
    await heldBack();
    await h.reconciler.stop();
    await h.begin();
    expect(sync()).toMatchObject({ kind: 'pending', because: 'held' });
    expect(h.jobs()).toEqual(['a: 1']);
    expect(h.store.audited).toContain('sync.held');
  });

  it('ends neither by an apply nor by a file that says what is in force', async () => {
    await heldBack();
    await h.reconciler.apply({ by: 'cli (bob)', expected: null });
    expect(h.jobs()).toEqual(['a: 2']);
    await h.reconciler.reconcileNow('test');
    expect(h.reconciler.status().hold).toMatchObject({ cause: 'person', reason: 'audit week' });
  });

  it('is over when it is resumed, and then the file counts at once', async () => {
    await heldBack();
    await h.reconciler.changeHold({ kind: 'resume', ...word });
    expect(h.jobs()).toEqual(['a: 2']);
    expect(h.reconciler.status().hold).toBeNull();
    expect(h.store.audited).toContain('sync.resumed');
  });

  const soon = () => Date.now() + 300;

  it('is over when its time is, and then the file counts at once', async () => {
    h = await harness('a 1\n');
    await h.begin();
    await h.reconciler.changeHold({ kind: 'hold', ...word, until: soon() });
    await writeFile(h.file, 'a 2\n');
    await h.reconciler.reconcileNow('test');
    expect(h.jobs()).toEqual(['a: 1']);
    await inForce('a: 2');
    expect(h.reconciler.status().hold).toBeNull();
    expect(h.store.audited).toEqual([
      'manifest.applied',
      'sync.held',
      'sync.resumed',
      'manifest.applied',
    ]);
  });

  it('is over at the start of a daemon that was not there in time', async () => {
    h = await harness('a 1\n');
    await h.begin();
    await h.reconciler.changeHold({ kind: 'hold', ...word, until: soon() });
    await h.reconciler.stop();
    await writeFile(h.file, 'a 2\n');
    await new Promise((resolve) => setTimeout(resolve, 320));
    await h.begin();
    expect([h.jobs(), h.reconciler.status().hold]).toEqual([['a: 2'], null]);
  });

  it('lets nothing in that was stepped back from before it', async () => {
    await steppedBack();
    await h.reconciler.changeHold({ kind: 'hold', ...word, until: soon() });
    await h.until(() => expect(h.reconciler.status().hold).toMatchObject({ cause: 'rollback' }));
    await h.reconciler.reconcileNow('test');
    expect(sync()).toMatchObject({ kind: 'pending', because: 'held' });
    expect(h.jobs()).toEqual(['a: good', 'b: 1']);
  });

  it('makes a step back under it wait for a person', async () => {
    h = await harness('a 1\n');
    await h.begin();
    await h.reconciler.changeHold({ kind: 'hold', ...word });
    await h.reconciler.applyText({
      by: 'cli',
      text: 'a 0\n',
      gitCommit: null,
      expected: { revision: 1, desiredDigest: null },
      cause: 'rollback',
      mode: 'until_changed',
      reason: null,
    });
    await writeFile(h.file, 'a 3\n');
    await h.reconciler.reconcileNow('test');
    expect(h.jobs()).toEqual(['a: 0']);
  });
});
