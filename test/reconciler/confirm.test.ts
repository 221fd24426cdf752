import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { harness, judge, planner } from './harness.ts';
import type { Harness } from './harness.ts';

let h: Harness;
afterEach(() => h.end());

const inForce = (...jobs: string[]) => h.until(() => expect(h.jobs()).toEqual(jobs));
const status = () => h.reconciler.status();
const apply = (confirmWithinMs: number) =>
  h.reconciler.apply({ by: 'cli (ann)', expected: null, confirmWithinMs });

/** `a good` is in force, the file says `a bad`, and that is applied on trial. */
async function onTrial(confirmWithinMs: number): Promise<void> {
  h = await harness('a good\n');
  await h.begin({ sync: 'manual' });
  await h.reconciler.apply({ by: 'cli (ann)', expected: null });
  await writeFile(h.file, 'a bad\n');
  expect(await apply(confirmWithinMs)).toMatchObject({ kind: 'applied', revision: 2 });
}

describe('an apply that waits for a confirmation', () => {
  it('goes back as a new revision when nobody confirms, and the file waits', async () => {
    await onTrial(300);
    expect(status().confirmation).toMatchObject({ revision: 2, returnsTo: 1, by: 'cli (ann)' });
    await inForce('a: good');
    await h.until(() => expect(status().sync.kind).toBe('pending'));
    expect(status()).toMatchObject({ appliedRevision: 3, confirmation: null });
    expect(status().hold).toMatchObject({ cause: 'taken_back', by: 'confirm-within' });
  });

  it('stays when it is confirmed, and a second word has nothing to confirm', async () => {
    await onTrial(60_000);
    expect(await h.reconciler.confirm('cli (bob)')).toMatchObject({ revision: 2 });
    expect(status().confirmation).toBeNull();
    await expect(h.reconciler.confirm('cli (bob)')).rejects.toMatchObject({
      code: 'JM2-P222',
      exitCode: 4,
    });
    expect(h.jobs()).toEqual(['a: bad']);
  });

  it('tells a word that comes too late what is in force', async () => {
    await onTrial(200);
    await inForce('a: good');
    await expect(h.reconciler.confirm('cli (bob)')).rejects.toMatchObject({
      code: 'JM2-P222',
      exitCode: 7,
    });
  });

  it('waits longer when it is asked for again, with or without a change', async () => {
    await onTrial(60_000);
    const first = status().confirmation?.deadline ?? 0;
    expect(await apply(120_000)).toMatchObject({ kind: 'unchanged' });
    expect(status().confirmation?.deadline).toBeGreaterThan(first + 50_000);
    await writeFile(h.file, 'a worse\n');
    await apply(300_000);
    expect(status().confirmation).toMatchObject({ revision: 3, returnsTo: 1 });
  });

  it('takes a second apply back with it', async () => {
    await onTrial(700);
    await writeFile(h.file, 'a bad\nb too\n');
    await h.reconciler.apply({ by: 'cli (bob)', expected: null });
    expect(status().confirmation).toMatchObject({ revision: 3, returnsTo: 1 });
    await inForce('a: good');
  });

  it('is over when somebody brings back what it would go back to', async () => {
    await onTrial(60_000);
    await writeFile(h.file, 'a good\n');
    await h.reconciler.apply({ by: 'cli (bob)', expected: null });
    expect(status()).toMatchObject({ appliedRevision: 3, confirmation: null });
    await expect(h.reconciler.confirm('cli (bob)')).rejects.toMatchObject({ code: 'JM2-P222' });
  });

  it('goes back to what a text meant that is not accepted any more', async () => {
    h = await harness('a good\n');
    let isStrict = false;
    await h.begin({
      sync: 'manual',
      judge: (bytes, file) =>
        judge(
          isStrict ? Buffer.from(String(Buffer.from(bytes)).replace(' good', '')) : bytes,
          file,
        ),
    });
    await h.reconciler.apply({ by: 'cli (ann)', expected: null });
    await writeFile(h.file, 'a bad\n');
    await apply(300);
    isStrict = true;
    await inForce('a: good');
    expect(status()).toMatchObject({ appliedRevision: 3, notTakenBack: null });
  });

  it('stays, and everybody is told, where nothing is kept to go back to', async () => {
    await onTrial(200);
    h.store.lost.add(1);
    await h.until(() => expect(status().notTakenBack).not.toBeNull());
    expect(status()).toMatchObject({ appliedRevision: 2, confirmation: null });
    expect(status().notTakenBack).toMatchObject({ revision: 2, returnsTo: 1 });
  });

  it('stays where what is kept is not what was in force: half a meaning is none', async () => {
    h = await harness('a good\nb good\n');
    let isStrict = false;
    const bare: typeof judge = (bytes, file) =>
      judge(isStrict ? Buffer.from(String(bytes).replaceAll(' good', '')) : bytes, file);
    await h.begin({ sync: 'manual', judge: bare });
    await h.reconciler.apply({ by: 'cli (ann)', expected: null });
    await writeFile(h.file, 'a bad\n');
    await apply(300);
    const whole = h.store.jobsOfRevision;
    h.store.jobsOfRevision = (number) =>
      number === 1 ? new Map([...(whole(1) ?? [])].slice(1)) : whole(number);
    isStrict = true;
    await h.until(() => expect(status().notTakenBack).toMatchObject({ returnsTo: 1 }));
    expect(h.jobs()).toEqual(['a: bad']);
    expect(h.store.audited.at(-1)).toBe('apply.not_taken_back');
  });

  it('is remembered by the next daemon', async () => {
    await onTrial(60_000);
    await h.reconciler.stop();
    await h.begin({ sync: 'manual' });
    expect(status().confirmation).toMatchObject({ revision: 2, returnsTo: 1 });
  });

  it('goes back at the start of a daemon that was not there in time', async () => {
    await onTrial(100);
    await h.reconciler.stop();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await h.begin();
    expect(h.jobs()).toEqual(['a: good']);
    expect(status().sync).toMatchObject({ kind: 'pending', because: 'held' });
  });

  it('goes back to no jobs at all when nothing was in force before', async () => {
    h = await harness('a 1\n');
    await h.begin({
      sync: 'manual',
      // The language of the tests has no empty map.
      judge: undefined as never,
    });
    await writeFile(h.file, 'version: 1\njobs: {a: {command: "true"}}\n');
    await apply(200);
    await h.until(() => expect(h.jobs()).toEqual([]));
    expect(status().appliedRevision).toBe(2);
  });
});

