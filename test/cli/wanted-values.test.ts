import { expect, it } from 'vitest';
import { configCommand } from '../../src/cli/commands/config.ts';
import { wantedValues } from '../../src/cli/completion/wanted-values.ts';

const command = {
  arguments: [{ name: '<job...>', description: '' }],
  options: [
    { flags: '-t, --tag <tag>', description: 'a tag', repeat: true },
    { flags: '-s, --state <state>', description: 'a state', choices: ['failed', 'paused'] },
    { flags: '--since <time>', description: 'a time' },
    { flags: '-f, --follow', description: 'go on' },
    { flags: '--secret', description: 'not told', hidden: true },
  ],
};

/** What is offered for a line whose last word is at the cursor. */
function at(line: string, subject: Parameters<typeof wantedValues>[1] = command): string {
  const { prefix, values, offer } = wantedValues(line.split(' '), subject);
  const words = values.map(({ value }) => prefix + value).join(' ');
  return [words, offer === 'nothing' ? '' : `(${prefix}${offer})`].filter(Boolean).join(' ');
}

it.each([
  ['logs ', '(jobs)'],
  ['logs one ', '(jobs)'],
  ['logs --tag ', '(tags)'],
  ['logs --tag=', '(--tag=tags)'],
  ['logs -tda', '(-ttags)'],
  ['logs -s fa', 'failed paused'],
  ['logs --state=', '--state=failed --state=paused'],
  ['logs --since ', ''],
  ['logs --since=now', ''],
  ['logs --unknown=', ''],
  ['logs --follow ', '(jobs)'],
  ['--manifest ', '(files)'],
  ['--state-dir=', '(--state-dir=directories)'],
])('after "%s" comes %s', (line, expected) => {
  expect(at(line)).toBe(expected);
});

it('offers long options, and short ones to whoever begins with one dash', () => {
  const all = at('logs --');
  expect(all).toContain('--tag --state --since --follow --manifest');
  expect(all).not.toMatch(/--secret|-t /);
  expect(at('logs -')).toContain('-t --tag -s --state');
});

it('offers an option once, unless it may be repeated', () => {
  const left = at('logs --tag a --state failed --');
  expect(left).toContain('--tag');
  expect(left).not.toContain('--state ');
});

it('takes no word behind -- for an option', () => {
  expect(at('logs -- --')).toBe('(jobs)');
  expect(at('run job -- ', { ...command, passesOn: true })).toBe('(files)');
});

it('offers options where no argument is left', () => {
  expect(at('status ', { arguments: [], options: [] })).toContain('--json');
});

it('offers commands first, and as topics of help', () => {
  expect(at('', null)).toBe('help (commands)');
  expect(at('help ', null)).toBe('(commands)');
  expect(at('--quiet ', null)).toBe('help (commands)');
});

it.each([
  ['config ', 'list get set unset reset'],
  ['config set sync ', 'auto manual'],
  ['config set log_level d', 'trace debug info warn error fatal'],
  ['config set grace ', '30s'],
  ['config set manifest ', '(files)'],
  ['config set nothing ', ''],
  ['config get sync ', ''],
  ['config list ', ''],
])('offers for "%s": %s', (line, expected) => {
  expect(at(line, configCommand)).toBe(expected);
});
