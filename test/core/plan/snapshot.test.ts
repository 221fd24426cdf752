import { describe, expect, it } from 'vitest';
import {
  parseSnapshot,
  recordedBySnapshot,
  takeSnapshot,
} from '../../../src/core/plan/snapshot.ts';
import { aJob, noon } from '../../support/store-records.ts';

const duration = { runs: 9, p50Ms: 1000, p95Ms: 2000, maxMs: 3000 };
const revision = {
  number: 7,
  digest: 'd7',
  timezone: 'Europe/Berlin',
  concurrencyMax: 8,
  queueLimit: 20,
  groups: { database: 2 },
};
const backup = {
  uid: 'uid-backup',
  job: aJob('backup', { env: { API_TOKEN: 'abc', MODE: 'full' } }),
  digest: 'spec',
  aliases: ['dump'],
  pause: null,
  scheduledSince: (noon - 9) as number | null,
  watermark: noon - 5,
};
const facts = {
  lineage: 'here',
  revision,
  jobs: [backup],
  durations: new Map([['uid-backup', duration]]),
  ran: () => [noon - 5, noon - 7],
  takenAt: noon,
};

describe('what is in force, as one document', () => {
  const snapshot = takeSnapshot(facts);

  it('says what a plan is computed against', () => {
    expect(snapshot).toMatchObject({
      format: 1,
      takenAt: '2026-03-02T12:00:00.000Z',
      lineage: 'here',
      revision: 7,
      digest: 'd7',
      timezone: 'Europe/Berlin',
      limits: { concurrencyMax: 8, queueLimit: 20, groups: { database: 2 } },
      jobs: [{ uid: 'uid-backup', digest: 'spec', aliases: ['dump'], duration }],
    });
  });

  it('hides what looks like a secret', () => {
    expect(snapshot.jobs[0]?.job.env).toEqual({ API_TOKEN: '***', MODE: 'full' });
  });

  it('has nothing in force before the first revision', () => {
    expect(takeSnapshot({ ...facts, revision: null, jobs: [] })).toMatchObject({
      revision: 0,
      digest: '',
      timezone: 'UTC',
      limits: { concurrencyMax: 0, queueLimit: 0, groups: {} },
      jobs: [],
    });
  });

  it('comes back from its text as what it was', () => {
    expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
    const { recorded, durations } = recordedBySnapshot(snapshot);
    expect(recorded).toMatchObject({ lineage: 'here', revision: 7, timezone: 'Europe/Berlin' });
    expect(recorded.jobs).toMatchObject([{ uid: 'uid-backup', aliases: ['dump'], pause: null }]);
    expect(durations).toEqual(new Map([['uid-backup', duration]]));
  });

  it('says since when a schedule holds and what ran by it, so that the past is told as by the store', () => {
    const { recorded, admitted } = recordedBySnapshot(snapshot);
    expect(recorded.jobs).toMatchObject([{ scheduledSince: noon - 9, watermark: noon - 5 }]);
    expect(admitted('uid-backup', { from: noon - 7, to: noon - 5 })).toEqual([noon - 7]);
    const many = takeSnapshot({ ...facts, ran: () => Array.from({ length: 99 }, () => noon) });
    expect(many.jobs[0]?.ran).toHaveLength(32);
  });

  it('knows nothing of the past where it has none', () => {
    const { settledTo: _settled, ran: _ran, ...older } = snapshot.jobs[0]!;
    const { recorded, admitted } = recordedBySnapshot({ ...snapshot, jobs: [older] });
    expect(recorded.jobs[0]?.watermark).toBeUndefined();
    expect(admitted('uid-backup', { from: 0, to: noon })).toBeNull();
    const byHand = { ...backup, job: aJob('backup', { schedules: [] }), scheduledSince: null };
    const [told] = takeSnapshot({ ...facts, jobs: [byHand] }).jobs;
    expect([told?.ran, told?.scheduledSince]).toEqual([undefined, undefined]);
  });

  it.each([
    ['until a time', noon + 1000],
    ['until it is resumed', null],
  ])('tells a pause %s, and neither who nor why', (_, until) => {
    const pause = { until, by: 'alice', reason: 'the disk', since: noon, skipped: 3 };
    const paused = takeSnapshot({ ...facts, jobs: [{ ...backup, pause }], durations: new Map() });
    expect(paused.jobs[0]).toMatchObject({ pausedUntil: until });
    expect(JSON.stringify(paused)).not.toContain('alice');
    expect(recordedBySnapshot(paused).recorded.jobs[0]?.pause).toEqual({
      by: 'somebody',
      reason: null,
      since: noon,
      until,
      skipped: 0,
    });
    expect(recordedBySnapshot(paused).durations.size).toBe(0);
    const { pausedSince: _since, ...older } = paused.jobs[0]!;
    const known = recordedBySnapshot({ ...paused, jobs: [older] }).recorded.jobs[0];
    expect(known?.pause).toMatchObject({ since: 0, until });
  });
});

describe('a text that is no snapshot', () => {
  const whole = JSON.parse(JSON.stringify(takeSnapshot(facts)));
  const job = whole.jobs[0];

  it.each<[string, unknown]>([
    ['is no object', 7],
    ['is nothing', null],
    ['has another format', { ...whole, format: '1' }],
    ['has no lineage', { ...whole, lineage: undefined }],
    ['has half a revision', { ...whole, revision: 1.5 }],
    ['has no digest', { ...whole, digest: 3 }],
    ['has no limits', { ...whole, limits: null }],
    ['has limits that are none', { ...whole, limits: 64 }],
    ['was taken never', { ...whole, takenAt: 'yesterday' }],
    ['was taken at a number', { ...whole, takenAt: noon }],
    ['has no list of jobs', { ...whole, jobs: {} }],
    ['has a job that is none', { ...whole, jobs: [null] }],
    ['has a job that is a word', { ...whole, jobs: ['backup'] }],
    ['has a job without identity', { ...whole, jobs: [{ ...job, uid: 1 }] }],
    ['has a job without digest', { ...whole, jobs: [{ ...job, digest: 1 }] }],
    ['has a job with half a past', { ...whole, jobs: [{ ...job, ran: 5 }] }],
    ['has a job without aliases', { ...whole, jobs: [{ ...job, aliases: 'dump' }] }],
    ['has a job without spec', { ...whole, jobs: [{ ...job, job: null }] }],
    ['has a spec that is a word', { ...whole, jobs: [{ ...job, job: 'backup' }] }],
    ['has a spec without name', { ...whole, jobs: [{ ...job, job: { schedules: [] } }] }],
    ['has a spec without schedules', { ...whole, jobs: [{ ...job, job: { name: 'backup' } }] }],
  ])('%s', (_, value) => {
    expect(parseSnapshot(JSON.stringify(value))).toBeNull();
  });

  it('is no JSON', () => {
    expect(parseSnapshot('{"format": 1')).toBeNull();
  });

  it('is told apart when a newer program wrote it', () => {
    expect(parseSnapshot('{"format": 2}')).toBe('newer');
  });
});
