import { expect, test } from 'vitest';
import {
  escapeForTerminal,
  escapeJson,
  escapeLine,
} from '../../../src/core/diagnostics/escape-for-terminal.ts';

test.each([
  ['an escape sequence', '\u001b[2J', '\\x1b[2J'],
  ['a carriage return', 'a\rb', 'a\\x0db'],
  ['a C1 control', 'a\u009bb', 'a\\x9bb'],
  ['a right-to-left override', 'a\u202eb', 'a\\u202eb'],
  ['an isolate', 'a\u2066b', 'a\\u2066b'],
  ['a byte order mark', '\ufeffa', '\\ufeffa'],
  ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
  ['an invisible tag character', 'a\u{e0041}b', 'a\\u{e0041}b'],
])('shows %s instead of obeying it', (_name, text, expected) => {
  expect(escapeForTerminal(text)).toBe(expected);
});

test('leaves text in any script, emoji, tabs and newlines as they are', () => {
  const text = 'Grüße\t漢字 👩‍👧\nend';
  expect(escapeForTerminal(text)).toBe(text);
});

test('keeps a line one line', () => {
  expect(escapeLine('a\nb\tc')).toBe('a\\nb\\tc');
});

test.each([
  ['a C1 control', 'a\u009bb', '"a\\u009bb"'],
  ['a right-to-left override', 'a\u202eb', '"a\\u202eb"'],
  ['an invisible tag character', 'a\u{e0041}b', '"a\\udb40\\udc41b"'],
  ['a line separator', 'a\u2028b', '"a\\u2028b"'],
])('shows %s in JSON as an escape of the same value', (_name, text, expected) => {
  expect(escapeJson(JSON.stringify(text))).toBe(expected);
  expect(JSON.parse(expected)).toBe(text);
});

test('leaves JSON without such characters as it is, over several lines, too', () => {
  const json = JSON.stringify({ a: 'Grüße 漢字 🎉\n', b: [1] }, null, 2);
  expect(escapeJson(json)).toBe(json);
});
