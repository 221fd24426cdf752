// What is kept in memory of the jobs in force is at any moment what the file holds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore, openStoreReader } from '../../src/store/sqlite/open-store.ts';
import { RecordedJobs } from '../../src/store/sqlite/recorded-jobs.ts';
import type { JobRecord, JobWrite, Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { seeded } from '../support/a-schedule.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { aJob, applyInput, create, noon, specDigest } from '../support/store-records.ts';

const root = mkdtempSync(join(tmpdir(), 'jm2-recorded-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const names = ['a', 'B', 'c', 'D', 'e', 'f-1', 'f.1', 'g'];

/** One change of the kind that daemons make, of a job that may or may not be there. */
function change(store: Store, random: () => number, step: number): void {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const jobs = store.jobs();
  const one = jobs.length === 0 ? null : pick(jobs);
  const free = names.filter((name) => jobs.every((job) => job.name !== name));
  const apply = (write: JobWrite): void => {
    store.applyRevision(applyInput(store.latestRevision()?.number ?? 0, [write]));
  };
  const kind = Math.floor(random() * 7);
  if (one === null || (kind === 0 && free.length > 0)) {
    const name = pick(free);
    const gone = store.tombstone(name, noon);
    // Jobs with the same text but for their names share what is stored of them.
    const job = aJob(name, { description: pick(['x', 'y']), command: aJob('same').command });
    const digest = specDigest({ ...job, name: 'any' });
    if (gone === null)
      apply({ kind: 'create', uid: `u${step}`, job, digest, watermark: noon + step });
    else
      apply({ kind: 'restore', uid: gone.uid, job, digest, watermark: noon + step, aliases: [] });
  } else if (kind === 1 || kind === 2) {
    const name = kind === 1 ? one.name : pick([...free, one.name]);
    const job = aJob(name, { description: `text ${step}` });
    const aliases = name === one.name ? [] : [one.name];
    apply({ kind: 'update', uid: one.uid, job, digest: specDigest(job), watermark: null, aliases });
  } else if (kind === 3) apply({ kind: 'delete', uid: one.uid, at: noon + step });
  else if (kind === 4) store.setWatermark(one.uid, noon + step * 1000, one.epoch);
  else if (kind === 5) store.setFault(one.uid, pick([null, 'stuck']));
  else {
    const pause = { by: 'me', reason: null, since: noon, until: null, skipped: step };
    store.setPause(one.uid, pick([null, pause]));
  }
}

describe('the jobs in force', () => {
  it.each([1, 2, 3])('are those of the file after any writes and rollbacks, seed %i', (seed) => {
    const random = seeded(seed);
    const path = join(root, `${seed}.db`);
    const store = openStore(path, { clock: new FakeClock(noon), ids: systemIds });
    const many = Array.from({ length: 80 }, (_, i) => create(`many-${i}`));
    store.applyRevision(applyInput(0, many));
    const reader = openStoreReader(path)!;
    for (let step = 1; step <= 120; step += 1) {
      const isTakenBack = random() < 0.2;
      try {
        store.transaction(() => {
          change(store, random, step);
          if (random() < 0.5) store.jobs();
          if (random() < 0.5) change(store, random, step + 1000);
          if (isTakenBack) throw new Error('taken back');
        });
      } catch (error) {
        expect((error as Error).message).toBe('taken back');
      }
      if (random() < 0.7) expect(store.jobs()).toEqual(reader.jobs());
    }
    expect(store.jobs()).toEqual(reader.jobs());
    reader.close();
    store.close();
  });

  it('are the same objects as long as nothing is written of them', () => {
    const store = openStore(':memory:', { clock: new FakeClock(noon), ids: systemIds });
    const writes = Array.from({ length: 40 }, (_, i) => create(`job-${i}`));
    store.applyRevision(applyInput(0, writes));
    const before = store.jobs();
    store.setWatermark('uid-job-7', noon + 1000, 0);
    const after = store.jobs();
    expect(after.filter((job, i) => job !== before[i]).map(({ name }) => name)).toEqual(['job-7']);
    store.close();
  });

  it('are read one by one where few were written, else all at once', () => {
    const record = (uid: string) => ({ uid, name: uid }) as JobRecord;
    const all = Array.from({ length: 64 }, (_, i) => record(`j${String(i).padStart(2, '0')}`));
    const reads: string[] = [];
    const jobs = new RecordedJobs(
      () => {
        reads.push('all');
        return all;
      },
      (uid) => {
        reads.push(uid);
        return record(uid);
      },
    );
    jobs.all();
    for (const { uid } of all.slice(0, 4)) jobs.written(uid);
    jobs.written('j00');
    jobs.all();
    for (const { uid } of all.slice(0, 5)) jobs.written(uid);
    jobs.all();
    expect(reads).toEqual(['all', 'j00', 'j01', 'j02', 'j03', 'all']);
    // New ones are known, so that of many among few only the others are read.
    for (const { uid } of all) jobs.created(record(`new-${uid}`));
    for (const { uid } of all.slice(0, 8)) jobs.written(uid);
    expect(jobs.all()).toHaveLength(128);
    expect(reads.slice(6)).toEqual(['j00', 'j01', 'j02', 'j03', 'j04', 'j05', 'j06', 'j07']);
  });

  it('are asked for anew when a reading fails', () => {
    let fails = true;
    const jobs = new RecordedJobs(
      () => {
        if (fails) throw new Error('the disk');
        return [];
      },
      () => null,
    );
    expect(() => jobs.all()).toThrow('the disk');
    fails = false;
    expect(jobs.all()).toEqual([]);
  });
});
