// What can be told from the words of a call alone: the options that every
// command takes, and which word is the command. Needs no parser, so that
// completion does not load one.

/** Options every command takes, before or after its name. */
export const globalOptions = [
  { flags: '--manifest <file>', description: 'use this manifest instead of the nearest jobs.yaml' },
  { flags: '--state-dir <dir>', description: 'use this state directory' },
  { flags: '--json', description: 'print one JSON object (streams: one per line)' },
  { flags: '--no-color', description: 'print without colour' },
  { flags: '-q, --quiet', description: 'print results and errors only' },
  { flags: '--verbose', description: 'say which files are used, and more about errors' },
] as const;

const withValue = new Set(['--manifest', '--state-dir']);

/** The first word that is neither an option nor the value of one. */
export function commandName(args: readonly string[]): string | null {
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (withValue.has(word)) index += 1;
    else if (word === '--') return args[index + 1] ?? null;
    else if (!word.startsWith('-')) return word === 'help' ? null : word;
  }
  return null;
}

/** Commands whose result has several formats, of which `json` is another name of `--json`. */
const withFormats = new Set(['validate', 'plan', 'apply']);

/** Whether stdout is to hold one JSON object; `own` are the words before `--`. */
export function wantsJson(own: readonly string[]): boolean {
  if (own.includes('--json')) return true;
  if (!withFormats.has(commandName(own) ?? '')) return false;
  const at = own.findLastIndex((word) => word === '--format' || word.startsWith('--format='));
  return own[at] === '--format=json' || (own[at] === '--format' && own[at + 1] === 'json');
}
