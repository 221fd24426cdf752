import { describe, expect, test } from 'vitest';
import { parseEnvFile } from '../../../src/core/manifest/env-file.ts';

const read = (text: string): unknown => {
  const file = parseEnvFile(text);
  return file.ok ? Object.fromEntries(file.variables) : `${file.line}: ${file.problem}`;
};

describe('a file with variables', () => {
  test.each([
    ['a plain value', 'A=1', { A: '1' }],
    ['blanks around the equals sign and at the end', '  A = one two  ', { A: 'one two' }],
    ['an empty value', 'A=\nB=""', { A: '', B: '' }],
    ['comments and empty lines', '# first\n\n  # second\nA=1 # third', { A: '1' }],
    ['a value with a hash inside', 'A=a#b', { A: 'a#b' }],
    ['a value that is only a comment', 'A= # nothing', { A: '' }],
    ['export', 'export A=1\nexport\tB=2', { A: '1', B: '2' }],
    ['a variable named export', 'export=1', { export: '1' }],
    ['single quotes, where nothing is an escape', 'A=\'a \\n $B # "c"\'', { A: 'a \\n $B # "c"' }],
    ['double quotes with escapes', 'A="a\\n\\t\\"b\\" \\\\ \\$C \\x"', { A: 'a\n\t"b" \\ $C \\x' }],
    ['a quoted value over lines', 'A="one\ntwo" # end\nB=2', { A: 'one\ntwo', B: '2' }],
    ['a dollar and backquotes, which mean nothing', 'A=$HOME`id`$(id)', { A: '$HOME`id`$(id)' }],
    ['a mark of byte order and Windows line ends', '\ufeffA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['a variable that is set twice', 'A=1\nA=2', { A: '2' }],
  ])('may have %s', (_what, text, variables) => {
    expect(read(text)).toEqual(variables);
  });

  test.each([
    ['A=1\nnot a variable', '2: is not NAME=value'],
    ['1A=1', '1: is not NAME=value'],
    ['A-B=1', '1: is not NAME=value'],
    ['=1', '1: is not NAME=value'],
    ['A="1\n2', '1: opens a quote for A that is never closed'],
    ["A='1' 2", '1: has text behind the quoted value of A'],
    ['JM2_RUN_ID=x', '1: sets JM2_RUN_ID, and jm2 itself sets such names'],
    ['A="x\ny" z', '2: has text behind the quoted value of A'],
  ])('%j is refused with its line', (text, problem) => {
    expect(read(text)).toBe(problem);
  });

  test('is refused when it has more variables than anybody writes', () => {
    const text = Array.from({ length: 1_025 }, (_, n) => `A${n}=1`).join('\n');
    expect(read(text)).toBe('1025: is variable 1025; that is too many');
  });
});