describe('after an apply', () => {
  const tomorrow = () => Date.now() + 86_400_000;
  const dueTomorrow: typeof planner = {
    ...planner,
    plan: (input) => {
      const plan = planner.plan(input);
      const changes = plan.changes.map((change) => ({
        ...change,
        impact: { ...change.impact, nextRun: { before: null, after: tomorrow(), deltaMs: null } },
      }));
      return { ...plan, changes };
    },
  };
  /** The scheduler forgets to wait for the bad one. */
  async function faulty(sync: 'auto' | 'manual'): Promise<void> {
    h = await harness('a good\n');
    const { store } = h;
    await h.begin({
      sync,
      planner: dueTomorrow,
      scheduler: {
        load: () => undefined,
        apply: (record) => record(),
        nextStart: (uid) => {
          const { job } = [...store.records.values()].find((one) => one.uid === uid) ?? {};
          const isBad = job?.command.kind === 'shell' && job.command.text === 'bad';
          return isBad ? null : tomorrow();
        },
      },
    });
  }

  it('with a job that nothing waits for, what was before comes back', async () => {
    await faulty('manual');
    await h.reconciler.apply({ by: 'cli (ann)', expected: null });
    await writeFile(h.file, 'a bad\n');
    const applying = h.reconciler.apply({ by: 'cli (ann)', expected: null });
    await expect(applying).rejects.toMatchObject({ code: 'JM2-P223', exitCode: 7 });
    expect(h.jobs()).toEqual(['a: good']);
    expect(status()).toMatchObject({ appliedRevision: 3, hold: { cause: 'taken_back' } });
  });

  it('of the watcher likewise, once: the same content waits', async () => {
    await faulty('auto');
    await writeFile(h.file, 'a bad\n');
    await h.until(() => expect(status().sync).toMatchObject({ because: 'held' }));
    expect(h.jobs()).toEqual(['a: good']);
    expect(status().appliedRevision).toBe(3);
    expect(h.logged.map(({ message }) => message)).toContain('jobs are not armed');
  });
});
