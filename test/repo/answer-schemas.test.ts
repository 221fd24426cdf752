// What `--json` prints is published: each command has a schema, and each schema
// can be used as it is.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { answerShapes } from '../../src/cli/answers/answers.ts';
import { commandTable } from '../../src/cli/command-table.ts';
import { answerProblem } from '../support/answer-schemas.ts';

const folder = join(import.meta.dirname, '../../schema/output');

it('every command publishes the shape of its answer, and no other has one', () => {
  expect(Object.keys(answerShapes).toSorted()).toEqual(
    commandTable.map(({ name }) => name).toSorted(),
  );
});

it.each(readdirSync(folder))('%s is a schema that a strict validator takes', (name) => {
  const schema = JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  expect(() => ajv.compile(schema)).not.toThrow();
});

it('an answer with an unknown key is noticed', () => {
  const answer = { success: true, data: { wasRunning: true, pid: 7, extra: 1 } };
  expect(answerProblem(['stop', '--json'], JSON.stringify(answer))).toContain(
    'must NOT have additional properties',
  );
  const plain = { success: true, data: { wasRunning: true, pid: 7 } };
  expect(answerProblem(['stop', '--json'], JSON.stringify(plain))).toBeNull();
});
