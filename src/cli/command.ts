// What a command is, as data: names, options, examples and a handler that gets
// a context and answers. How it is parsed is in program.ts; how it looks, in views/.
import type { ErrorBody } from '../core/diagnostics/jm2-error.ts';
import type { Offer } from './completion/offers.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import type { Terminal } from './terminal.ts';

export interface CommandArgument {
  /** commander's notation: `<job>` wants one, `[job]` may have one, `[file...]` any number. */
  readonly name: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** What a shell offers for it, where the name in brackets does not say it. */
  readonly offers?: Offers | ((before: readonly string[]) => Offers);
}

type Offers = Offer | readonly string[];

export interface CommandOption {
  /** commander's notation: `-n, --lines <count>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** As for arguments; values that others judge, or some of them. */
  readonly offers?: Offer | readonly string[];
  /** The option may be given several times; its values form a list. */
  readonly repeat?: boolean;
  /** For use by jm2 itself; not in the help. */
  readonly hidden?: boolean;
}

export interface Example {
  readonly command: string;
  readonly meaning: string;
}

/**
 * What a command has to say. `data` is what `--json` prints, `text` what people
 * read. With `error` the answer is a failure whose data stands beside it.
 */
export interface Answer {
  readonly data: unknown;
  readonly text: (terminal: Terminal) => string;
  readonly exitCode?: number;
  readonly error?: ErrorBody;
  /** The text is about a problem and goes to stderr; the answer then has an `error`. */
  readonly problem?: boolean;
  /** The text only confirms what was asked for; `--quiet` leaves it out. */
  readonly confirmation?: boolean;
}

export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** Further sentences for the help page. */
  readonly description: string;
  readonly arguments: readonly CommandArgument[];
  /** What stands behind `--` is for somebody else: the handler gets it as it is. */
  readonly passesOn?: true;
  readonly options: readonly CommandOption[];
  readonly examples: readonly Example[];
  /** Answers, or returns the exit code when it has written its output itself (streams). */
  run(context: Context, input: Input): Promise<Answer | number>;
}

/** A line of the overview; the rest is loaded when the command is used. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  load(): Promise<CommandDefinition>;
}
