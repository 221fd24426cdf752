import { expect, it } from 'vitest';
import { parsePriority, priorityOf, priorityWord } from '../../../src/core/manifest/priority.ts';

it.each([
  ['high', 10],
  ['normal', 0],
  ['low', -10],
  ['+5', 5],
  ['-100', -100],
  ['101', null],
  ['1000', null],
  ['urgent', null],
  ['1.5', null],
  ['', null],
  ['constructor', null],
])('the text %j is the priority %s', (text, priority) => {
  expect(parsePriority(text)).toBe(priority);
});

it('is a word where there is one, and normal where nothing is said', () => {
  expect([10, 0, -10, 7].map(priorityWord)).toEqual(['high', 'normal', 'low', '7']);
  expect([priorityOf('high'), priorityOf(3), priorityOf(undefined)]).toEqual([10, 3, 0]);
});
