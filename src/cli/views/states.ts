// States in words and colours, never in colour alone.
import type { JobState } from '../../api/service.ts';
import type { RunState } from '../../core/runs/run.ts';
import type { Style } from '../terminal.ts';

/** Those that a job can be in, in the order in which help names them. */
export const jobStates: readonly JobState[] = [
  'scheduled',
  'running',
  'paused',
  'suspended',
  'manual',
  'completed',
  'failed',
  'invalid',
];

export function stateStyle(state: RunState | JobState): Style | null {
  switch (state) {
    case 'succeeded':
    case 'completed':
      return 'green';
    case 'failed':
    case 'timed_out':
    case 'lost':
    case 'invalid':
      return 'red';
    case 'canceled':
    case 'paused':
    case 'suspended':
      return 'yellow';
    case 'running':
    case 'queued':
      return 'cyan';
    case 'scheduled':
    case 'manual':
      return null;
  }
}

export function stateWords(state: RunState | JobState): string {
  return state.replace('_', ' ');
}

/** "exit 3", "SIGKILL", or '' when neither is known or worth a word. */
export function exitWords(run: {
  readonly exitCode: number | null;
  readonly signal?: string | null;
}): string {
  if (run.signal !== undefined && run.signal !== null) return run.signal;
  return run.exitCode === null ? '' : `exit ${run.exitCode}`;
}
