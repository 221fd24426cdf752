// What the store itself refuses, whoever asks, and what the audit finds in a
// store whose constraints were taken away.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anOutcome, apply, aRun, create, noon } from '../support/store-records.ts';

const minute = 60_000;
const directory = mkdtempSync(join(tmpdir(), 'jm2-ledger-'));
afterAll(() => rmSync(directory, { recursive: true }));
const clock = new FakeClock(noon);
const { DatabaseSync } = loadBinding();

let count = 0;
let path: string;
let store: Store;

beforeEach(() => {
  count += 1;
  path = join(directory, `${count}.db`);
  store = openStore(path, { clock, ids: systemIds });
  apply(store, create('web', { successCodes: [0, 3] }), create('backup'));
});
afterEach(() => store.close());

/** Statements of somebody who goes past the store's own interface. */
function byHand(...statements: string[]): void {
  const database = new DatabaseSync(path, { readOnly: false });
  try {
    for (const statement of statements) database.exec(statement);
  } finally {
    database.close();
  }
}

const several = (from: number, to: number) =>
  anOutcome('web', noon + from * minute, {
    lastNominalTime: noon + to * minute,
    count: to - from + 1,
    disposition: 'missed',
    reason: 'catch_up_none',
  });

/** A scheduled run of one occurrence with one attempt, ended with this code. */
function scheduledRun(id: string, at: number, exitCode: number): void {
  const key = { trigger: 'schedule', nominalTime: at, specDigest: specOf() } as const;
  store.recordOutcome(anOutcome('web', at, { disposition: 'admitted', reason: null, runId: id }));
  store.insertRun(aRun('web', id, key));
  store.setWatermark('uid-web', at, 0);
  store.beginAttempt({ runId: id, attempt: 1, intendedAt: at, bootId: 'boot' });
  const end = { endedAt: at + 9, exitCode, signal: null, reason: null };
  store.endAttempt(id, 1, { ...end, state: 'succeeded' });
  store.endRun(id, { ...end, state: 'succeeded' });
}

const specOf = (): string => store.findJob('web')?.digest ?? '';

describe('one outcome per occurrence', () => {
  it.each([
    ['one that lies within it', anOutcome('web', noon + 5 * minute)],
    ['its first one', anOutcome('web', noon)],
    ['its last one', anOutcome('web', noon + 9 * minute)],
    ['several that begin before it and reach into it', several(-3, 2)],
    ['several that begin within it', several(9, 12)],
    ['several that enclose it', several(-3, 12)],
  ])('a row of several is not followed by %s', (_, second) => {
    store.recordOutcome(several(0, 9));
    expect(() => store.recordOutcome(second)).toThrowError(
      expect.objectContaining({ code: 'JM2-T110' }),
    );
    expect(store.outcomes({ limit: 9 })).toEqual([several(0, 9)]);
  });

  it('several rows follow each other, in another job and another clock epoch too', () => {
    store.recordOutcome(several(0, 9));
    store.recordOutcome(several(10, 19));
    store.recordOutcome(anOutcome('web', noon + 20 * minute));
    store.recordOutcome(anOutcome('backup', noon + 5 * minute));
    store.recordOutcome({ ...several(3, 6), epoch: 1 });
    expect(store.outcomes({ limit: 9 })).toHaveLength(5);
  });

  it('a row of the ledger is not rewritten, whoever tries', () => {
    store.recordOutcome(several(0, 9));
    expect(() => byHand("UPDATE occurrences SET reason = 'forbid'")).toThrow(/never rewritten/);
    expect(() => byHand('UPDATE occurrences SET nominal_at = 1')).toThrow(/never rewritten/);
  });
});

describe('ends are final', () => {
  beforeEach(() => scheduledRun('r1', noon, 3));

  it.each([
    ["UPDATE runs SET state = 'failed'", /a run that has ended/],
    ["UPDATE runs SET state = 'running', ended_at = NULL", /a run that has ended/],
    ['UPDATE runs SET exit_code = 0', /a run that has ended/],
    ["UPDATE attempts SET state = 'lost'", /an attempt that has ended/],
    ['UPDATE attempts SET state = NULL, ended_at = NULL', /an attempt that has ended/],
    ["UPDATE jobs SET watermark = 7 WHERE name = 'web'", /never goes back/],
    ["UPDATE jobs SET epoch = -1 WHERE name = 'web'", /never goes back/],
  ])('%s is refused', (statement, why) => {
    expect(() => byHand(statement)).toThrow(why);
  });

  it('a success needs an exit code that the job calls one', () => {
    store.insertRun(aRun('web', 'r2', { specDigest: specOf() }));
    store.beginAttempt({ runId: 'r2', attempt: 1, intendedAt: noon, bootId: 'boot' });
    const end = { endedAt: noon, exitCode: 1, signal: null, reason: null };
    expect(() => store.endAttempt('r2', 1, { ...end, state: 'succeeded' })).toThrow(/no success/);
  });

  it('a run does not succeed when its attempt did not', () => {
    store.insertRun(aRun('web', 'r2', { specDigest: specOf() }));
    store.beginAttempt({ runId: 'r2', attempt: 1, intendedAt: noon, bootId: 'boot' });
    const end = { endedAt: noon, exitCode: 0, signal: null, reason: null };
    store.endAttempt('r2', 1, { ...end, state: 'lost' });
    expect(() => store.endRun('r2', { ...end, state: 'succeeded' })).toThrow(/no attempt/);
  });
});

describe('the audit', () => {
  const unguarded = [
    'PRAGMA foreign_keys = OFF',
    'DROP TRIGGER runs_end_once',
    'DROP TRIGGER success_needs_its_attempt',
    'DROP TRIGGER attempts_end_once',
    'DROP TRIGGER watermark_never_goes_back',
    'DROP TRIGGER ledger_rows_stay',
    'DROP TRIGGER ledger_rows_do_not_overlap',
  ];

  beforeEach(() => scheduledRun('r1', noon, 3));

  it('finds nothing in a store that was written through its interface', () => {
    store.recordOutcome(several(-20, -1));
    expect(store.auditLedger()).toEqual([]);
  });

  it.each([
    ["DELETE FROM runs WHERE id = 'r1'", 'run r1 is not in the store as its run'],
    ['DELETE FROM occurrences', 'run r1 of web, 2026-03-02T12:00:00.000Z, has no row'],
    ['UPDATE jobs SET watermark = 7', 'the watermark of its job lies before it'],
    ['UPDATE runs SET exit_code = 0', 'no attempt of it ended with exit code 0'],
    ['UPDATE runs SET exit_code = 1', 'exit code 1 is no success of the job'],
    ['UPDATE runs SET attempts = 2', 'counts 2 attempts, and 1 are recorded'],
    [
      'UPDATE attempts SET state = NULL, ended_at = NULL',
      'attempt 1 of run r1 of web is open although the run is succeeded',
    ],
    [
      "UPDATE runs SET state = 'running', ended_at = NULL",
      'run r1 of web is running without an open attempt',
    ],
    [
      `UPDATE occurrences SET nominal_at = nominal_at - 60000, count = 3, disposition = 'missed', reason = 'forbid';
       INSERT INTO occurrences SELECT job_uid, nominal_at + 60000, epoch, nominal_at + 60000, 1, job,
         disposition, reason, run_id, recorded_at, detail FROM occurrences`,
      'also cover 2026-03-02T12:00:00.000Z',
    ],
  ])('tells of %s', (statement, said) => {
    byHand(...unguarded, statement);
    expect(store.auditLedger().join('\n')).toContain(said);
  });
});
