import { expect, it } from 'vitest';
import { findTarget, type KnownRevision } from '../../src/core/sync/rollback-target.ts';

const revisions: KnownRevision[] = [
  { number: 43, gitCommit: '8b20d11aaaa', tags: [] },
  { number: 42, gitCommit: '8b20d11aaaa', tags: ['Golden'] },
  { number: 41, gitCommit: '12345678bbb', tags: ['deadbeef', 'v1'] },
];

it.each([
  ['41', { kind: 'revision', number: 41 }],
  ['rev:42', { kind: 'revision', number: 42 }],
  ['golden', { kind: 'revision', number: 42 }],
  ['8b20d11', { kind: 'revision', number: 43 }],
  ['8B20D11', { kind: 'revision', number: 43 }],
  // A name of ours wins over a commit of the same letters, digits over neither.
  ['deadbeef', { kind: 'revision', number: 41 }],
  ['12345678', { kind: 'revision', number: 41 }],
  ['7', { kind: 'unknown', number: 7 }],
  ['main~2', { kind: 'commit', ref: 'main~2' }],
  ['git:golden', { kind: 'commit', ref: 'golden' }],
  ['cafebabe', { kind: 'commit', ref: 'cafebabe' }],
])('%s', (word, target) => {
  expect(findTarget(word, revisions)).toEqual(target);
});
