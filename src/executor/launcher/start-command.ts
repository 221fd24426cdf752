// Starts one command in a session of its own, with the run log as stdout and
// stderr. Says what happened; files of the run directory are the caller's.
import { spawn, type ChildProcess } from 'node:child_process';
import { findAccount } from '../../system/accounts.ts';
import type { StartFailure } from '../../core/runs/run.ts';
import {
  diagnoseStartFailure,
  isResourceFailure,
  type StartAttempt,
} from './diagnose-start-failure.ts';

export type StartResult =
  | { readonly kind: 'running'; readonly child: ChildProcess; readonly pid: number }
  | { readonly kind: 'failed'; readonly failure: StartFailure }
  /** The machine is short of processes, memory or descriptors: try again later. */
  | { readonly kind: 'exhausted'; readonly failure: StartFailure };

/**
 * Node says a missing program through an `error` event and a too long argument
 * list by a throw; here both are a result. `done` is called once, at the latest
 * in the next turn of the event loop.
 */
export function startCommand(
  start: StartAttempt,
  log: number,
  done: (result: StartResult) => void,
): void {
  const identity = identityFor(start.user);
  if (identity.kind === 'failed') {
    done(identity);
    return;
  }
  const [program, ...args] = start.argv;
  let child: ChildProcess;
  try {
    child = spawn(program ?? '', args, {
      cwd: start.cwd,
      // Node hands this one on to every child unless told otherwise.
      env: { NODE_V8_COVERAGE: undefined, ...start.env },
      // Calls setsid: a session and group of its own, so that one signal reaches
      // all of it and none of ours does.
      detached: true,
      stdio: ['ignore', log, log],
      // Given uid and gid, the child drops the supplementary groups as well.
      ...identity.ids,
    });
  } catch (error) {
    done(failed(error, start));
    return;
  }
  const { pid } = child;
  if (pid === undefined) {
    child.once('error', (error) => done(failed(error, start)));
    return;
  }
  // A later `error` could only be a failed kill(), which is never called here.
  child.on('error', () => {});
  done({ kind: 'running', child, pid });
}

function failed(error: unknown, start: StartAttempt): StartResult {
  const failure = diagnoseStartFailure(error, start);
  return { kind: isResourceFailure(error) ? 'exhausted' : 'failed', failure };
}

type Identity =
  | { readonly kind: 'known'; readonly ids: { uid: number; gid: number } | Record<string, never> }
  | { readonly kind: 'failed'; readonly failure: StartFailure };

function identityFor(user: string | null): Identity {
  if (user === null) return { kind: 'known', ids: {} };
  const account = findAccount(user);
  if (account === null) {
    const detail = `user ${JSON.stringify(user)} does not exist on this machine`;
    return { kind: 'failed', failure: { code: 'user_unknown', detail } };
  }
  const own = process.geteuid?.();
  if (own !== 0) {
    if (own === account.uid) return { kind: 'known', ids: {} };
    const detail = `jm2 does not run as root, so it cannot start commands as user ${JSON.stringify(user)}`;
    return { kind: 'failed', failure: { code: 'user_denied', detail } };
  }
  return { kind: 'known', ids: { uid: account.uid, gid: account.gid } };
}
