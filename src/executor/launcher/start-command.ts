// Starts one command in a session of its own, with the run log as stdout and
// stderr, as the account and with the attributes that were asked for. Says what
// happened; files of the run directory are the caller's.
import { spawn, type ChildProcess } from 'node:child_process';
import { getPriority } from 'node:os';
import { findAccount, hasSupplementaryGroups } from '../../system/accounts.ts';
import { findTool } from '../../system/find-tool.ts';
import type { StartFailure } from '../../core/runs/run.ts';
import { makeCgroup } from '../run-cgroup.ts';
import {
  diagnoseStartFailure,
  foreseeFailure,
  isResourceFailure,
  type StartAttempt,
} from './diagnose-start-failure.ts';
import { openOomScore } from './oom-score.ts';
import {
  wrapCommand,
  type CommandAttributes,
  type OtherAccount,
  type WrappedCommand,
} from './wrap-command.ts';

export type StartResult =
  | {
      readonly kind: 'running';
      readonly child: ChildProcess;
      readonly pid: number;
      /** Tools before the command, which may still refuse to go on: see complaintOf. */
      readonly tools: readonly string[];
      readonly remark: string | null;
    }
  | { readonly kind: 'failed'; readonly failure: StartFailure }
  /** The machine is short of processes, memory or descriptors: try again later. */
  | { readonly kind: 'exhausted'; readonly failure: StartFailure };

const oomScore = openOomScore();

/**
 * Node says a missing program through an `error` event and a too long argument
 * list by a throw; here both are a result. `done` is called once, at the latest
 * in the next turn of the event loop.
 */
export function startCommand(
  start: StartAttempt & CommandAttributes,
  log: number,
  done: (result: StartResult) => void,
): void {
  const command = prepare(start);
  if (!command.ok) {
    done({ kind: 'failed', failure: command.failure });
    return;
  }
  let child: ChildProcess;
  try {
    child = underMask(start.umask, () => oomScore.during(() => spawnCommand(start, command, log)));
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
  const { tools, remark } = command;
  done({ kind: 'running', child, pid, tools, remark });
}

function spawnCommand(
  start: StartAttempt,
  command: Extract<WrappedCommand, { ok: true }>,
  log: number,
): ChildProcess {
  const [program, ...args] = command.argv;
  return spawn(program ?? '', args, {
    cwd: start.cwd,
    // Node hands this one on to every child unless told otherwise.
    env: { NODE_V8_COVERAGE: undefined, ...start.env },
    // Calls setsid: a session and group of its own, so that one signal reaches
    // all of it and none of ours does.
    detached: true,
    stdio: ['ignore', log, log],
    // Given uid and gid, the child drops the supplementary groups as well.
    ...command.ids,
  });
}

/** The mask is this process's own for the time of the fork; nothing else runs meanwhile. */
function underMask<T>(umask: string | null, start: () => T): T {
  if (umask === null) return start();
  const own = process.umask(Number.parseInt(umask, 8));
  try {
    return start();
  } finally {
    process.umask(own);
  }
}

function failed(error: unknown, start: StartAttempt): StartResult {
  const failure = diagnoseStartFailure(error, start);
  return { kind: isResourceFailure(error) ? 'exhausted' : 'failed', failure };
}

/** What to start, or why not. */
function prepare(start: StartAttempt & CommandAttributes): WrappedCommand {
  const account = accountFor(start.user);
  if (account !== null && 'code' in account) return { ok: false, failure: account };
  const isRoot = process.geteuid?.() === 0;
  const around = { isRoot, nice: getPriority(), tool: findTool };
  const cgroup = start.cgroup === null ? null : makeCgroup(start.cgroup);
  const wrapped = wrapCommand(start.argv, { ...start, cgroup }, account, around);
  if (wrapped.ok && wrapped.tools.length === 0) return wrapped;
  // The tools would start, and say of the command what they think of it.
  const failure = wrapped.ok ? foreseeFailure(start) : null;
  return failure === null ? wrapped : { ok: false, failure };
}

/** Null: the account of this process. */
function accountFor(user: string | null): OtherAccount | StartFailure | null {
  if (user === null) return null;
  const account = findAccount(user);
  if (account === null) {
    const detail = `user ${JSON.stringify(user)} does not exist on this machine`;
    return { code: 'user_unknown', detail };
  }
  const own = process.geteuid?.();
  if (own === account.uid) return null;
  if (own !== 0) {
    const detail = `jm2 does not run as root, so it cannot start commands as user ${JSON.stringify(user)}`;
    return { code: 'user_denied', detail };
  }
  const { name, uid, gid } = account;
  return { name, uid, gid, hasGroups: knownGroups(user, () => hasSupplementaryGroups(account)) };
}

/** Looking groups up may start a program; a thousand starts at once ask for few accounts. */
const groupsKnownMs = 10_000;
const groups = new Map<string, { readonly has: boolean; readonly until: number }>();

function knownGroups(user: string, look: () => boolean): boolean {
  const now = performance.now();
  const known = groups.get(user);
  if (known !== undefined && known.until > now) return known.has;
  const has = look();
  groups.set(user, { has, until: now + groupsKnownMs });
  return has;
}
