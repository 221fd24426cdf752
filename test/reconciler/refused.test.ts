import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import { harness, judge } from './harness.ts';
import type { Harness } from './harness.ts';

let h: Harness;

afterEach(() => h.end());

async function running(content: string | null): Promise<void> {
  h = await harness(content);
  await h.begin();
}

const inForce = (...jobs: string[]) => h.until(() => expect(h.jobs()).toEqual(jobs));
const condition = () => h.reconciler.status().source.kind;
const kinds = () => h.events.map((event) => event.kind);

describe('a file that is not accepted', () => {
  it('changes nothing, and is told once per content', async () => {
    await running('a 1\n');
    await writeFile(h.file, '! broken\n');
    await h.until(() => expect(condition()).toBe('invalid'));
    const { source, appliedRevision } = h.reconciler.status();
    expect(source).toMatchObject({ diagnostics: [{ code: 'JM2-M111', file: h.file }] });
    expect([h.jobs(), appliedRevision]).toEqual([['a: 1'], 1]);
    await utimes(h.file, 1, 1);
    await writeFile(h.file, '! broken again\n');
    const rejections = () => kinds().filter((kind) => kind === 'manifest.rejected').length;
    await h.until(() => expect(rejections()).toBe(2));
    expect(h.jobs()).toEqual(['a: 1']);
  });

  it.each([
    ['that is broken', '! broken\n', 'auto', 'manifest.rejected'],
    ['that waits for an apply', 'a 2\n', 'manual', 'manifest.pending'],
  ] as const)('%s is told again once a day while nothing changes', async (_, text, sync, kind) => {
    let aheadMs = 0;
    const monotonic = (): number => systemClock.monotonic() + aheadMs;
    h = await harness(text);
    await h.begin({ sync, clock: { ...systemClock, monotonic } });
    const told = () => kinds().filter((one) => one === kind).length;
    const look = async (): Promise<number> => {
      h.reconciler.hint('test');
      await h.reconciler.plan({ text: null, horizonMs: 1000 });
      return told();
    };
    await h.until(() => expect(told()).toBe(1));
    expect(await look()).toBe(1);
    aheadMs = 25 * 3_600_000;
    expect(await look()).toBe(2);
    expect(await look()).toBe(2);
  });

  it('is judged again only when its content changes', async () => {
    h = await harness('! broken\n');
    let judgements = 0;
    await h.begin({
      judge: (bytes, file) => {
        judgements += 1;
        return judge(bytes, file);
      },
    });
    h.reconciler.hint('test');
    h.reconciler.hint('test');
    await utimes(h.file, 1, 1);
    await h.reconciler.plan({ text: null, horizonMs: 1000 });
    expect(judgements).toBe(1);
  });

  it('is forgotten when the old text is restored, without a new revision', async () => {
    await running('a 1\n');
    await writeFile(h.file, '! broken\n');
    await h.until(() => expect(condition()).toBe('invalid'));
    await writeFile(h.file, 'a 1\n');
    await h.until(() => expect(condition()).toBe('accepted'));
    expect(h.store.revisions).toHaveLength(1);
    expect(kinds()).toEqual(['manifest.applied', 'manifest.rejected', 'manifest.restored']);
    expect(h.store.facts.has('source.condition')).toBe(false);
  });

  it('is remembered and forgotten in the store even when that fails at first', async () => {
    await running('a 1\n');
    h.store.failingFacts = 1;
    await writeFile(h.file, '! broken\n');
    await h.until(() => expect(h.store.facts.has('source.condition')).toBe(true));
    h.store.failingFacts = 1;
    await writeFile(h.file, 'a 1\n');
    await h.until(() => expect(h.store.facts.has('source.condition')).toBe(false));
    await h.until(() => expect(kinds().at(-1)).toBe('manifest.restored'));
    expect(condition()).toBe('accepted');
  });

  it.each([
    ['invalid', (file: string) => writeFile(file, '! broken\n')],
    ['missing', (file: string) => rm(file)],
  ])('leaves the last good revision in force across a restart when %s', async (kind, spoil) => {
    await running('a 1\n');
    await spoil(h.file);
    await h.until(() => expect(condition()).toBe(kind));
    const before = h.reconciler.status().source;
    await h.reconciler.stop();
    h.loads.length = 0;
    await h.begin();
    expect(h.loads).toEqual([['a']]);
    expect(h.reconciler.status()).toMatchObject({
      source: { kind, since: before.since },
      appliedRevision: 1,
    });
  });

  it('may be the first one ever: nothing runs, and the condition says why', async () => {
    await running('! broken\n');
    expect(h.reconciler.status()).toMatchObject({
      source: { kind: 'invalid' },
      appliedRevision: 0,
    });
    await writeFile(h.file, 'a 1\n');
    await inForce('a: 1');
  });

  it('may be missing from the first: its arrival is noticed', async () => {
    await running(null);
    expect(condition()).toBe('missing');
    await writeFile(h.file, 'a 1\n');
    await inForce('a: 1');
  });

  it.each([
    ['a directory', (file: string) => mkdir(file), 'is a directory, not a file'],
    ['a FIFO', (file: string) => void execFileSync('mkfifo', [file]), 'is a FIFO, not a file'],
    ['a loop of links', (file: string) => symlink(file, file), 'leads back to itself'],
  ])('may have become %s: told apart, nothing hangs', async (_what, make, detail) => {
    await running('a 1\n');
    await rm(h.file);
    await make(h.file);
    await h.until(() => expect(condition()).toBe('unreadable'));
    const { source } = h.reconciler.status();
    if (source.kind === 'accepted') throw new Error('accepted');
    expect(source.diagnostics[0]).toMatchObject({ code: 'JM2-M002' });
    expect(source.diagnostics[0]?.detail).toContain(detail);
    expect(source.diagnostics[0]?.detail).toContain('Revision 1 stays in force');
    expect(h.jobs()).toEqual(['a: 1']);
  });

  // The superuser may read everything, so nothing can be forbidden to it.
  it.skipIf(process.getuid?.() === 0)(
    'may be forbidden to the account [platform: the superuser may read everything]',
    async () => {
      await running('a 1\n');
      execFileSync('chmod', ['000', h.file]);
      await h.until(() => expect(condition()).toBe('unreadable'));
      execFileSync('chmod', ['600', h.file]);
      await h.until(() => expect(condition()).toBe('accepted'));
    },
  );

  it('may come newer after a restart: it is applied at start', async () => {
    await running('a 1\n');
    await h.reconciler.stop();
    await writeFile(h.file, 'a 2\n');
    await h.begin();
    expect(h.jobs()).toEqual(['a: 2']);
    expect(h.store.revisions.at(-1)).toMatchObject({ number: 2, appliedBy: 'start' });
  });
});
