// The words of a call as a handler reads them: values checked when asked for,
// with one error that names option, value and what would be right.
import { parseDuration } from '../core/schedule/parse-duration.ts';
import { parsePast, parseWhen, type Reading } from './instants.ts';
import { wrongValue } from './usage-errors.ts';

type Raw = string | boolean | readonly string[] | undefined;

export class Input {
  /** The words behind `--`, of a command that passes them on. */
  readonly passedOn: readonly string[];
  readonly #args: readonly Raw[];
  readonly #options: Readonly<Record<string, unknown>>;

  /** Options under the names commander gives them: `--auto-approve` is `autoApprove`. */
  constructor(
    args: readonly Raw[],
    options: Readonly<Record<string, unknown>>,
    passedOn: readonly string[] = [],
  ) {
    this.passedOn = passedOn;
    this.#args = args;
    this.#options = options;
  }

  argument(index: number): string | null {
    const value = this.#args[index];
    return typeof value === 'string' ? value : null;
  }

  /** A required argument: commander has refused the call without it. */
  needed(index: number): string {
    return this.argument(index) ?? '';
  }

  list(index: number): readonly string[] {
    const value = this.#args[index];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** The same call with only some of the words. */
  withList(index: number, keeps: (word: string) => boolean): Input {
    const args = this.#args.map((value, at) =>
      at === index ? this.list(at).filter(keeps) : value,
    );
    return new Input(args, this.#options, this.passedOn);
  }

  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  text(name: string): string | null {
    const value = this.#options[name];
    return typeof value === 'string' ? value : null;
  }

  texts(name: string): readonly string[] {
    const value = this.#options[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  count(name: string, bounds: { readonly min: number; readonly max: number }): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < bounds.min || value > bounds.max) {
      throw wrongValue(
        `${flagOf(name)} got "${text}", which is not a whole number from ${bounds.min} to ${bounds.max}.`,
        `Write a number from ${bounds.min} to ${bounds.max}.`,
      );
    }
    return value;
  }

  /** Milliseconds. */
  duration(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const parsed = parseDuration(text);
    if (!parsed.ok) {
      throw wrongValue(
        `${flagOf(name)} got "${text}": ${parsed.problem}.`,
        'Write a duration such as 90s, 1h30m or 2d.',
      );
    }
    return parsed.ms;
  }

  /** Epoch ms; words and local times are read in `zone`. */
  instant(name: string, reading: Reading): number | null {
    return this.#time(name, (text) => parseWhen(text, reading), 'in 2h or 3d ago');
  }

  /** As `instant`, of something that has happened: `2h` is two hours ago. */
  past(name: string, reading: Reading): number | null {
    return this.#time(name, (text) => parsePast(text, reading), '2h or 3d ago');
  }

  #time(name: string, read: (text: string) => number | null, distances: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const instant = read(text);
    if (instant === null) {
      throw wrongValue(
        `${flagOf(name)} got "${text}", which is not a time jm2 can read.`,
        `Write 2026-12-31T23:59, 2026-12-31, 14:30, tomorrow 14:30, now, ${distances}.`,
      );
    }
    return instant;
  }
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
