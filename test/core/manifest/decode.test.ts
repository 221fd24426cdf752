import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/core/manifest/text/decode.ts';

const encoder = new TextEncoder();

/** Where the text stops to be UTF-8, as told to the person. */
function faultOf(...parts: (string | number[])[]): string {
  const bytes = parts.flatMap((part) => [
    ...(typeof part === 'string' ? encoder.encode(part) : part),
  ]);
  const read = decode(Uint8Array.from(bytes), 'jobs.yaml');
  return read.ok ? 'none' : (/^The byte \S+ at position \d+/.exec(read.problem.detail)?.[0] ?? '');
}

describe('bytes that are no text', () => {
  it.each([
    ['alone', faultOf([0xff]), 'The byte 0xff at position 0'],
    ['behind characters of every length', faultOf('aä€😀', [0xc3]), 'The byte 0xc3 at position 10'],
    [
      'behind a replacement mark that is meant',
      faultOf('a\ufffd', [0x80]),
      'The byte 0x80 at position 4',
    ],
    [
      'behind a character that lies across two pieces of the search',
      faultOf('#', 'ä'.repeat(40_000), [0xfe]),
      'The byte 0xfe at position 80001',
    ],
    ['nowhere', faultOf('# ', '€'.repeat(30_000)), 'none'],
  ])('are found %s', (_, told, expected) => {
    expect(told).toBe(expected);
  });

  it('are told by line and column', () => {
    const read = decode(Uint8Array.from([...encoder.encode('a: 1\nb: ä'), 0xff]), 'jobs.yaml');
    expect(read).toMatchObject({ problem: { range: { start: { line: 2, column: 5 } } } });
  });
});

it('the mark at the beginning is no part of the text', () => {
  expect(decode('\ufeffa: 1\n', 'jobs.yaml')).toEqual({ ok: true, text: 'a: 1\n' });
  expect(decode(encoder.encode('\ufeffa: 1\n'), 'jobs.yaml')).toEqual({ ok: true, text: 'a: 1\n' });
});
