import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { schedulesOf } from '../support/a-schedule.ts';

// The proofs are worth what their judges find: each promise is broken here once.

type Facts = Record<string, unknown> & {
  witness: string[];
  store: Record<'revisions' | 'occurrences' | 'runs' | 'attempts' | 'changes', object[]>;
  faults: object[];
  logs: Map<string, string>;
  leftovers: object[];
  accepted: string[];
};
type Check = (
  facts: Facts,
  compile: typeof compileSchedule,
) => { violations: { promise: string; words: string }[] };

let check: Check;
beforeAll(async () => {
  const script = pathToFileURL('scripts/chaos/check.mjs').href;
  ({ check } = (await import(script)) as { check: Check });
});

const start = Date.parse('2026-03-01T12:00:00Z');
const occurrence = (at: number, changes: object = {}): object => ({
  job_uid: 'u',
  job: 'a',
  nominal_at: start + at,
  last_nominal_at: start + at,
  epoch: 0,
  count: 1,
  disposition: 'admitted',
  reason: null,
  run_id: `r${at}`,
  recorded_at: start + at,
  ...changes,
});
const run = (at: number, changes: object = {}): object => ({
  id: `r${at}`,
  job_uid: 'u',
  job: 'a',
  trigger: 'schedule',
  nominal_at: start + at,
  epoch: 0,
  revision: 1,
  state: 'succeeded',
  queued_at: start + at,
  ended_at: start + at + 500,
  ...changes,
});
const attempt = (at: number, changes: object = {}): object => ({
  run_id: `r${at}`,
  attempt: 1,
  intended_at: start + at,
  started_at: start + at,
  ended_at: start + at + 500,
  kill_intent: null,
  exit_code: 0,
  signal: null,
  state: 'succeeded',
  reason: null,
  ...changes,
});
const words = (at: number): string[] => [
  `start r${at} 1 a ${new Date(start + at).toISOString()} 1.0 77`,
  `end r${at} 1 0`,
];

/** A job every 10 s, over 25 s: two runs, both fine. */
function facts(changes: (facts: Facts) => void = () => {}): Facts {
  const job = {
    name: 'a',
    schedules: schedulesOf('every 10s'),
    suspend: false,
    timeoutMs: null,
    retry: { limit: 0 },
    command: { kind: 'argv', argv: ['sh', 'job.sh', '1'] },
  };
  const made: Facts = {
    witness: [...words(10_000), ...words(20_000)],
    store: {
      revisions: [{ number: 1, source: 'text' }],
      changes: [{ job_uid: 'u', revision: 1, at: start, action: 'create', name: 'a' }],
      occurrences: [occurrence(10_000), occurrence(20_000)],
      runs: [run(10_000), run(20_000)],
      attempts: [attempt(10_000), attempt(20_000)],
    },
    manifests: new Map([[1, { jobs: [job] }]]),
    accepted: ['text'],
    faults: [],
    logs: new Map(['r10000/1', 'r20000/1'].map((key) => [key, 'line 1\n'])),
    leftovers: [],
    history: [],
    until: start + 25_000,
  };
  changes(made);
  return made;
}

const found = (changes?: (facts: Facts) => void): string[] =>
  check(facts(changes), compileSchedule).violations.map(
    ({ promise, words: said }) => `${promise}: ${said}`,
  );

