// How `jm2 run --wait` ends, so that scripts see a run as if they had started
// the command themselves.
import { constants } from 'node:os';
import type { RunView } from '../api/service.ts';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';

const timedOut = 124;
const lost = 125;
/** What shells use for a command that is there but cannot be executed. */
const notStarted = 126;
const canceled = 130;

export function exitCodeOfRun(run: Pick<RunView, 'state' | 'exitCode' | 'signal'>): number {
  switch (run.state) {
    case 'timed_out':
      return timedOut;
    case 'lost':
      return lost;
    case 'canceled':
      return canceled;
    case 'succeeded':
      return run.exitCode ?? ExitCode.ok;
    case 'failed':
      // With success_codes, 0 may be a failure; a script must not take it for success.
      if (run.exitCode !== null) return run.exitCode === 0 ? ExitCode.failure : run.exitCode;
      return run.signal === null ? notStarted : 128 + signalNumber(run.signal);
    case 'queued':
    case 'running':
      return ExitCode.failure;
  }
}

function signalNumber(signal: string): number {
  return (constants.signals as Record<string, number | undefined>)[signal] ?? 0;
}
