import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../src/api/service.ts';
import { lineFilter } from '../../src/cli/line-filter.ts';

const page = (...texts: readonly string[]): LogLine[] =>
  texts.map((text) => ({ job: 'a', run: 'r', attempt: 1, time: null, text }));
const none = { grep: null, errors: false, regex: null };

function found(wanted: Partial<Parameters<typeof lineFilter>[0]>, ...texts: string[]) {
  return lineFilter({ ...none, ...wanted })?.(page(...texts)).map(({ text }) => text);
}

describe('lines are chosen', () => {
  const texts = ['GET /a 200', 'get /b 503', 'error: disk full', 'HTTP 5xx'];

  it.each([
    [{ regex: ' 5\\d\\d$' }, ['get /b 503']],
    [{ regex: '(?i)^get' }, ['GET /a 200', 'get /b 503']],
    [{ regex: '^get' }, ['get /b 503']],
    [{ regex: '5', grep: 'http' }, ['HTTP 5xx']],
    [{ regex: 'full', errors: true }, ['error: disk full']],
    [{ regex: 'nowhere' }, []],
  ])('by %s', (wanted, expected) => {
    expect(found(wanted, ...texts)).toEqual(expected);
  });

  it('all of them when nothing is asked for', () => {
    expect(lineFilter(none)).toBeNull();
  });
});

it.each(['(', '[a', '*', 'a{2,1}', ''])('refuses "%s", and says why', (regex) => {
  expect(() => lineFilter({ ...none, regex })).toThrow(
    expect.objectContaining({ code: 'JM2-C103', exitCode: 64 }),
  );
});

it('stops an expression that would take forever', () => {
  const filter = lineFilter({ ...none, regex: '^(a+)+$' }, 100);
  expect(() => filter?.(page(`${'a'.repeat(60)}!`))).toThrow(/took more than 0.1s/);
});

it('gives a line no way to code', () => {
  expect(found({ regex: 'process' }, '${process.exit(1)}', 'x')).toEqual(['${process.exit(1)}']);
});
