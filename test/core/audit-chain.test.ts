import { expect, it } from 'vitest';
import {
  actorKind,
  parseCheckpoint,
  parseHead,
  prunedAction,
  sealOf,
  verifyChain,
  type SealedEntry,
} from '../../src/core/sync/audit-chain.ts';
import { sha256 } from '../../src/system/digest.ts';

function chainOf(actions: readonly string[], begin = { seq: 1, prevHash: '' }): SealedEntry[] {
  let { prevHash } = begin;
  return actions.map((action, index) => {
    const detail = action.startsWith('{') ? action : null;
    const entry = {
      seq: begin.seq + index,
      prevHash,
      at: index,
      actor: 'ann',
      action: detail === null ? action : prunedAction,
      target: null,
      detail,
      facts: null,
    };
    prevHash = sealOf(entry, sha256);
    return { ...entry, hash: prevHash };
  });
}

const whole = chainOf(['a', 'b', 'c', 'd']);
const head = whole[3]?.hash ?? '';
const verify = (entries: readonly SealedEntry[], expected: string | null = null) =>
  verifyChain(entries, sha256, { expected });

it('is whole as it was written, and tells its head', () => {
  expect(verify(whole, head)).toEqual({ intact: true, entries: 4, head, problems: [] });
});

const [a, b, c, d] = whole as [SealedEntry, SealedEntry, SealedEntry, SealedEntry];
it.each([
  ['an altered entry', [a, { ...b, actor: 'bob' }, c, d], 'entry 2 was altered'],
  ['a removed entry', [a, c, d], '1 removed between 1 and 3'],
  [
    "two in each other's place",
    [a, { ...c, seq: 2 }, { ...b, seq: 3 }, d],
    'entry 2 does not follow',
  ],
  ['a removed beginning', [c, d], 'it begins with entry 3 and not with 1'],
  ['a cut end', [a, b, c], 'no entry has the expected hash'],
  ['all of it rewritten', chainOf(['a', 'x', 'c', 'd']), 'no entry has the expected hash'],
])('finds %s', (_, entries, problem) => {
  expect(verify(entries, head).problems.join('; ')).toContain(problem);
});

it('begins anew where retention took the rest, and only there', () => {
  const checkpoint = JSON.stringify({ through: 2, hash: b.hash });
  const kept = chainOf(['c', checkpoint], { seq: 3, prevHash: b.hash });
  expect(verify(kept).problems).toEqual([]);
  expect(verify(kept.slice(1)).problems).toHaveLength(1);
  const forged = chainOf(['c', JSON.stringify({ through: 2, hash: 'x' })], {
    seq: 3,
    prevHash: b.hash,
  });
  expect(verify(forged).problems.join()).toContain('removed by retention');
});

it.each([
  ['watcher', 'daemon'],
  ['daemon', 'daemon'],
  ['cli (ann)', 'human'],
  ['ann@host', 'human'],
  ['ci (https://ci.example/runs/17)', 'ci'],
])('%s is a %s', (actor, kind) => {
  expect(actorKind(actor)).toBe(kind);
});

it('takes no checkpoint from an entry that holds none', () => {
  expect(parseCheckpoint('{"through": 2, "hash": "h"}')).toEqual({ through: 2, hash: 'h' });
  for (const none of [null, 'no JSON', '{"through": 2}', '{"through": "2", "hash": "h"}']) {
    expect(parseCheckpoint(none)).toBeNull();
  }
  const broken = chainOf(['{"through": 0}', 'b']);
  expect(verify(broken).problems).toEqual([]);
});

it('of nothing is whole, and has no head', () => {
  expect(verify([])).toEqual({ intact: true, entries: 0, head: '', problems: [] });
});

it('tells at most twenty of its faults', () => {
  const altered = chainOf(Array.from({ length: 30 }, () => 'a')).map((entry) => ({
    ...entry,
    actor: 'bob',
  }));
  expect(verify(altered).problems).toHaveLength(20);
});

const noted = (seq: number, hash = head) => ({ noted: () => ({ seq, hash }) });
it.each([
  ['all of them', whole, noted(4), ''],
  ['an end that was cut off', [a, b], noted(4), 'it ends with entry 2, and 4 was written'],
  ['nothing any more', [], noted(4), 'it ends with entry 0, and 4 was written'],
  ['entries that were added', whole, noted(2, b.hash), 'none after 2: the rest was added'],
  ['another entry in its place', [...whole], noted(4, 'x'), 'entry 4 is not the one'],
])("holds the end to the store's own note: %s", (_, entries, options, problem) => {
  const { problems } = verifyChain(entries, sha256, options);
  expect(problems.join()).toContain(problem);
  expect(problems.length).toBe(problem === '' ? 0 : 1);
});

it('takes what is written while it reads for no fault', () => {
  const notes = [
    { seq: 2, hash: b.hash },
    { seq: 4, hash: head },
  ];
  const verdict = verifyChain(whole, sha256, { noted: () => notes.shift() ?? null });
  expect(verdict.problems).toEqual([]);
});

it('takes no note from a text that holds none', () => {
  expect(parseHead('{"seq": 2, "hash": "h"}')).toEqual({ seq: 2, hash: 'h' });
  for (const none of [null, 'no JSON', '{"seq": "2", "hash": "h"}', '{"seq": 2}', '{}']) {
    expect(parseHead(none)).toBeNull();
  }
});
