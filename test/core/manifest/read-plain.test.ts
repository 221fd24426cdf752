import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { decode } from '../../../src/core/manifest/text/decode.ts';
import { readByLibrary, readText } from '../../../src/core/manifest/text/read-text.ts';
import { readPlain } from '../../../src/core/manifest/text/read-plain.ts';
import { Unusual } from '../../../src/core/manifest/text/plain-line.ts';
import { damaged, seeded, textOf } from './plain-text-worlds.ts';
import { manifestTexts } from './manifest-texts.ts';

const nothingByLibrary = (): never => {
  throw new Unusual();
};

/** What the quick reader says beside the library, where they differ; null where they do not. */
function difference(written: string): string | null {
  const decoded = decode(written, 'jobs.yaml');
  if (!decoded.ok || decoded.text === '') return null;
  const { text } = decoded;
  const read = readText(text, 'jobs.yaml');
  const library = readByLibrary(text, 'jobs.yaml');
  if (read.kind !== library.kind) return `${read.kind}, library ${library.kind}`;
  if (read.kind !== 'read' || library.kind !== 'read') return null;
  const { converted } = library;
  if (!isDeepStrictEqual(read.converted.value, converted.value)) {
    return `${JSON.stringify(read.converted.value)}, library ${JSON.stringify(converted.value)}`;
  }
  for (const name of Object.keys(jobsOf(converted.value))) {
    const [ours, theirs] = [read, library].map(({ places }) => places.key(`/jobs/${name}`));
    if (!isDeepStrictEqual(ours, theirs)) return `another place of ${name}`;
  }
  const remarks = (one: typeof converted) => [
    one.diagnostics.length,
    one.surprises.map(({ pointer, value }) => `${pointer} ${String(value)}`).join(' '),
    one.targets.size,
    one.untold.size,
  ];
  const [ours, theirs] = [remarks(read.converted).join(), remarks(converted).join()];
  return ours === theirs ? null : `remarks ${ours}, library ${theirs}`;
}

/** What is read without the library; null where that is asked for. */
function quickly(text: string): unknown {
  return readPlain(text, nothingByLibrary)?.value ?? null;
}

