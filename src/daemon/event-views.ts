// Events of the loops → what clients see of them. Long lists are told as counts.
import type { EventView } from '../api/service.ts';
import type { Pause } from '../core/overrides/pause.ts';
import type { ReconcilerEvent } from '../reconciler/reconciler.ts';
import type { SchedulerEvent } from '../scheduler/scheduler.ts';
import { iso, isoOrNull, runView } from './views.ts';

/** A manifest with more problems is looked at with `jm2 validate`. */
const diagnosticsMax = 100;

export interface EventLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What goes well is told at level debug: thousands of runs must not fill the log. */
export function logSchedulerEvent(log: EventLog, event: SchedulerEvent): void {
  switch (event.kind) {
    case 'run.queued':
      return log.debug({ job: event.run.job, run: event.run.id }, event.kind);
    case 'run.started':
      return log.debug(
        { job: event.run.job, run: event.run.id, attempt: event.attempt },
        event.kind,
      );
    case 'run.retried':
      return log.info(
        { job: event.run.job, run: event.run.id, attempt: event.attempt, retryAt: iso(event.at) },
        event.kind,
      );
    case 'run.noted':
      return log.info({ job: event.run.job, run: event.run.id, note: event.note.text }, event.kind);
    case 'run.ended': {
      const { id: run, job, state, exitCode, signal, reason } = event.run;
      const fields = { job, run, state, exitCode, signal, reason };
      return state === 'succeeded' ? log.debug(fields, event.kind) : log.info(fields, event.kind);
    }
    case 'occurrence.skipped':
    case 'occurrence.missed': {
      const { kind, ...rest } = event;
      const nominalTime = iso(event.nominalTime);
      const lastNominalTime = iso(event.lastNominalTime);
      return log.info({ ...rest, nominalTime, lastNominalTime }, kind);
    }
    // Told by the scheduler where it happens.
    case 'clock.stepped':
      return;
    case 'job.faulted':
      return log.warn({ job: event.job, detail: event.detail }, event.kind);
    case 'override.set':
    case 'override.lifted':
    case 'override.expired':
      return log.info({ ...event, pause: pauseFacts(event.pause) }, event.kind);
  }
}

function pauseFacts({ by, reason, since, until, skipped }: Pause) {
  return { by, reason, since: iso(since), until: isoOrNull(until), skipped };
}

export function schedulerEventView(event: SchedulerEvent, now: number): EventView {
  const at = iso(now);
  switch (event.kind) {
    case 'run.queued':
      return { at, kind: event.kind, job: event.run.job, run: runView(event.run) };
    case 'run.started':
      return {
        at,
        kind: event.kind,
        job: event.run.job,
        attempt: event.attempt,
        run: runView(event.run),
      };
    case 'run.retried':
      return {
        at,
        kind: event.kind,
        job: event.run.job,
        attempt: event.attempt,
        retryAt: iso(event.at),
        run: runView(event.run),
      };
    case 'run.noted':
      return {
        at,
        kind: event.kind,
        job: event.run.job,
        attempt: event.attempt,
        note: { ...event.note, at: iso(event.note.at) },
        run: runView(event.run),
      };
    case 'run.ended':
      return {
        at,
        kind: event.kind,
        job: event.run.job,
        attempt: event.attempt === null ? null : attemptView(event.attempt),
        run: runView(event.run),
      };
    case 'occurrence.skipped':
    case 'occurrence.missed':
      return {
        ...event,
        at,
        nominalTime: iso(event.nominalTime),
        lastNominalTime: iso(event.lastNominalTime),
      };
    case 'clock.stepped':
      return { at, kind: event.kind, byMs: event.byMs };
    case 'job.faulted':
      return { ...event, at };
    case 'override.set':
    case 'override.lifted':
    case 'override.expired':
      return { ...event, at, pause: pauseFacts(event.pause) };
  }
}

type EndedAttempt = NonNullable<Extract<SchedulerEvent, { kind: 'run.ended' }>['attempt']>;

function attemptView(attempt: EndedAttempt): Readonly<Record<string, unknown>> {
  return {
    attempt: attempt.attempt,
    state: attempt.state,
    startedAt: isoOrNull(attempt.startedAt),
    endedAt: isoOrNull(attempt.endedAt),
    exitCode: attempt.exitCode,
    signal: attempt.signal,
    reason: attempt.reason,
  };
}

export function reconcilerEventView(event: ReconcilerEvent, now: number): EventView {
  const at = iso(now);
  switch (event.kind) {
    case 'manifest.applied':
      return {
        at,
        kind: event.kind,
        revision: event.revision,
        by: event.by,
        summary: event.plan.summary,
      };
    case 'manifest.rejected':
      return {
        at,
        kind: event.kind,
        count: event.diagnostics.length,
        diagnostics: event.diagnostics.slice(0, diagnosticsMax),
      };
    case 'manifest.pending':
      return { at, kind: event.kind, because: event.because, summary: event.plan.summary };
    case 'manifest.restored':
      return { at, kind: event.kind };
  }
}
