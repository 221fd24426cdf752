// An apply that waits for a word: until when, and what comes back otherwise.
import type { ConfirmationView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { localTime } from './times.ts';

/** `revision 7 by ann until 14:15 (in 10 m), or revision 6 comes back: jm2 confirm`. */
export function confirmationWords(
  { revision, returnsTo, deadline, by, awaits }: ConfirmationView,
  terminal: Terminal,
): string {
  const at = Date.parse(deadline);
  const back = returnsTo === 0 ? 'all jobs go' : `revision ${returnsTo} comes back`;
  const word =
    awaits.length === 0 ? 'jm2 confirm' : `jm2 confirm, or a success of ${named(awaits)},`;
  return `revision ${revision} by ${oneLine(by)} waits for ${word} until ${localTime(at, terminal.zone, true)} (${relativeTime(at, terminal.now)}), or ${back}`;
}

const namesShown = 5;

function named(jobs: readonly string[]): string {
  if (jobs.length === 1) return oneLine(jobs[0]!);
  const more = jobs.length > namesShown ? ` and ${jobs.length - namesShown} more` : '';
  return `each of ${jobs.slice(0, namesShown).map(oneLine).join(', ')}${more}`;
}
