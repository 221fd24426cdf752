import { writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { harness, manyJobs } from './harness.ts';
import type { Harness } from './harness.ts';

// Most of these wait two seconds for a suspicious file, so they do it together.
const opened: Harness[] = [];

afterAll(() => Promise.all(opened.map((one) => one.end())));

async function running(content: string): Promise<Harness> {
  const one = await harness(content);
  opened.push(one);
  await one.begin();
  return one;
}

describe.concurrent('guards', () => {
  it.each([
    ['empty', ''],
    ['blank', ' \n\n'],
  ])('take no %s file for the wish to remove all jobs', async (_what, content) => {
    const h = await running(manyJobs(10));
    await writeFile(h.file, content);
    await h.until(() => expect(h.reconciler.status().source.kind).toBe('invalid'));
    expect(h.jobs()).toHaveLength(10);
  });

  it('keep all jobs when a valid file has none left', async () => {
    const h = await running(manyJobs(10));
    await writeFile(h.file, 'none\n');
    await h.until(() =>
      expect(h.reconciler.status().sync).toMatchObject({ kind: 'pending', because: 'empty' }),
    );
    expect(h.jobs()).toHaveLength(10);
  });

  it('keep all jobs when a file was cut between two of them, until an apply', async () => {
    const h = await running(manyJobs(20));
    await writeFile(h.file, manyJobs(10));
    await h.until(() =>
      expect(h.reconciler.status().sync).toMatchObject({ kind: 'pending', because: 'shrink' }),
    );
    expect(h.jobs()).toHaveLength(20);
    const result = await h.reconciler.apply({ by: 'cli (ann)', expected: null });
    expect(result).toMatchObject({ kind: 'applied', revision: 2 });
    expect(h.jobs()).toHaveLength(10);
    expect(h.reconciler.status().sync.kind).toBe('synced');
  });

  it('let every other change through, and the jobs that left run on, marked', async () => {
    const h = await running(manyJobs(20));
    await writeFile(h.file, `${manyJobs(10).replace('echo 3', 'echo three')}new echo new\n`);
    await h.until(() => expect(h.jobs()).toContain('job-3: echo three'));
    expect(h.jobs()).toHaveLength(21);
    const { sync, orphans } = h.reconciler.status();
    expect(sync).toMatchObject({
      kind: 'pending',
      because: 'shrink',
      plan: { summary: { retain: 10 } },
    });
    expect([...orphans.values()].map(({ job }) => job)).toContain('job-19');
    // Those that come back are no orphans any more, and that alone is no revision.
    await writeFile(h.file, `${manyJobs(20).replace('echo 3', 'echo three')}new echo new\n`);
    await h.until(() => expect(h.reconciler.status().sync.kind).toBe('synced'));
    expect(h.reconciler.status().orphans.size).toBe(0);
    expect(h.store.revisions).toHaveLength(2);
  });

  it('do not let the last few orphans go because the others came back', async () => {
    const h = await running(manyJobs(20));
    await writeFile(h.file, manyJobs(10));
    await h.until(() => expect(h.reconciler.status().orphans.size).toBe(10));
    await writeFile(h.file, manyJobs(18));
    await h.until(() => expect(h.reconciler.status().sync).toMatchObject({ because: 'orphaned' }));
    expect(h.jobs()).toHaveLength(20);
    expect(h.reconciler.status().orphans.size).toBe(2);
  });

  it('know their orphans after a restart, with the same file', async () => {
    const h = await running(manyJobs(20));
    await writeFile(h.file, `${manyJobs(10)}new echo new\n`);
    await h.until(() => expect(h.reconciler.status().sync.kind).toBe('pending'));
    await h.reconciler.stop();
    await h.begin();
    expect(h.reconciler.status().sync).toMatchObject({ kind: 'pending', because: 'shrink' });
    expect(h.reconciler.status().orphans.size).toBe(10);
    await h.reconciler.apply({ by: 'cli (ann)', expected: null });
    expect(h.jobs()).toHaveLength(11);
    expect(h.reconciler.status().orphans.size).toBe(0);
  });

  it('never see a file that is cut only while it is being written', async () => {
    const h = await running(manyJobs(20));
    await writeFile(h.file, manyJobs(12));
    const whole = `${manyJobs(20)}last echo\n`;
    // The rest arrives long after the usual settling, within that of a shrunk file.
    setTimeout(() => void writeFile(h.file, whole), 600);
    await h.until(() => expect(h.jobs()).toHaveLength(21));
    expect(h.events.map((event) => event.kind)).toEqual(['manifest.applied', 'manifest.applied']);
  });

  it('forget a pending plan when the old content returns', async () => {
    const h = await running(manyJobs(20));
    await writeFile(h.file, manyJobs(2));
    await h.until(() => expect(h.reconciler.status().sync.kind).toBe('pending'));
    await writeFile(h.file, manyJobs(20));
    await h.until(() => expect(h.reconciler.status().sync.kind).toBe('synced'));
    expect(h.store.revisions).toHaveLength(1);
  });
});
