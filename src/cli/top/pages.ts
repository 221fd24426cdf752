// The pages of `jm2 top` that one reads: a job in full, and what the keys do.
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../terminal.ts';
import { jobDetail } from '../views/job-detail.ts';
import { pad } from '../views/table.ts';
import type { TopModel } from './model.ts';
import { broken, drawn } from './spans.ts';

/** What fits from the line `top` on; the last lines at the end. */
export function scrolled(lines: readonly string[], top: number, height: number): string[] {
  const first = Math.max(0, Math.min(top, lines.length - height));
  return lines.slice(first, first + height);
}

export function detailLines({ detail, selected }: TopModel, terminal: Terminal): string[] {
  if (detail === null || detail.name !== selected) return ['…'];
  return jobDetail(detail, terminal)
    .split('\n')
    .flatMap((line) => {
      const plain = stripVTControlCharacters(line);
      // A broken line would carry its colour half.
      if (terminal.cells(plain) <= terminal.width) return [line];
      return broken(plain, terminal.width, 100, terminal);
    });
}

const keys = [
  ['↑ ↓  j k', 'select a job, or scroll'],
  ['PgUp PgDn', 'ten lines; also Ctrl-U, Ctrl-D'],
  ['g G', 'first, last; in a log, G goes on with the newest'],
  ['Enter', 'all about the selected job'],
  ['l', 'its newest log on the whole screen'],
  ['r', 'run it now, as jm2 run'],
  ['c', 'end its runs, as jm2 cancel; asks first'],
  ['p', 'pause it, or resume it'],
  ['/', 'show only jobs with these words, or of a pattern such as web-*'],
  ['s', 'sort by state, next run, name or last run'],
  ['Esc', 'back; in the list, show all jobs again'],
  ['q', 'back; in the list, quit'],
  ['Ctrl-C', 'quit from anywhere; runs go on'],
  ['Ctrl-L', 'write the screen anew'],
  ['Ctrl-Z', 'back to the shell, and again here with fg'],
] as const;

export function helpLines(terminal: Terminal): string[] {
  const lines = keys.map(([key, meaning]) =>
    drawn([{ text: pad(key, 11, terminal), style: 'bold' }, meaning], terminal),
  );
  return [
    ...lines,
    '',
    ...[
      'State comes first with what runs, then what waits, what failed, what is to come.',
      'While no daemon runs, the store is shown and nothing can be changed.',
    ].map((text) => drawn([{ text, style: 'dim' }], terminal)),
  ];
}
