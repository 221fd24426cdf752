import { expect, it } from 'vitest';
import {
  driftOf,
  isDrift,
  isIgnored,
  splitIgnored,
  type DriftFacts,
  type RecordedFact,
} from '../../src/core/sync/drift.ts';

const dump: RecordedFact = {
  name: 'dump',
  digest: 'd1',
  specDigest: 'd1',
  fault: null,
  isArmed: true,
  pause: null,
  isOrphaned: false,
  past: null,
};
const sound: DriftFacts = {
  isAttended: true,
  accepted: { digest: 'm1', jobDigests: new Map([['dump', 'd1']]) },
  recorded: { revision: 7, digest: 'm1' },
  jobs: [dump],
  source: null,
  environment: [],
  timezoneData: { applied: '2026a', now: '2026a' },
};
const since = Date.parse('2026-03-01T00:00:00Z');
const past = { since, expected: 7, ran: 7, heldBack: 0, others: {} };
const pause = { by: 'ann', reason: 'disk swap', isOld: false };

it('finds nothing where everything is as it was applied', () => {
  expect(driftOf({ ...sound, jobs: [{ ...dump, past }] })).toEqual([]);
});

const ofJob = (changes: Partial<RecordedFact>): DriftFacts => ({
  ...sound,
  jobs: [{ ...dump, ...changes }],
});
const cases: [string, DriftFacts, string][] = [
  [
    'a pause without a word',
    ofJob({ pause: { ...pause, reason: null } }),
    'expected dump paused by ann',
  ],
  [
    'a job that the revision does not have',
    { ...sound, accepted: { digest: 'm1', jobDigests: new Map() } },
    'external dump revision 7 does not have it, and it is recorded all the same',
  ],
  ['a pause that holds', ofJob({ pause }), 'expected dump paused by ann: "disk swap"'],
  [
    'a pause that was forgotten',
    ofJob({ pause: { ...pause, isOld: true } }),
    'stale_override dump',
  ],
  [
    'a fault of the engine',
    ofJob({ fault: 'no progress' }),
    'external dump it is not scheduled: no',
  ],
  [
    'a job that no timer waits for',
    ofJob({ isArmed: false }),
    'external dump it has starts to come',
  ],
  ['a spec changed in the store', ofJob({ specDigest: 'd2' }), 'external dump its recorded spec'],
  [
    'a job recorded otherwise than its revision says',
    ofJob({ digest: 'd2', specDigest: 'd2' }),
    'external dump it is recorded otherwise than revision 7',
  ],
  ['a job that a guard keeps', ofJob({ isOrphaned: true }), 'source dump it runs on'],
  ['a job taken out of the store', { ...sound, jobs: [] }, 'external dump revision 7 has it'],
  ['no daemon', { ...sound, isAttended: false }, 'external null no daemon runs'],
  [
    'a program that is gone',
    { ...sound, environment: [{ job: 'dump', problem: 'no such program' }] },
    'environment dump no such program',
  ],
  [
    'a text that means something else by now',
    { ...sound, accepted: { digest: 'm2', jobDigests: new Map([['dump', 'd9']]) } },
    'environment null the text of revision 7 means something else',
  ],
  [
    'other time-zone data',
    { ...sound, timezoneData: { applied: '2025b', now: '2026a' } },
    'environment null time-zone data 2025b when revision 7 was applied, 2026a now',
  ],
  [
    'a file that says something else',
    { ...sound, source: { detail: 'the manifest differs', jobs: ['dump'] } },
    'source null the manifest differs',
  ],
  [
    'a file with changes that do not count until they are committed',
    { ...sound, isEdited: true },
    'expected null the file has changes that are not committed',
  ],
  [
    'a job that ran less often than its schedule says',
    ofJob({ past: { ...past, ran: 4, heldBack: 1, others: { 'missed (down)': 1 } } }),
    'behaviour dump ran 4 of 6 times since 2026-03-01T00:00:00.000Z: 1 missed (down), 1 without a record',
  ],
];
it.each(cases)('tells %s', (_, facts, said) => {
  const [item, ...more] = driftOf(facts);
  expect(more).toEqual([]);
  expect(`${item?.class} ${item?.job} ${item?.detail}`).toContain(said);
});

it('what people do on purpose, and a change that is pending, are no drift', () => {
  const items = driftOf({ ...ofJob({ pause }), source: { detail: 'x', jobs: [] } });
  expect(items.map(isDrift)).toEqual([false, false]);
});

it.each([
  ['external', true],
  ['dump', true],
  ['dump/external', true],
  ['dump/behaviour', false],
  ['web', false],
])('--ignore %s', (path, ignored) => {
  const [item] = driftOf(ofJob({ isArmed: false }));
  expect(item !== undefined && isIgnored(item, [path])).toBe(ignored);
});

it('what the manifest ignores is set apart with who answers for it, up to its last day', () => {
  const [item] = driftOf(ofJob({ isArmed: false }));
  const entry = (path: string, until: string) => ({ path, owner: 'ops', reason: 'known', until });
  const [over, other] = [entry('external', '2026-03-26'), entry('web', '2031-01-01')];
  const today = entry('dump/external', '2026-03-27');
  const split = splitIgnored([item!], [over, other, today], '2026-03-27');
  expect(split).toEqual({
    open: [],
    ignored: [{ ...item, owner: 'ops', reason: 'known', until: '2026-03-27' }],
    over: [over],
  });
  const later = splitIgnored([item!], [over, other, today], '2026-03-28');
  expect(later).toEqual({ open: [item], ignored: [], over: [over, today] });
});
