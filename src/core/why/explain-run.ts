// Why a run is as it is: when it began and what held it up, how it ended and
// who or what ended it. A run by hand and one of an occurrence alike.
import { missedDetail } from '../runs/missed.ts';
import { isDeferred, occurrenceTime, type Attempt, type Run } from '../runs/run.ts';
import { asEvidence, between, inWords } from './causes.ts';
import { explanation, type Evidence, type Explanation, type Subject } from './explanation.ts';
import type { JobFacts, RunFacts } from './facts.ts';
import { remedy } from './remedy.ts';
import { length, listed, moment } from './words.ts';

/** Below this nobody asks why. */
const noticeableMs = 1_000;
const attemptsShown = 12;

export function explainRun(
  facts: RunFacts,
  job: JobFacts,
  subject: Subject = occurrenceTime(facts.run) === null ? 'run' : 'occurrence',
): Explanation {
  const { run } = facts;
  const lateness = latenessOf(facts, job);
  const answer = `Run ${run.id} ${beginning(facts, job, lateness)}${ending(facts, job)}.`;
  const evidence = evidenceOf(facts, job);
  // What was said at the admission, where the answer does not say it already.
  const isTold = run.reason === null || answer.includes(run.reason) || isDeferred(run, job.now);
  if (!isTold && recordedCause(run) === null) {
    evidence.push({ at: null, source: 'run', text: `reason on record: ${run.reason}` });
  }
  return explanation({
    subject,
    verdict: run.state,
    nominalTime: run.nominalTime,
    runId: run.id,
    disposition: occurrenceTime(run) === null ? null : 'admitted',
    answer,
    evidence,
    hint: hintFor(run, lateness, job),
  });
}

interface Lateness {
  readonly ms: number;
  readonly because: string;
}

/** Null when it began in time, has not begun, or was asked for by hand. */
function latenessOf(facts: RunFacts, job: JobFacts): Lateness | null {
  const { run, dueAt, interruptions } = facts;
  const began = beganAt(facts);
  if (dueAt === null || began === null || began - dueAt < noticeableMs) return null;
  const causes: string[] = [];
  if (run.queuedAt - dueAt >= noticeableMs) {
    const seen = inWords(between(interruptions, dueAt, run.queuedAt), job.zone);
    causes.push(seen ?? recordedCause(run) ?? 'the scheduler came to it late');
  }
  if (began - run.queuedAt >= noticeableMs) {
    causes.push(waitWords(facts, job));
    const meanwhile = inWords(between(interruptions, run.queuedAt + 1, began), job.zone);
    if (meanwhile !== null && !causes.includes(meanwhile)) causes.push(meanwhile);
  }
  const ms = began - dueAt;
  return { ms, because: causes.length === 0 ? 'the machine was busy' : listed(causes) };
}

function beganAt({ run, attempts }: RunFacts): number | null {
  return run.startedAt ?? attempts[0]?.intendedAt ?? null;
}

/** What the scheduler said when it admitted it: "5m late: CAUSE". */
function recordedCause(run: Run): string | null {
  return /^\S.* late: (.+)$/.exec(run.reason ?? '')?.[1] ?? null;
}

function waitWords({ before, run }: RunFacts, { zone }: JobFacts): string {
  const last = before.findLast((one) => one.endedAt !== null && one.endedAt >= run.queuedAt);
  return last === undefined || last.endedAt === null
    ? 'it waited for its turn'
    : `it waited for run ${last.id} of the job, which ended at ${moment(last.endedAt, zone)}`;
}

function beginning(facts: RunFacts, { zone }: JobFacts, lateness: Lateness | null): string {
  const { run } = facts;
  const began = beganAt(facts);
  if (began === null) return '';
  if (occurrenceTime(run) === null) {
    const by = run.requestedBy === null ? '' : ` by ${run.requestedBy}`;
    const asked =
      run.startAt === null
        ? ''
        : `, as asked at ${moment(run.queuedAt, zone)} for ${moment(run.startAt, zone)}, `;
    return `was started ${requestWords(run, zone)}${by} at ${moment(began, zone)}${asked === '' ? ' ' : asked}and `;
  }
  if (isMadeUp(run)) {
    return `was started at ${moment(began, zone)}, before its time, because a change of the schedule took it away (on_schedule_change: catch_up), and `;
  }
  const how = run.trigger === 'catch-up' ? 'was caught up and began' : 'began';
  return lateness === null
    ? `${how} on time and `
    : `${how} ${length(lateness.ms)} late because ${lateness.because}; it `;
}

/** A catch-up comes after its time, but for the run that an apply would have lost. */
function isMadeUp({ trigger, nominalTime, queuedAt }: Run): boolean {
  return trigger === 'catch-up' && nominalTime !== null && nominalTime > queuedAt;
}

