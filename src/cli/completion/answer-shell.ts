// Answers a completion script: which values may stand where the cursor is. The
// first line says what the shell should do (`values`, `files`, `directories`),
// then what each value begins with; a line per value follows, with its meaning
// after a tab. Whatever goes wrong, nothing is printed: somebody is typing.
import { commandName, globalOptions } from '../call-words.ts';
import type { CommandDefinition } from '../command.ts';
import { commandTable } from '../command-table.ts';
import { createContext } from '../context.ts';
import type { Context } from '../context.ts';
import { createOutput } from '../output.ts';
import { createTerminal } from '../terminal.ts';
import { liveValues } from './live-values.ts';
import { wantedValues } from './wanted-values.ts';
import type { Candidate, Wanted } from './wanted-values.ts';

/** A daemon that is slower than this is not worth waiting for at a prompt. */
const withinMs = 1_000;
const valuesMax = 2_000;

export async function answerShell(given: readonly string[], version: string): Promise<void> {
  const deadline = setTimeout(() => process.exit(0), withinMs);
  try {
    process.stdout.write(await reply(given.map(unquoted), version));
  } catch {
    // See above.
  } finally {
    clearTimeout(deadline);
  }
}

async function reply(words: readonly string[], version: string): Promise<string> {
  const name = commandName(words.slice(0, -1));
  const entry = commandTable.find((known) => known.name === name);
  if (name !== null && entry === undefined) return '';
  const command: CommandDefinition | null = entry === undefined ? null : await entry.load();
  const wanted = wantedValues(words, command);
  if (wanted.offer === 'files' || wanted.offer === 'directories') {
    return `${wanted.offer}\t${wanted.prefix}\n`;
  }
  const live = await liveValues(contextOf(words, version), wanted.offer);
  const lines = fitting([...live, ...wanted.values], wanted).map(
    ({ value, description }) => `${wanted.prefix}${value}\t${description}`,
  );
  return [`values\t${wanted.prefix}`, ...lines, ''].join('\n');
}

function fitting(all: readonly Candidate[], { typed, given }: Wanted): readonly Candidate[] {
  const taken = new Set(given);
  return all
    .filter(({ value }) => value.startsWith(typed) && !taken.has(value))
    .slice(0, valuesMax);
}

function contextOf(words: readonly string[], version: string): Context {
  const globals: Record<string, string> = {};
  for (const { flags } of globalOptions) {
    const [form = '', placeholder] = flags.split(' ');
    if (placeholder?.startsWith('<') !== true) continue;
    const value = valueIn(words.slice(0, -1), form);
    if (value !== null) globals[form === '--manifest' ? 'manifest' : 'stateDir'] = value;
  }
  const output = createOutput({
    json: true,
    quiet: true,
    stdout: process.stdout,
    stderr: () => process.stderr,
    exit: (code) => process.exit(code),
  });
  const terminal = createTerminal({
    stream: {},
    env: process.env,
    noColorFlag: true,
    zone: () => 'UTC',
    now: Date.now(),
  });
  return createContext({ output, terminal, version, globals });
}

function valueIn(words: readonly string[], form: string): string | null {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const at = own.indexOf(form);
  if (at !== -1) return own[at + 1] ?? null;
  return own.find((word) => word.startsWith(`${form}=`))?.slice(form.length + 1) ?? null;
}

/** As a shell would hand it over: bash gives words as they were typed. */
function unquoted(word: string): string {
  return word.replace(/\\(.)|["']/g, '$1');
}