describe('the checker of a chaos run', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(found()).toEqual([]);
  });

  it.each<[string, RegExp, (facts: Facts) => void]>([
    ['a second start', /P1: .*started 2 times/, (f) => f.witness.push(words(10_000)[0] ?? '')],
    ['a start without an intent', /P1: .*not in the store/, (f) => f.witness.push(...words(77))],
    [
      'a start that recovery had taken',
      /P1: .*recovery had its token/,
      (f) => {
        f.store.attempts[0] = attempt(10_000, { state: 'canceled', reason: 'never began: …' });
      },
    ],
    [
      'a second run of one occurrence',
      /P1: runs .* are of one occurrence/,
      (f) => f.store.runs.push(run(10_000, { id: 'other' })),
    ],
    ['an occurrence without a record', /P2: a .*no record/, (f) => f.store.occurrences.pop()],
    [
      'two records of one occurrence',
      /P2: a .*2 records/,
      (f) => f.store.occurrences.push(occurrence(10_000)),
    ],
    [
      'a record of what was never due',
      /P2: .*a record of 1 for 0/,
      (f) => f.store.occurrences.push(occurrence(13_000)),
    ],
    [
      'a miss without an interruption',
      /P2: .*without an interruption/,
      (f) => {
        const missed = { disposition: 'missed', reason: 'catch_up_none' };
        f.store.occurrences[0] = occurrence(10_000, missed);
      },
    ],
    ['a success without a command', /P3: .*succeeded and started 0 times/, (f) => (f.witness = [])],
    [
      'an exit code that the job never had',
      /P3: .*exit code 0, the job itself says undefined/,
      (f) => f.witness.pop(),
    ],
    [
      'a loss though the launcher lived',
      /P3: .*is lost .*although its launcher lived/,
      (f) => {
        f.store.attempts[0] = attempt(10_000, { state: 'lost', exit_code: null });
      },
    ],
    [
      'a signal that nobody sent',
      /P3: .*ended by SIGKILL that nobody sent/,
      (f) => {
        const killed = { state: 'failed', exit_code: null, signal: 'SIGKILL' };
        f.store.attempts[0] = attempt(10_000, killed);
      },
    ],
    [
      'an attempt without an end',
      /P3: .*has no end/,
      (f) => {
        f.store.attempts[0] = attempt(10_000, { state: null });
      },
    ],
    ['a manifest that nobody meant', /P5: revision 1/, (f) => (f.accepted = ['another'])],
    ['output that is cut', /P6: .*0 of 1 lines/, (f) => f.logs.set('r10000/1', '')],
    ['output out of order', /P6: .*not as printed/, (f) => f.logs.set('r10000/1', 'line 2\n')],
    ['a process left behind', /P6: process 5/, (f) => f.leftovers.push({ pid: 5 })],
  ])('finds %s', (_, said, changes) => {
    expect(found(changes).join('\n')).toMatch(said);
  });

  it('takes a fault of the right kind for a cause', () => {
    const lost = found((f) => {
      f.store.attempts[0] = attempt(10_000, { state: 'lost', exit_code: null });
      f.witness.splice(1, 1);
      f.logs.set('r10000/1', '');
      f.faults.push({ name: 'kill launcher', from: start + 10_100, until: start + 10_200 });
    });
    expect(lost).toEqual([]);
  });
});

interface Seen {
  readonly runs: readonly object[];
  readonly outcomes: readonly object[];
  readonly attempts: readonly object[];
  readonly starts: number;
  readonly ends: number;
  readonly log: string | null;
  readonly leftovers: number;
}

describe('the verdict on one crash', () => {
  let violations: (killed: string, facts: object | null, seen: Seen) => string[];
  beforeAll(async () => {
    const script = pathToFileURL('scripts/crash-sweep/verdict.mjs').href;
    ({ violations } = (await import(script)) as { violations: typeof violations });
  });
  const fine: Seen = {
    runs: [{ state: 'succeeded', exit_code: 7, attempts: 1 }],
    outcomes: [{ disposition: 'admitted' }],
    attempts: [{ state: 'succeeded' }],
    starts: 1,
    ends: 1,
    log: 'begun\nended\n',
    leftovers: 0,
  };
  const begun = { hasToken: true, hasCommand: true, hasExit: false };

  it('accepts a success of a run that the launcher saw to its end', () => {
    expect(violations('daemon', null, fine)).toEqual([]);
  });

  it.each<[string, RegExp, string, object | null, Partial<Seen>]>([
    ['a success without a witness', /state succeeded .*expected lost/, 'launcher', begun, {}],
    ['a second start', /P1/, 'daemon', null, { starts: 2, ends: 2 }],
    [
      'an invented exit code',
      /P3/,
      'daemon',
      null,
      { runs: [{ state: 'succeeded', exit_code: 0 }] },
    ],
    [
      'a lost run of a living launcher',
      /expected succeeded/,
      'daemon',
      null,
      { runs: [{ state: 'lost' }] },
    ],
    ['output that is cut', /output is/, 'daemon', null, { log: 'begun\n' }],
    ['no record at all', /0 runs/, 'daemon', null, { runs: [] }],
    ['a process left behind', /1 processes left/, 'daemon', null, { leftovers: 1 }],
  ])('refuses %s', (_, said, killed, known, changes) => {
    expect(violations(killed, known, { ...fine, ...changes }).join('\n')).toMatch(said);
  });
});