describe('the quick reader', () => {
  test.each<[string, string, unknown]>([
    [
      'words and numbers',
      'a: x y\nb: 5\nc: -7\nd: true\ne: False\nf: null',
      { a: 'x y', b: 5, c: -7, d: true, e: false, f: null },
    ],
    [
      'quoted texts',
      `a: "x: y # z"\nb: 'it''s'\nc: "a\\n\\"b\\\\"\n"d": 1`,
      { a: 'x: y # z', b: "it's", c: 'a\n"b\\', d: 1 },
    ],
    [
      'remarks',
      '# one\na: x # two\n\n  # three\nb: "y" # four\nc: # five\n',
      { a: 'x', b: 'y', c: null },
    ],
    ['lists', 'a:\n  - x\n  - "y"\nb:\n- 1\n- [2]\n', { a: ['x', 'y'], b: [1, [2]] }],
    [
      'brackets',
      'a: [x, [], "y, z"]\nb: {c: 1, d: {e: https://f}, g: {}}',
      { a: ['x', [], 'y, z'], b: { c: 1, d: { e: 'https://f' }, g: {} } },
    ],
    [
      'text below a bar',
      'a: |\n  x\n    y # z\n\n  w\n\nb: |-\n  v',
      { a: 'x\n  y # z\n\nw\n', b: 'v' },
    ],
    ['folded text', 'a: >\n  x\n  y\nb: >-\n  z', { a: 'x y\n', b: 'z' }],
    [
      'lists of maps',
      'a:\n  -   b: 1\n      c:\n        d: 2\n  - e: 3\nf:\n- g:\n  h: 4',
      { a: [{ b: 1, c: { d: 2 } }, { e: 3 }], f: [{ g: null, h: 4 }] },
    ],
    ['marks around a document', '---\na: 1\n...\n# end\n', { a: 1 }],
    ['words of a command', 'a: --max 5\nb: x | y > z', { a: '--max 5', b: 'x | y > z' }],
  ])('reads %s', (_, text, value) => {
    expect(JSON.parse(JSON.stringify(quickly(text)))).toEqual(value);
  });

  test.each([
    ['an empty text', '# nothing'],
    ['line ends of another system', 'a: 1\r\n'],
    ['a tab before a key', 'a:\n\tb: 1'],
    ['an indented beginning', '  a: 1'],
    ['a key given twice', 'a: 1\na: 2'],
    ['a key that reaches into the program', 'jobs:\n  __proto__: {}'],
    ['a key that is no word', 'a b: 1'],
    ['a key without a blank behind its colon', '"a":1'],
    ['a document behind the first', 'a: 1\n...\nb: 2'],
    ['anchors, aliases and tags', 'a: &x 1\nb: *x\nc: !!str 5'],
    ['a value that goes on in the next line', 'jobs:\n  a: x\n    y'],
    ['a list indented deeper within', 'a:\n  - x\n    y'],
    ['a map in a list under a quoted key', 'a:\n  - "b": 1'],
    ['an empty item', 'a:\n  -\n    b'],
    ['an odd number', 'a: 0o14'],
    ['what older YAML reads differently', 'a: 12:30'],
    ['a colon within a value', 'a: b: c'],
    ['a quote that does not end', 'a: "b'],
    ['an escape that JSON does not have', 'a: "\\x41"'],
    ['a tab within quotes', 'a: "b\tc"'],
    ['more behind a quote', 'a: "b" c'],
    ['a tab within a value', 'a: b\tc'],
    ['a bracket that does not end', 'a: [b,\n  c]'],
    ['brackets within a word', 'a: [b[c]]'],
    ['a pair within a list', 'a: [b: c]'],
    ['no comma between', 'a: ["b" "c"]'],
    ['a comma too many', 'a: [b,, c]'],
    ['brackets far within each other', `a: ${'['.repeat(9)}${']'.repeat(9)}`],
    ['folded text of several parts', 'a: >\n  b\n\n  c'],
    ['folded text with deeper lines', 'a: >\n  b\n    c'],
    ['text below a bar with a digit', 'a: |2\n  b'],
    ['no text below a bar', 'a: |\nb: 1'],
    ['blanks of a text that may count', 'a: |\n  b\n    \n  c'],
    ['tabs in a text', 'a: |\n  b\tc'],
    [
      'maps far within each other',
      Array.from({ length: 14 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    ],
  ])('leaves %s to the library', (_, text) => {
    expect(quickly(text)).toBeNull();
  });

  test('gives a job it cannot read to the library by itself, with what belongs to it', () => {
    const parts: string[] = [];
    const text = 'jobs:\n  a:\n    x: 1\n  b:\n    y: ? z\n  # end\n  c: 2\nenv: &e\n';
    const read = readPlain(text, (part, key) => {
      parts.push(`${key}: ${part}`);
      return key;
    });
    expect(parts).toEqual(['b:   b:\n    y: ? z\n  # end\n', 'env: env: &e\n']);
    expect(JSON.stringify(read?.value)).toBe('{"jobs":{"a":{"x":1},"b":"b","c":2},"env":"env"}');
  });

  test('tells a fault of its own apart from a text that it does not read', () => {
    const failing = () => {
      throw new TypeError('of its own');
    };
    expect(() => readPlain('env: &e', failing)).toThrow('of its own');
  });
});

function jobsOf(value: unknown): object {
  const jobs = (value as { jobs?: unknown } | null)?.jobs;
  return typeof jobs === 'object' && jobs !== null ? jobs : {};
}

describe('the quick reader beside the YAML library', () => {
  test('reads the manifests of fixtures and examples alike', () => {
    const different = manifestTexts().filter(({ text }) => difference(text) !== null);
    expect(different.map(({ name }) => name)).toEqual([]);
  });

  test('reads thousands of whole and damaged manifests alike', () => {
    const count = Number(process.env['JM2_TEXTS'] ?? 600);
    const random = seeded(Number(process.env['JM2_SEED'] ?? 1));
    const real = manifestTexts().filter(({ text }) => text.length < 3_000);
    const found: string[] = [];
    let quick = 0;
    for (let i = 0; i < count && found.length < 5; i += 1) {
      const whole = i % 3 === 0 ? (real[i % real.length]?.text ?? '') : textOf(random);
      for (const text of [whole, damaged(random, whole)]) {
        if (readPlain(text, nothingByLibrary) !== null) quick += 1;
        const different = difference(text);
        if (different !== null) found.push(`${different}\n${text}`);
      }
    }
    expect(found).toEqual([]);
    // Else it would agree because it reads nothing.
    expect(quick).toBeGreaterThan(count / 20);
  });
});
