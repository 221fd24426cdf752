// Every call of jm2 that the documentation shows is one that jm2 understands: its
// command, its options and how many words stand behind it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandName } from '../../src/cli/call-words.ts';
import { commandTable } from '../../src/cli/command-table.ts';
import { parse } from '../../src/cli/parse-call.ts';
import { shellWords } from '../support/shell-words.ts';

// Of the others one is made from the definitions themselves, two show wrong calls.
const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .map((name) => join('docs', name))
  .concat('README.md', 'CHANGELOG.md')
  .filter((name) => name.endsWith('.md') && !/errors\/JM2-C10[12]|^docs\/cli/.test(name));

/** Lines of code blocks, and code within sentences. */
function callsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```(?:sh|console|yaml)?\n([\s\S]*?)^```/gm)].flatMap((match) =>
    (match[1] ?? '')
      .split('\n')
      .map((line) => /(?:^\s*\$? ?|[|"(] ?)(jm2 .*)$/.exec(line)?.[1] ?? ''),
  );
  const inline = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]*)`/g)].map(
    (match) => (match[1] ?? '').replaceAll('\n', ' '),
  );
  return [...blocks, ...inline]
    .filter((line) => /^jm2 [a-z-]/.test(line))
    .map((line) => line.replaceAll(/ \[[^\]]*\]| …$/g, '').replaceAll(/(\w)(?:\|\w+)+/g, '$1'));
}

async function problemOf(call: string): Promise<string | null> {
  const words = shellWords(call).slice(1);
  const name = commandName(words);
  const entry = commandTable.find((known) => known.name === name);
  if (entry === undefined) return name === null ? null : `no command ${name}`;
  try {
    parse(await entry.load(), words, '0', () => undefined);
    return null;
  } catch (error) {
    const { detail } = error as Error & { detail: string };
    // A sentence about a command, or an option, names it alone.
    return / needs .* behind it\.$/.test(detail) ? null : detail;
  }
}

describe.each(pages)('%s', (name) => {
  it('shows calls that jm2 understands', async () => {
    const problems: string[] = [];
    for (const call of callsOf(readFileSync(name, 'utf8'))) {
      const problem = await problemOf(call);
      if (problem !== null) problems.push(`${call}: ${problem}`);
    }
    expect(problems).toEqual([]);
  });
});

it('the README names every command', () => {
  const text = readFileSync('README.md', 'utf8');
  const missing = commandTable.filter(({ name }) => !new RegExp(`[\`, ]${name}[\` ]`).test(text));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
