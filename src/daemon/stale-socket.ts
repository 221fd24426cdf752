// Clears a socket file that a killed daemon left behind. Only to be called
// under the instance lock: then nobody of ours can be about to listen there.
import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { operationalError } from '../core/diagnostics/registry.ts';

const answerWithinMs = 2_000;

/**
 * Removes the file when connecting to it is refused. Throws JM2-D104 when
 * something listens there or it cannot be told: a live socket is never removed.
 */
export async function clearStaleSocket(socketPath: string): Promise<void> {
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (found === undefined) return;
  const state = found.isSocket() ? await probe(socketPath) : 'is not a socket';
  if (state === 'stale') {
    unlinkSync(socketPath);
    return;
  }
  if (state === 'gone') return;
  throw operationalError('JM2-D104', { detail: `${socketPath} ${state}; it was left alone.` });
}

/** `stale`: the file is there and nobody listens. `gone`: it went away meanwhile. Else why it stays. */
function probe(socketPath: string): Promise<string> {
  return new Promise((resolve) => {
    const connection = connect(socketPath);
    const settle = (state: string): void => {
      clearTimeout(deadline);
      connection.destroy();
      resolve(state);
    };
    const deadline = setTimeout(() => settle('does not answer'), answerWithinMs);
    connection.once('connect', () => settle('is in use by a process that listens there'));
    connection.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') settle('stale');
      else if (error.code === 'ENOENT') settle('gone');
      else settle(`cannot be probed (${error.code ?? error.message})`);
    });
  });
}