describe('the judge of a crash within an apply', () => {
  type Judge = (scene: object, seen: object) => string[];
  let judge: Judge;
  beforeAll(async () => {
    const script = pathToFileURL('scripts/crash-sweep/apply-verdict.mjs').href;
    ({ applyViolations: judge } = (await import(script)) as { applyViolations: Judge });
  });
  const at = Date.parse('2026-03-01T12:00:00Z');
  const listed = (hour: number) => [
    { name: 'a', schedule: `0 ${hour} * * *`, nextRun: `2026-03-02T0${hour}:00:00.000Z` },
  ];
  const scene = {
    before: { a: { hour: 3 } },
    after: { a: { hour: 5 } },
    running: ['a'],
    waitsForWord: true,
    holds: 'rollback',
  };
  const seen = {
    revisionsBefore: 1,
    revision: 2,
    revisions: 2,
    revisionsAfter: 2,
    at,
    exitCode: 0,
    listed: listed(5),
    listedAfter: listed(5),
    confirmation: {},
    hold: 'rollback',
    again: { code: 0, words: '' },
    audit: 'whole',
    leftovers: 0,
    ends: { a: 1 },
    audited: ['manifest.applied', 'apply.confirmed', 'manifest.rolled_back'],
    runs: [{ startedAs: 'a', state: 'succeeded', heldBy: 'a' }],
    starts: { a: 1 },
  };
  const old = { revision: 1, revisions: 1, exitCode: 8, confirmation: null, hold: null };

  it('finds nothing where the old or the new state is whole', () => {
    expect(judge(scene, seen)).toEqual([]);
    expect(judge(scene, { ...seen, ...old, listed: listed(3) })).toEqual([]);
  });

  it.each([
    ['neither state', { listed: listed(4) }, 'neither the old nor the new'],
    ['a revision too many', { revisions: 3 }, 'new, with revision 2 of 3'],
    ['a success that was none', { ...old, listed: listed(3), exitCode: 0 }, 'nothing applied'],
    [
      'a schedule that is not in force',
      { listed: [{ ...listed(5)[0], nextRun: '2026-03-02T03:00:00.000Z' }] },
      'a is listed for',
    ],
    ['a forgotten confirmation', { confirmation: null }, 'the confirmation is null'],
    ['a forgotten hold', { hold: null }, 'the hold is null'],
    ['a run that was lost', { runs: [{ ...seen.runs[0], state: 'lost' }] }, 'is lost instead of'],
    ['a run that is gone', { runs: [] }, 'is gone'],
    ['a second start', { starts: { a: 2 } }, 'started 2 times'],
    ['another owner', { runs: [{ ...seen.runs[0], heldBy: 'b' }] }, 'belongs to b'],
    ['a refusal of the same', { again: { code: 4, words: 'stale' } }, 'ended with 4: stale'],
    ['a revision of the same', { revisionsAfter: 3 }, '3 revisions in the end'],
    ['an apply that is not told', { audited: [] }, '0 entries of the audit'],
    ['a broken chain', { audit: 'not whole' }, 'the audit is not whole'],
    ['what still runs', { leftovers: 1 }, '1 processes left'],
  ])('finds %s', (_, change, words) => {
    expect(judge(scene, { ...seen, ...change }).join('; ')).toContain(words);
  });
});
