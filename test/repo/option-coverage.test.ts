// Each documented command and option is used by at least one end-to-end test:
// found as a list of words that begins with the command, in a source of test/e2e.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
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
const free = /^(time|duration|number|text|name|priority|key|value|name=value|argument)$/;

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
