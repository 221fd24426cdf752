// Zones and schedules of a manifest: core/schedule judges each value, here it is
// decided which values there are, in which zone, and where their problems stand.
import { isReservedName } from '../../schedule/named-schedules.ts';
import { parseSchedules } from '../../schedule/parse-schedule.ts';
import type { ParsedSchedules } from '../../schedule/schedule-context.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import { isKnownZone, nearestZones, zoneProblem } from '../../schedule/zone-names.ts';
import { fieldPhrase, segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

const defaultZone = 'UTC';

/** The zone if it is known; otherwise reported, and the fallback lets the rest be judged. */
function checkedZone(
  zone: string | undefined,
  pointer: string,
  fallback: string,
  reporter: Reporter,
): string {
  if (zone === undefined) return fallback;
  if (isKnownZone(zone)) return zone;
  const near = nearestZones(zone);
  reporter.report({
    code: 'JM2-S105',
    pointer,
    detail: `"${zone}", given for ${fieldPhrase(pointer)}, is ${zoneProblem(zone)}.`,
    label: near[0] === undefined ? 'unknown zone' : `did you mean ${near[0]}?`,
    hint:
      near.length === 0
        ? 'Write an IANA name such as Europe/Berlin, or UTC.'
        : `Write ${near.join(' or ')}.`,
    mended: near[0] === undefined ? null : { text: near[0] },
  });
  return fallback;
}

/** The schedules per job; zones per job. Only complete when nothing was reported. */
export interface JudgedSchedules {
  readonly timezone: string;
  readonly zones: ReadonlyMap<string, string>;
  readonly schedules: ReadonlyMap<string, readonly Schedule[]>;
}

/** Parses each value once: many jobs share a schedule as text. */
class ScheduleJudge {
  readonly #named: Readonly<Record<string, unknown>>;
  readonly #reporter: Reporter;
  readonly #byText = new Map<string, ParsedSchedules>();
  /** With an `H` in a named schedule, each job that uses it has times of its own. */
  readonly #isNamedHashed: boolean;

  constructor(named: Readonly<Record<string, unknown>>, reporter: Reporter) {
    this.#named = named;
    this.#reporter = reporter;
    this.#isNamedHashed = /H/.test(JSON.stringify(named));
  }

  judge(value: unknown, timezone: string, pointer: string, seed: string): readonly Schedule[] {
    const { schedules, problems } = this.#parse(value, timezone, seed);
    for (const problem of problems) {
      this.#reporter.report({
        code: problem.code,
        severity: problem.severity,
        pointer: pointer + problem.path,
        detail: problem.detail,
        label: problem.label,
        hint: problem.hint,
        mended: problem.mended === null ? null : { text: problem.mended },
        part:
          problem.offset === null || problem.length === null
            ? null
            : { offset: problem.offset, length: problem.length },
      });
    }
    return schedules;
  }

  #parse(value: unknown, timezone: string, seed: string): ParsedSchedules {
    const context = { timezone, named: this.#named, seed };
    if (typeof value !== 'string') return parseSchedules(value, context);
    const isOwn = value.includes('H') || (this.#isNamedHashed && value.includes('@'));
    const key = `${timezone} ${value}${
      isOwn
        ? `
${seed}`
        : ''
    }`;
    const known = this.#byText.get(key);
    if (known !== undefined) return known;
    const parsed = parseSchedules(value, context);
    this.#byText.set(key, parsed);
    return parsed;
  }
}

export function checkSchedules(manifest: SoundManifest, reporter: Reporter): JudgedSchedules {
  const timezone = checkedZone(manifest.timezone, '/timezone', defaultZone, reporter);
  const judge = new ScheduleJudge(manifest.schedules, reporter);
  for (const [name, value] of Object.entries(manifest.schedules)) {
    if (isReservedName(name)) {
      reporter.report({
        code: 'JM2-M347',
        pointer: `/schedules${segment(name)}`,
        atKey: true,
        detail: `"@${name}" has a meaning of its own, the same in every crontab, and cannot get another.`,
        label: 'taken',
        hint: 'Give the schedule another name.',
      });
    }
    judge.judge(value, timezone, `/schedules${segment(name)}`, name);
  }
  const zones = new Map<string, string>();
  const schedules = new Map<string, readonly Schedule[]>();
  for (const { name, job } of manifest.jobs) {
    const pointer = `/jobs${segment(name)}`;
    const zone = checkedZone(job.timezone, `${pointer}/timezone`, timezone, reporter);
    zones.set(name, zone);
    schedules.set(
      name,
      job.schedule === undefined
        ? []
        : judge.judge(job.schedule, zone, `${pointer}/schedule`, name),
    );
  }
  return { timezone, zones, schedules };
}
