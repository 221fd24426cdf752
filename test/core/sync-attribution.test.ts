import { expect, it } from 'vitest';
import { loadManifest } from '../../src/core/manifest/load-manifest.ts';
import { commitsOfChange, type CommitStep } from '../../src/core/sync/attribution.ts';
import { sha256 } from '../../src/system/digest.ts';

const jobs = (text: string) => {
  const { manifest } = loadManifest(`version: 1\njobs: {${text}}\n`, { file: 'f', digest: sha256 });
  return new Map((manifest?.jobs ?? []).map((job) => [job.name, job]));
};
/** One commit for each text after the first, called 1, 2, …; newest first. */
const steps = (...texts: string[]): CommitStep[] =>
  texts
    .slice(1)
    .map((text, index) => ({
      fact: { commit: `${index + 1}`, author: 'Ann', at: 0, subject: 's' },
      before: jobs(texts[index] ?? ''),
      after: jobs(text),
    }))
    .toReversed();
const a = (command: string, timeout = '1m') => `a: {command: ${command}, timeout: ${timeout}}`;
const made = (
  action: 'create' | 'update' | 'rename' | 'delete',
  paths: readonly string[],
  way: readonly CommitStep[],
  previousName: string | null = null,
) =>
  commitsOfChange(
    { job: 'a', previousName, action, fields: paths.map((path) => ({ path })) },
    way,
  ).map(({ commit }) => commit);

it.each([
  ['the newest that touched the field', ['/command'], [a('x'), a('y'), a('z')], ['2']],
  ['each field by its own', ['/command', '/timeout'], [a('x'), a('y'), a('y', '2m')], ['1', '2']],
  ['not one that touched another field', ['/command'], [a('x'), a('y'), a('y', '2m')], ['1']],
  ['none where no commit has the job', ['/command'], ['b: {command: x}', 'b: {command: y}'], []],
])('an update was made by: %s', (_what, paths, texts, commits) => {
  expect(made('update', paths, steps(...texts))).toEqual(commits);
});

it('a new job was made by the commit with which it came, and those that changed it since', () => {
  const way = steps(a('w'), 'b: {command: x}', a('x'), a('y'));
  expect(made('create', ['/command'], way)).toEqual(['2', '3']);
});

it('a removed job was made so by the commit with which it went', () => {
  expect(made('delete', [], steps(a('x'), a('y'), 'b: {command: x}'))).toEqual(['2']);
});

it('a rename was made by the commit that renamed', () => {
  const way = steps('old: {command: x}', a('x'), a('x', '2m'));
  expect(made('rename', [], way, 'old')).toEqual(['1']);
});
