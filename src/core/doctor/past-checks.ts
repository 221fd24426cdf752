// What the past of the jobs tells: failing, overlapping, late, silent.
import { isOld, livePause } from '../overrides/pause.ts';
import { formatDuration } from '../schedule/parse-duration.ts';
import { check } from './check.ts';
import { plural, some } from './finding.ts';
import { gapsOf } from './gaps.ts';
import { aboutJobs } from './schedule-checks.ts';

/** Fewer runs than these tell nothing. */
const failuresMin = 3;
const runsMin = 5;
const lateMs = 10_000;
const silentGaps = 3;
const suspendedLongMs = 30 * 86_400_000;

export const pastChecks = [
  check('never-succeeded', 'past', 'every job has succeeded once', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ past }) => {
        const { states, streak } = past?.statistics ?? {};
        const failed = states === undefined ? 0 : states.failed + states.timed_out + states.lost;
        return states?.succeeded === 0 && failed >= failuresMin
          ? `${plural(streak?.runs ?? failed, 'failure')}, no success`
          : null;
      },
      (count) => ({
        severity: 'major',
        summary: `${plural(count, 'job')} never succeeded`,
        remedy: 'jm2 logs JOB; jm2 history JOB',
      }),
    ),
  ),
  check('failing', 'past', 'no job fails again and again', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ past }) => {
        const streak = past?.statistics.streak;
        const hasWorked = (past?.statistics.states.succeeded ?? 0) > 0;
        return hasWorked && streak?.succeeded === false && streak.runs >= failuresMin
          ? `failed the last ${streak.runs} times`
          : null;
      },
      (count) => ({
        severity: 'major',
        summary: `${plural(count, 'job')} ${count === 1 ? 'has' : 'have'} begun to fail`,
        remedy: 'jm2 logs JOB --errors; jm2 history JOB --failed',
      }),
    ),
  ),
  check('longer-than-interval', 'past', 'runs end before the next one is due', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ job, past, starts }) => {
        const gap = gapsOf(starts)?.least;
        const took = past?.statistics.durationMs;
        if (gap === undefined || !took || (past?.statistics.runs ?? 0) < runsMin) return null;
        if (took.p95 < gap || job.concurrency === 'allow') return null;
        return `takes ${formatDuration(whole(took.p95))} (p95), and is due every ${formatDuration(gap)}`;
      },
      (count) => ({
        severity: 'minor',
        summary: `${plural(count, 'job')} often take${count === 1 ? 's' : ''} longer than ${count === 1 ? 'its' : 'their'} interval`,
        remedy: 'jm2 stats JOB; start it less often, or give it a timeout',
      }),
    ),
  ),
  check('always-late', 'past', 'jobs start when they are due', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ past }) => {
        const late = past?.statistics.lateMs;
        return late && late.p50 >= lateMs && (past?.statistics.runs ?? 0) >= runsMin
          ? `${formatDuration(whole(late.p50))} late as a rule`
          : null;
      },
      (count) => ({
        severity: 'minor',
        summary: `${plural(count, 'job')} start${count === 1 ? 's' : ''} late as a rule`,
        remedy: 'jm2 queue; raise concurrency.max, or the priority of the job',
      }),
    ),
  ),
  check('silent', 'past', 'no job has been silent for too long', 'jobs', (facts, { now }) =>
    aboutJobs(
      facts,
      ({ fault, pause, past, starts, changedAt }) => {
        const { admittingSince } = facts;
        const gap = gapsOf(starts)?.most;
        // Of what came due before, other checks tell.
        if (admittingSince === null || gap === undefined || fault !== null) return null;
        if (livePause(pause, now) !== null || past?.isRunning === true) return null;
        const since = Math.max(
          past?.lastStart ?? 0,
          changedAt ?? 0,
          admittingSince,
          pause?.until ?? 0,
        );
        return now - since > silentGaps * gap
          ? `last start ${past?.lastStart ? new Date(past.lastStart).toISOString() : 'unknown'}, due every ${formatDuration(gap)}`
          : null;
      },
      (count) => ({
        severity: 'major',
        summary: `${plural(count, 'job')} ${count === 1 ? 'has' : 'have'} not started for long`,
        remedy: 'jm2 why JOB',
      }),
    ),
  ),
  check('missed', 'past', 'nothing was missed in the past week', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ missed }) => (missed > 0 ? `${plural(missed, 'occurrence')} missed` : null),
      (count) => ({
        severity: 'minor',
        summary: `occurrences of ${plural(count, 'job')} were missed in the past week`,
        remedy: 'jm2 history JOB --all; jm2 backfill JOB --from 7d --dry-run',
      }),
    ),
  ),
  check('paused-long', 'past', 'no pause was forgotten', 'jobs', ({ jobs }, { now }) => {
    const old = jobs.filter(({ pause }) => pause !== null && isOld(pause, now));
    if (old.length === 0) return [];
    return [
      {
        severity: 'minor',
        summary: `${plural(old.length, 'job')} ${old.length === 1 ? 'is' : 'are'} paused without an end for more than a week`,
        detail: some(
          old.map(
            ({ job, pause }) =>
              `${job.name}: by ${pause?.by ?? ''}${pause?.reason ? `, ${pause.reason}` : ''}`,
          ),
        ),
        remedy: `jm2 resume ${old
          .map(({ job }) => job.name)
          .slice(0, 10)
          .join(' ')}`,
        jobs: old.map(({ job }) => job.name),
      },
    ];
  }),
  check('suspended-long', 'past', 'no job is suspended for long', 'jobs', ({ jobs }, { now }) => {
    const old = jobs.filter(
      ({ job, changedAt }) =>
        job.suspend && changedAt !== null && now - changedAt > suspendedLongMs,
    );
    if (old.length === 0) return [];
    return [
      {
        severity: 'minor',
        summary: `${plural(old.length, 'job')} ${old.length === 1 ? 'is' : 'are'} suspended for more than a month`,
        detail: some(old.map(({ job }) => job.name)),
        remedy: `Take suspend out of them, or: jm2 remove ${old[0]?.job.name ?? ''}`,
        jobs: old.map(({ job }) => job.name),
      },
    ];
  }),
];

/** Whole seconds: figures for people. */
function whole(ms: number): number {
  return Math.max(1000, Math.round(ms / 1000) * 1000);
}
