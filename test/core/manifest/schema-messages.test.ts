import { describe, expect, test } from 'vitest';
import { load, withJob } from './load.ts';

const first = (text: string) => load(text).diagnostics[0];
const manyVariables = Array.from({ length: 257 }, (_, i) => `A${i}: x`).join(', ');

describe('what the schema finds, in words', () => {
  test.each([
    [withJob('command: x', 'retry: 1001'), 'JM2-M206', 'must be 1000 or less'],
    [withJob('command: []'), 'JM2-M206', 'must have at least 1 entry'],
    [withJob('command: x', `env: {${manyVariables}}`), 'JM2-M206', 'must have at most 256 entries'],
    [
      withJob('command: x', `tags: [${'t'.repeat(64)}]`),
      'JM2-M206',
      'must have at most 63 characters',
    ],
    [
      withJob('command: x', 'tags: [a, b, a]'),
      'JM2-M206',
      'must not repeat an entry (entries 1 and 3)',
    ],
    [withJob('command: x', 'log: {max_size: 2000GB}'), 'JM2-M206', 'too large'],
    [withJob('command: x', 'tags: a'), 'JM2-M203', 'expected a list'],
    [withJob('command: x', 'env: [a]'), 'JM2-M203', 'expected a map'],
    [
      withJob('command: x', 'env: {A: [b]}'),
      'JM2-M203',
      'expected text, a number, true or false or a map',
    ],
    [withJob('command: x', 'retry: {limit: 1.5}'), 'JM2-M203', 'expected a whole number'],
    [withJob('command: x', 'retry: [1]'), 'JM2-M203', 'expected a whole number or a map'],
    [withJob('command: x', 'retry: {delay: 1s}'), 'JM2-M202', '"limit" is missing'],
    [withJob('command: x', 'catch_up: 5'), 'JM2-M203', 'expected text or a map'],
    [withJob('command: x', 'on_remove: xyz'), 'JM2-M204', 'not one of finish, cancel'],
    [withJob('command: x', 'zzzzzzzzz: 1'), 'JM2-M201', 'unknown'],
    ['version: 1\njobs: 5\n', 'JM2-M208', 'a number, not a map'],
    ['version: 1\njobs: backup\n', 'JM2-M208', 'text, not a map'],
    ['version: 1\njobs: {"~/x": {command: x}}\n', 'JM2-M209', 'not a name'],
  ])('%# %j', (text, code, label) => {
    expect(first(text)).toMatchObject({ code, label });
  });

  test.each([
    [withJob('command: x', 'description: true'), 'Write "true", in quotes.'],
    [withJob('command: x', 'retry: "3"'), 'Write 3 without quotes.'],
    [withJob('command: x', 'timeout:'), 'Write a value behind the colon, or remove the key.'],
    [withJob('command: x', 'suspend: maybe'), 'Write true or false.'],
    [withJob('command: x', 'zzzzzzzzz: 1'), 'Known here: description, schedule'],
    ['jobs: {}\n', 'Write `version: 1` in the first line.'],
    ['version: 1\njobs: {"§": {command: x}}\n', 'underscore and hyphen.'],
  ])('%# %j has a way out', (text, hint) => {
    expect(first(text)?.hint).toContain(hint);
  });

  test('a default that is wrong is told at the default alone', () => {
    const text =
      'version: 1\ndefaults: {timeout: 0s}\njobs:\n  a: {command: x}\n  b: {command: x}\n';
    expect(load(text).diagnostics.map((each) => each.path)).toEqual(['/defaults/timeout']);
  });

  test('a warning says that it stops nothing, and the manifest is accepted', () => {
    const { manifest, diagnostics } = load(withJob('command: [a, "|", b]'));
    expect(manifest).not.toBeNull();
    expect(diagnostics[0]?.detail).toContain('This is a warning and stops nothing.');
  });

  test('a catch-up that is narrowed in vain is a warning', () => {
    const text = withJob(
      'command: x',
      'schedule: every 5m',
      'catch_up: {policy: none, window: 1h, limit: 3}',
    );
    expect(load(text).diagnostics.map((each) => [each.code, each.path])).toEqual([
      ['JM2-M311', '/jobs/backup/catch_up/window'],
      ['JM2-M311', '/jobs/backup/catch_up/limit'],
    ]);
  });

  test('two hundred problems are listed, the rest is counted, errors before warnings', () => {
    const jobs = Array.from({ length: 150 }, (_, i) => [
      `  w${i}: {command: [a, "|"]}`,
      `  e${i}: {command: x, suspend: 1}`,
    ]).flat();
    const { diagnostics } = load(`version: 1\njobs:\n${jobs.join('\n')}\n`);
    expect(diagnostics).toHaveLength(201);
    expect(diagnostics.filter((each) => each.severity === 'error')).toHaveLength(150);
    expect(diagnostics.at(-1)).toMatchObject({ code: 'JM2-M119', severity: 'warning' });
  });
});