function requestWords({ trigger, nominalTime, repeats }: Run, zone: string): string {
  if (trigger === 'rerun') return `to repeat run ${repeats}`;
  if (trigger === 'restart') {
    return `in place of run ${repeats}, which a change of the job ended (on_change: restart),`;
  }
  if (trigger === 'backfill' && nominalTime !== null) {
    return `to make up for ${moment(nominalTime, zone)}`;
  }
  return 'by hand';
}

function ending(facts: RunFacts, job: JobFacts): string {
  const { run, attempts } = facts;
  const tries = run.attempts > 1 ? ` after ${run.attempts} attempts` : '';
  switch (run.state) {
    case 'queued':
      return waiting(run, job);
    case 'running':
      return `is running: attempt ${run.attempts}${since(attempts.at(-1), job)}`;
    case 'succeeded': {
      const code =
        run.exitCode === 0
          ? ''
          : ` with exit code ${run.exitCode}, which the job counts as success`;
      return `succeeded${code}${tries}${took(facts)}`;
    }
    case 'failed':
      return `failed${tries}: ${failure(run)}${took(facts)}`;
    case 'timed_out': {
      const timeoutMs = facts.spec?.timeoutMs ?? null;
      const bound = timeoutMs === null ? 'its timeout' : `its timeout of ${length(timeoutMs)}`;
      return `was stopped${tries} because it ran longer than ${bound}`;
    }
    case 'canceled':
      return cancellation(facts, job);
    case 'lost':
      return `is lost${tries}: ${run.reason ?? 'nobody saw its end'}; without an observed exit code it counts as no success`;
  }
}

function waiting(run: Run, job: JobFacts): string {
  const { zone, now } = job;
  if (run.startAt !== null && isDeferred(run, now)) {
    const by = run.requestedBy === null ? '' : ` by ${run.requestedBy}`;
    const asked = `was asked for${by} at ${moment(run.queuedAt, zone)}`;
    return `${asked} to begin at ${moment(run.startAt, zone)}, in ${length(run.startAt - now)}`;
  }
  if (run.notBefore !== null && run.notBefore > now) {
    return `waits until ${moment(run.notBefore, zone)}: ${run.reason ?? 'a retry'}`;
  }
  const startBy = startByOf(run, job);
  const bound =
    startBy === null
      ? ''
      : `; it is missed unless it begins by ${moment(startBy, zone)} (start_deadline)`;
  return `was admitted at ${moment(run.queuedAt, zone)} and ${waitReason(run)}${bound}`;
}

/** "waits for a free slot": reasons mostly say the word themselves. */
export function waitReason({ reason }: Pick<Run, 'reason'>): string {
  if (reason === null) return 'waits for its turn';
  return reason.startsWith('waits ') ? reason : `waits (${reason})`;
}

/** After this a waiting run begins no more, by the job in force; null for never. */
function startByOf(run: Run, { changes }: JobFacts): number | null {
  const nominalTime = occurrenceTime(run);
  const deadlineMs = changes.at(-1)?.spec?.startDeadlineMs ?? null;
  const mayMiss = run.startedAt === null && run.attempts === 0;
  return mayMiss && nominalTime !== null && deadlineMs !== null ? nominalTime + deadlineMs : null;
}

function since(attempt: Attempt | undefined, { zone, now }: JobFacts): string {
  const at = attempt?.startedAt ?? attempt?.intendedAt;
  return at === undefined
    ? ''
    : ` began at ${moment(at, zone)}, ${length(Math.max(0, now - at))} ago`;
}

function failure(run: Run): string {
  if (run.signal !== null) return run.reason ?? `ended by signal ${run.signal}`;
  if (run.exitCode !== null) return `exit code ${run.exitCode}`;
  return run.reason ?? 'for a reason that is not on record';
}

function took(facts: RunFacts): string {
  const { startedAt, endedAt } = facts.run;
  return startedAt === null || endedAt === null
    ? ''
    : `, ${length(endedAt - startedAt)} after its start`;
}

function cancellation(facts: RunFacts, { zone }: JobFacts): string {
  const { run, attempts, canceledBy, replacedBy } = facts;
  const at = run.endedAt === null ? '' : ` at ${moment(run.endedAt, zone)}`;
  switch (attempts.at(-1)?.killIntent ?? null) {
    case 'cancel':
      return `was canceled by ${canceledBy?.actor ?? 'a request'}${at}`;
    case 'replace':
      return replacedBy === null
        ? `was replaced by a newer run of the job${at}`
        : `was replaced by run ${replacedBy.id}${at}`;
    case 'remove':
      return `was stopped${at} because the job left the manifest`;
    case 'restart':
      return `was ended${at} because its job changed (on_change: restart)`;
    case 'stop':
      return `was stopped${at} because the scheduler was stopped`;
    case 'timeout':
    case null: {
      // It was waiting: the reason names the cause.
      const missed = missedDetail(run);
      return missed === null
        ? `ended${at} before it could begin${reasonWords(run)}`
        : `never began and was given up${at}: ${missed.text}`;
    }
  }
}

