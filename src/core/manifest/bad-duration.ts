// The report for a text that is no duration, with the place in it.
import { parseDuration } from '../schedule/parse-duration.ts';
import { fieldPhrase } from './pointer.ts';
import type { Report } from './reporter.ts';

/** For a text that `parseDuration` refuses, or whose form the schema refuses. */
export function badDuration(pointer: string, text: string): Report {
  const parsed = parseDuration(text);
  const problem = parsed.ok ? 'it is not a duration' : parsed.problem;
  const offset = parsed.ok ? 0 : Math.min(parsed.column - 1, Math.max(0, text.length - 1));
  return {
    code: 'JM2-S108',
    pointer,
    detail: `The duration of ${fieldPhrase(pointer)} is not understood: ${problem}.`,
    part: { offset, length: Math.max(1, text.length - offset) },
    label: problem,
    hint: 'Write a whole number with a unit, such as 90s, 15m or 1h30m.',
  };
}
