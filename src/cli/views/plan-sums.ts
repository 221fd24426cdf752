// The sums of a plan for people: what it does to all jobs together.
import type { PlanImpactView, PlanView } from '../../api/plan-views.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { localParts, localTime } from './times.ts';
import { glued, hangingLines } from './wrapped.ts';

const waitsShown = 5;
const clockChangesShown = 4;
const jobsShown = 5;

/** Of a long way only the newest commits were looked at: who made older changes is not told. */
export function commitsLine({ commits }: PlanView, terminal: Terminal): string[] {
  if (commits?.isCut !== true) return [];
  return hangingLines(
    'Commits: ',
    `only the newest since ${glued(commits.from.slice(0, 10))} were looked at; what older ones changed is told without its commit.`,
    terminal,
  );
}

export function sumLines(plan: PlanView, isVerbose: boolean, terminal: Terminal): string[] {
  if (plan.impact === null) return [];
  return [
    ...hangingLines('Time: ', timeLine(plan, plan.impact, terminal), terminal),
    ...overlapLines(plan.impact, isVerbose, terminal),
    ...waitLines(plan.impact, isVerbose, terminal),
    ...clockLines(plan.impact, isVerbose, terminal),
    ...hazardLine(plan, terminal),
  ];
}

function timeLine(plan: PlanView, impact: PlanImpactView, terminal: Terminal): string {
  const { runs, nextRunsMoved, peakStartsPerMinute, startedByApply } = impact;
  const moved = `${nextRunsMoved} next ${nextRunsMoved === 1 ? 'run moves' : 'runs move'}`;
  const peak = `peak starts/min ${peakStartsPerMinute.before?.count ?? 0} → ${peakStartsPerMinute.after?.count ?? 0}`;
  const when =
    peakStartsPerMinute.after === null ||
    peakStartsPerMinute.after.count <= (peakStartsPerMinute.before?.count ?? 0)
      ? ''
      : ` (${localTime(Date.parse(peakStartsPerMinute.after.at), terminal.zone)})`;
  const parts = [
    moved,
    `runs/${humanDuration(plan.horizonMs)} of all jobs ${runs.before} → ${runs.after}`,
    `${peak}${when}`,
    `started by apply: ${startedByApply}`,
  ];
  return parts.map(glued).join(' · ');
}

/** Those that matter are hazards of their changes; all of them are for who asks. */
function overlapLines(
  { newOverlaps }: PlanImpactView,
  isVerbose: boolean,
  terminal: Terminal,
): string[] {
  if (!isVerbose) return [];
  return newOverlaps.flatMap(({ jobs, group, at, count }) =>
    hangingLines(
      'Meet: ',
      `${jobs.map(oneLine).join(' and ')} in group "${oneLine(group)}", ${glued(`${count} times`)}, first ${glued(localTime(Date.parse(at), terminal.zone))}`,
      terminal,
    ),
  );
}

function waitLines(
  { queueWaits }: PlanImpactView,
  isVerbose: boolean,
  terminal: Terminal,
): string[] {
  if (queueWaits.length === 0) return [];
  const shown = isVerbose ? queueWaits : queueWaits.slice(0, waitsShown);
  const told = shown.map(({ job, group, longestMs }) => {
    const where = group === null ? 'for a slot' : `in group "${oneLine(group)}"`;
    return `${oneLine(job)} up to ${humanDuration(longestMs.after)} ${where} (was ${longestMs.before === 0 ? 'none' : humanDuration(longestMs.before)})`;
  });
  const more = queueWaits.length - told.length;
  const all = `${told.join(', ')}${more > 0 ? `, and ${more} more` : ''}, by the durations seen.`;
  return hangingLines('Waits: ', all, terminal);
}

function clockLines(
  { clockChanges }: PlanImpactView,
  isVerbose: boolean,
  terminal: Terminal,
): string[] {
  const shown = isVerbose ? clockChanges : clockChanges.slice(0, clockChangesShown);
  return shown.flatMap(({ zone, at, kind, lengthMs, jobs }) => {
    const change = Date.parse(at);
    const local = localParts(change - 1, zone);
    const to = localParts(change, zone);
    const what =
      kind === 'gap'
        ? `go forward by ${humanDuration(lengthMs)} to ${to.time.slice(0, 5)}`
        : `go back by ${humanDuration(lengthMs)} to ${to.time.slice(0, 5)}`;
    const names = jobs
      .slice(0, isVerbose ? jobs.length : jobsShown)
      .map(oneLine)
      .join(', ');
    const more =
      jobs.length > jobsShown && !isVerbose ? ` and ${jobs.length - jobsShown} more` : '';
    const due =
      jobs.length === 0
        ? 'no job is due in that time'
        : `${names}${more} ${jobs.length === 1 ? 'is' : 'are'} due in that time`;
    const sentence = `${local.weekday} ${local.date} the clocks of ${zone} ${what}; ${due}.`;
    return hangingLines('DST: ', sentence, terminal);
  });
}

function hazardLine({ changes }: PlanView, terminal: Terminal): string[] {
  const counts = new Map<string, number>();
  for (const { hazards } of changes) {
    for (const { code } of hazards) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const told = [...counts].map(([code, count]) => `${count} ${code}`);
  return hangingLines('Hazards: ', told.map(glued).join(', '), terminal);
}