function reasonWords(run: Run): string {
  return run.reason === null ? '' : `: ${run.reason}`;
}

function evidenceOf(facts: RunFacts, job: JobFacts): Evidence[] {
  const { run, dueAt, before, canceledBy, replacedBy, daemon } = facts;
  const { zone } = job;
  const lines: Evidence[] = [];
  if (run.nominalTime !== null) {
    const jittered = dueAt !== null && dueAt !== run.nominalTime;
    const later = jittered ? `, with its jitter ${moment(dueAt, zone)}` : '';
    lines.push({
      at: run.nominalTime,
      source: 'schedule',
      text: `due${later}`,
    });
  }
  const admitted = occurrenceTime(run) === null ? 'requested' : 'admitted';
  const who = run.requestedBy === null ? '' : ` by ${run.requestedBy}`;
  lines.push({
    at: run.queuedAt,
    source: occurrenceTime(run) === null ? 'run' : 'ledger',
    text: `${admitted}${who} as run ${run.id} (${run.trigger}) under revision ${run.revision}`,
  });
  const began = beganAt(facts) ?? job.now;
  const from = dueAt ?? run.startAt ?? run.queuedAt;
  if (began - from >= noticeableMs) {
    lines.push(...asEvidence(between(facts.interruptions, from, began), zone));
  }
  if (began - Math.max(run.queuedAt, run.startAt ?? 0) >= noticeableMs) {
    lines.push(...before.slice(-3).map((one) => inProgress(one, zone)));
  }
  lines.push(...attemptLines(facts.attempts));
  if (canceledBy !== null) {
    lines.push({ at: canceledBy.at, source: 'audit', text: `canceled by ${canceledBy.actor}` });
  }
  if (replacedBy !== null) {
    lines.push({
      at: replacedBy.queuedAt,
      source: 'run',
      text: `run ${replacedBy.id} of the job was admitted in its place (concurrency: replace)`,
    });
  }
  if (run.state === 'lost' && daemon?.ended != null) {
    lines.push({
      at: daemon.ended.at,
      source: 'daemon',
      text: `the daemon that began it ${daemon.ended.how === 'rebooted' ? 'went down with the host' : daemon.ended.how}`,
    });
  }
  lines.push(...run.notes.map(({ at, text }): Evidence => ({ at, source: 'run', text })));
  return lines;
}

function inProgress(run: Run, zone: string): Evidence {
  const end = run.endedAt === null ? 'has not ended' : `ended at ${moment(run.endedAt, zone)}`;
  return {
    at: run.startedAt,
    source: 'run',
    text: `run ${run.id} of the job was in progress; it ${end}`,
  };
}

function attemptLines(attempts: readonly Attempt[]): Evidence[] {
  const left = attempts.length - attemptsShown;
  const shown =
    left > 0 ? [...attempts.slice(0, 3), ...attempts.slice(3 - attemptsShown)] : attempts;
  const lines = shown.map((attempt): Evidence => ({
    at: attempt.startedAt ?? attempt.intendedAt,
    source: 'attempt',
    text: attemptWords(attempt),
  }));
  if (left > 0) {
    lines.push({ at: null, source: 'attempt', text: `${left} further attempts are not listed` });
  }
  return lines;
}

/** "attempt 2: failed, exit code 3, after 1m 4s"; also told by views of a run. */
export function attemptWords(attempt: Attempt): string {
  const parts = [attempt.state === null ? 'in progress' : attempt.state.replace('_', ' ')];
  if (attempt.exitCode !== null) parts.push(`exit code ${attempt.exitCode}`);
  if (attempt.signal !== null) parts.push(attempt.signal);
  if (attempt.startedAt !== null && attempt.endedAt !== null) {
    parts.push(`after ${length(attempt.endedAt - attempt.startedAt)}`);
  }
  if (attempt.startedAt === null && attempt.state !== null) parts.push('its start was not seen');
  if (attempt.reason !== null) parts.push(attempt.reason);
  return `attempt ${attempt.attempt}: ${parts.join(', ')}`;
}

function hintFor(run: Run, lateness: Lateness | null, job: JobFacts): string | null {
  switch (run.state) {
    case 'failed':
    case 'timed_out':
    case 'running':
      return run.attempts === 0 ? null : `jm2 logs --run ${run.id}`;
    case 'lost':
      return remedy('The command may have done its work; see first', `jm2 logs --run ${run.id}`);
    case 'queued':
      if (isDeferred(run, job.now)) return `jm2 cancel ${run.id}`;
      return job.attendance.kind === 'down' ? 'jm2 start' : 'jm2 queue';
    case 'succeeded':
    case 'canceled':
      return lateness === null ? null : `jm2 history ${run.job} --all`;
  }
}
