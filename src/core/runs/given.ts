// What a person gives along with a request for a run, for that run alone: more
// arguments and variables than the job declares. Where they go is decided here;
// a shell's text gets arguments as "$@".
import type { Job } from '../manifest/job.ts';
import { maskedValue, isMaskedVariable, withoutSecretParts } from '../manifest/secrets.ts';

/** Kept with the run, because a retry after a restart needs them again. */
export interface RunGiven {
  /** Behind those of the job's own command. */
  readonly args: readonly string[];
  /** They win over the job's own of the same name. */
  readonly env: Readonly<Record<string, string>>;
}

/** As for a command in a manifest. */
const argsMaxBytes = 128 * 1024;
const envMaxBytes = 128 * 1024;
const countMax = 1_000;

/** Null when nothing was given, so that nearly every run records nothing. */
export function givenOrNull(given: RunGiven): RunGiven | null {
  return given.args.length === 0 && Object.keys(given.env).length === 0 ? null : given;
}

/** In words what cannot be taken; null when everything can. */
export function givenProblem({ args, env }: RunGiven): string | null {
  const variables = Object.entries(env);
  if (args.length > countMax) return `${args.length} arguments were given; at most ${countMax}`;
  if (variables.length > countMax) {
    return `${variables.length} variables were given; at most ${countMax}`;
  }
  for (const [name, value] of variables) {
    const shown = JSON.stringify(name);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      return `${shown} is no name of a variable: letters, digits and _, not beginning with a digit`;
    }
    if (name.startsWith('JM2_')) {
      return `${shown} cannot be given: variables that begin with JM2_ are set by jm2 itself`;
    }
    if (value.includes('\0')) return `the value of ${name} holds a NUL character`;
  }
  if (args.some((arg) => arg.includes('\0'))) return 'an argument holds a NUL character';
  if (lengthOf(args) > argsMaxBytes) return 'the arguments are longer than 128 KiB in all';
  if (lengthOf(variables.flat()) > envMaxBytes) {
    return 'the variables are longer than 128 KiB in all';
  }
  return null;
}

/** At most four bytes for each two units, so this never counts too few by much. */
function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 1, 0);
}

/** Forms in which a shell's text reads its arguments. */
const readsArguments =
  /\$(?:[@*#1-9]|\{[!#]?[@*#1-9])|\bgetopts\b|\bshift\b|\bfor\s+\w+\s*(?:[;\n]\s*)?do\b/;

/** False for a shell's text that would drop what it is given, without a word. */
export function takesArguments({ command }: Pick<Job, 'command'>): boolean {
  return command.kind === 'argv' || readsArguments.test(command.text);
}

/** Program and arguments as the executor starts them. */
export function argvOf(
  { command, name }: Pick<Job, 'command' | 'name'>,
  args: readonly string[] = [],
): string[] {
  if (command.kind === 'argv') return [...command.argv, ...args];
  const bare = [command.shell, '-c', command.text];
  // The word behind the text is $0; "$@" begins after it.
  return args.length === 0 ? bare : [...bare, name, ...args];
}

/** As it may be shown: values that look like secrets are masked. */
export function maskGiven({ args, env }: RunGiven): RunGiven {
  return {
    args: args.map(withoutSecretParts),
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        isMaskedVariable(name, value) ? maskedValue : value,
      ]),
    ),
  };
}
