// What an earlier daemon stored of a refused manifest, as the next one reads it.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCondition } from '../../src/reconciler/source-condition.ts';

const read = (text: string | null) => readCondition({ fact: () => text });
/** As the store of 0.1.0 had it; the path is another. */
const stored = readFileSync('test/golden/condition-v1.json', 'utf8');

it('what 0.1.0 stored is told as it was, without an edit that would mend it', () => {
  const condition = read(stored);
  expect(condition).toMatchObject({ kind: 'invalid', since: 1795614286393 });
  expect(condition?.diagnostics.map(({ code, fix }) => [code, fix])).toEqual([
    ['JM2-M202', null],
    ['JM2-S101', null],
    ['JM2-M201', null],
  ]);
  const [, second] = condition?.diagnostics ?? [];
  expect(second).toMatchObject({
    path: '/jobs/backup/schedule',
    range: { start: { line: 3, column: 25 }, end: { line: 3, column: 27 } },
    hint: 'Write an hour from 0 to 23.',
  });
});

it.each([
  ['nothing', null],
  ['no JSON', '{'],
  ['another kind', stored.replace('"invalid"', '"odd"')],
  ['no time', stored.replace('"since"', '"when"')],
  ['no list of problems', '{"kind":"missing","since":1,"diagnostics":{}}'],
])('%s says nothing, so that the next look tells it anew', (_, text) => {
  expect(read(text)).toBeNull();
});
