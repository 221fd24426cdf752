// Pauses: which occurrences fall under one, when it is over, when the schedule
// goes on, and what becomes of a second one. When it is recorded and told is
// left to the scheduler.
import { dueUntil } from '../runs/catch-up.ts';
import { coalesce, type CoalescedRow } from '../runs/missed.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';

/** A person's runtime change that keeps what comes due of a job from being admitted. */
export interface Pause {
  readonly by: string;
  /** In the person's words. */
  readonly reason: string | null;
  readonly since: number;
  /** What is due at this instant or later is admitted again; null: until somebody resumes it. */
  readonly until: number | null;
  /** Occurrences that were skipped under it so far. */
  readonly skipped: number;
}

/** A job that comes back under its name within this time finds its pause again. */
export const archivedForMs = 14 * 86_400_000;
/** One without an end that is older than this was probably forgotten. */
const oldAfterMs = 7 * 86_400_000;

export function isOver(pause: Pause, now: number): boolean {
  return pause.until !== null && pause.until <= now;
}

/** The pause as long as it holds; null afterwards, also where nobody has recorded its end yet. */
export function livePause(pause: Pause | null, now: number): Pause | null {
  return pause === null || isOver(pause, now) ? null : pause;
}

/** True for one without an end that has lasted for more than a week. */
export function isOld(pause: Pause, now: number): boolean {
  return pause.until === null && now - pause.since > oldAfterMs;
}

/** Whether what is due at this instant is skipped. */
export function covers(pause: Pause | null, dueAt: number): boolean {
  return pause !== null && (pause.until === null || dueAt < pause.until);
}

/**
 * What is due and not settled as one row, as far as the pause goes. Whatever was
 * open when it began is under it as well: nothing starts after somebody paused.
 */
export function pausedRow(
  schedule: CompiledSchedule,
  watermark: number,
  pause: Pause,
  now: number,
): CoalescedRow | null {
  const last = pause.until === null ? now : Math.min(now, pause.until - 1);
  return inWords(pause, coalesce(schedule, watermark, dueUntil(schedule, last), 'paused'));
}

/**
 * The same for a schedule that goes: everything up to the nominal time `until`,
 * because what waits for its jitter comes due no more.
 */
export function pausedRowOfOutgoing(
  schedule: CompiledSchedule,
  watermark: number,
  pause: Pause,
  until: number,
): CoalescedRow | null {
  const last = pause.until === null ? until : Math.min(until, pause.until - 1);
  return inWords(pause, coalesce(schedule, watermark, last, 'paused'));
}

function inWords(pause: Pause, row: CoalescedRow | null): CoalescedRow | null {
  if (row === null) return null;
  const words = describePause(pause);
  return { ...row, detail: row.detail === null ? words : `${row.detail}; ${words}` };
}

/** `paused by bob since 2026-03-02T12:00:00Z ("disk swap")`: the evidence in the ledger. */
export function describePause({ by, since, reason }: Pause): string {
  const at = new Date(since).toISOString().replace(/\.\d+Z$/, 'Z');
  return `paused by ${by} since ${at}${reason === null ? '' : ` ("${reason}")`}`;
}

export interface PauseOutlook {
  /** With those that are due and not in the ledger yet: that is written once a minute. */
  readonly skipped: number;
  /** When the next occurrence is due after now, whatever becomes of it; null for none. */
  readonly nextDue: number | null;
}

/** What a pause has done and does next, as people are told. */
export function pauseOutlook(
  schedule: CompiledSchedule,
  watermark: number,
  pause: Pause,
  now: number,
): PauseOutlook {
  const open = pausedRow(schedule, watermark, pause, now);
  const settled = Math.max(watermark, dueUntil(schedule, now));
  return {
    skipped: pause.skipped + (open?.count ?? 0),
    nextDue: schedule.next(settled)?.startTime ?? null,
  };
}

/** Start of the first occurrence that the pause lets through; null for none, or no end in sight. */
export function nextStartAfter(
  schedule: CompiledSchedule,
  watermark: number,
  pause: Pause,
): number | null {
  if (pause.until === null) return null;
  const under = dueUntil(schedule, pause.until - 1);
  return schedule.next(Math.max(watermark, under))?.startTime ?? null;
}

/** Until when a pause lasts that skips only the next occurrence; null when none is to come. */
export function untilNextRun(
  schedule: CompiledSchedule | null,
  watermark: number,
  now: number,
): number | null {
  if (schedule === null) return null;
  const next = schedule.next(Math.max(watermark, dueUntil(schedule, now)));
  return next === null ? null : next.startTime + 1;
}

export interface WantedPause {
  readonly by: string;
  readonly reason: string | null;
  readonly until: number | null;
  /** Only the next occurrence is meant: it never shortens what is paused already. */
  readonly isSkip: boolean;
}

export interface JoinedPause {
  readonly pause: Pause;
  /** `kept`: what is there already, of somebody else, lasts as long or longer. */
  readonly outcome: 'paused' | 'changed' | 'extended' | 'kept';
}

/**
 * One job has one pause. The person who made it may change it; anybody else can
 * make it last longer, but not shorter: whoever paused the job counts on it.
 */
export function joinPauses(present: Pause | null, wanted: WantedPause, now: number): JoinedPause {
  const { by, reason, until, isSkip } = wanted;
  const live = livePause(present, now);
  if (live === null) {
    return { pause: { by, reason, until, since: now, skipped: 0 }, outcome: 'paused' };
  }
  const joined = {
    by,
    reason: reason ?? live.reason,
    until,
    since: live.since,
    skipped: live.skipped,
  };
  if (live.by === by && !isSkip) return { pause: joined, outcome: 'changed' };
  const isLonger = live.until !== null && (until === null || until > live.until);
  return isLonger ? { pause: joined, outcome: 'extended' } : { pause: live, outcome: 'kept' };
}
