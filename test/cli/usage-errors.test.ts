import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import {
  didYouMean,
  fromCommander,
  habits,
  nearest,
  unknownCommand,
} from '../../src/cli/usage-errors.ts';

const preview = {
  name: 'preview',
  arguments: [],
  options: [{ flags: '-y, --yes', description: '' }],
  examples: [{ command: 'jm2 preview x', meaning: '' }],
};
const names = commandTable.map(({ name }) => name);

describe('a misspelt word', () => {
  it.each([
    ['valdiate', 'validate'],
    ['aply', 'apply'],
    ['hist', 'history'],
    ['LOGS', 'logs'],
  ])('%s suggests %s first', (typed, meant) => {
    expect(nearest(typed, names)[0]).toBe(meant);
  });

  it('far from everything suggests nothing', () => {
    expect(nearest('frobnicate', names)).toEqual([]);
    expect(didYouMean([])).toBeNull();
  });

  it('with several near ones names them all', () => {
    expect(didYouMean(['a', 'b', 'c'])).toBe('Did you mean a, b or c?');
  });
});

describe('a wrong call', () => {
  it('of an unknown command ends with 64 and names the nearest one', () => {
    expect(unknownCommand('preveiw', names)).toMatchObject({
      code: 'JM2-C101',
      exitCode: 64,
      hint: 'Did you mean preview?',
    });
  });

  it.each([
    ['ls', 'Did you mean list?'],
    ['rm', 'Did you mean remove?'],
    ['ps', 'Did you mean list or queue?'],
    ['tail', 'Did you mean logs?'],
    ['version', 'Did you mean --version?'],
    ['unpause', 'Did you mean resume?'],
    ['constructor', 'jm2 --help'],
  ])('of %s, as other tools have it, names ours', (typed, hint) => {
    expect(unknownCommand(typed, names).hint).toBe(hint);
  });

  it('of what other tools have names commands that exist, and none that jm2 has', () => {
    const meant = Object.values(habits).flat();
    expect(meant.filter((name) => name !== '--version' && !names.includes(name))).toEqual([]);
    expect(Object.keys(habits).filter((word) => names.includes(word))).toEqual([]);
  });

  it('with an unknown option keeps the suggestion as the way out', () => {
    const error = fromCommander(
      {
        code: 'commander.unknownOption',
        message: "error: unknown option '--cuont'\n(Did you mean --count?)",
      },
      preview,
    );
    expect(error).toMatchObject({
      code: 'JM2-C102',
      exitCode: 64,
      detail: "Unknown option '--cuont'.",
      hint: 'Did you mean --count?',
    });
  });

  it.each([
    ['wek', 'Did you mean week?'],
    ['month', 'jm2 preview --help'],
  ])('with %s for day or week has the way out: %s', (value, hint) => {
    const message = `error: option '-t, --timeline <length>' argument '${value}' is invalid. Allowed choices are day, week.`;
    expect(fromCommander({ code: 'commander.invalidArgument', message }, preview)).toMatchObject({
      code: 'JM2-C103',
      detail: `--timeline got "${value}", which is none of day, week.`,
      hint,
    });
  });

  it.each([
    [
      "command-argument value 'fisch' is invalid for argument 'shell'. Allowed choices are bash, fish.",
      'shell got "fisch", which is none of bash, fish.',
      'Did you mean fish?',
    ],
    [
      "missing required argument 'run-or-job'",
      'jm2 preview needs a run or job behind it.',
      'jm2 preview x',
    ],
    [
      "missing required argument 'action'",
      'jm2 preview needs an action behind it.',
      'jm2 preview x',
    ],
    [
      "too many arguments for 'preview'. Expected 1 argument but got 5.",
      'jm2 preview takes 1 argument, and got 5.',
      'jm2 preview x',
    ],
    [
      "too many arguments for 'preview'. Expected 0 arguments but got 1.",
      'jm2 preview takes no arguments, and got 1.',
      'jm2 preview x',
    ],
    ["unknown option '--auto-approve'", "Unknown option '--auto-approve'.", 'Did you mean --yes?'],
    [
      "option '-o, --out <file>' argument missing",
      '--out needs <file> behind it.',
      'jm2 preview --help',
    ],
    ["unknown option '-n'", "Unknown option '-n'.", 'jm2 preview --help'],
  ])('%s', (message, detail, hint) => {
    const error = fromCommander({ code: 'commander.any', message: `error: ${message}` }, preview);
    expect(error).toMatchObject({ exitCode: 64, detail, hint });
  });
});

it.each([
  ['--verify', 'Did you mean jm2 audit verify?'],
  ['--list', 'Did you mean jm2 audit list?'],
  ['--purge', 'jm2 audit --help'],
])('an unknown option %s that is an action is answered "%s"', (typed, hint) => {
  const audit = {
    ...preview,
    name: 'audit',
    arguments: [{ name: '[action]', description: '', offers: ['list', 'verify'] }],
  };
  const message = `error: unknown option '${typed}'\n(Did you mean --version?)`.replace(
    typed === '--verify' ? '' : /\n.*/,
    '',
  );
  expect(fromCommander({ code: 'commander.unknownOption', message }, audit)).toMatchObject({
    detail: `Unknown option '${typed}'.`,
    hint,
  });
});

it.each([
  [['on', 'off'], 'Did you mean jm2 sync on?'],
  [(): readonly string[] => ['on'], 'Did you mean jm2 sync on?'],
  ['jobs' as const, 'jm2 sync --help'],
])('actions are looked for where a shell would offer them (%#)', (offers, hint) => {
  const sync = { ...preview, name: 'sync', arguments: [{ name: '[x]', description: '', offers }] };
  const error = { code: 'commander.unknownOption', message: "error: unknown option '--on'" };
  expect(fromCommander(error, sync).hint).toBe(hint);
});

describe('every command', () => {
  it.each(commandTable.map((entry) => [entry.name, entry] as const))(
    '%s says the same of itself in the overview and on its page, with examples',
    async (name, entry) => {
      const definition = await entry.load();
      expect(definition.name).toBe(name);
      expect(definition.summary).toBe(entry.summary);
      expect(definition.examples.length).toBeGreaterThan(0);
      // A line of the overview on a terminal of 80 columns.
      expect(entry.summary.length).toBeLessThanOrEqual(60);
      for (const { command } of definition.examples) expect(command).toContain(`jm2 ${name}`);
    },
  );
});
