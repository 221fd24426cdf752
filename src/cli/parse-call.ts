// Words into options and arguments, by a command's definition; and the help that
// follows from the same definition. commander lives here.
import { Argument, Command, CommanderError, Option } from 'commander';
import { globalOptions } from './call-words.ts';
import type { CommandDefinition, Example } from './command.ts';
import { Input } from './input.ts';
import { fromCommander } from './usage-errors.ts';

/** Terminals narrower than this are rare; commander uses it too where there is none. */
const helpWidth = 80;

interface Parsed {
  readonly input: Input;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Null when the call only asked for help, which has been said then. */
export function parse(
  definition: CommandDefinition,
  args: readonly string[],
  version: string,
  said: (text: string) => void,
): Parsed | null {
  const program = bareProgram(version, said);
  const command = program.command(definition.name);
  describe(command, definition);
  const [own, passedOn] = split(definition, args);
  let parsed: Parsed | null = null;
  command.action((...values: unknown[]) => {
    const positional = values.slice(0, definition.arguments.length);
    parsed = {
      input: new Input(
        positional as ConstructorParameters<typeof Input>[0],
        command.opts(),
        passedOn,
      ),
      globals: program.opts(),
    };
  });
  try {
    program.parse(own as string[], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw fromCommander(error, definition);
  }
  return parsed;
}

/** Words for jm2, and those that a command only passes on. */
function split(
  { name, passesOn }: CommandDefinition,
  args: readonly string[],
): readonly [readonly string[], readonly string[]] {
  const at = passesOn === true ? args.indexOf('--', args.indexOf(name)) : -1;
  return at === -1 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
}

export function bareProgram(version: string, said: (text: string) => void): Command {
  const program = new Command('jm2');
  for (const { flags, description } of globalOptions) program.option(flags, description);
  return program
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: said,
      writeErr: () => undefined,
      outputError: () => undefined,
    });
}

function describe(command: Command, definition: CommandDefinition): void {
  const sentences = [`${definition.summary}.`, definition.description].filter(
    (text) => text !== '',
  );
  command.summary(definition.summary).description(sentences.join('\n\n'));
  if (definition.passesOn === true) {
    const words = definition.arguments.map(({ name }) => name);
    command.usage(['[options]', ...words, '[-- <argument>...]'].join(' '));
  }
  for (const argument of definition.arguments) {
    const made = new Argument(argument.name, argument.description);
    if (argument.choices !== undefined) made.choices(argument.choices);
    command.addArgument(made);
  }
  for (const option of definition.options) {
    const made = new Option(option.flags, option.description);
    if (option.choices !== undefined) made.choices(option.choices);
    if (option.hidden === true) made.hideHelp();
    if (option.repeat === true) {
      made.argParser((value: string, earlier: readonly string[] | undefined) => [
        ...(earlier ?? []),
        value,
      ]);
    }
    command.addOption(made);
  }
  command.addHelpText('after', `\nExamples:\n${exampleLines(definition.examples).join('\n')}`);
}

/** Commands with their meaning beside them, or below where that is too wide for a terminal. */
function exampleLines(examples: readonly Example[]): string[] {
  const width = Math.max(0, ...examples.map(({ command }) => command.length));
  const isNarrow = examples.every(({ meaning }) => 2 + width + 2 + meaning.length <= helpWidth);
  return examples.flatMap(({ command, meaning }) =>
    isNarrow ? [`  ${command.padEnd(width)}  ${meaning}`] : [`  ${command}`, `      ${meaning}`],
  );
}
