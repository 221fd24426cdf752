// Names under public_env: which have an effect, and which are told to have none.
import { expect, it } from 'vitest';
import { load } from './load.ts';

const jobs = 'jobs: {a: {command: x, env: {OF_JOB: y, REF: {from: env, key: K}}}, b: {command: x}}';
const warned = (names: string, env = 'env: {PLAIN: x}'): readonly string[] =>
  load(`version: 1\npublic_env: [${names}]\n${env}\n${jobs}\n`)
    .diagnostics.filter(({ code }) => code === 'JM2-M311')
    .map(
      ({ path, detail }) =>
        `${path} ${detail.replace(' This is a warning and stops nothing.', '')}`,
    );

it.each(['', 'PLAIN', 'OF_JOB', 'REF', 'PLAIN, OF_JOB, REF'])(
  '[%s] is as it should be',
  (names) => {
    expect(warned(names)).toEqual([]);
  },
);

it('names nobody has are told, each at its place', () => {
  expect(warned('PLAIN, NOBODY')).toEqual(['/public_env/1 No job has a variable "NOBODY".']);
});

it('a name that is one of a secret is told, also where its value is not written', () => {
  const told = 'looks like a secret, and such a value is never shown.';
  expect(warned('API_TOKEN', 'env: {API_TOKEN: x}')).toEqual([`/public_env/0 "API_TOKEN" ${told}`]);
  const referred = 'env: {API_TOKEN: {from: env, key: K}}';
  expect(warned('API_TOKEN', referred)).toEqual([`/public_env/0 "API_TOKEN" ${told}`]);
});

it('a harmless name is told where one of its values has the form of a secret', () => {
  const env = 'env: {OF_JOB: AKIAABCDEFGHIJKLMNOP, PLAIN: x}';
  expect(warned('PLAIN, OF_JOB', env)).toEqual([
    '/public_env/1 "OF_JOB" looks like a secret, and such a value is never shown.',
  ]);
});
