// Which values may stand where the cursor is, decided from the words of the call
// and the command's definition. Knows no shell, and asks nobody: what lives
// (jobs, runs, files) is named by its kind.
import { globalOptions } from '../call-words.ts';
import type { CommandArgument, CommandDefinition, CommandOption } from '../command.ts';
import { offerFor } from './offers.ts';
import type { Offer } from './offers.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Wanted {
  /** Belongs to the word but not to the value: `--state=` in `--state=fai`. */
  readonly prefix: string;
  /** What has been typed of the value. */
  readonly typed: string;
  readonly values: readonly Candidate[];
  readonly offer: Offer;
  /** Values that stand in the call already. */
  readonly given: readonly string[];
}

type Subject = Pick<CommandDefinition, 'arguments' | 'options' | 'passesOn'>;

const helpOption = { flags: '-h, --help', description: 'explain the command' } as const;
const versionOption = { flags: '-V, --version', description: 'print the version' } as const;

/**
 * `words`: those behind the program's name; the last one is at the cursor and may
 * be empty. `command`: null while none has been named.
 */
export function wantedValues(words: readonly string[], command: Subject | null): Wanted {
  const typed = words.at(-1) ?? '';
  const known: readonly CommandOption[] = [
    ...(command?.options ?? []),
    ...globalOptions,
    helpOption,
    ...(command === null ? [versionOption] : []),
  ];
  const call = read(words.slice(0, -1), known);
  // The first word that is no option is the command.
  const given = call.positional.slice(1);
  if (call.pending !== null) return valueOf(call.pending, '', typed, given);
  if (call.ended && command?.passesOn === true) {
    return { prefix: '', typed, values: [], offer: 'files', given: [] };
  }
  if (!call.ended && typed.startsWith('-')) return optionOrValue(typed, known, call.options);
  if (command === null) {
    const isTopic = call.positional[0] === 'help';
    const help = { value: 'help', description: 'explain a command' };
    const values = isTopic ? [] : [help];
    return { prefix: '', typed, values, offer: 'commands', given: [] };
  }
  const argument = argumentAt(command.arguments, given.length);
  if (argument !== null) return valueOf(argument, '', typed, given);
  return typed === '' && !call.ended
    ? optionOrValue('--', known, call.options)
    : { prefix: '', typed, values: [], offer: 'nothing', given };
}

interface Read {
  readonly options: ReadonlySet<CommandOption>;
  readonly positional: readonly string[];
  /** The option whose value comes next. */
  readonly pending: CommandOption | null;
  /** `--` has been said: no word is an option any more. */
  readonly ended: boolean;
}

function read(words: readonly string[], known: readonly CommandOption[]): Read {
  const options = new Set<CommandOption>();
  const positional: string[] = [];
  let pending: CommandOption | null = null;
  let ended = false;
  for (const word of words) {
    if (pending !== null) pending = null;
    else if (ended || word === '-' || !word.startsWith('-')) positional.push(word);
    else if (word === '--') ended = true;
    else {
      const option = find(word.split('=')[0] ?? '', known);
      if (option === null) continue;
      options.add(option);
      if (formsOf(option).includes(word) && takesValue(option)) pending = option;
    }
  }
  return { options, positional, pending, ended };
}

/** A word that begins with a dash: the value in `--opt=value` and `-xvalue`, or an option. */
function optionOrValue(
  typed: string,
  known: readonly CommandOption[],
  used: ReadonlySet<CommandOption>,
): Wanted {
  const [, attachedTo = ''] = /^(--[^=]+)=/.exec(typed) ?? [];
  const long = attachedTo === '' ? null : find(attachedTo, known);
  if (attachedTo !== '') {
    const prefix = `${attachedTo}=`;
    return long !== null && takesValue(long)
      ? valueOf(long, prefix, typed.slice(prefix.length), [])
      : { prefix, typed, values: [], offer: 'nothing', given: [] };
  }
  const letter = typed.slice(0, 2);
  const short = /^-[^-]./.test(typed) ? find(letter, known) : null;
  if (short !== null && takesValue(short)) return valueOf(short, letter, typed.slice(2), []);
  const values = known
    .filter((option) => option.hidden !== true && (option.repeat === true || !used.has(option)))
    .flatMap((option) => {
      const forms = formsOf(option);
      // Short forms only for whoever began one: both would double the list.
      const shown = /^-$|^-[^-]/.test(typed) && forms.length > 1 ? forms : forms.slice(-1);
      return shown.map((value) => ({ value, description: option.description }));
    });
  return { prefix: '', typed, values, offer: 'nothing', given: [] };
}

function valueOf(
  subject: CommandArgument | CommandOption,
  prefix: string,
  typed: string,
  given: readonly string[],
): Wanted {
  const { choices } = subject;
  const offers = typeof subject.offers === 'function' ? subject.offers(given) : subject.offers;
  const own = choices ?? (typeof offers === 'object' ? offers : undefined);
  const notation = 'flags' in subject ? subject.flags : subject.name;
  return {
    prefix,
    typed,
    values: (own ?? []).map((value) => ({ value, description: '' })),
    offer: own !== undefined ? 'nothing' : typeof offers === 'string' ? offers : offerFor(notation),
    given: 'flags' in subject ? [] : given,
  };
}

/** The last one may stand for any number. */
function argumentAt(all: readonly CommandArgument[], index: number): CommandArgument | null {
  const last = all.at(-1);
  return all[index] ?? (last?.name.includes('...') === true ? last : null);
}

function find(form: string, known: readonly CommandOption[]): CommandOption | null {
  return (
    known.find((option) =>
      formsOf(option).includes(form.slice(0, 2) === '--' ? form : form.slice(0, 2)),
    ) ?? null
  );
}

function formsOf({ flags }: CommandOption): string[] {
  return flags.split(/,\s*/).map((form) => form.split(' ')[0] ?? '');
}

function takesValue({ flags }: CommandOption): boolean {
  return flags.includes('<');
}
