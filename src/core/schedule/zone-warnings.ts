// Words about time-zone data that is old: for the zones of these jobs, how wrong
// it is, and what it does to one of them. Which zones are wrong is found in
// zone-data.ts.
import { compileSchedule } from './compile-schedule.ts';
import { formatOffset, toIso } from './local-time.ts';
import { isFixedTimeCron } from './parse-cron.ts';
import type { Schedule } from './schedule.ts';
import { remedy, timeZoneDataProblem, type ZoneError } from './zone-data.ts';
import { offsetAt } from './zone.ts';

export interface JobSchedules {
  readonly name: string;
  readonly schedules: readonly Schedule[];
}

/** More zones than this are told as a number. */
const zonesNamed = 5;
/** Occurrences looked at for one that the error moves: a year of a job of once a day. */
const occurrencesMax = 400;

/** The zones of all schedules of these jobs, sorted. */
export function zonesOf(jobs: readonly JobSchedules[]): string[] {
  const zones = jobs.flatMap(({ schedules }) => schedules.map((schedule) => schedule.timezone));
  return [...new Set(zones)].toSorted();
}

/**
 * Sentences about the runtime's data; none when nothing is known to be wrong
 * with it, and no word on its age when only UTC is asked of it.
 */
export function zoneWarnings(
  release: string | undefined,
  errors: readonly ZoneError[],
  jobs: readonly JobSchedules[],
  now: number,
): string[] {
  const isConcerned = zonesOf(jobs).some((zone) => zone !== 'UTC');
  const age = isConcerned ? timeZoneDataProblem(release, now) : null;
  const named = errors.slice(0, zonesNamed).map((error) => {
    const example = exampleOf(error, jobs, now);
    const whose = error.source === 'host' ? "this host's own data, release" : 'release';
    const zone = `${error.zone}: from ${toIso(error.from)} on this Node.js (zone data ${release ?? 'unknown'}) shows ${formatOffset(error.shownOffset)}, and ${whose} ${error.release} has ${formatOffset(error.trueOffset)}.`;
    return example === null ? zone : `${zone} ${example}`;
  });
  const left = errors.length - named.length;
  const more = left > 0 ? [`${left} further zones of these jobs are wrong in the same way.`] : [];
  const lines = [...named, ...more];
  if (lines.length === 0) return age === null ? [] : [age];
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''} ${remedy}`];
}

/** The next start of a job that comes at a wrong time, in words. */
function exampleOf(error: ZoneError, jobs: readonly JobSchedules[], now: number): string | null {
  for (const { name, schedules } of jobs) {
    // Only named times of day depend on what the clocks show.
    const affected = schedules.filter(
      (schedule) =>
        schedule.kind === 'cron' &&
        schedule.timezone === error.zone &&
        isFixedTimeCron(schedule.expression),
    );
    if (affected.length === 0) continue;
    const moved = firstMoved(error, { name, schedules: affected }, now);
    if (moved !== null) {
      return `Job "${name}" would start at ${toIso(moved.shown)} instead of ${toIso(moved.right)}.`;
    }
  }
  return null;
}

function firstMoved(
  { zone, from, trueOffsetAt }: ZoneError,
  { name, schedules }: JobSchedules,
  now: number,
): { readonly shown: number; readonly right: number } | null {
  const compiled = compileSchedule(schedules, name);
  let after = Math.max(now, from - 1);
  for (let looked = 0; looked < occurrencesMax; looked += 1) {
    const found = compiled.next(after);
    if (found === null) return null;
    after = found.nominalTime;
    const shown = offsetAt(zone, after);
    // Near the change of the clocks itself, what is right is not told by the offset alone.
    const offset = trueOffsetAt(after + shown - (trueOffsetAt(after) ?? shown));
    if (offset !== null && offset !== shown) return { shown: after, right: after + shown - offset };
  }
  return null;
}
