import { expect, it } from 'vitest';
import { lineSelector } from '../../../src/core/selection/select-lines.ts';

const select = (lines: readonly string[], grep: string | null, errors = false): string[] =>
  lines.filter(lineSelector({ grep, errors }) ?? (() => true));

it('wants every line when nothing is asked for', () => {
  expect(lineSelector({ grep: null, errors: false })).toBeNull();
});

it('finds a text without regard to case, and takes no character for more than itself', () => {
  expect(select(['Disk full', 'a.c', 'abc'], 'DISK')).toEqual(['Disk full']);
  expect(select(['Disk full', 'a.c', 'abc'], 'a.c')).toEqual(['a.c']);
});

it.each([
  'ERROR: disk full',
  '2026-11-25 [error] connect ECONNREFUSED',
  'fatal: not a git repository',
  'Traceback (most recent call last):',
  'java.lang.NullPointerException',
  "TypeError: Cannot read properties of undefined (reading 'x')",
  'make: *** [all] Failed',
  'sh: 1: pg_dump: not found',
  'Permission denied',
  '3 errors',
])('takes "%s" for trouble', (line) => {
  expect(select([line], null, true)).toEqual([line]);
});

it.each(['all good', '0 errors', 'no errors', 'terrors of the deep', 'unfailing', 'errata'])(
  'takes "%s" for none',
  (line) => {
    expect(select([line], null, true)).toEqual([]);
  },
);

it('wants both when both are asked for', () => {
  expect(select(['error: a', 'error: b', 'b'], 'b', true)).toEqual(['error: b']);
});
