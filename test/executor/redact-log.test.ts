import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cutLog } from '../../src/executor/log-cut.ts';
import { readLogEnd, readLogFrom } from '../../src/executor/read-log.ts';
import { redactionOf } from '../../src/executor/redact-log.ts';

const secret = 'correct-horse-7';
const redaction = redactionOf([secret]);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jm2-redact-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function wrote(content: string | Buffer): void {
  writeFileSync(join(directory, 'log'), content);
}

function everyPage(): string {
  let text = '';
  for (let offset = 0; ;) {
    const page = readLogFrom(directory, offset, true, redaction);
    text += page.lines.map((line) => line.text + (line.unfinished ? '' : '\n')).join('');
    offset = page.next;
    if (page.atEnd) return text;
  }
}

test('positions count what was printed, not what is shown', () => {
  wrote(`a ${secret} b\nnext\n`);
  const page = readLogFrom(directory, 0, true, redaction);
  expect(page.lines.map(({ offset, text }) => [offset, text])).toEqual([
    [0, 'a *** b'],
    [secret.length + 5, 'next'],
  ]);
});

test('bytes that are no text are given with the secret hidden, too', () => {
  wrote(Buffer.concat([Buffer.from([0xff]), Buffer.from(secret), Buffer.from([0xfe, 10])]));
  const [line] = readLogFrom(directory, 0, true, redaction).lines;
  expect(line?.bytes).toEqual(
    Buffer.concat([Buffer.from([0xff]), Buffer.from('***'), Buffer.from([0xfe])]),
  );
});

test('a secret is hidden across the border of two pages', () => {
  const page = 1024 * 1024;
  wrote(`${'x'.repeat(page - 7)}${secret}${'y'.repeat(100)}`);
  expect(everyPage()).not.toMatch(/correct|horse/);
});

test('the last lines begin with no half of a secret', () => {
  wrote(`${'x'.repeat(2 * 1024 * 1024)}${secret}${'y'.repeat(1024 * 1024 - 8)}\n`);
  const { lines } = readLogEnd(directory, 1, true, redaction);
  expect(lines.map(({ text }) => text).join('')).toMatch(/^(\*\*\*)?y+$/);
});

test('no half of a secret is left where a log was cut, and none where the cut log goes on', () => {
  // Head and tail have 512 bytes each: both cuts go through a secret.
  const filler = 'x'.repeat(506);
  wrote(`${filler}${secret}${'m'.repeat(4_000)}${secret}${'y'.repeat(505)}`);
  cutLog(directory, 1_024);
  const shown = everyPage();
  expect(shown).toContain(`${filler}***`);
  expect(shown).not.toMatch(/corre|rse-7/);
  writeFileSync(join(directory, 'log'), ' and on', { flag: 'a' });
  expect(everyPage()).not.toMatch(/corre|rse-7/);
});

test('wherever the secret stands, no part of it is shown', () => {
  const lines = fc.array(fc.constantFrom('plain', secret, `a${secret}`, `${secret}b`, '', 'é'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(lines, fc.nat(400), (texts, from) => {
      const text = texts.join('\n');
      wrote(text);
      const page = readLogFrom(directory, Math.min(from, Buffer.byteLength(text)), true, redaction);
      const shown = page.lines.map((line) => line.text).join('\n');
      expect(shown).not.toMatch(/correct-h|orse-7/);
    }),
    { numRuns: 100 },
  );
});

test('any of many secrets is found, however they overlap, at either end too', () => {
  const secrets = fc.array(
    fc.string({ minLength: 6, maxLength: 9, unit: fc.constantFrom('a', 'b') }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  const text = fc.string({ maxLength: 60, unit: fc.constantFrom('a', 'b') });
  fc.assert(
    fc.property(secrets, text, (values, around) => {
      wrote(`${values[0]}${around}${values.at(-1)}`);
      const hidden = redactionOf(values);
      const shown = readLogFrom(directory, 0, true, hidden)
        .lines.map((line) => line.text)
        .join('');
      expect(values.filter((value) => shown.includes(value))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
