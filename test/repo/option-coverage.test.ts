// What holds for every command of the table. Each documented command and option is
// used by at least one end-to-end test: found as a list of words that begins with
// the command, in a source of test/e2e. Its examples are calls that it takes, its
// help fits a terminal, and a shell knows what to offer for each value.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import { parse } from '../../src/cli/parse-call.ts';
import { offerFor } from '../../src/cli/completion/offers.ts';
import { commandOf } from '../support/answer-schemas.ts';

const folder = join(import.meta.dirname, '../e2e');

/** Lists of words in the sources, such as ['logs', '--run', id]; what is no literal counts as nothing. */
function callsIn(source: string): string[][] {
  return [...source.matchAll(/\[([^[\]]*)\]/g)]
    .map(([, inner = '']) => [...inner.matchAll(/'([^']*)'|"([^"]*)"|`([^`]*)`/g)])
    .map((words) => words.map(([, single, double, template]) => single ?? double ?? template ?? ''))
    .filter((words) => words.length > 0);
}

const used = new Map<string, Set<string>>();
for (const name of readdirSync(folder).filter((file) => file.endsWith('.test.ts'))) {
  for (const words of callsIn(readFileSync(join(folder, name), 'utf8'))) {
    const command = commandOf(words);
    if (command === null) continue;
    const seen = used.get(command) ?? new Set<string>();
    for (const word of words) seen.add(word.split('=')[0] ?? '');
    used.set(command, seen);
  }
}

it('every command and every option of it is used by an end-to-end test', async () => {
  const untested: string[] = [];
  for (const entry of commandTable) {
    const seen = used.get(entry.name);
    if (seen === undefined) untested.push(entry.name);
    for (const option of (await entry.load()).options) {
      if (option.hidden === true) continue;
      const forms = option.flags.split(/,\s*/).map((form) => form.split(/[ =]/)[0] ?? '');
      if (!forms.some((form) => seen?.has(form) === true)) {
        untested.push(`${entry.name} ${forms.join(' ')}`);
      }
    }
  }
  expect(untested).toEqual([]);
});

/** Values that only a person knows. */
const free =
  /^(time|duration|number|text|pattern|name|priority|key|value|name=value|argument|size)$/;

it('every value of every command is offered, has choices, or is for the person to know', async () => {
  const unknown: string[] = [];
  for (const entry of commandTable) {
    const { arguments: words, options } = await entry.load();
    for (const one of [...words, ...options]) {
      const notation = 'flags' in one ? one.flags : one.name;
      const placeholder = /[<[]([^>\]]+?)(?:\.\.\.)?[>\]]/.exec(notation)?.[1];
      if (placeholder === undefined || one.choices !== undefined || free.test(placeholder))
        continue;
      if (one.offers === undefined && offerFor(notation) === 'nothing')
        unknown.push(`${entry.name} ${notation}`);
    }
  }
  // Say what is offered by `offers` or `choices`, by a known word in brackets (offers.ts), or add it to `free`.
  expect(unknown).toEqual([]);
});

/** The calls of jm2 in a line for a shell, as words. */
function callsOf(line: string): string[][] {
  return line
    .split(/ \| | && | > |<\(|\)$/)
    .map((part) => part.replace(/^(sudo |\w+=\S+ )+/, ''))
    .filter((part) => part.startsWith('jm2 '))
    .map((part) => [...part.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)].slice(1))
    .map((words) => words.map(([word]) => word.replace(/["']/g, '')));
}

it('every command has at least two examples, and each call in them is taken', async () => {
  for (const entry of commandTable) {
    const { examples } = await entry.load();
    expect(examples.length, entry.name).toBeGreaterThanOrEqual(2);
    for (const { command } of examples) {
      const calls = callsOf(command);
      expect(calls.map(commandOf), command).toContain(entry.name);
      for (const words of calls) {
        const called = commandTable.find(({ name }) => name === commandOf(words));
        const definition = await called?.load();
        expect(definition, command).toBeDefined();
        if (definition !== undefined)
          expect(
            parse(definition, words, '', () => {}),
            command,
          ).not.toBeNull();
      }
    }
  }
});

it('every help page fits 80 columns', async () => {
  const wide: string[] = [];
  for (const entry of commandTable) {
    let text = '';
    parse(await entry.load(), [entry.name, '--help'], '', (said) => (text += said));
    expect(text).toContain('Examples:');
    wide.push(...text.split('\n').filter((line) => line.length > 80));
  }
  expect(wide).toEqual([]);
});
