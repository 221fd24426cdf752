import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lineSelector } from '../../src/core/selection/select-lines.ts';
import { cannotHold, passOverLog } from '../../src/executor/pass-over-log.ts';
import { pageMaxBytes, readLogFrom } from '../../src/executor/read-log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jm2-pass-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const line = `${'nothing to see here '.repeat(20)}\n`;
const filler = (bytes: number): string => line.repeat(Math.ceil(bytes / line.length));

function put(log: string): void {
  writeFileSync(join(directory, 'log'), log);
}

/** Lines with the text, read to the end, and how many lines were made for it. */
function found(text: string, passes: boolean): { lines: string[]; made: number } {
  const select = lineSelector({ grep: text, errors: false }) ?? (() => true);
  const lines: string[] = [];
  let made = 0;
  for (let offset = 0; ;) {
    const from = passes ? passOverLog(directory, offset, cannotHold(text)) : offset;
    const page = readLogFrom(directory, from, true);
    made += page.lines.length;
    lines.push(...page.lines.map((line) => line.text).filter(select));
    if (page.atEnd) return { lines, made };
    offset = page.next;
  }
}

test('passes over pages without the text, and finds the lines in all others', () => {
  const page = filler(2 * pageMaxBytes);
  put(`Needle 1\n${page}a needle 2\n${page}NEEDLE 3`);
  expect(found('needle', true).lines).toEqual(['Needle 1', 'a needle 2', 'NEEDLE 3']);
  expect(found('needle', true).made).toBeLessThan(found('needle', false).made);
  expect(found('absent', true).lines).toEqual([]);
});

test('a text that stands across the edge of a page is found', () => {
  for (const shift of [0, 1, 4, 9]) {
    const before = filler(pageMaxBytes).slice(0, pageMaxBytes - shift);
    put(`${before}a needle\n${filler(2 * pageMaxBytes)}`);
    expect(found('A NEEDLE', true).lines).toEqual(found('A NEEDLE', false).lines);
  }
});

test('characters that mean something in a pattern are looked for as they are', () => {
  put(`${filler(pageMaxBytes)}why [a-z]+ (x|y) $5.00 \\d?\n${filler(pageMaxBytes)}`);
  expect(found('[a-z]+ (x|y) $5.00 \\d?', true).lines).toHaveLength(1);
  expect(found('5x00', true).lines).toEqual([]);
});

test('letters that become other ones in lower case are found as without passing over', () => {
  const odd = '4 \u212a of \u0130'; // a Kelvin sign, and an I with a dot
  put(
    `${filler(pageMaxBytes)}${odd}\n${filler(2 * pageMaxBytes)}4 K here\n${filler(pageMaxBytes)}`,
  );
  for (const text of ['4 k', '4 \u212a', 'OF I']) {
    expect(found(text, true).lines).toEqual(found(text, false).lines);
  }
  expect(found('4 \u212a', true).lines).toEqual([odd, '4 K here']);
});

test('a line longer than a page is left to the reader', () => {
  put(`${'x'.repeat(2 * pageMaxBytes)} needle\n`);
  expect(passOverLog(directory, 0, cannotHold('needle'))).toBe(0);
});

test('a log that is not there is not passed over', () => {
  expect(passOverLog(directory, 7, cannotHold('needle'))).toBe(7);
});
