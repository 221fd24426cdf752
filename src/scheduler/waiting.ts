// What waits, for what, and behind how many: told when somebody asks, so that no
// row has to be rewritten whenever the line moves on.
import type { Run } from '../core/runs/run.ts';
import type { LiveRun } from './run-table.ts';
import type { SchedulerState } from './state.ts';

export interface WaitingRun {
  readonly run: Run;
  /** A free slot in all, or in its group; the end of an earlier run of its job; the time of its retry or its own. */
  readonly waitsFor: 'slot' | 'group' | 'run' | 'retry' | 'time';
  /** In words. */
  readonly reason: string;
  /** Runs that get such a slot before it; null for one that is not in line for a slot. */
  readonly ahead: number | null;
  readonly priority: number;
  readonly group: string | null;
  /** Wall clock after which its occurrence is missed; null for never. */
  readonly startBy: number | null;
}

/** Those in line first, in the order of their turns; then the others. At most `limit`. */
export function waitingRuns(state: SchedulerState, mono: number, limit: number): WaitingRun[] {
  const found: WaitingRun[] = [];
  const groups = new Map<string, number>();
  let inLine = 0;
  for (const { id } of state.runs.line.inOrder(mono, limit)) {
    const live = state.runs.get(id);
    if (live === undefined) continue;
    const mine = live.group === null ? 0 : (groups.get(live.group) ?? 0);
    if (live.group !== null) groups.set(live.group, mine + 1);
    const max = live.group === null ? undefined : state.limits.groups[live.group];
    const free = state.runs.line.freeIn(live.group);
    if (live.group !== null && max !== undefined && mine >= free) {
      const what = `waits for a free slot in group ${live.group} (max ${max})`;
      found.push(inLineFor('group', live, what, mine - Math.max(0, free)));
    } else {
      const what = `waits for a free slot (concurrency.max ${state.limits.concurrencyMax})`;
      found.push(inLineFor('slot', live, what, inLine));
      inLine += 1;
    }
  }
  if (found.length >= limit) return found;
  const others = state.runs
    .all()
    .filter(({ place }) => place !== 'ready' && place !== 'active')
    .sort((a, b) => a.order - b.order);
  for (const live of others.slice(0, limit - found.length)) {
    found.push(told(waitsForOf(live), live, live.run.reason ?? 'waits', null));
  }
  return found;
}

function waitsForOf({ place }: LiveRun): 'run' | 'retry' | 'time' {
  if (place === 'deferred') return 'time';
  return place === 'blocked' ? 'run' : 'retry';
}

function inLineFor(
  waitsFor: 'slot' | 'group',
  live: LiveRun,
  what: string,
  ahead: number,
): WaitingRun {
  const where = ahead === 0 ? 'it is next' : `${ahead.toLocaleString('en')} ahead of it`;
  return told(waitsFor, live, `${what}: ${where}`, ahead);
}

function told(
  waitsFor: WaitingRun['waitsFor'],
  { run, priority, group, startBy }: LiveRun,
  reason: string,
  ahead: number | null,
): WaitingRun {
  const first = run.startedAt === null ? startBy : null;
  return { run, waitsFor, reason, ahead, priority, group, startBy: first };
}

/** How the limits are used. */
export interface LimitUse {
  readonly concurrencyMax: number;
  readonly queueLimit: number;
  readonly groups: readonly {
    readonly name: string;
    readonly max: number;
    readonly running: number;
    readonly waiting: number;
  }[];
}

export function limitUse({ limits, runs }: SchedulerState): LimitUse {
  const groups = Object.entries(limits.groups).map(([name, max]) => ({
    name,
    max,
    ...runs.line.countsOf(name),
  }));
  return { concurrencyMax: limits.concurrencyMax, queueLimit: limits.queueLimit, groups };
}
