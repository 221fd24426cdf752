import { describe, expect, it } from 'vitest';
import { explainOutcome } from '../../../src/core/why/explain-outcome.ts';
import { describeDeadline, missedReason } from '../../../src/core/runs/missed.ts';
import type { OutcomeReason } from '../../../src/core/runs/run.ts';
import {
  change,
  day,
  down,
  evidence,
  hour,
  jobFacts,
  minute,
  noon,
  outcomeFacts,
  run,
  said,
  spec,
} from './builders.ts';

const away = 'the scheduler was not running from 2026-03-02 11:00 UTC to 2026-03-02 13:00 UTC';
const missed = (reason: OutcomeReason, rest = {}) =>
  explainOutcome(
    outcomeFacts(
      { disposition: 'missed', reason },
      { interruptions: [down(noon - hour, noon + hour)], ...rest },
    ),
    jobFacts({
      changes: [
        change(1, noon - day, {
          job: { catchUp: { policy: 'all', windowMs: 2 * hour, limit: 5 } },
        }),
      ],
    }),
  );
const unknownSpec = (reason: OutcomeReason) =>
  explainOutcome(outcomeFacts({ disposition: 'missed', reason }), jobFacts({ changes: [] }));
const skipped = (
  reason: OutcomeReason,
  detail: string | null = null,
  rest = {},
  job = jobFacts(),
) => explainOutcome(outcomeFacts({ reason, detail }, rest), job);

const blocker = run({
  id: 'r-before',
  state: 'succeeded',
  startedAt: noon - 10 * minute,
  endedAt: noon + 10 * minute,
});

describe('why an occurrence did not become a run', () => {
  it.each([
    [
      skipped('forbid', 'run r-before had not ended', { inTheWay: blocker }),
      'skipped: Skipped: run r-before of the job had not ended (concurrency: forbid); it began at 2026-03-02 11:50 UTC and ended at 2026-03-02 12:10 UTC.',
    ],
    [
      skipped('forbid', 'run r-gone had not ended'),
      'skipped: Skipped: run r-gone had not ended (concurrency: forbid).',
    ],
    [
      skipped('queue_full', 'run r-before was waiting already', {
        inTheWay: { ...blocker, startedAt: null, endedAt: null },
      }),
      'skipped: Skipped: run r-before of the job was waiting already (concurrency: queue); it has not ended yet.',
    ],
    [
      skipped('paused', 'paused by alice ("disk swap")'),
      'skipped: Skipped: the job was paused by alice ("disk swap").',
    ],
    [skipped('replaced'), 'skipped: Skipped: a newer run took its place.'],
    [skipped('stopping'), 'skipped: Skipped: the scheduler was stopping.'],
    [
      skipped('engine_fault', 'no progress'),
      'skipped: Skipped: the schedule could not be computed: no progress.',
    ],
    [missed('catch_up_none'), `missed: Missed: ${away}, and catch_up: none starts nothing late.`],
    [
      missed('catch_up_window'),
      `missed: Missed: ${away}, and it lies outside the catch-up window of 2h.`,
    ],
    [
      missed('catch_up_limit'),
      `missed: Missed: ${away}, and catch_up: all had reached its limit of 5.`,
    ],
    [
      missed('catch_up_latest', { caughtUp: run({ id: 'r-newest' }) }),
      `missed: Missed: ${away}, and of those that came due catch_up: latest runs only the newest, run r-newest.`,
    ],
    [
      explainOutcome(outcomeFacts({ disposition: 'skipped', reason: null }), jobFacts()),
      'skipped: Skipped: for no reason on record.',
    ],
    [
      missed('catch_up_latest'),
      `missed: Missed: ${away}, and of those that came due catch_up: latest runs only the newest.`,
    ],
    [
      unknownSpec('catch_up_window'),
      'missed: Missed: nobody was there to admit it, and it lies outside the catch-up window.',
    ],
    [
      unknownSpec('catch_up_limit'),
      'missed: Missed: nobody was there to admit it, and catch_up: all had reached its limit.',
    ],
    [missed('deadline'), 'missed: Missed: it could not start within its start_deadline.'],
    [
      missed('restored'),
      'missed: Missed: it came due between a backup of the store and its restore, and may have run then.',
    ],
    [
      skipped('zone_data'),
      'skipped: Skipped: the same local time was settled at another instant, by the zone data of before.',
    ],
    [missed('clock_step'), `missed: Missed: ${away}.`],
    [
      missed('clock_step', { interruptions: [] }),
      'missed: Missed: the clock was set forward over it.',
    ],
    [
      skipped('a_word_of_tomorrow' as OutcomeReason, 'with a detail'),
      'skipped: Skipped: a word of tomorrow: with a detail.',
    ],
  ])('%# says so', (explained, sentence) => {
    expect(said(explained)).toBe(sentence);
  });

  it('names the time away that was recorded with it when no interruption is kept any more', () => {
    const detail = 'more than 100,000; the host was asleep between A and B';
    const outcome = { disposition: 'missed', reason: 'catch_up_none', detail } as const;
    expect(explainOutcome(outcomeFacts(outcome), jobFacts()).answer).toBe(
      'Missed: the host was asleep between A and B, and catch_up: none starts nothing late.',
    );
  });

  it('says that it is one of several, and of how many', () => {
    const outcome = {
      disposition: 'missed',
      reason: 'catch_up_none',
      count: 1_440,
      lastNominalTime: noon + day,
    } as const;
    const explained = explainOutcome(outcomeFacts(outcome, { at: noon + hour }), jobFacts());
    expect(explained).toMatchObject({ count: 1_440, nominalTime: noon + hour });
    expect(explained.answer).toContain(
      'Missed, one of 1,440 from 2026-03-02 12:00 UTC to 2026-03-03 12:00 UTC: ',
    );
  });
});

