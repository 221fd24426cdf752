import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { registryEntries } from '../../../src/core/diagnostics/registry.ts';
import { load, problems } from './load.ts';

const folder = 'test/fixtures/manifests';
const namesOf = (kind: string): string[] =>
  readdirSync(`${folder}/${kind}`).filter((name) => name.endsWith('.yaml'));

/** What a file would have to be too large for as a fixture. */
const large: Readonly<Record<string, () => string | Uint8Array>> = {
  'JM2-M103': () => new Uint8Array(64 * 1024 * 1024 + 1).fill(0x20),
  'JM2-M119': () =>
    `version: 1\njobs:\n${Array.from({ length: 201 }, (_, i) => `  j${i}: {}`).join('\n')}\n`,
  'JM2-M308': () => `version: 1\njobs:\n  a:\n    command: ${'x'.repeat(128 * 1024 + 1)}\n`,
  'JM2-M120': () => `version: 1\n${'\n'.repeat(70_000)}jobs: {}\n`,
  'JM2-M122': () => `version: 1\njobs: {}\n${'# x\n'.repeat(50_010)}`,
  'JM2-M121': () => `version: 1\njobs: {} # ${'x'.repeat(1024 * 1024)}\n`,
};

/** Operational: the file could not be read at all, or the host lacks something. Or in need of minutes of parsing. */
const notByContent = 'M001 M002 M124 M307 M401 M402 M403 M404'
  .split(' ')
  .map((code) => `JM2-${code}`);

describe.each(namesOf('bad'))('bad/%s', (name) => {
  test('is told with code, severity and place', () => {
    const expected = readFileSync(`${folder}/bad/${name.replace(/yaml$/, 'expected.txt')}`, 'utf8');
    const found = load(readFileSync(`${folder}/bad/${name}`)).diagnostics.map(
      ({ code, severity, range }) =>
        `${range === null ? '-' : `${range.start.line}:${range.start.column}`} ${severity} ${code}\n`,
    );
    expect(found.join('')).toBe(expected);
  });

  test('is told in sentences that end once', () => {
    for (const { detail } of load(readFileSync(`${folder}/bad/${name}`)).diagnostics) {
      expect(detail).toMatch(/[.!?]$/);
      expect(detail).not.toMatch(/\.\.(?:\s|$)/);
    }
  });
});

describe.each(namesOf('good'))('good/%s', (name) => {
  test('is accepted without a remark', () => {
    const { manifest, diagnostics } = load(readFileSync(`${folder}/good/${name}`));
    expect(diagnostics).toEqual([]);
    expect(manifest).not.toBeNull();
  });
});

test.each(Object.entries(large))('%s is provoked by what is too large', (code, make) => {
  expect(load(make()).diagnostics.map((each) => each.code)).toContain(code);
});

test('every code that a file can provoke is provoked', () => {
  const provoked = new Set(
    namesOf('bad').flatMap((name) =>
      load(readFileSync(`${folder}/bad/${name}`)).diagnostics.map((each) => each.code),
    ),
  );
  const codes = registryEntries
    .filter((entry) => ['manifest', 'schedule'].includes(entry.area))
    .map((entry) => entry.code);
  expect(
    codes.filter((code) => !provoked.has(code) && !(code in large) && !notByContent.includes(code)),
  ).toEqual([]);
});

describe('the examples of the error pages', () => {
  const shown = registryEntries.filter(
    (entry) => ['manifest', 'schedule'].includes(entry.area) && entry.example?.includes('\n'),
  );

  test.each(shown.map((entry) => [entry.code, entry] as const))(
    '%s is what it says',
    (code, entry) => {
      expect(problems(entry.example ?? '').join()).toContain(code);
      expect(load(entry.corrected ?? '').diagnostics).toEqual([]);
    },
  );
});
