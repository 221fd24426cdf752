// What people wrote about jobs and runs: who, when, and by which number it goes.
import type { NoteView, RunNoteView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { relativeTime } from './durations.ts';
import { hanging } from './wrapped.ts';

/** `named`: with what each is about, where that is not said around them. */
export function noteLines(
  notes: readonly NoteView[],
  terminal: Terminal,
  form: 'named' | 'bare',
): string {
  const width = Math.max(0, ...notes.map(({ id }) => String(id).length));
  return notes
    .map((note) => {
      const ago = relativeTime(Date.parse(note.at), terminal.now);
      const about = form === 'named' ? `${noteWords(note)}, ` : '';
      const head = `${String(note.id).padStart(width)}  ${about}${oneLine(note.by)}, ${ago}: `;
      const label = ' '.repeat(width + 2);
      return hanging(label, `${head.slice(width + 2)}${oneLine(note.text)}`, terminal).replace(
        label,
        () => head.slice(0, width + 2),
      );
    })
    .join('\n');
}

/** `dump-shop`, or `run 01jq8v3k of dump-shop`. */
export function noteWords({ job, run }: NoteView): string {
  return run === null ? oneLine(job) : `run ${run} of ${oneLine(job)}`;
}

/** A note of a run where it is told in a row: who wrote it, when a person did. */
export function runNoteWords({ code, by, text }: RunNoteView): string {
  return code === 'person' && by !== undefined ? `${oneLine(by)}: ${text}` : text;
}
