// Which lines of a page are shown: those with a text, those that look like
// errors, those that a regular expression finds. Somebody's expression may take
// forever on some line; it runs where it can be stopped.
import { createContext, Script } from 'node:vm';
import type { LogLine } from '../api/service.ts';
import { lineSelector } from '../core/selection/select-lines.ts';
import type { LineSelection } from '../core/selection/select-lines.ts';
import { wrongValue } from './usage-errors.ts';

export type LineFilter = (lines: readonly LogLine[]) => readonly LogLine[];

/** A page is a megabyte at most, which takes milliseconds; a slow machine is allowed for. */
const pageWithinMs = 5_000;
const patternMaxLength = 10_000;

/** Null when every line is wanted. Throws JM2-C103 for an expression that is none. */
export function lineFilter(
  wanted: LineSelection & { readonly regex: string | null },
  withinMs = pageWithinMs,
): LineFilter | null {
  const select = lineSelector(wanted);
  const matches = wanted.regex === null ? null : matcher(wanted.regex, withinMs);
  if (select === null) return matches;
  const selected: LineFilter = (lines) => lines.filter(({ text }) => select(text));
  return matches === null ? selected : (lines) => matches(selected(lines));
}

/** Throws JM2-C103 when it is too slow on a page. */
function matcher(regex: string, withinMs: number): LineFilter {
  const pattern = compiled(regex);
  const context = createContext({ pattern, texts: [] });
  const script = new Script('texts.map((text) => pattern.test(text))');
  return (lines) => {
    if (lines.length === 0) return lines;
    context['texts'] = lines.map(({ text }) => text);
    let found: readonly boolean[];
    try {
      // The only way to interrupt an expression that backtracks.
      found = script.runInContext(context, { timeout: withinMs }) as readonly boolean[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw wrongValue(
        `--regex was stopped: on one part of the log it took more than ${withinMs / 1000}s.`,
        'Repetitions within repetitions, such as (a+)+, take that long; write it without them.',
      );
    }
    return lines.filter((_, index) => found[index] === true);
  };
}

function compiled(regex: string): RegExp {
  if (regex === '') throw wrongValue('--regex is empty.', 'jm2 logs --regex "HTTP 5.."');
  if (regex.length > patternMaxLength) {
    throw wrongValue(`--regex is longer than ${patternMaxLength} characters.`, 'Shorten it.');
  }
  const inAnyCase = regex.startsWith('(?i)');
  try {
    return new RegExp(inAnyCase ? regex.slice('(?i)'.length) : regex, inAnyCase ? 'i' : '');
  } catch (error) {
    const why = (error as Error).message.replace(/^Invalid regular expression: /, '');
    throw wrongValue(
      `--regex is no regular expression: ${why}.`,
      'For a text as it is, use --grep; else put a backslash before what is meant literally.',
    );
  }
}
