// An apply that waits for a word: until when, and what comes back otherwise.
import type { ConfirmationView } from '../../api/service.ts';
import { fewNames } from '../few-names.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { localTime } from './times.ts';

/** `revision 7 by ann waits for jm2 confirm until 14:15 (in 10m), or revision 6 comes back`. */
export function confirmationWords(
  { revision, returnsTo, deadline, by, awaits }: ConfirmationView,
  terminal: Terminal,
): string {
  const at = Date.parse(deadline);
  const back = returnsTo === 0 ? 'all jobs go' : `revision ${returnsTo} comes back`;
  const each = awaits.length > 1 ? 'each of ' : '';
  const success = `, or a success of ${each}${fewNames(awaits.map(oneLine))},`;
  const word = `jm2 confirm${awaits.length === 0 ? '' : success}`;
  return `revision ${revision} by ${oneLine(by)} waits for ${word} until ${localTime(at, terminal.zone, true)} (${relativeTime(at, terminal.now)}), or ${back}`;
}
