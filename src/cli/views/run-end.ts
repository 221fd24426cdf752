// How a run ended, in one line.
import type { RunView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { exitWords, stateStyle, stateWords } from './states.ts';

export function endText(run: RunView, terminal: Terminal): string {
  const style = stateStyle(run.state);
  const state = stateWords(run.state);
  const facts = [
    run.state === 'succeeded' ? '' : exitWords(run),
    run.durationMs === null ? '' : `in ${humanDuration(run.durationMs)}`,
    run.attempts > 1 ? `after ${run.attempts} attempts` : '',
    run.reason === null || run.state === 'succeeded' ? '' : oneLine(run.reason),
  ].filter((fact) => fact !== '');
  return `${style === null ? state : terminal.style(style, state)}  ${[oneLine(run.job), ...facts].join(', ')}`;
}
