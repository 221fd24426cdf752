import { expect, it } from 'vitest';
import {
  argvOf,
  givenOrNull,
  givenProblem,
  maskGiven,
  takesArguments,
} from '../../../src/core/runs/given.ts';

const shell = (text: string) => ({
  name: 'report',
  command: { kind: 'shell', text, shell: '/bin/sh' } as const,
});
const list = { name: 'get', command: { kind: 'argv', argv: ['curl', '-f', 'x y'] } as const };

it('gives a list its arguments at the end', () => {
  expect(argvOf(list)).toEqual(['curl', '-f', 'x y']);
  expect(argvOf(list, ['-v', 'a b'])).toEqual(['curl', '-f', 'x y', '-v', 'a b']);
});

it('gives the text of a shell its arguments behind the name of the job, which is $0', () => {
  expect(argvOf(shell('a | b'))).toEqual(['/bin/sh', '-c', 'a | b']);
  expect(argvOf(shell('./r.sh "$@"'), ['-x'])).toEqual([
    '/bin/sh',
    '-c',
    './r.sh "$@"',
    'report',
    '-x',
  ]);
});

it.each([
  ['./r.sh "$@"', true],
  ['echo $1', true],
  ['echo ${2:-none}', true],
  ['[ $# -gt 0 ] && exit', true],
  ['for file; do gzip $file; done', true],
  ['while getopts ab o; do :; done', true],
  ['./r.sh', false],
  ['echo $HOME $$ $?', false],
])('%s takes arguments: %s', (text, expected) => {
  expect(takesArguments(shell(text))).toBe(expected);
});

it.each([
  [{ args: [], env: { A_1: '' } }, null],
  [{ args: [], env: { '2A': 'x' } }, '"2A" is no name of a variable'],
  [{ args: [], env: { '': 'x' } }, '"" is no name of a variable'],
  [{ args: [], env: { JM2_JOB: 'x' } }, '"JM2_JOB" cannot be given'],
  [{ args: ['a\0b'], env: {} }, 'an argument holds a NUL character'],
  [{ args: [], env: { A: '\0' } }, 'the value of A holds a NUL character'],
  [{ args: ['x'.repeat(140_000)], env: {} }, 'longer than 128 KiB'],
  [{ args: [], env: { A: 'x'.repeat(140_000) } }, 'longer than 128 KiB'],
  [{ args: Array<string>(1_001).fill('x'), env: {} }, '1001 arguments'],
])('says what is wrong with what is given: %#', (given, expected) => {
  const problem = givenProblem(given);
  if (expected === null) expect(problem).toBeNull();
  else expect(problem).toContain(expected);
});

it('shows no value of a variable with the name of a secret, nor an argument that looks like one', () => {
  const token = `ghp_${'a'.repeat(36)}`;
  expect(maskGiven({ args: ['-v', token], env: { API_TOKEN: 'abc', MONTH: '3' } })).toEqual({
    args: ['-v', '***'],
    env: { API_TOKEN: '***', MONTH: '3' },
  });
});

it('records nothing when nothing was given', () => {
  expect(givenOrNull({ args: [], env: {} })).toBeNull();
  expect(givenOrNull({ args: ['x'], env: {} })).toEqual({ args: ['x'], env: {} });
});
