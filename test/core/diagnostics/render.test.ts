import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/core/diagnostics/diagnostic.ts';
import {
  renderDiagnostic,
  renderDiagnostics,
  withoutColour,
} from '../../../src/core/diagnostics/render.ts';

const source = [
  'version: 1',
  'jobs:',
  '  nightly-backup:',
  '    command: ./backup.sh',
  '    schedule: "0 25 * * *"',
  '',
].join('\n');

const problem: Diagnostic = {
  code: 'JM2-S101',
  severity: 'error',
  summary: 'cron field out of range',
  detail: 'Job "nightly-backup" could never run.\nThe last good revision stays in force.',
  file: 'jobs.yaml',
  path: '/jobs/nightly-backup/schedule',
  range: { start: { line: 5, column: 18 }, end: { line: 5, column: 20 } },
  hint: 'Write an hour from 0 to 23.',
  label: 'hour must be 0 to 23',
  fix: null,
};

const plain = { source, colour: withoutColour, docs: true };

function at(line: string, from: number, to: number): string {
  const range = { start: { line: 1, column: from }, end: { line: 1, column: to } };
  const text = renderDiagnostic(
    { ...problem, range, label: null },
    { ...plain, source: line, docs: false },
  );
  return text.split('\n').slice(2, 4).join('\n');
}

describe('a diagnostic as text', () => {
  test('shows summary, place, snippet, detail and a way out in that order', () => {
    expect(renderDiagnostic(problem, plain)).toMatchInlineSnapshot(`
      "error[JM2-S101] jobs.yaml:5:18: cron field out of range

         3 |   nightly-backup:
         4 |     command: ./backup.sh
         5 |     schedule: "0 25 * * *"
           |                  ^^ hour must be 0 to 23

        Job "nightly-backup" could never run.
        The last good revision stays in force.
        Write an hour from 0 to 23.  More: jm2 explain JM2-S101"
    `);
  });

  test('does without a snippet when the source is not at hand', () => {
    expect(renderDiagnostic(problem, { ...plain, source: null }).split('\n')[1]).toBe(
      '  Job "nightly-backup" could never run.',
    );
  });

  test('does without a snippet when the place lies outside the source', () => {
    const range = { start: { line: 99, column: 1 }, end: { line: 99, column: 2 } };
    expect(renderDiagnostic({ ...problem, range }, plain)).not.toContain(' | ');
  });

  test('hands each kind of piece to the colour function', () => {
    const styles = new Set<string>();
    renderDiagnostic(problem, { ...plain, colour: (style, text) => (styles.add(style), text) });
    expect([...styles].sort()).toEqual(['command', 'error', 'gutter', 'mark', 'place']);
  });

  test('puts the caret under the marked place behind tabs', () => {
    expect(at('\ta: b', 2, 3)).toBe('   1 |     a: b\n     |     ^');
  });

  test('puts the caret under the marked place behind wide characters', () => {
    expect(at('漢: b', 4, 5)).toBe('   1 | 漢: b\n     |     ^');
  });

  test('escapes control characters and keeps the caret in place', () => {
    expect(at('\u001b[31m: b', 8, 9)).toBe('   1 | \\x1b[31m: b\n     |           ^');
  });

  test('shows a window of a long line', () => {
    const [line = '', marks = ''] = at(
      'x'.repeat(5000) + 'HERE' + 'y'.repeat(5000),
      5001,
      5005,
    ).split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('HERE');
  });

  test.each([
    ['wide characters', `${'漢'.repeat(60)}HERE${'字'.repeat(60)}`, 61],
    ['plain ones', `${'x'.repeat(90)}HERE${'y'.repeat(90)}`, 91],
    ['a place at the end', `${'x'.repeat(90)}HERE`, 91],
    ['a place at the beginning', `HERE${'漢'.repeat(60)}`, 1],
    ['marks that take no cell', `HERE${'e\u0301'.repeat(80)}`, 1],
  ])('stays within a narrow terminal: %s', (_what, source, column) => {
    const range = { start: { line: 1, column }, end: { line: 1, column: column + 4 } };
    const text = renderDiagnostic(
      { ...problem, range, label: null },
      { ...plain, source, width: 60 },
    );
    const [line = '', marks = ''] = text.split('\n').slice(2);
    expect(stringWidth(line)).toBeLessThanOrEqual(60);
    const before = line.slice(0, line.indexOf('HERE'));
    expect(marks.indexOf('^')).toBe(stringWidth(before));
  });

  test('marks one column when the place is at the end of a line', () => {
    expect(at('a:', 3, 3)).toBe('   1 | a:\n     |   ^');
  });

  test('orders the problems of a file by position', () => {
    const early = {
      ...problem,
      range: { start: { line: 2, column: 1 }, end: { line: 2, column: 5 } },
    };
    const text = renderDiagnostics([problem, early], plain);
    expect(text.indexOf('jobs.yaml:2:1')).toBeLessThan(text.indexOf('jobs.yaml:5:18'));
  });
});

describe('the order and the edges of a text', () => {
  test('a diagnostic without file, place and hint is its code, its summary and its detail', () => {
    const bare = { ...problem, file: null, range: null, hint: null };
    expect(renderDiagnostic(bare, { source: null, colour: withoutColour, docs: false })).toBe(
      'error[JM2-S101] cron field out of range\n  Job "nightly-backup" could never run.\n  The last good revision stays in force.',
    );
    expect(renderDiagnostic(bare, { source: null, colour: withoutColour, docs: true })).toContain(
      '\n  More: jm2 explain JM2-S101',
    );
  });

  test('a range over several lines is marked to the end of the first', () => {
    const range = { start: { line: 3, column: 3 }, end: { line: 5, column: 4 } };
    expect(renderDiagnostic({ ...problem, range, label: null }, plain)).toContain(
      '   3 |   nightly-backup:\n     |   ^^^^^^^^^^^^^^^',
    );
  });

  test('long lines before the marked one are cut', () => {
    const range = { start: { line: 2, column: 1 }, end: { line: 2, column: 2 } };
    const text = renderDiagnostic(
      { ...problem, range },
      { ...plain, source: `${'x'.repeat(500)}\nabc` },
    );
    expect(text).toContain(`${'x'.repeat(100)}…\n`);
  });

  test('files come one after the other, errors before warnings at one place', () => {
    const other = { ...problem, file: 'a.yaml' };
    const warning = { ...problem, severity: 'warning' as const, code: 'JM2-M305' };
    const later = { ...problem, code: 'JM2-S104' };
    const text = renderDiagnostics([later, warning, problem, other], { ...plain, source: null });
    expect(text.match(/\w+\[JM2-\w+\] [a-z]+\.yaml/g)).toEqual([
      'error[JM2-S101] a.yaml',
      'error[JM2-S101] jobs.yaml',
      'error[JM2-S104] jobs.yaml',
      'warning[JM2-M305] jobs.yaml',
    ]);
  });
});
