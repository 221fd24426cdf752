// The results of a job's last runs in one strip, oldest first: a bar as high as
// the run took long for a success, a letter for everything else, so that it says
// the same without colour.
import type { RunView } from '../../api/service.ts';
import type { RunState } from '../../core/runs/run.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { stateStyle } from './states.ts';
import { wrapped } from './wrapped.ts';
import { pad, shorten } from './table.ts';

/** Of a run that took no part of the longest one to one that took all of it. */
const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

const letters: Readonly<Record<Exclude<RunState, 'succeeded'>, string>> = {
  failed: 'F',
  timed_out: 'T',
  canceled: 'C',
  lost: 'L',
  running: 'r',
  queued: 'q',
};

export const stripLegend =
  'bar: succeeded, as high as it took long; F failed, T timed out, L lost, C canceled, r running, q queued';

/** `runs` newest first, as they are told. */
export function resultStrip(runs: readonly RunView[], terminal: Terminal): string {
  const longest = runs.reduce((most, { durationMs }) => Math.max(most, durationMs ?? 0), 0);
  return runs
    .toReversed()
    .map((run) => {
      const mark =
        run.state === 'succeeded' ? barOf(run.durationMs ?? 0, longest) : letters[run.state];
      const style = stateStyle(run.state);
      return style === null ? mark : terminal.style(style, mark);
    })
    .join('');
}

function barOf(durationMs: number, longest: number): string {
  const part = longest === 0 ? 0 : durationMs / longest;
  return bars[Math.min(bars.length - 1, Math.floor(part * bars.length))] ?? '▁';
}

export interface JobRuns {
  readonly job: string;
  /** Newest first. */
  readonly runs: readonly RunView[];
}

/** How many results fit beside names and the words at the end. */
export function stripWidth(terminal: Terminal, names: readonly string[]): number {
  const room = terminal.width - longestOf(names) - gap * 2 - wordsMax;
  return Math.max(10, Math.min(50, room));
}

const gap = 2;
const wordsMax = 'last 12d23h ago, took 23h59m'.length;

/** One line per job. */
export function resultStrips(jobs: readonly JobRuns[], terminal: Terminal): string {
  const width = longestOf(jobs.map(({ job }) => job));
  const most = jobs.reduce((count, { runs }) => Math.max(count, runs.length), 0);
  // A long name leaves little for the words, which then end in an ellipsis.
  const room = Math.max(1, terminal.width - width - most - 2 * gap);
  const lines = jobs.map(({ job, runs }) => {
    const fill = ' '.repeat(most - runs.length);
    const [newest] = runs;
    return [
      pad(oneLine(job), width, terminal),
      `${fill}${resultStrip(runs, terminal)}`,
      terminal.style('dim', shorten(newestWords(newest, terminal.now), room, terminal)),
    ].join('  ');
  });
  return [...lines, '', terminal.style('dim', wrapped(stripLegend, '', terminal))].join('\n');
}

function newestWords(run: RunView | undefined, now: number): string {
  if (run === undefined) return 'no run yet';
  const ago = relativeTime(Date.parse(run.startedAt ?? run.queuedAt), now);
  return `last ${ago}${run.durationMs === null ? '' : `, took ${humanDuration(run.durationMs)}`}`;
}

function longestOf(names: readonly string[]): number {
  return names.reduce((most, name) => Math.max(most, oneLine(name).length), 0);
}
