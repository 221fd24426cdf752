import { expect, it } from 'vitest';
import { showsSigns, spelledOut } from '../../src/cli/plain-signs.ts';

it.each([
  [{ LANG: 'C' }, true, false],
  [{ LANG: 'en_US.ISO-8859-1' }, true, false],
  [{ LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' }, true, false],
  [{ LANG: 'de_DE.UTF-8' }, true, true],
  [{ LC_CTYPE: 'C.utf8' }, true, true],
  [{}, true, true],
  [{ LANG: 'C' }, false, true],
])('with %o on a terminal: %s, arrows are shown: %s', (env, isTty, expected) => {
  expect(showsSigns(env, isTty)).toBe(expected);
});

it('spells arrows and dots out where they are not shown', () => {
  expect(spelledOut('7 → 14 · b ← a, …')).toBe('7 -> 14 | b <- a, ...');
});
