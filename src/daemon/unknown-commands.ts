// Finds commands that still run although the store has no record of them, because
// it was lost or is an earlier state of itself. Without a record they cannot be
// adopted: they are told in the status until they are gone, and left alone.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition } from '../core/diagnostics/condition.ts';
import { isRunId } from '../executor/remove-runs.ts';
import { attemptDirectory } from '../executor/run-directory.ts';
import { readToken } from '../executor/start-token.ts';
import type { StoreReader } from '../store/store.ts';
import { isAlive } from '../system/process-identity.ts';

/** Directories looked at, the newest first. */
const directoriesMax = 1_000;
/** Conditions told singly. */
const toldMax = 20;
/** The wall clock may have been set since the boot. */
const clockMarginMs = 3_600_000;

interface UnknownCommand {
  readonly runId: string;
  readonly pid: number;
  readonly processStart: string | null;
  readonly since: number;
}

export interface UnknownCommands {
  /** Those that are still there. */
  conditions(): Condition[];
  /** The one whose run has this id or begins so; null for none that is still there. */
  find(runId: string): Condition | null;
}

/** Looks once, at the start. Never throws. */
export function findUnknownCommands(parts: {
  readonly store: Pick<StoreReader, 'run'>;
  readonly runsDir: string;
  /** When the machine was booted (epoch ms): who began before has ended. */
  readonly bootedAt: number;
  readonly log: { warn(fields: object, message: string): void };
}): UnknownCommands {
  let found: readonly UnknownCommand[] = [];
  try {
    found = look(parts);
  } catch (error) {
    parts.log.warn({ err: error }, 'commands unknown to the store could not be looked for');
  }
  for (const { runId, pid } of found) {
    parts.log.warn({ run: runId, command: pid }, 'a command runs that the store does not know');
  }
  const left = (): readonly UnknownCommand[] => {
    found = found.filter(({ pid, processStart }) => isAlive(pid, processStart));
    return found;
  };
  return {
    conditions: () => conditionsOf(left()),
    find: (runId) => {
      const wanted = runId.toLowerCase();
      const one =
        wanted === '' ? undefined : left().find((other) => other.runId.startsWith(wanted));
      return one === undefined ? null : conditionOf(one);
    },
  };
}

function look(parts: Parameters<typeof findUnknownCommands>[0]): UnknownCommand[] {
  const { store, runsDir, bootedAt } = parts;
  const ids = readdirSync(runsDir).filter(isRunId).toSorted().toReversed();
  return ids.slice(0, directoriesMax).flatMap((runId) => {
    if (store.run(runId) !== null) return [];
    const started = readToken(
      attemptDirectory(runsDir, runId, lastAttempt(runsDir, runId)),
    )?.started;
    if (started === undefined || started === null) return [];
    const { pid, processStart, at } = started;
    if (at < bootedAt - clockMarginMs || !isAlive(pid, processStart)) return [];
    return [{ runId, pid, processStart, since: at }];
  });
}

function lastAttempt(runsDir: string, runId: string): number {
  try {
    const names = readdirSync(join(runsDir, runId)).filter((name) => /^[1-9]\d{0,5}$/.test(name));
    return names.reduce((last, name) => Math.max(last, Number(name)), 1);
  } catch {
    // No directory, or not ours to read: then it has no token that could be read either.
    return 1;
  }
}

function conditionsOf(found: readonly UnknownCommand[]): Condition[] {
  const told = found.slice(0, toldMax).map(conditionOf);
  const more = found.length - told.length;
  if (more === 0) return told;
  const text = `${more} more commands run that the store does not know; daemon.log names them.`;
  return [...told, { code: 'JM2-T117', text, since: null, remedy: null }];
}

/** Its pid is the one of its process group, as of every command. */
function conditionOf({ runId, pid, since }: UnknownCommand): Condition {
  return {
    code: 'JM2-T117',
    text: `Process ${pid} is the command of run ${runId}, which the store does not know: nobody records its end, and it holds no slot.`,
    since,
    remedy: `End it with kill -- -${pid}, or let it finish.`,
  };
}
