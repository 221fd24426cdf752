import { describe, expect, test } from 'vitest';
import { load, problems, withJob } from './load.ts';

const text = [
  'version: 1',
  'defaults: &slow {timeout: 2h}',
  'env: &env {A: "1"}',
  'jobs:',
  '  backup:',
  '    <<: *slow',
  '    command: |',
  '      ./backup.sh',
  '    env: *env',
  '    tags: [a, b]',
  '',
].join('\n');

describe('the place of a value', () => {
  const { places, diagnostics } = load(text);

  test('the text is accepted', () => {
    expect(diagnostics).toEqual([]);
  });

  test.each([
    ['/version', 1, 10],
    ['/jobs/backup/tags/1', 10, 15],
    ['/jobs/backup/command', 7, 14],
    ['/jobs/backup/env', 3, 11],
    ['/jobs/backup/env/A', 3, 15],
    ['/jobs/backup/timeout', 2, 27],
  ])('%s is where it is written', (pointer, line, column) => {
    expect(places(pointer)?.start).toEqual({ line, column });
  });

  test.each(['/jobs/nothing', '/version/x', '/jobs/backup/tags/9'])('%s is nowhere', (pointer) => {
    expect(places(pointer)).toBeNull();
  });
});

describe('what is said', () => {
  const first = (input: string) => load(input).diagnostics[0];

  test.each([
    ['a key that is misspelt', withJob('comand: x', 'command: y'), 'did you mean "command"?'],
    ['a key other tools use', withJob('command: x', 'retries: 3'), 'did you mean "retry"?'],
    ['a word that is misspelt', withJob('command: x', 'concurrency: alow'), 'did you mean allow?'],
    [
      'a zone that is misspelt',
      `timezone: Europe/Berln\n${withJob('command: x')}`,
      'did you mean Europe/Berlin?',
    ],
    [
      'a duration without unit',
      withJob('command: x', 'timeout: 90'),
      'expected a duration such as 90s',
    ],
    ['a value of no form', withJob('command: 5'), 'expected text or a list'],
  ])('names what was meant by %s', (_what, input, label) => {
    expect(first(input)?.label).toBe(label);
  });

  test.each([
    [
      'an unquoted cron expression',
      withJob('schedule: */5 * * * *', 'command: x'),
      'Write "*/5 * * * *"',
    ],
    ['an unquoted name', withJob('schedule: @daily', 'command: x'), 'Write "@daily"'],
    ['a command with a colon', withJob('command: echo a: b'), 'Write "echo a: b"'],
    [
      'a command with a colon and quotes',
      withJob('command: echo "a: b" x: y'),
      `Write 'echo "a: b" x: y'`,
    ],
    ['yes for true', withJob('command: x', 'suspend: yes'), 'Write true.'],
    ['off for false', withJob('command: x', 'suspend: off'), 'Write false.'],
    ['a number for text', withJob('command: [sleep, 5]'), 'Write "5", in quotes.'],
    ['a name in upper case', 'version: 1\njobs: {My Job: {command: x}}', 'such as "my-job"'],
  ])('tells how to write %s', (_what, input, hint) => {
    expect(first(input)?.hint).toContain(hint);
  });

  test('says where a key stood first', () => {
    const twice = 'version: 1\njobs:\n  a: {command: x}\n  a: {command: y}\n';
    expect(first(twice)).toMatchObject({
      code: 'JM2-M109',
      path: '/jobs/a',
      label: 'first in line 3',
    });
  });

  test('never repeats a value that looks like a secret', () => {
    const input = withJob('command: x', 'env: {API_TOKEN: "swordfish-99"}');
    const { diagnostics } = load(input);
    expect(diagnostics.map((each) => each.code)).toEqual(['JM2-M305']);
    expect(JSON.stringify(diagnostics)).not.toContain('swordfish');
  });

  test.each([
    'DB_PASSWORD_FILE: /etc/password',
    'API_TOKEN: $TOKEN',
    'API_TOKEN: ""',
    'KEYBOARD: german-layout',
    'TOKEN_URL: https://example.org/token',
  ])('does not take %s for a secret', (line) => {
    expect(problems(withJob('command: x', `env: {${line}}`))).toEqual([]);
  });

  test('tells a mistake behind an anchor once', () => {
    const input =
      'version: 1\njobs:\n  a: &a {command: x, tiemout: 5m}\n  b: {<<: *a}\n  c: {<<: *a}\n';
    expect(problems(input)).toEqual(['JM2-M201 3:22']);
  });

  test('judges the neighbours of a broken field too', () => {
    const input = withJob('command: x', 'suspend: 3', 'schedule: "0 25 * * *"', 'timeout: 0s');
    expect(problems(input)).toEqual(['JM2-M203 5:14', 'JM2-S101 6:18', 'JM2-S108 7:14']);
  });

  test('orders by position and says what still holds', () => {
    const { diagnostics } = load(withJob('comand: x', 'suspend: 3'));
    expect(diagnostics.map((each) => each.range?.start.line)).toEqual([3, 4, 5]);
    for (const each of diagnostics) {
      expect(each.detail).toContain('last good revision, if any, stays in force');
    }
  });
});
