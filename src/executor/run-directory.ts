// Names and formats of the files of one attempt: the protocol between the
// process that starts a command, the daemon, and whoever recovers after a crash.
// Version 1; readable for one major version back.
import { join } from 'node:path';

/**
 * `<runs>/<run-id>/<attempt>/` holds
 * - `started`: created by exactly one of starter and recovery, the start token.
 *   First line `jm2 1 <launcher pid> <launcher start>`; when the command runs, a
 *   second line `<pid> <process start> <epoch ms>`.
 * - `log`: stdout and stderr of the command, O_APPEND.
 * - `exit`: written by rename from `exit.tmp`: one JSON object, an AttemptExit.
 */
export const tokenFile = 'started';
export const logFile = 'log';
export const exitFile = 'exit';

export function attemptDirectory(runsDirectory: string, runId: string, attempt: number): string {
  return join(runsDirectory, runId, String(attempt));
}
