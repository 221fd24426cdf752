import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import { didYouMean, fromCommander, nearest, unknownCommand } from '../../src/cli/usage-errors.ts';

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
    ['constructor', 'jm2 --help'],
  ])('of %s, as other tools have it, names ours', (typed, hint) => {
    expect(unknownCommand(typed, names).hint).toBe(hint);
  });

  it('with an unknown option keeps the suggestion as the way out', () => {
    const error = fromCommander(
      {
        code: 'commander.unknownOption',
        message: "error: unknown option '--cuont'\n(Did you mean --count?)",
      },
      'preview',
    );
    expect(error).toMatchObject({
      code: 'JM2-C102',
      exitCode: 64,
      detail: "Unknown option '--cuont'.",
      hint: 'Did you mean --count?',
    });
  });

  it('with a wrong value points to the help of its command', () => {
    const error = fromCommander(
      {
        code: 'commander.invalidArgument',
        message:
          "error: option '--timeline <length>' argument 'month' is invalid. Allowed choices are day, week.",
      },
      'preview',
    );
    expect(error).toMatchObject({ code: 'JM2-C103', hint: 'jm2 preview --help' });
  });
});

describe('every command', () => {
  it.each(commandTable.map((entry) => [entry.name, entry] as const))(
    '%s says the same of itself in the overview and on its page, with examples',
    async (name, entry) => {
      const definition = await entry.load();
      expect(definition.name).toBe(name);
      expect(definition.summary).toBe(entry.summary);
      expect(definition.examples.length).toBeGreaterThan(0);
      for (const { command } of definition.examples) expect(command).toContain(`jm2 ${name}`);
    },
  );
});
