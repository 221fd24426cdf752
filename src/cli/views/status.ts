// How daemon, manifest and jobs are, worst news first.
import type { JobView, StatusView } from '../../api/service.ts';
import { isFailing } from '../failing-jobs.ts';
import { driftSummary } from '../drift-summary.ts';
import type { Terminal } from '../terminal.ts';
import { confirmationWords } from './confirmation.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { fieldList } from './fields.ts';
import type { Field } from './fields.ts';
import { oneLine } from './foreign.ts';
import { orphanedWords } from './orphans.ts';
import { holdWords } from './hold.ts';
import { pauseField } from './overrides.ts';
import { localTime } from './times.ts';
import { unprovedWords } from './unproved.ts';

export interface StatusFacts {
  readonly status: StatusView;
  /** Empty when the jobs are not known. */
  readonly jobs: readonly JobView[];
  /** The manifest as people name it. */
  readonly manifestPath: string;
}

export function statusText(
  { status, jobs, manifestPath }: StatusFacts,
  terminal: Terminal,
): string {
  const { daemon, manifest, revision, health, sync } = status;
  const when = (text: string | null): string =>
    text === null
      ? ''
      : ` since ${localTime(Date.parse(text), terminal.zone)} (${relativeTime(Date.parse(text), terminal.now)})`;
  const next = jobs
    .filter((job) => job.nextRun !== null)
    .toSorted((a, b) => Date.parse(a.nextRun ?? '') - Date.parse(b.nextRun ?? ''))[0];
  const failing = jobs.filter(isFailing);
  const fields: Field[] = [
    [
      'daemon',
      daemon.running
        ? `${terminal.style('green', 'running')}, pid ${daemon.pid ?? 'unknown'}, version ${daemon.version ?? 'unknown'}${when(daemon.startedAt)}`
        : `${terminal.style('red', 'not running')}; what follows is the last known state`,
    ],
    ['daemon before', previousWords(daemon, terminal)],
    ['health', healthWords(status, terminal)],
    ['manifest', `${oneLine(manifestPath)}, ${count(manifest.jobs, 'job')}`],
    ['source', sourceWords(status, terminal, when)],
    ['revision', revisionWords(revision, terminal)],
    ['sync', syncWords(status, terminal)],
    [
      'confirm',
      sync.confirmation
        ? terminal.style('yellow', confirmationWords(sync.confirmation, terminal))
        : null,
    ],
    ['unproved', sync.confirmation ? unprovedWords(sync.confirmation, jobs) : null],
    ['orphaned', orphanedWords(status, terminal)],
    ['runs', runWords(health)],
    ['loop delay', delayWords(health, terminal)],
    [
      'next run',
      !daemon.running || next === undefined || next.nextRun === null
        ? null
        : `${oneLine(next.name)} ${relativeTime(Date.parse(next.nextRun), terminal.now)}`,
    ],
    [
      'failing',
      failing.length === 0
        ? null
        : terminal.style('red', failing.map((job) => oneLine(job.name)).join(', ')),
    ],
    ['runbooks', runbookLines(failing)],
    ['paused', pausedWords(status, terminal)],
    ['drift', driftWords(status, jobs, terminal)],
    ['state in', manifest.stateDir],
  ];
  return fieldList(fields, terminal);
}

const runbooksMax = 10;

/** Of the jobs that fail; null when none of them has one. */
function runbookLines(failing: readonly JobView[]): string | null {
  const lines = failing
    .filter((job) => job.runbook)
    .map((job) => `${oneLine(job.name)}: ${oneLine(job.runbook ?? '')}`);
  const more = lines.length > runbooksMax ? [`and ${lines.length - runbooksMax} more`] : [];
  return lines.length === 0 ? null : [...lines.slice(0, runbooksMax), ...more].join('\n');
}

const ends = {
  stopped: 'stopped',
  detached: 'left its jobs to the next one',
  crashed: 'ended without a word',
  rebooted: 'went down with the host',
} as const;

function previousWords({ previous }: StatusView['daemon'], terminal: Terminal): string | null {
  if (previous === null) return null;
  const at = Date.parse(previous.endedAt);
  const isSilent = previous.end === 'crashed' || previous.end === 'rebooted';
  const words = isSilent ? terminal.style('yellow', ends[previous.end]) : ends[previous.end];
  const when = `${localTime(at, terminal.zone)} (${relativeTime(at, terminal.now)})`;
  return isSilent ? `${words}; last seen alive ${when}` : `${words} ${when}`;
}

const pausedShown = 10;

function pausedWords({ overrides }: StatusView, terminal: Terminal): string | null {
  // A daemon of 0.1, asked right after an upgrade, tells none.
  const all = overrides ?? [];
  if (all.length === 0) return null;
  const lines = all
    .slice(0, pausedShown)
    .map((pause) => pauseField(pause, terminal, `${oneLine(pause.job)} `));
  if (all.length > pausedShown) lines.push(`and ${all.length - pausedShown} more`);
  return lines.join('\n');
}

