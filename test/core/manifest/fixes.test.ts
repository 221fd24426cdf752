// Edits that a diagnostic offers: the smallest whole scalar or key, written as what
// it replaces, and after each of them the problem is gone.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { Fix } from '../../../src/core/diagnostics/diagnostic.ts';
import { mendedScalar } from '../../../src/core/manifest/mended-scalar.ts';
import { load, withJob } from './load.ts';

const folder = 'test/fixtures/manifests/bad';

function fixed(text: string, { range, text: after }: Fix): string {
  const lines = text.split('\n');
  const offset = ({ line, column }: Fix['range']['start']): number =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  return text.slice(0, offset(range.start)) + after + text.slice(offset(range.end));
}

const offered = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    return load(text).diagnostics.flatMap((one) =>
      one.fix === null ? [] : [[`${name} ${one.code} ${one.path}`, text, one, one.fix] as const],
    );
  });

describe('after an edit that is offered', () => {
  test.each(offered)('%s is gone, and nothing new stands there', (_name, text, problem, fix) => {
    const after = load(fixed(text, fix)).diagnostics;
    const same = (one: typeof problem): boolean =>
      one.code === problem.code &&
      one.path === problem.path &&
      one.range?.start.line === problem.range?.start.line;
    expect(after.filter(same)).toEqual([]);
    const errors = (all: typeof after): number =>
      all.filter(({ severity }) => severity === 'error').length;
    expect(errors(after)).toBeLessThanOrEqual(errors(load(text).diagnostics));
  });

  it('is one for most kinds of slips', () => {
    const codes = new Set(offered.map(([, , { code }]) => code));
    expect([...codes].toSorted()).toEqual([
      'JM2-M113',
      'JM2-M118',
      'JM2-M201',
      'JM2-M203',
      'JM2-M204',
      'JM2-M207',
      'JM2-M313',
      'JM2-M341',
      'JM2-S105',
      'JM2-S106',
    ]);
  });
});

describe.each([
  ['an unknown key', ['shedule: "@daily"', 'command: x'], 'schedule'],
  ['one in quotes', ["'shedule': '@daily'", 'command: x'], "'schedule'"],
  ['a word', ['command: x', 'concurrency: forbidden'], 'forbid'],
  ['a flag', ['command: x', 'suspend: "yes"'], 'true'],
  ['a flag that is off', ['command: x', 'suspend: "no"'], 'false'],
  ['a number in quotes', ['command: x', 'nice: "05"'], '5'],
  ['a number as text', ['command: 5'], '"5"'],
  ['a flag as text', ['command: true'], '"true"'],
  ['a zone', ['command: x', 'timezone: Europe/Berln'], 'Europe/Berlin'],
  [
    'a zone of a schedule',
    ['command: x', 'schedule: {cron: "0 3 * * *", timezone: "Europe/Berln"}'],
    '"Europe/Berlin"',
  ],
  ['a name', ['command: x', 'schedule: "@dayly"'], '"@daily"'],
  ['a name without its sign', ['command: x', 'schedule: daily'], '"@daily"'],
  ['an interval', ['command: x', 'schedule: 5m'], 'every 5m'],
  ['an interval with a sign', ['command: x', 'schedule: "@every 5m"'], '"every 5m"'],
  ['a moment', ['command: x', 'schedule: 2031-01-01T10:00'], '"at 2031-01-01T10:00"'],
  ['an unquoted name', ['command: x', 'schedule: @daily'], '"@daily"'],
])('%s', (_what, lines, text) => {
  it(`is mended as ${text}`, () => {
    const [fix] = load(withJob(...lines)).diagnostics.flatMap((one) => one.fix ?? []);
    expect(fix?.text).toBe(text);
  });
});

it.each([
  ['where the key is there already', ['command: x', 'comand: y']],
  ['of a unit that nobody told', ['command: x', 'timeout: 30']],
  ['of a mask whose digits were lost', ['command: x', 'umask: 027']],
  ['of a key that belongs elsewhere', ['command: x', 'nonsense_of_mine: 1']],
  ['of a word like no other', ['command: x', 'concurrency: elephant']],
  ['of a flag that is neither', ['command: x', 'suspend: perhaps']],
  ['of a number that no text can hold', ['command: 1e400']],
  ['of a block of text', ['command: x', 'concurrency: |', '  forbidden']],
  ['of a number in a variable', ['command: x', 'env: {MODE: 0755}']],
])('offers no edit %s', (_what, lines) => {
  const { diagnostics } = load(withJob(...lines));
  expect(diagnostics.map(({ fix }) => fix)).toEqual([null]);
});

it('mends the name where it is wrong, not where another name leads to it', () => {
  const text =
    'version: 1\nschedules: {night: "@dayly"}\njobs:\n  a: {schedule: {cron: "@night"}, command: x}\n';
  const lines = load(text).diagnostics.flatMap(({ fix }) => fix?.range.start.line ?? []);
  expect(lines).toEqual([2]);
});

it.each([
  ['yes', 'x', '"yes"'],
  ['1e3', 'x', '"1e3"'],
  ['null', 'x', '"null"'],
  ['a: b', 'x', '"a: b"'],
  ["it's", "'x'", "'it''s'"],
  ['a"b', '"x"', '"a\\"b"'],
  ['x', '|', null],
  ['x', '&a y', null],
  ['x', '!!str y', null],
])('%s in the place of %s is %s', (text, written, expected) => {
  expect(mendedScalar({ text }, written)).toBe(expected);
});
