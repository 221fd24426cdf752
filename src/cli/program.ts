// One call from words to exit code: which command, which options, then the
// answer shown as text or as JSON. Definitions of other commands stay unloaded.
import { CommanderError } from 'commander';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { commandName, wantsJson } from './call-words.ts';
import type { Answer, CommandDefinition, CommandEntry } from './command.ts';
import { commandTable } from './command-table.ts';
import { createContext } from './context.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import { ownZone } from './own-zone.ts';
import { createOutput } from './output.ts';
import type { Output } from './output.ts';
import { bareProgram, parse } from './parse-call.ts';
import { createTerminal, rendered } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { fromCommander, unknownCommand } from './usage-errors.ts';
import { errorText } from './views/error.ts';

export async function main(args: readonly string[], version: string): Promise<void> {
  const { output, terminal, verbose } = surroundings(args);
  let code: number;
  try {
    code = await call(args, version, { output, terminal });
  } catch (error) {
    code = fail(error, output, terminal, verbose);
  }
  // The signal's default would skip the clean-up of commands that listen for it;
  // those that do not listen end at once all the same.
  await end(output, code);
}

/** As `main`; false when the call cannot be answered so, and nothing was printed then. */
export async function mainUnlessItFails(
  args: readonly string[],
  version: string,
): Promise<boolean> {
  const { output, terminal } = surroundings(args);
  let code: number;
  try {
    code = await call(args, version, { output, terminal });
  } catch {
    return false;
  }
  await end(output, code);
  return true;
}

async function end(output: Output, code: number): Promise<void> {
  await output.flushed();
  process.exit(code);
}

interface Surroundings {
  readonly output: Output;
  readonly terminal: Terminal;
}

function surroundings(args: readonly string[]): Surroundings & { readonly verbose: boolean } {
  const own = optionsOf(args);
  const output = createOutput({
    json: wantsJson(own),
    quiet: own.includes('--quiet') || own.includes('-q'),
    stdout: process.stdout,
    stderr: () => process.stderr,
    exit: (code) => process.exit(code),
  });
  // Libraries that colour by themselves know the variable, not our flag.
  if (own.includes('--no-color')) process.env['NO_COLOR'] = '1';
  const terminal = createTerminal({
    stream: output.json ? {} : process.stdout,
    env: process.env,
    noColorFlag: own.includes('--no-color'),
    zone: () => ownZone(process.env),
    now: Date.now(),
  });
  return { output, terminal, verbose: own.includes('--verbose') };
}

/** What stands behind `--` is no option, or none of ours. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

async function call(
  args: readonly string[],
  version: string,
  { output, terminal }: Surroundings,
): Promise<number> {
  const name = commandName(args);
  if (name === null) return overview(args, version, output);
  const entry = commandTable.find((known) => known.name === name);
  if (entry === undefined) {
    throw unknownCommand(
      name,
      commandTable.map((known) => known.name),
    );
  }
  const definition = await entry.load();
  const told = help(output);
  const parsed = parse(definition, args, version, told.say);
  if (parsed === null) return told.answer(version);
  const context = createContext({ output, terminal, version, globals: parsed.globals });
  return answer(context, definition, parsed.input);
}

async function answer(
  context: Context,
  definition: CommandDefinition,
  input: Input,
): Promise<number> {
  const reply = await definition.run(context, input);
  if (typeof reply === 'number') return reply;
  await show(reply, context.output, context.terminal);
  return reply.exitCode ?? (reply.error === undefined ? ExitCode.ok : ExitCode.failure);
}

/** Writes an answer in the form that was asked for. */
async function show(reply: Answer, output: Output, terminal: Terminal): Promise<void> {
  if (output.json) {
    if (reply.error === undefined) output.success(reply.data);
    else output.failure(reply.error, reply.data);
    return;
  }
  if (reply.confirmation === true && output.quiet) return;
  const text = await rendered((screen) => reply.text(screen), terminal);
  if (reply.problem === true) output.problem(text);
  else output.text(text);
}

function fail(error: unknown, output: Output, terminal: Terminal, verbose: boolean): number {
  const known = asJm2Error(error);
  if (output.json) output.failure(known.toBody(), known.data);
  else output.problem(errorText(known, terminal, verbose));
  return known.exitCode;
}

/** What the system refused is told as such; everything else unknown is a bug. */
function asJm2Error(error: unknown): Jm2Error {
  if (error instanceof Jm2Error) return error;
  const said = error instanceof Error ? error.message : String(error);
  const isRefusal = error instanceof Error && 'syscall' in error && 'code' in error;
  const path = isRefusal && 'path' in error ? String(error.path) : '';
  const detail = said.includes(path) ? said : `${path}: ${said}`;
  return operationalError(isRefusal ? 'JM2-C107' : 'JM2-C199', { detail, cause: error });
}

/** Help and version: as they are, or as the data of the one JSON object. */
function help(output: Output): {
  say: (text: string) => void;
  answer: (version: string) => number;
} {
  let said = '';
  return {
    say: (text) => {
      said += text;
    },
    answer: (version) => {
      const text = said.trimEnd();
      if (!output.json) output.text(text);
      else output.success(text === version ? { version } : { help: text });
      return ExitCode.ok;
    },
  };
}

/** Help for all, or for the command named after `help`. */
async function overview(args: readonly string[], version: string, output: Output): Promise<number> {
  const told = help(output);
  const words = args.filter((word) => !word.startsWith('-'));
  const topic = words[0] === 'help' ? words[1] : undefined;
  if (topic !== undefined && topic !== 'help') {
    const entry = commandTable.find((known) => known.name === topic);
    if (entry === undefined) {
      throw unknownCommand(
        topic,
        commandTable.map((known) => known.name),
      );
    }
    parse(await entry.load(), [topic, '--help'], version, told.say);
    return told.answer(version);
  }
  const program = bareProgram(version, told.say)
    .usage('[options] <command>')
    .description('Runs the jobs that one versioned file declares.')
    .action(() => program.outputHelp());
  program.addHelpText('after', `\n${commandOverview(commandTable)}`);
  try {
    program.parse(args.filter((word) => word !== 'help') as string[], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw fromCommander(error, null);
  }
  return told.answer(version);
}

function commandOverview(entries: readonly CommandEntry[]): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  const groups = [...new Set(entries.map(({ group }) => group))];
  const parts = groups.map((group) => {
    const lines = entries
      .filter((entry) => entry.group === group)
      .map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
    return `${group}:\n${lines.join('\n')}`;
  });
  return `${parts.join('\n\n')}\n\nMore about one of them: jm2 COMMAND --help`;
}
