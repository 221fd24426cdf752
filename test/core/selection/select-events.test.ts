import { expect, it } from 'vitest';
import { isEventWanted, kindsNamed } from '../../../src/core/selection/select-events.ts';

it.each([
  ['run.ended', ['run.ended']],
  ['RUN.Ended', ['run.ended']],
  ['occurrence', ['occurrence.skipped', 'occurrence.missed']],
  ['occurrence.*', ['occurrence.skipped', 'occurrence.missed']],
  ['run.end', []],
  ['*', []],
  ['', []],
])('"%s" names %j', (text, kinds) => {
  expect(kindsNamed(text)).toEqual(kinds);
});

it('wants what is about no job only when no job is named', () => {
  const applied = { kind: 'manifest.applied' };
  expect(isEventWanted(applied, { kinds: null, jobs: null })).toBe(true);
  expect(isEventWanted(applied, { kinds: null, jobs: new Set(['a']) })).toBe(false);
});

it('wants only the kinds and the jobs that are named', () => {
  const selection = { kinds: new Set(['run.ended']), jobs: new Set(['a']) };
  expect(isEventWanted({ kind: 'run.ended', job: 'a' }, selection)).toBe(true);
  expect(isEventWanted({ kind: 'run.ended', job: 'b' }, selection)).toBe(false);
  expect(isEventWanted({ kind: 'run.started', job: 'a' }, selection)).toBe(false);
});
