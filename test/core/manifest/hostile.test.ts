import { describe, expect, test } from 'vitest';
import { hasErrors } from '../../../src/core/diagnostics/diagnostic.ts';
import { readFileSync } from 'node:fs';
import { load } from './load.ts';

const mebibyte = 1024 * 1024;

function aliasBomb(levels: number, width: number): string {
  const lines = ['version: 1', `a0: &a0 [${Array(width).fill('x').join(', ')}]`];
  for (let i = 1; i < levels; i += 1) {
    lines.push(
      `a${i}: &a${i} [${Array(width)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  }
  return lines.join('\n');
}

function mergeChain(length: number): string {
  const lines = ['version: 1', 'b0: &b0 {x: 1}'];
  for (let i = 1; i < length; i += 1) lines.push(`b${i}: &b${i}`, `  <<: *b${i - 1}`, `  k${i}: 1`);
  return lines.join('\n');
}

function sharedEnv(variables: number, jobs: number): string {
  const env = Array.from({ length: variables }, (_, i) => `A${i}: x`).join(', ');
  const lines = ['version: 1', `env: &env {${env}}`, 'jobs:'];
  for (let i = 0; i < jobs; i += 1) lines.push(`  j${i}: {command: x, env: *env}`);
  return lines.join('\n');
}

function utf32(text: string): Uint8Array {
  const bytes = Buffer.alloc(text.length * 4);
  for (let i = 0; i < text.length; i += 1) bytes.writeUInt32LE(text.charCodeAt(i), i * 4);
  return bytes;
}

const corpus: Readonly<Record<string, () => string | Uint8Array>> = {
  'an alias bomb': () => aliasBomb(30, 9),
  'a chain of merge keys': () => mergeChain(3000),
  'one large map shared by thousands': () => sharedEnv(5000, 5000),
  '10 KB of opening brackets': () => '['.repeat(10_240),
  '1 MB of opening brackets, broken into lines': () => '[[[[[[[[\n'.repeat(120_000),
  'nested flow maps': () => '{a: '.repeat(5000),
  'nested lists': () => '- '.repeat(50_000),
  'nested complex keys': () => '? '.repeat(50_000),
  'nested maps by indentation': () =>
    Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  '64 MiB of spaces': () => ' '.repeat(64 * mebibyte),
  '64 MiB of spaces behind a key': () => `version:${' '.repeat(64 * mebibyte - 8)}`,
  '32 MiB of empty lines': () => `version: 1${'\n'.repeat(32 * mebibyte)}`,
  'ten million lines of comments': () => `${'#x\n'.repeat(10_000_000)}version: 1\njobs: {}\n`,
  '10 million lines that are comments in the middle': () =>
    `version: 1\n${'  # x\n'.repeat(10_000_000)}jobs: {}\n`,
  'empty lines, broken by comments': () =>
    `version: 1\njobs: {}\n${`${'\n'.repeat(60_000)}#\n`.repeat(300)}`,
  'one line of 64 MiB': () => 'x'.repeat(64 * mebibyte),
  'more than 64 MiB': () => new Uint8Array(64 * mebibyte + 1).fill(0x61),
  'a key of a megabyte': () => `${'a'.repeat(mebibyte)}: b`,
  'many anchors': () => '&a '.repeat(20_000),
  'many tags': () => '!'.repeat(50_000),
  'many quotes': () => '"'.repeat(50_000),
  'many documents': () => '---\n'.repeat(20_000),
  'many directives': () => '%a\n'.repeat(20_000),
  'the same job ten thousand times': () =>
    `version: 1\njobs:\n${'  a: {command: x}\n'.repeat(10_000)}`,
  'ten thousand wrong jobs': () =>
    `version: 1\njobs:\n${Array.from({ length: 10_000 }, (_, i) => `  j${i}: {cmd: x}`).join('\n')}`,
  'a NUL': () => 'version: 1\0',
  'UTF-16 with a mark': () => Buffer.from('\ufeffversion: 1\njobs: {}\n', 'utf16le'),
  'UTF-16 without a mark': () => Buffer.from('version: 1\njobs: {}\n', 'utf16le'),
  'UTF-32 with a mark': () => utf32('\ufeffversion: 1\n'),
  'UTF-32 without a mark': () => utf32('version: 1\n'),
  'lines that end as on old Macs': () => 'version: 1\rjobs: {}\r',
  'big-endian UTF-16': () => Buffer.from('version: 1\njobs: {}\n', 'utf16le').swap16(),
  'bytes that are no UTF-8': () => Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0xfd]),
  'an overlong encoding': () => Buffer.from([0x61, 0x3a, 0x20, 0xc0, 0xaf]),
  'a character that is cut off': () => Buffer.from('a: ä').subarray(0, 4),
  'keys that reach into the program': () =>
    'version: 1\njobs: {}\n__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n',
  'a merge that brings __proto__': () =>
    'version: 1\nenv: &a {__proto__: x}\njobs:\n  j:\n    <<: *a\n    command: x\n',
  'a key that is itself an alias': () => 'version: &a 1\n*a : 2\njobs: {}\n',
  'an alias of itself': () => 'version: 1\njobs: &a {j: *a}\n',
};

describe('hostile text', () => {
  test.each(Object.entries(corpus))('%s ends in a diagnostic', (_name, make) => {
    const input = make();
    const before = process.cpuUsage();
    const { manifest, diagnostics } = load(input);
    const used = process.cpuUsage(before);
    expect(manifest).toBeNull();
    expect(hasErrors(diagnostics)).toBe(true);
    expect(diagnostics.length).toBeLessThanOrEqual(201);
    // One second on an idle machine; work of a thread that is not ours counts too.
    expect((used.user + used.system) / 1e6).toBeLessThan(6);
  });

  test.each([
    ['UTF-16', Buffer.from('\ufeffversion: 1\n', 'utf16le')],
    ['UTF-16', Buffer.from('version: 1\n', 'utf16le')],
    ['UTF-16', Buffer.from('\ufeffversion: 1\n', 'utf16le').swap16()],
    ['UTF-32', utf32('\ufeffversion: 1\n')],
    ['UTF-32', utf32('version: 1\n')],
    ['UTF-32', Buffer.from(utf32('\ufeffversion: 1\n')).swap32()],
    ['UTF-32', Buffer.from(utf32('version: 1\n')).swap32()],
  ])('calls %s by its name', (name, bytes) => {
    const [problem] = load(bytes).diagnostics;
    expect(problem?.code).toBe('JM2-M101');
    expect(problem?.detail).toContain(`encoded as ${name}.`);
  });

  test('names the line ends of a file from an old Mac', () => {
    const { diagnostics } = load('version: 1\rjobs: {}\r');
    expect(diagnostics.map(({ code, range }) => [code, range?.start])).toEqual([
      ['JM2-M102', { line: 1, column: 11 }],
    ]);
    expect(diagnostics[0]?.detail).toContain('carriage return');
  });

  test('points at the longest run of comments when there are too many', () => {
    const { diagnostics } = load(`version: 1\n# one\njobs: {}\n${'# x\n'.repeat(60_000)}`);
    expect(diagnostics.map(({ code, range }) => [code, range?.start])).toEqual([
      ['JM2-M122', { line: 4, column: 1 }],
    ]);
  });

  test('a large manifest may have as many comments as content', () => {
    const lines = Array.from({ length: 200 }, (_, i) => `  j${i}: {command: x}\n`);
    expect(
      load(`version: 1\njobs:\n${'# x\n'.repeat(50_000)}${lines.join('# y\n')}`).diagnostics,
    ).toEqual([]);
  });

  test('leaves the prototype of objects alone', () => {
    load(corpus['keys that reach into the program']?.() ?? '');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each([
    '..',
    '.',
    '../x',
    '..%2f',
    'a/b',
    'a\\b',
    'A',
    'é',
    'a b',
    '-a',
    '.a',
    '_a',
    '',
    '\u202ea',
    'a\u0301',
    'a'.repeat(64),
    'a'.repeat(1_000),
    '$(x)',
    'a;b',
    'a\tb',
    'a:b',
    '*',
    '~',
    'null ',
  ])('refuses %j as the name of a job', (name) => {
    const { manifest, diagnostics } = load(
      `version: 1\njobs: {${JSON.stringify(name)}: {command: x}}\n`,
    );
    expect(manifest).toBeNull();
    expect(hasErrors(diagnostics)).toBe(true);
  });

  test.each(['Backup', 'BACKUP', 'bac\u212aup'])(
    'refuses %j as a former name, so that no rename is one of case alone',
    (name) => {
      const of = (from: string) =>
        load(`version: 1\njobs: {backup: {command: x, renamed_from: ${from}}}\n`);
      expect(of(name).diagnostics.map(({ code }) => code)).toEqual(['JM2-M209']);
      expect(of('dump').manifest).not.toBeNull();
    },
  );
});

/** Numbers from a seed (mulberry32), so that a failure can be repeated. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('damaged text', () => {
  const good = readFileSync('test/fixtures/manifests/good/every-field.yaml');

  function expectAnswer(bytes: Uint8Array, what: string): void {
    const { manifest, diagnostics } = load(bytes);
    // Damage in a comment or a text may leave a manifest; never neither, never both.
    expect(manifest === null, what).toBe(hasErrors(diagnostics));
  }

  test('cut off anywhere is answered, with a manifest or a diagnostic', () => {
    const random = seeded(1);
    for (let round = 0; round < 150; round += 1) {
      const length = random(good.length);
      expectAnswer(good.subarray(0, length), `cut to ${length} bytes`);
    }
  });

  test('with flipped bytes is answered, with a manifest or a diagnostic', () => {
    const random = seeded(2);
    for (let round = 0; round < 250; round += 1) {
      const bytes = Uint8Array.from(good);
      const places: string[] = [];
      for (let flip = 0; flip <= random(3); flip += 1) {
        const at = random(bytes.length);
        bytes[at] = random(256);
        places.push(`${at}=${bytes[at]}`);
      }
      expectAnswer(bytes, places.join(' '));
    }
  });

  test('with pieces copied elsewhere is answered, with a manifest or a diagnostic', () => {
    const random = seeded(3);
    for (let round = 0; round < 150; round += 1) {
      const bytes = Uint8Array.from(good);
      const from = random(good.length);
      const length = random(60);
      const to = random(good.length - 60);
      bytes.set(good.subarray(from, Math.min(from + length, good.length)), to);
      expectAnswer(bytes, `${from}+${length} to ${to}`);
    }
  });
});