it('names the run that was admitted and never began', () => {
  const detail = 'could not start within 5m of its time (start_deadline); waits for a free slot';
  const outcome = { disposition: 'missed', reason: 'deadline', detail, runId: 'r-waited' } as const;
  const waited = run({ id: 'r-waited', state: 'canceled' });
  const explained = explainOutcome(outcomeFacts(outcome, { waited }), jobFacts());
  expect(explained.answer).toBe(`Missed: ${detail}.`);
  expect(evidence(explained)).toContain('run: admitted as run r-waited, which never began');
});

it('cites the run that stood for it, also one without a time of its own', () => {
  const cited = (nominalTime: number | null) =>
    evidence(missed('catch_up_latest', { caughtUp: run({ id: 'r-newest', nominalTime }) }));
  expect(cited(noon)).toContain(
    'run: run r-newest was admitted for 2026-03-02 12:00 UTC by catch-up',
  );
  expect(cited(null)).toContain('run: run r-newest was admitted by catch-up');
});

it('tells a run that was given up for another reason by that reason', () => {
  const given = { id: 'r-before', state: 'canceled', startedAt: null } as const;
  const explained = skipped('queue_full', 'run r-before was waiting already', {
    inTheWay: run({
      ...given,
      reason: missedReason('the job was removed'),
      endedAt: noon + minute,
    }),
  });
  expect(explained.answer).toBe(
    'Skipped: run r-before of the job was waiting already (concurrency: queue); it never began and was given up at 2026-03-02 12:01 UTC: the job was removed.',
  );
});

it('tells a run that missed its start_deadline from a canceled one', () => {
  const reason = missedReason(`${describeDeadline(minute)}; waits for a free slot`);
  const given = { id: 'r-before', state: 'canceled', startedAt: null, reason } as const;
  const explained = skipped('queue_full', 'run r-before was waiting already', {
    inTheWay: run({ ...given, endedAt: noon + minute }),
  });
  expect(explained.answer).toBe(
    'Skipped: run r-before of the job was waiting already (concurrency: queue); it never began and missed its start_deadline at 2026-03-02 12:01 UTC.',
  );
  expect(evidence(explained)).toContain(
    'run: run r-before never began and missed its start_deadline at 2026-03-02 12:01 UTC',
  );
});

describe('the revision that made the rule apply', () => {
  const suspended = { job: { suspend: true } };
  const changes = [
    change(1, noon - 9 * day, { action: 'create' }),
    change(2, noon - 8 * day, suspended),
    change(3, noon - 7 * day),
    change(4, noon - 6 * day, { ...suspended, by: 'cli (bob)' }),
    change(5, noon - 5 * day, suspended),
  ];

  it('suspended: the first of those in a row, and what lifted it later', () => {
    const lifted = [...changes, change(6, noon + minute)];
    const explained = skipped('suspended', null, {}, jobFacts({ changes: lifted }));
    expect(explained.answer).toBe(
      'Skipped: the job was suspended in revision 4, applied 2026-02-24 12:00 UTC by cli (bob).',
    );
    expect(evidence(explained)).toContain(
      'revision: suspend lifted in revision 6, applied 2026-03-02 12:01 UTC by alice',
    );
    expect(explained.hint).toBeNull();
  });

  it('suspended still: with the way out', () => {
    expect(skipped('suspended', null, {}, jobFacts({ changes })).hint).toBe(
      'To admit its occurrences again: jm2 edit backup --set suspend=false',
    );
  });

  it('suspended before anything is on record', () => {
    const known = [change(7, noon - day, { action: 'known', ...suspended })];
    expect(skipped('suspended', null, {}, jobFacts({ changes: known })).answer).toBe(
      'Skipped: the job was suspended, since revision 7 or before.',
    );
    expect(skipped('suspended', null, {}, jobFacts({ changes: [] })).answer).toBe(
      'Skipped: the job was suspended.',
    );
  });

  it.each([
    ['removed', 'delete', 'the job left the manifest before it was settled'],
    ['schedule_changed', 'update', 'its schedule was changed before it was settled'],
  ] as const)('%s: the first revision after it', (reason, action, what) => {
    const later = [...changes.slice(0, 1), change(8, noon + minute, { action, spec: spec() })];
    expect(skipped(reason, null, {}, jobFacts({ changes: later })).answer).toBe(
      `Skipped: ${what}, in revision 8, applied 2026-03-02 12:01 UTC by alice.`,
    );
  });
});
