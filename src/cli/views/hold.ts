// What keeps content of the manifest waiting, in a sentence.
import type { HoldView } from '../../api/status-views.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { localTime } from './times.ts';

const causes: Readonly<Record<HoldView['cause'], string>> = {
  rollback: 'rolled back',
  taken_back: 'taken back',
  plan_file: 'by a plan file',
  person: 'held',
};

const jobsShown = 3;

/** `revision 43 is kept, rolled back by alice: "wrong hour" (backup)`. */
export function holdWords({ cause, by, reason, revision, jobs }: HoldView): string {
  const why = reason === null ? '' : `: "${oneLine(reason)}"`;
  const names = jobs.slice(0, jobsShown).map(oneLine).join(', ');
  const more = jobs.length > jobsShown ? ` and ${jobs.length - jobsShown} more` : '';
  const which = jobs.length === 0 ? '' : ` (${names}${more})`;
  return `revision ${revision} is kept, ${causes[cause]} by ${oneLine(by)}${why}${which}`;
}

/** What ends it. */
export function holdEnd({ cause, mode, until }: HoldView, terminal: Terminal): string {
  if (cause === 'person' && until !== null) {
    const isOver = Date.parse(until) <= terminal.now;
    const when = localTime(Date.parse(until), terminal.zone);
    return isOver
      ? `its time was over ${when}, and a daemon ends it`
      : `it ends ${when}, or by jm2 sync resume; jm2 apply takes what is there now`;
  }
  if (cause === 'person') return 'jm2 sync resume ends it; jm2 apply takes what is there now';
  return mode === 'manual'
    ? 'the hold ends by jm2 apply or jm2 sync resume'
    : 'the hold ends when these jobs change in the manifest; jm2 apply takes it as it is';
}
