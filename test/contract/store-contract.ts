// What every store promises. Run it for each implementation.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  aJob,
  anEndedRun,
  anOutcome,
  apply,
  applyInput,
  aRun,
  create,
  noon,
  specDigest,
} from '../support/store-records.ts';

const minute = 60_000;

export function storeContract(name: string, open: () => Store): void {
  describe(`the store contract: ${name}`, () => {
    let store: Store;

    beforeEach(() => {
      store = open();
    });
    afterEach(() => store.close());

    const jobNames = () => store.jobs().map((record) => record.name);
    const update = (
      uid: string,
      jobName: string,
      watermark: number | null,
      aliases: string[] = [],
    ) => {
      const job = aJob(jobName, { description: `${uid} as ${jobName}` });
      return { kind: 'update', uid, job, digest: specDigest(job), watermark, aliases } as const;
    };

    describe('revisions', () => {
      it('has none at first, and a lineage', () => {
        expect(store.latestRevision()).toBeNull();
        expect(store.revisions(10)).toEqual([]);
        expect(store.jobs()).toEqual([]);
        expect(store.lineage).not.toBe('');
      });

      it('tells the newest one without its text', () => {
        expect(store.latestRevisionHead()).toBeNull();
        store.applyRevision(applyInput(0, [create('backup')]));
        store.applyRevision(applyInput(1, [create('report')]));
        const { source: _, ...head } = store.latestRevision()!;
        expect(store.latestRevisionHead()).toEqual(head);
      });

      it('takes specs ahead of the revision whose jobs have them, which nobody sees before', () => {
        const job = aJob('backup');
        store.recordSpecs([{ digest: specDigest(job), job }]);
        expect(store.jobs()).toEqual([]);
        expect(store.findJob('backup')).toBeNull();
        store.applyRevision(applyInput(0, [create('backup')]));
        expect(store.jobs()[0]?.job).toEqual(job);
      });

      it('takes specs that were taken back once more', () => {
        const write = create('backup');
        expect(() =>
          store.transaction(() => {
            store.applyRevision(applyInput(0, [write]));
            throw new Error('killed');
          }),
        ).toThrow('killed');
        store.applyRevision(applyInput(0, [write]));
        expect(jobNames()).toEqual(['backup']);
      });

      it('tells the newest without its text, also when it changes and when it was taken back', () => {
        const head = (): unknown => store.latestRevisionHead();
        const whole = (): unknown => {
          const { source: _, ...rest } = store.latestRevision() ?? { source: '' };
          return Object.keys(rest).length === 0 ? null : rest;
        };
        expect([head(), whole()]).toEqual([null, null]);
        store.applyRevision(applyInput(0, [create('backup')]));
        expect(head()).toEqual(whole());
        expect(() =>
          store.transaction(() => {
            store.applyRevision(applyInput(1, [create('web')]));
            expect(head()).toEqual(whole());
            throw new Error('full');
          }),
        ).toThrow('full');
        expect(head()).toMatchObject({ number: 1 });
        expect(head()).toEqual(whole());
      });

      it('numbers them from 1 and keeps what was applied', () => {
        const first = store.applyRevision({
          ...applyInput(0, [create('backup')]),
          gitCommit: '9f31c2a',
        });
        expect(first).toEqual({
          number: 1,
          digest: 'digest-1',
          sourceDigest: 'source-1',
          appliedAt: noon,
          appliedBy: 'cli (alice)',
          gitCommit: '9f31c2a',
          summary: { create: 1, update: 0, rename: 0, delete: 0 },
          manifestPath: '/etc/shop/jobs.yaml',
        });
        const detail = {
          ...first,
          source: 'version: 1\njobs: {}\n',
          timezone: 'Europe/Berlin',
          concurrencyMax: 64,
          queueLimit: 20,
          groups: { database: 2 },
        };
        expect(store.revision(1)).toEqual(detail);
        expect(store.latestRevision()).toEqual(detail);
        expect(apply(store).number).toBe(2);
        expect(store.revisions(1).map((revision) => revision.number)).toEqual([2]);
        expect(store.revisions(9).map((revision) => revision.number)).toEqual([2, 1]);
        expect(store.revision(3)).toBeNull();
      });

      it('refuses an apply whose basis is no longer the latest, and writes nothing of it', () => {
        apply(store, create('backup'));
        expect(() => store.applyRevision(applyInput(0, [create('other')]))).toThrowError(
          expect.objectContaining({ code: 'JM2-P201', exitCode: 4 }),
        );
        expect(store.latestRevision()?.number).toBe(1);
        expect(jobNames()).toEqual(['backup']);
      });

      it('applies all of a revision or nothing', () => {
        apply(store, create('backup'));
        expect(() => apply(store, create('new'), update('nobody', 'x', null))).toThrow(/nobody/);
        expect(store.latestRevision()?.number).toBe(1);
        expect(jobNames()).toEqual(['backup']);
      });
    });

    describe('jobs', () => {
      it('records them with their specs, by name', () => {
        apply(store, create('web', { env: { A: '1' } }), create('backup'));
        expect(store.jobs()).toEqual([
          {
            uid: 'uid-backup',
            name: 'backup',
            job: aJob('backup'),
            digest: specDigest(aJob('backup')),
            revision: 1,
            watermark: noon,
            scheduledSince: noon,
            epoch: 0,
            aliases: [],
            fault: null,
            removedAt: null,
            pause: null,
          },
          expect.objectContaining({ name: 'web', job: aJob('web', { env: { A: '1' } }) }),
        ]);
        expect(store.jobSpec(specDigest(aJob('backup')))).toEqual(aJob('backup'));
        expect(store.jobSpec('unheard of')).toBeNull();
      });

      it('keeps the watermark and the fault of a job whose schedule did not change', () => {
        apply(store, create('backup'));
        store.setWatermark('uid-backup', noon + minute, 0);
        store.setFault('uid-backup', 'no progress');
        apply(store, update('uid-backup', 'backup', null));
        expect(store.findJob('backup')).toMatchObject({
          watermark: noon + minute,
          scheduledSince: noon,
          fault: 'no progress',
          revision: 2,
          job: { description: 'uid-backup as backup' },
        });
      });

      it('moves the watermark and clears the fault when the schedule changed', () => {
        apply(store, create('backup'));
        store.setFault('uid-backup', 'no progress');
        apply(store, update('uid-backup', 'backup', noon + minute));
        expect(store.findJob('backup')).toMatchObject({
          watermark: noon + minute,
          scheduledSince: noon + minute,
          fault: null,
        });
      });

      it('keeps the identity across a rename and answers to the old name', () => {
        apply(store, create('backup'));
        apply(store, update('uid-backup', 'dump', null, ['backup']));
        expect(jobNames()).toEqual(['dump']);
        expect(store.findJob('backup')).toMatchObject({
          uid: 'uid-backup',
          name: 'dump',
          aliases: ['backup'],
        });
      });

      it('keeps a pause across changes, a rename and the removal of its job', () => {
        const pause = { by: 'bob', reason: null, since: noon, until: noon + minute, skipped: 3 };
        apply(store, create('old'));
        store.setPause('uid-old', { ...pause, skipped: 0 });
        store.setPause('uid-old', pause);
        const job = aJob('new');
        const rename = { uid: 'uid-old', job, digest: specDigest(job), watermark: noon + minute };
        apply(store, { kind: 'update', ...rename, aliases: ['old'] });
        expect(store.pausedJobs().map((record) => [record.name, record.pause])).toEqual([
          ['new', pause],
        ]);
        apply(store, { kind: 'delete', uid: 'uid-old', at: noon });
        expect(store.pausedJobs()).toEqual([]);
        expect(store.findJob('new')?.pause).toEqual(pause);
      });

      it('brings a removed job back as the same one, from now on', () => {
        apply(store, create('job'));
        store.setPause('uid-job', {
          by: 'bob',
          reason: null,
          since: noon,
          until: null,
          skipped: 3,
        });
        apply(store, { kind: 'delete', uid: 'uid-job', at: noon });
        expect(store.tombstone('job', noon + 1)?.uid).toBe('uid-job');
        expect([...store.tombstoneNames(noon + 1)]).toEqual(['job']);
        expect([...store.tombstoneNames(noon + 15 * 86_400_000)]).toEqual([]);
        expect(store.tombstones(noon + 1, 9).map(({ name }) => name)).toEqual(['job']);
        expect(store.tombstone('job', noon + 15 * 86_400_000)).toBeNull();
        const job = aJob('job');
        const again = { uid: 'uid-job', job, digest: specDigest(job), watermark: noon + minute };
        apply(store, { kind: 'restore', ...again, aliases: ['older'] });
        expect(store.jobs()).toMatchObject([
          {
            uid: 'uid-job',
            watermark: noon + minute,
            scheduledSince: noon + minute,
            removedAt: null,
            pause: { skipped: 0 },
          },
        ]);
        expect(store.findJob('older')?.uid).toBe('uid-job');
        expect(store.tombstones(noon + 1, 9)).toEqual([]);
        expect(store.jobChanges('uid-job').map(({ action }) => action)).toEqual([
          'create',
          'delete',
          'create',
        ]);
      });

      it('keeps a pause over twenty revisions', () => {
        const pause = { by: 'bob', reason: 'disk', since: noon, until: null, skipped: 0 };
        apply(store, create('job'));
        store.setPause('uid-job', pause);
        for (let at = 0; at < 20; at += 1) apply(store, update('uid-job', 'job', null, []));
        expect(store.pausedJobs()).toMatchObject([{ name: 'job', pause }]);
      });

      it('gives the pause of a removed job to one that comes back under its name', () => {
        const pause = { by: 'bob', reason: null, since: noon, until: null, skipped: 3 };
        apply(store, create('job'), create('over'));
        store.setPause('uid-job', pause);
        store.setPause('uid-over', { ...pause, until: noon });
        const gone = ['job', 'over'].map((name) => `uid-${name}`);
        apply(store, ...gone.map((uid) => ({ kind: 'delete' as const, uid, at: noon - 1 })));
        expect([...store.archivedPauses(noon)]).toEqual([['job', { ...pause, skipped: 0 }]]);
        const again = ['job', 'over'].map((name) => ({ ...create(name), uid: `new-${name}` }));
        apply(store, ...(again as ReturnType<typeof create>[]));
        expect(store.findJob('job')?.pause).toEqual({ ...pause, skipped: 0 });
        expect(store.findJob('over')?.pause).toBeNull();
        store.setPause('new-job', null);
        expect(store.pausedJobs()).toEqual([]);
        expect(store.archivedPauses(noon + 15 * 86_400_000).size).toBe(0);
      });

      it('swaps two names in one revision', () => {
        apply(store, create('a'), create('b'));
        apply(store, update('uid-a', 'b', null, ['a']), update('uid-b', 'a', null, ['b']));
        expect(store.findJob('a')?.uid).toBe('uid-b');
        expect(store.findJob('b')?.uid).toBe('uid-a');
      });

      it('gives a name freed in a revision to a new job of the same revision', () => {
        apply(store, create('backup'));
        apply(store, { ...create('backup'), uid: 'uid-second' } as ReturnType<typeof create>, {
          kind: 'delete',
          uid: 'uid-backup',
          at: noon,
        });
        expect(store.jobs().map((record) => record.uid)).toEqual(['uid-second']);
      });

      it('finds a current name before an alias, and an alias before a removed job', () => {
        apply(store, create('a'), create('gone'));
        apply(store, { kind: 'delete', uid: 'uid-gone', at: noon + 1 });
        expect(store.findJob('gone')).toMatchObject({ uid: 'uid-gone', removedAt: noon + 1 });
        apply(store, update('uid-a', 'b', null, ['a', 'gone']));
        expect(store.findJob('gone')?.uid).toBe('uid-a');
        apply(store, { ...create('a'), uid: 'uid-new' } as ReturnType<typeof create>);
        expect(store.findJob('a')?.uid).toBe('uid-new');
        expect(store.findJob('b')?.aliases).toEqual(['a', 'gone']);
        expect(store.findJob('nobody')).toBeNull();
      });

      it('never moves a watermark back within a clock epoch', () => {
        apply(store, create('backup'));
        store.setWatermark('uid-backup', noon + minute, 0);
        store.setWatermark('uid-backup', noon, 0);
        expect(store.findJob('backup')?.watermark).toBe(noon + minute);
        apply(store, update('uid-backup', 'backup', noon));
        expect(store.findJob('backup')?.watermark).toBe(noon + minute);
      });

      it('takes any watermark with a new epoch and ignores an older one', () => {
        apply(store, create('backup'));
        store.setWatermark('uid-backup', noon - 9 * minute, 1);
        store.setWatermark('uid-backup', noon + 9 * minute, 0);
        expect(store.findJob('backup')).toMatchObject({ watermark: noon - 9 * minute, epoch: 1 });
      });
    });

    describe('the past of a job', () => {
      it('tells what each revision did to it', () => {
        apply(store, create('backup'));
        apply(store, create('web'));
        apply(store, update('uid-backup', 'dump', null, ['backup']));
        apply(store, { kind: 'delete', uid: 'uid-backup', at: noon + 1 });
        const by = 'cli (alice)';
        const first = specDigest(aJob('backup'));
        const second = update('uid-backup', 'dump', null).digest;
        expect(store.jobChanges('uid-backup')).toEqual([
          { revision: 1, at: noon, by, action: 'create', name: 'backup', specDigest: first },
          { revision: 3, at: noon, by, action: 'update', name: 'dump', specDigest: second },
          { revision: 4, at: noon, by, action: 'delete', name: 'dump', specDigest: second },
        ]);
        expect(store.jobChanges('nobody')).toEqual([]);
      });

      it('keeps the newest hundred changes of a job', () => {
        apply(store, create('backup'));
        for (let change = 0; change < 120; change += 1) {
          apply(store, update('uid-backup', 'backup', null));
        }
        const revisions = store.jobChanges('uid-backup').map(({ revision }) => revision);
        expect([revisions.length, revisions[0], revisions.at(-1)]).toEqual([100, 22, 121]);
      });

      it('knows all jobs that ever had a name, the one in force first', () => {
        apply(store, create('backup'), create('web'));
        apply(store, { kind: 'delete', uid: 'uid-backup', at: noon + 1 });
        apply(store, { ...create('backup'), uid: 'uid-second' } as ReturnType<typeof create>);
        apply(store, update('uid-web', 'site', null, ['web', 'backup']));
        const uids = store.namesakes('backup', 9).map(({ uid }) => uid);
        expect(uids).toHaveLength(3);
        expect(uids.at(-1)).toBe('uid-backup');
        expect(store.namesakes('backup', 1)).toHaveLength(1);
        expect(store.namesakes('nobody', 9)).toEqual([]);
      });

      it('remembers how far retention went', () => {
        apply(store, create('backup'));
        store.recordOutcome(anOutcome('backup', noon));
        store.recordOutcome(anOutcome('backup', noon + minute));
        expect(store.prunedUntil('uid-backup')).toBeNull();
        store.prune({ perJob: 1, olderThan: noon + 1, keepLast: 1, limit: 9 });
        expect(store.prunedUntil('uid-backup')).toBe(noon);
      });
    });

    describe('daemons and interruptions', () => {
      const life = (id: string, startedAt: number) => ({
        id,
        version: '0.2.0',
        pid: 7,
        bootId: 'boot',
        startedAt,
        admittingFrom: null,
        admittingUntil: null,
        seenAt: startedAt,
        ended: null,
      });

      it('keeps a life from its start to its end, which is written once', () => {
        store.beginLife(life('d1', noon));
        store.changeLife('d1', { admittingFrom: noon + 5 });
        store.changeLife('d1', { admittingUntil: noon + 70 });
        const ended = { at: noon + 99, how: 'stopped' } as const;
        store.changeLife('d1', { seenAt: noon + 99, ended });
        store.changeLife('d1', { ended: { at: noon + 500, how: 'crashed' } });
        store.beginLife(life('d2', noon + 200));
        expect(store.daemons(9)).toEqual([
          life('d2', noon + 200),
          {
            ...life('d1', noon),
            admittingFrom: noon + 5,
            admittingUntil: noon + 70,
            seenAt: noon + 99,
            ended,
          },
        ]);
        expect(store.daemons(1)).toHaveLength(1);
      });

      it('finds the interruptions that reach into a time, newest first', () => {
        const down = { causes: ['down'], step: null, from: noon, until: noon + 10 } as const;
        store.recordInterruption(down, null);
        const step = { causes: ['clock_step'], step: null, from: null, until: noon + 50 } as const;
        store.recordInterruption(step, -7_000);
        const causes = (since: number, until: number) =>
          store.interruptions({ since, until, limit: 9 }).map(({ causes: [first] }) => first);
        expect(causes(noon + 5, noon + 60)).toEqual(['clock_step', 'down']);
        expect(causes(noon + 5, noon + 6)).toEqual(['down']);
        expect(causes(noon + 11, noon + 60)).toEqual(['clock_step']);
        expect(store.interruptions({ since: noon + 20, until: noon + 60, limit: 9 })).toEqual([
          { causes: ['clock_step'], from: null, until: noon + 50, stepMs: -7_000 },
        ]);
      });
    });

    describe('the ledger', () => {
      it('refuses a second disposition of one occurrence and keeps the first', () => {
        apply(store, create('backup'));
        store.recordOutcome(anOutcome('backup', noon));
        expect(() =>
          store.recordOutcome(anOutcome('backup', noon, { reason: 'suspended' })),
        ).toThrowError(expect.objectContaining({ code: 'JM2-T110' }));
        expect(store.outcomes({ limit: 9 })).toEqual([anOutcome('backup', noon)]);
      });

      it('takes the same nominal time again in a new clock epoch and for another job', () => {
        apply(store, create('backup'), create('web'));
        store.recordOutcome(anOutcome('backup', noon));
        store.recordOutcome(anOutcome('backup', noon, { epoch: 1 }));
        store.recordOutcome(anOutcome('web', noon));
        expect(store.outcomes({ limit: 9 })).toHaveLength(3);
      });

      it('refuses a second run of one occurrence, but not of a request', () => {
        apply(store, create('backup'));
        const scheduled = { trigger: 'schedule', nominalTime: noon } as const;
        store.insertRun(aRun('backup', 'r1', scheduled));
        expect(() =>
          store.insertRun(aRun('backup', 'r2', { ...scheduled, trigger: 'catch-up' })),
        ).toThrowError(expect.objectContaining({ code: 'JM2-T110' }));
        store.insertRun(aRun('backup', 'r3'));
        store.insertRun(aRun('backup', 'r4'));
        expect(store.unfinishedRuns().map((run) => run.id)).toEqual(['r1', 'r3', 'r4']);
      });

      it('lists a series of one moment by nominal time, whatever its ids', () => {
        apply(store, create('backup'));
        for (const [id, nominalTime] of [
          ['r1', noon + 2],
          ['r2', noon],
          ['r3', noon + 1],
        ] as const) {
          store.insertRun(aRun('backup', id, { trigger: 'catch-up', nominalTime }));
        }
        expect(store.unfinishedRuns().map((run) => run.id)).toEqual(['r2', 'r3', 'r1']);
      });

      it('finds rows of a range, newest first, with those that reach into it', () => {
        apply(store, create('backup'), create('web'));
        const misfires = anOutcome('backup', noon - 10 * minute, {
          lastNominalTime: noon + 2 * minute,
          count: 13,
          disposition: 'missed',
          reason: 'catch_up_none',
        });
        store.recordOutcome(misfires);
        store.recordOutcome(anOutcome('backup', noon + 3 * minute));
        store.recordOutcome(anOutcome('backup', noon + 9 * minute));
        store.recordOutcome(anOutcome('web', noon + 4 * minute));
        const found = (filter: Partial<Parameters<Store['outcomes']>[0]>) =>
          store.outcomes({ limit: 9, ...filter }).map((row) => [row.job, row.nominalTime - noon]);
        const range = { since: noon, until: noon + 9 * minute };
        expect(found(range)).toEqual([
          ['web', 4 * minute],
          ['backup', 3 * minute],
          ['backup', -10 * minute],
        ]);
        expect(found({ ...range, jobUid: 'uid-backup' })).toEqual([
          ['backup', 3 * minute],
          ['backup', -10 * minute],
        ]);
        expect(found({ jobUid: 'uid-backup', limit: 1 })).toEqual([['backup', 9 * minute]]);
        expect(found({ since: noon + 2 * minute + 1, until: noon + 3 * minute })).toEqual([]);
        expect(found({ until: noon - 10 * minute })).toEqual([]);
      });

      it('gives the times at which a job was admitted, as it was known then, newest first', () => {
        apply(store, create('backup'), create('web'));
        for (const [job, minutes] of [
          ['backup', 0],
          ['backup', 1],
          ['backup', 2],
          ['backup', 3],
          ['web', 1],
        ] as const) {
          const nominalTime = noon + minutes * minute;
          const run = aRun(job, `${job}-${minutes}`, { trigger: 'schedule', nominalTime });
          store.insertRun(run);
          const admitted = { disposition: 'admitted', reason: null, runId: run.id } as const;
          store.recordOutcome(anOutcome(job, nominalTime, admitted));
        }
        store.recordOutcome(anOutcome('backup', noon + 4 * minute));
        const { recordedAt } = anOutcome('backup', noon);
        const asked = { jobUid: 'uid-backup', since: noon, until: noon + 9 * minute, limit: 9 };
        const found = (filter: Partial<Parameters<Store['admittedTimes']>[0]>) =>
          store
            .admittedTimes({ ...asked, knownAt: noon + 9 * minute, ...filter })
            .map((at) => (at - noon) / minute);
        expect(found({})).toEqual([3, 2, 1, 0]);
        expect(found({ since: noon + 1, until: noon + 3 * minute, limit: 1 })).toEqual([2]);
        expect(found({ jobUid: 'uid-web' })).toEqual([1]);
        expect(found({ knownAt: recordedAt - 1 })).toEqual([]);
      });
    });

    describe('runs', () => {
      beforeEach(() => {
        apply(store, create('backup'), create('web'));
      });

      it('turns the admission of a run that never began into a miss, once', () => {
        const row = { disposition: 'admitted', reason: null, runId: 'r1' } as const;
        store.recordOutcome(anOutcome('backup', noon, row));
        store.insertRun(aRun('backup', 'r1', { trigger: 'schedule', nominalTime: noon }));
        const miss = {
          jobUid: 'uid-backup',
          nominalTime: noon,
          epoch: 0,
          reason: 'deadline',
        } as const;
        store.missOccurrence({ ...miss, runId: 'other', detail: 'not this', recordedAt: noon });
        store.missOccurrence({ ...miss, runId: 'r1', detail: 'too late', recordedAt: noon + 9 });
        store.missOccurrence({ ...miss, runId: 'r1', detail: 'again', recordedAt: noon + 10 });
        expect(store.outcomes({ limit: 1 })).toEqual([
          anOutcome('backup', noon, {
            disposition: 'missed',
            reason: 'deadline',
            detail: 'too late',
            runId: 'r1',
            recordedAt: noon + 9,
          }),
        ]);
      });

      it('keeps that a run was asked for by force', () => {
        store.insertRun(aRun('backup', 'r1', { forced: true }));
        store.insertRun(aRun('backup', 'r2'));
        expect([store.run('r1')?.forced, store.run('r2')?.forced]).toEqual([true, false]);
      });

      it('keeps the priority that was given to one run', () => {
        store.insertRun(aRun('backup', 'r1', { priority: -5 }));
        store.insertRun(aRun('backup', 'r2'));
        expect([store.run('r1')?.priority, store.run('r2')?.priority]).toEqual([-5, null]);
      });

      it('keeps what was given with a request, and finds the run by its key', () => {
        const request = { given: { args: ['-v'], env: { A: '1' } }, requestId: 'k', repeats: 'r0' };
        store.insertRun(aRun('backup', 'r1', request));
        expect(store.requestedRun('k')).toMatchObject({ id: 'r1', ...request });
        expect(store.requestedRun('other')).toBeNull();
        expect(() => store.insertRun(aRun('backup', 'r2', { requestId: 'k' }))).toThrow();
      });

      it('finds the runs of a job for nominal times of a range', () => {
        for (const [id, nominalTime] of [
          ['r1', noon],
          ['r2', noon + 1],
          ['r3', noon + 2],
        ] as const) {
          store.insertRun(aRun('backup', id, { trigger: 'backfill', nominalTime }));
        }
        const nominal = { since: noon, until: noon + 2 };
        const found = store.runs({ jobUid: 'uid-backup', nominal, limit: 9 });
        expect(found.map((run) => run.id).toSorted()).toEqual(['r1', 'r2']);
      });

      it('follows a run through a failed attempt, a retry and its end', () => {
        store.insertRun(
          aRun('backup', 'r1', {
            trigger: 'schedule',
            nominalTime: noon,
            requestedBy: null,
          }),
        );
        store.beginAttempt({ runId: 'r1', attempt: 1, intendedAt: noon + 1, bootId: 'boot' });
        expect(store.run('r1')).toMatchObject({ state: 'running', attempts: 1, startedAt: null });
        store.attemptStarted({
          runId: 'r1',
          attempt: 1,
          startedAt: noon + 3,
          pid: 77,
          processStart: '1234',
          lateMs: 3,
        });
        const failed = {
          state: 'failed',
          endedAt: noon + 50,
          exitCode: 2,
          signal: null,
          reason: 'exit code 2',
        } as const;
        store.endAttempt('r1', 1, failed);
        store.requeueRun('r1', noon + 1000, 'retry 1 of 3');
        expect(store.run('r1')).toMatchObject({
          state: 'queued',
          notBefore: noon + 1000,
          reason: 'retry 1 of 3',
        });
        store.beginAttempt({ runId: 'r1', attempt: 2, intendedAt: noon + 1000, bootId: 'boot' });
        store.attemptStarted({
          runId: 'r1',
          attempt: 2,
          startedAt: noon + 1002,
          pid: 78,
          processStart: null,
          lateMs: 1002,
        });
        const succeeded = {
          ...failed,
          state: 'succeeded',
          endedAt: noon + 2000,
          exitCode: 0,
        } as const;
        store.endAttempt('r1', 2, { ...succeeded, reason: null });
        store.endRun('r1', { ...succeeded, reason: null });
        expect(store.run('r1')).toEqual({
          ...aRun('backup', 'r1', { trigger: 'schedule', nominalTime: noon, requestedBy: null }),
          state: 'succeeded',
          attempts: 2,
          startedAt: noon + 3,
          lateMs: 3,
          endedAt: noon + 2000,
          exitCode: 0,
        });
        expect(store.attempts('r1')).toEqual([
          {
            runId: 'r1',
            attempt: 1,
            intendedAt: noon + 1,
            startedAt: noon + 3,
            endedAt: noon + 50,
            pid: 77,
            processStart: '1234',
            bootId: 'boot',
            killIntent: null,
            exitCode: 2,
            signal: null,
            state: 'failed',
            reason: 'exit code 2',
          },
          expect.objectContaining({ attempt: 2, pid: 78, processStart: null, state: 'succeeded' }),
        ]);
      });

      it('notes things of a run once each, before and after its end', () => {
        const cut = { code: 'log_cut', text: '5 bytes were cut', at: noon } as const;
        store.insertRun(aRun('backup', 'r1'));
        store.addRunNote('r1', cut);
        const end = { endedAt: noon, exitCode: null, signal: null, reason: null };
        store.endRun('r1', { ...end, state: 'canceled' });
        store.addRunNote('r1', { ...cut, at: noon + 1 });
        store.addRunNote('r1', { ...cut, text: '6 bytes were cut' });
        store.addRunNote('unknown', cut);
        expect(store.run('r1')?.notes).toEqual([cut, { ...cut, text: '6 bytes were cut' }]);
      });

      it('begins each attempt at most once and only in its turn', () => {
        store.insertRun(aRun('backup', 'r1'));
        const begin = (attempt: number) =>
          store.beginAttempt({ runId: 'r1', attempt, intendedAt: noon, bootId: 'boot' });
        expect(() => begin(2)).toThrow(/does not follow/);
        begin(1);
        expect(() => begin(1)).toThrow(/does not follow/);
        expect(store.attempts('r1')).toHaveLength(1);
      });

      it('keeps the first kill intent and the first end', () => {
        store.insertRun(aRun('backup', 'r1'));
        store.beginAttempt({ runId: 'r1', attempt: 1, intendedAt: noon, bootId: 'boot' });
        store.setKillIntent('r1', 1, 'timeout');
        store.setKillIntent('r1', 1, 'cancel');
        const end = { endedAt: noon + 9, exitCode: null, signal: 'SIGTERM', reason: null };
        store.endAttempt('r1', 1, { ...end, state: 'timed_out' });
        store.endRun('r1', { ...end, state: 'timed_out' });
        store.endAttempt('r1', 1, { ...end, state: 'lost' });
        store.endRun('r1', { ...end, state: 'lost' });
        store.setRunReason('r1', 'too late to say');
        expect(store.attempts('r1')[0]).toMatchObject({
          killIntent: 'timeout',
          state: 'timed_out',
        });
        expect(store.run('r1')).toMatchObject({ state: 'timed_out', reason: null });
        expect(() => store.requeueRun('r1', noon, 'again')).toThrow(/has ended/);
      });

      it('does not record a success without an observed exit code', () => {
        store.insertRun(aRun('backup', 'r1'));
        store.beginAttempt({ runId: 'r1', attempt: 1, intendedAt: noon, bootId: 'boot' });
        const end = { endedAt: noon, exitCode: null, signal: null, reason: null };
        expect(() => store.endAttempt('r1', 1, { ...end, state: 'succeeded' })).toThrow();
        expect(() => store.endRun('r1', { ...end, state: 'succeeded' })).toThrow();
        expect(store.run('r1')?.state).toBe('running');
      });

      it('says why a queued run waits', () => {
        store.insertRun(aRun('backup', 'r1'));
        store.setRunReason('r1', 'waits for a slot');
        expect(store.run('r1')?.reason).toBe('waits for a slot');
      });

      it('filters runs, newest first', () => {
        store.insertRun(anEndedRun('backup', 'r1', { queuedAt: noon + 1 }));
        store.insertRun(
          anEndedRun('backup', 'r2', { queuedAt: noon + 2, state: 'failed', exitCode: 1 }),
        );
        store.insertRun(
          anEndedRun('web', 'r3', { queuedAt: noon + 3, trigger: 'schedule', nominalTime: noon }),
        );
        store.insertRun(aRun('web', 'r4', { queuedAt: noon + 4 }));
        const ids = (filter: Partial<Parameters<Store['runs']>[0]>) =>
          store.runs({ limit: 9, ...filter }).map((run) => run.id);
        expect(ids({})).toEqual(['r4', 'r3', 'r2', 'r1']);
        expect(ids({ limit: 2 })).toEqual(['r4', 'r3']);
        expect(ids({ job: 'backup' })).toEqual(['r2', 'r1']);
        expect(ids({ job: 'nobody' })).toEqual([]);
        expect(ids({ jobUid: 'uid-web' })).toEqual(['r4', 'r3']);
        expect(ids({ job: 'backup', jobUid: 'uid-web' })).toEqual([]);
        expect(ids({ states: ['failed', 'lost'] })).toEqual(['r2']);
        expect(ids({ states: ['queued'] })).toEqual(['r4']);
        expect(ids({ states: ['queued', 'succeeded'] })).toEqual(['r4', 'r3', 'r1']);
        expect(ids({ states: [] })).toEqual([]);
        expect(ids({ triggers: ['schedule'] })).toEqual(['r3']);
        expect(ids({ since: noon + 2, until: noon + 4 })).toEqual(['r3', 'r2']);
        expect(ids({ jobUid: 'uid-backup', states: ['failed'], since: noon })).toEqual(['r2']);
      });

      it('follows a job through its names', () => {
        store.insertRun(anEndedRun('backup', 'r1'));
        apply(store, update('uid-backup', 'dump', null, ['backup']));
        expect(store.runs({ job: 'dump', limit: 9 }).map((run) => run.id)).toEqual(['r1']);
        expect(store.runs({ job: 'backup', limit: 9 }).map((run) => run.id)).toEqual(['r1']);
      });

      it('tells the last run of each job and the unfinished ones, oldest first', () => {
        store.insertRun(anEndedRun('backup', 'r1', { queuedAt: noon + 1 }));
        store.insertRun(aRun('backup', 'r9', { queuedAt: noon + 9 }));
        store.insertRun(aRun('web', 'r5', { queuedAt: noon + 5 }));
        const last = store.lastRuns(['uid-backup', 'uid-web', 'uid-none']);
        expect([...last].map(([uid, run]) => [uid, run.id])).toEqual([
          ['uid-backup', 'r9'],
          ['uid-web', 'r5'],
        ]);
        expect(store.unfinishedRuns().map((run) => run.id)).toEqual(['r5', 'r9']);
        expect(store.lastRuns([])).toEqual(new Map());
      });

      it('hands out what statistics need page by page, each run once', () => {
        store.insertRun(anEndedRun('backup', 'r1', { queuedAt: noon + 1, attempts: 2 }));
        store.insertRun(aRun('web', 'r2', { queuedAt: noon + 5 }));
        store.insertRun(aRun('backup', 'r3', { queuedAt: noon + 5 }));
        const [first, second] = store.runFacts({ before: null, limit: 2 });
        expect([first?.id, second?.id]).toEqual(['r3', 'r2']);
        const before = { queuedAt: noon + 5, id: 'r2' };
        expect(store.runFacts({ before, limit: 2 })).toMatchObject([
          { id: 'r1', jobUid: 'uid-backup', job: 'backup', attempts: 2, queuedAt: noon + 1 },
        ]);
        const ofJob = store.runFacts({
          jobUid: 'uid-backup',
          since: noon + 2,
          before: null,
          limit: 9,
        });
        expect(ofJob.map(({ id }) => id)).toEqual(['r3']);
        expect(store.runFacts({ until: noon + 5, before: null, limit: 9 })).toHaveLength(1);
      });

      it('finds runs by the beginning of their id', () => {
        for (const id of ['01ab', '01ac', '01b', '02']) store.insertRun(aRun('web', id));
        expect(store.runsByPrefix('01a', 9).map((run) => run.id)).toEqual(['01ab', '01ac']);
        expect(store.runsByPrefix('0', 2).map((run) => run.id)).toEqual(['01ab', '01ac']);
        expect(store.runsByPrefix('01ab', 9).map((run) => run.id)).toEqual(['01ab']);
        expect(store.runsByPrefix('3', 9)).toEqual([]);
        expect(store.run('01a')).toBeNull();
      });
    });

    describe('transactions', () => {
      it('rolls everything back when the body throws', () => {
        apply(store, create('backup'));
        expect(() =>
          store.transaction(() => {
            store.insertRun(aRun('backup', 'r1'));
            store.recordOutcome(anOutcome('backup', noon));
            throw new Error('stop');
          }),
        ).toThrow('stop');
        expect(store.run('r1')).toBeNull();
        expect(store.outcomes({ limit: 9 })).toEqual([]);
      });

      it('joins nested calls: the outer one decides', () => {
        apply(store, create('backup'));
        expect(() =>
          store.transaction(() => {
            store.transaction(() => store.insertRun(aRun('backup', 'r1')));
            throw new Error('stop');
          }),
        ).toThrow('stop');
        expect(store.run('r1')).toBeNull();
      });

      it('undoes only the inner part when the outer one catches its error', () => {
        apply(store, create('backup'));
        const result = store.transaction(() => {
          store.insertRun(aRun('backup', 'r1'));
          try {
            store.transaction(() => {
              store.insertRun(aRun('backup', 'r2'));
              throw new Error('inner');
            });
          } catch {
            store.insertRun(aRun('backup', 'r3'));
          }
          return 'done';
        });
        expect(result).toBe('done');
        expect(store.unfinishedRuns().map((run) => run.id)).toEqual(['r1', 'r3']);
      });

      it('refuses a body that is asynchronous', () => {
        expect(() => store.transaction(() => Promise.resolve())).toThrow(/asynchronous/);
      });
    });

    describe('facts and retention', () => {
      it('sets, replaces and clears facts', () => {
        expect(store.fact('source.error')).toBeNull();
        store.setFact('source.error', 'one');
        store.setFact('source.error', 'two');
        expect(store.fact('source.error')).toBe('two');
        store.setFact('source.error', null);
        expect(store.fact('source.error')).toBeNull();
      });

      const bounds = { perJob: 5, olderThan: 0, keepLast: 2, limit: 100 };
      const fill = (count: number, failures: readonly number[] = []) => {
        apply(store, create('backup'), create('web'));
        for (let i = 1; i <= count; i += 1) {
          const nominalTime = noon + i * minute;
          const run = { trigger: 'schedule', nominalTime, queuedAt: nominalTime } as const;
          const id = `r${String(i).padStart(2, '0')}`;
          const end = failures.includes(i) ? ({ state: 'failed', exitCode: 1 } as const) : {};
          store.insertRun(anEndedRun('backup', id, { ...run, ...end }));
          store.recordOutcome(
            anOutcome('backup', nominalTime, {
              disposition: 'admitted',
              reason: null,
              runId: id,
            }),
          );
        }
      };
      const left = () =>
        store
          .runs({ limit: 99 })
          .map((run) => run.id)
          .reverse();

      it('prunes by count, oldest first, and keeps the newest failure', () => {
        fill(9, [1, 2]);
        expect(store.prune(bounds)).toEqual(['r01', 'r03', 'r04']);
        expect(left()).toEqual(['r02', 'r05', 'r06', 'r07', 'r08', 'r09']);
        expect(store.prune(bounds)).toEqual([]);
        expect(store.outcomes({ limit: 99 }).map((row) => row.runId)).not.toContain('r03');
      });

      it('prunes by age, but keeps the last runs of a job', () => {
        fill(4);
        const old = { ...bounds, olderThan: noon + 60 * minute };
        expect(store.prune(old)).toEqual(['r01', 'r02']);
        expect(left()).toEqual(['r03', 'r04']);
      });

      it('prunes in slices until nothing is left to prune', () => {
        fill(9);
        const slice = { ...bounds, limit: 3 };
        expect(store.prune(slice)).toEqual(['r01', 'r02', 'r03']);
        expect(store.prune(slice)).toEqual(['r04']);
        expect(store.prune(slice)).toEqual([]);
      });

      it('prunes a job by bounds of its own', () => {
        fill(9);
        const ofJob = new Map([['uid-backup', { perJob: 7, olderThan: 0 }]]);
        expect(store.prune({ ...bounds, ofJob })).toEqual(['r01', 'r02']);
        store.recordOutcome(anOutcome('backup', noon - minute));
        const old = new Map([['uid-backup', { perJob: 99, olderThan: noon }]]);
        store.prune({ ...bounds, olderThan: noon - 5 * minute, ofJob: old });
        expect(store.outcomes({ until: noon, limit: 9 })).toEqual([]);
      });

      it('prunes runs that came in after an earlier pruning', () => {
        fill(5);
        expect(store.prune(bounds)).toEqual([]);
        store.insertRun(anEndedRun('backup', 'r99', { queuedAt: noon + 99 * minute }));
        expect(store.prune(bounds)).toEqual(['r01']);
      });

      it('never prunes a run that has not ended', () => {
        apply(store, create('backup'));
        for (let i = 0; i < 9; i += 1) store.insertRun(aRun('backup', `r${i}`));
        expect(store.prune({ ...bounds, olderThan: noon + minute })).toEqual([]);
      });

      it('keeps the row of a run that never began as long as the run', () => {
        fill(2);
        const missed = { jobUid: 'uid-backup', epoch: 0, reason: 'deadline' } as const;
        store.missOccurrence({
          ...missed,
          runId: 'r01',
          nominalTime: noon + minute,
          detail: 'too late',
          recordedAt: noon,
        });
        store.prune({ ...bounds, olderThan: noon + 60 * minute });
        expect(left()).toEqual(['r01', 'r02']);
        expect(store.outcomes({ limit: 9 }).map((row) => row.runId)).toEqual(['r02', 'r01']);
      });

      it('prunes old skipped and missed rows, not the young', () => {
        apply(store, create('backup'));
        store.recordOutcome(anOutcome('backup', noon));
        store.recordOutcome(anOutcome('backup', noon + 2 * minute));
        store.prune({ ...bounds, olderThan: noon + minute });
        expect(store.outcomes({ limit: 9 }).map((row) => row.nominalTime - noon)).toEqual([
          2 * minute,
        ]);
      });
    });

    describe('a flush', () => {
      const page = { endedBefore: noon + minute, failures: false, after: null, limit: 9 } as const;
      const ended = (id: string, state: 'succeeded' | 'failed', endedAt: number): void =>
        store.insertRun(
          anEndedRun('backup', id, { state, endedAt, exitCode: state === 'failed' ? 1 : 0 }),
        );
      beforeEach(() => {
        apply(store, create('backup'));
        ended('r1', 'failed', noon + 1);
        ended('r2', 'succeeded', noon + 2);
        ended('r3', 'failed', noon + 3);
        ended('r4', 'succeeded', noon + minute);
        store.insertRun(aRun('backup', 'r5'));
      });

      it('finds runs by the time of their end, without the newest failure', () => {
        const ids = (failures: boolean): string[] =>
          store.endedRuns({ ...page, failures }).runs.map(({ id }) => id);
        expect([ids(false), ids(true)]).toEqual([
          ['r1', 'r2'],
          ['r1', 'r2', 'r3'],
        ]);
      });

      it('walks in pages that end', () => {
        const first = store.endedRuns({ ...page, limit: 3 });
        const second = store.endedRuns({ ...page, limit: 3, after: first.next });
        expect(first.next).toEqual({ queuedAt: noon, id: 'r3' });
        expect(second).toEqual({ runs: [], next: null });
      });

      it('never removes a run that has not ended', () => {
        store.removeRuns(['r1', 'r5', 'nobody']);
        expect(store.runs({ limit: 9 }).map(({ id }) => id)).toEqual(['r5', 'r4', 'r3', 'r2']);
      });

      it('counts what it removes of the ledger, in slices', () => {
        for (const step of [0, 1, 2]) {
          store.recordOutcome(anOutcome('backup', noon + step * minute));
        }
        const before = noon + 2 * minute;
        expect(store.countSettled(before)).toBe(2);
        expect([1, 2, 3].map(() => store.removeSettled(before, 1))).toEqual([1, 1, 0]);
        expect(store.outcomes({ limit: 9 })).toHaveLength(1);
      });

      it('remembers which jobs left the list, and when', () => {
        store.setFlushed(['uid-backup', 'nobody'], noon);
        expect([...store.flushedJobs(['uid-backup', 'uid-report'])]).toEqual([
          ['uid-backup', noon],
        ]);
      });
    });
  });
}
