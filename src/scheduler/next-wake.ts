// How long the loop may sleep: to the next occurrence, alarm, deadline or news,
// and never longer than a beat. Holds no timer; what is done then is in tick.ts.
import { untilBeat } from '../system/clock.ts';
import type { Commits } from './commits.ts';
import type { Drain } from './drain.ts';
import type { News } from './news.ts';
import { canFill } from './queue.ts';
import { mayStart, type SchedulerState } from './state.ts';

/** Steps of the clock and the end of a sleep are noticed within this time. */
const longestSleepMs = 10_000;
const firstBackoffMs = 100;
/** Somebody else who writes is soon done; a disk that fails is asked less and less. */
const longestBusyMs = 800;
/** While starts are held: how often it is asked whether they still are. */
const heldLookMs = 1_000;

interface Wanting {
  readonly state: SchedulerState;
  readonly mono: number;
  readonly news: News;
  readonly commits: Commits;
  /** Length of a turn of listening; null when decisions may be made. */
  readonly listeningTurnMs: number | null;
  /** Jobs whose load is still to be recorded. */
  readonly isLoadOpen: boolean;
  readonly drain: Drain | null;
}

/** Milliseconds, less than 0 for something overdue. */
export function sleepFor(wanting: Wanting): number {
  const { mono, commits, listeningTurnMs, drain } = wanting;
  if (listeningTurnMs !== null) return listeningTurnMs;
  if (commits.failures > 0) return backOffMs(commits);
  const waitMs = untilNextWork(wanting);
  if (drain === null || drain.isStopping) return waitMs;
  return Math.min(waitMs, drain.stopAt - mono);
}

function backOffMs({ failures, problem }: Commits): number {
  const longestMs = problem?.code === 'JM2-T103' ? longestBusyMs : longestSleepMs;
  return Math.min(longestMs, firstBackoffMs * 2 ** Math.min(failures - 1, 10));
}

function untilNextWork({ state, mono, news, isLoadOpen }: Wanting): number {
  const { jobs, runs, phase, held } = state;
  const now = state.parts.clock.now();
  const isHeld = held !== null;
  let waitMs = isHeld ? heldLookMs : untilBeat(mono, longestSleepMs);
  const due = phase === 'running' && !isHeld ? jobs.firstDue() : null;
  const alarm = runs.firstAlarm();
  if (due !== null) waitMs = Math.min(waitMs, due.at - now);
  if (alarm !== null) waitMs = Math.min(waitMs, alarm.at - mono);
  if (!news.isEmpty) waitMs = Math.min(waitMs, news.storeBy - mono);
  if (isLoadOpen) waitMs = 0;
  const deadline = mayStart(state) ? runs.firstDeadline() : null;
  if (deadline !== null) waitMs = Math.min(waitMs, deadline.at + 1 - now);
  const deferred = mayStart(state) ? runs.firstDeferred() : null;
  if (deferred !== null) waitMs = Math.min(waitMs, deferred.at - now);
  if (mayStart(state) && canFill(state)) waitMs = 0;
  return waitMs;
}