/** What can be told without looking at host and past; null for none. */
function driftWords(
  status: StatusView,
  jobs: readonly JobView[],
  terminal: Terminal,
): string | null {
  const { expected, staleOverride, unscheduled, pending } = driftSummary(status, jobs);
  const parts: [number, string][] = [
    [expected, 'on purpose'],
    [staleOverride, 'forgotten'],
    [unscheduled, 'not scheduled'],
    [pending, 'pending'],
  ];
  const told = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  if (told.length === 0) return null;
  const words = `${told.join(', ')}; jm2 drift looks closer`;
  return staleOverride + unscheduled > 0 ? terminal.style('yellow', words) : words;
}

function runWords({ running, queued, concurrencyMax }: StatusView['health']): string {
  const limit = concurrencyMax === null ? '' : ` of at most ${concurrencyMax}`;
  return `${running} running${limit}, ${queued} queued${queued > 0 ? ' (jm2 queue)' : ''}`;
}

function healthWords({ health }: StatusView, terminal: Terminal): string {
  const style = {
    healthy: 'green',
    degraded: 'yellow',
    draining: 'yellow',
    down: 'red',
  } as const;
  const lines = [terminal.style(style[health.state], health.state)];
  for (const problem of health.problems) {
    // A daemon of 0.1, asked right after an upgrade, tells none.
    const condition = (health.conditions ?? []).find(({ text }) => text === problem);
    lines.push(`! ${oneLine(problem)}${sinceWords(condition?.since ?? null, terminal)}`);
    if (condition?.remedy) lines.push(`  ${oneLine(condition.remedy)}`);
    if (condition?.code) lines.push(`  More: jm2 explain ${condition.code}`);
  }
  return lines.join('\n');
}

/** Decisions that wait this long make starts late that can be noticed. */
const delayToldMs = 50;

function delayWords({ loopDelay }: StatusView['health'], terminal: Terminal): string | null {
  // A daemon of 0.1 tells none; a small delay is nobody's business.
  if (loopDelay == null || loopDelay.p99Ms < delayToldMs) return null;
  const { p99Ms, maxMs, since } = loopDelay;
  const words = `1 decision in 100 waited ${humanDuration(p99Ms)}, the longest ${humanDuration(maxMs)}`;
  return terminal.style('yellow', `${words}${sinceWords(since, terminal)}`);
}

function sinceWords(since: string | null, terminal: Terminal): string {
  if (since === null) return '';
  const at = Date.parse(since);
  return ` (since ${localTime(at, terminal.zone, true)}, ${relativeTime(at, terminal.now)})`;
}

function sourceWords(
  { source, revision }: StatusView,
  terminal: Terminal,
  when: (text: string | null) => string,
): string {
  const git = gitWords(source, terminal, when);
  if (source.state === 'accepted') return `accepted${git}`;
  if (source.state === 'unknown') return 'not looked at yet';
  const holds =
    revision.applied === 0 ? 'nothing is in force' : `revision ${revision.applied} stays in force`;
  return `${terminal.style('red', source.state)}${when(source.since)}; ${holds}${git}`;
}

/** What git does to it, and which commit counts; '' for nothing to tell. */
function gitWords(
  { git, committed }: StatusView['source'],
  terminal: Terminal,
  when: (text: string | null) => string,
): string {
  const lines: string[] = [];
  if (committed !== undefined) {
    const edits = terminal.style('yellow', 'the file has changes that are not committed');
    lines.push(`commit ${committed.commit.slice(0, 10)}${committed.edited ? `; ${edits}` : ''}`);
  }
  if (git !== undefined) {
    const what = git.kind === 'lock' ? 'lock of git' : `${git.kind} in git`;
    const told = git.blocks ? `waits for the end of a ${what}` : `a ${what} was left behind`;
    lines.push(`${terminal.style('yellow', told)}${when(git.since)}`, `  ${oneLine(git.remedy)}`);
  }
  return lines.map((line) => `\n${line}`).join('');
}

function revisionWords(revision: StatusView['revision'], terminal: Terminal): string {
  if (revision.applied === 0) return 'none yet';
  const parts = [`${revision.applied}`];
  if (revision.appliedAt !== null) {
    parts.push(`applied ${relativeTime(Date.parse(revision.appliedAt), terminal.now)}`);
  }
  if (revision.appliedBy !== null) parts.push(`by ${oneLine(revision.appliedBy)}`);
  if (revision.gitCommit !== null) parts.push(`commit ${revision.gitCommit.slice(0, 10)}`);
  return parts.join(', ');
}

function syncWords({ sync }: StatusView, terminal: Terminal): string {
  const hold = sync.hold === null ? '' : `; ${holdWords(sync.hold)}`;
  if (sync.state !== 'pending') return `${sync.mode}, ${sync.state}${hold}`;
  const sums = sync.pending;
  const what =
    sums === null
      ? ''
      : `: ${sums.create} to create, ${sums.update} to update, ${sums.rename} to rename, ${sums.delete} to delete${sums.retain === undefined ? '' : `, ${sums.retain} running on`}`;
  return `${sync.mode}, ${terminal.style('yellow', 'changes wait for jm2 apply')} (${sync.because ?? 'unknown'})${what}${hold}`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
