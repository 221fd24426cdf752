// Reads the object form of a schedule: one rule under `cron`, `every` or `at`,
// and what surrounds it. Keys that could have no effect are told, not ignored.
import { readAnchor, readDuration, parseEvery } from './parse-every.ts';
import { isFixedTimeCron } from './parse-cron.ts';
import type { ScheduleReader } from './schedule-reader.ts';
import type { Surroundings } from './schedule-context.ts';
import type { DstGap, DstOverlap, Schedule } from './schedule.ts';
import { isKnownZone, nearestZones, zoneProblem } from './zone-names.ts';

type ScheduleObject = Readonly<Record<string, unknown>>;

const RULES = ['cron', 'every', 'at'] as const;
const GAPS: readonly DstGap[] = ['run_once', 'skip', 'shift'];
const OVERLAPS: readonly DstOverlap[] = ['first', 'last', 'both'];

/** Null when there is an error; every problem of the object is added. */
export function parseScheduleObject(
  input: ScheduleObject,
  path: string,
  reader: ScheduleReader,
): Schedule | null {
  const { problems } = reader;
  const errorsBefore = problems.errorCount;
  const present = RULES.filter((key) => input[key] !== undefined);
  const [rule] = present;
  if (rule === undefined || present.length > 1) {
    const found = present.map((key) => `\`${key}\``).join(' and ');
    problems.add('JM2-S112', path, {
      detail:
        rule === undefined
          ? 'The schedule has none of the keys `cron`, `every` and `at`.'
          : `The schedule has ${found}, which are different rules.`,
      hint:
        rule === undefined
          ? 'Give it one of the three.'
          : 'Keep one of them; several schedules make a list.',
    });
  }
  checkBelonging(input, present, path, reader);
  const around = readSurroundings(input, path, reader);
  const schedule = rule === undefined ? null : readRule(input, rule, path, around, reader);
  return problems.errorCount > errorsBefore ? null : schedule;
}

function readRule(
  input: ScheduleObject,
  rule: (typeof RULES)[number],
  path: string,
  around: Surroundings,
  reader: ScheduleReader,
): Schedule | null {
  const at = `${path}/${rule}`;
  const text = textOf(input, rule, path, reader);
  if (text === null) return null;
  if (rule === 'at') return reader.readAt(text, at, around);
  if (rule === 'every') {
    const every = parseEvery(text, at, 0, around, reader.problems);
    if (every === null || input['anchor'] === undefined) return every;
    const written = textOf(input, 'anchor', path, reader);
    if (written === null) return null;
    const anchor = readAnchor(written, `${path}/anchor`, around.timezone, reader.problems);
    return anchor === null ? null : { ...every, anchor };
  }
  const dstGap = GAPS.find((known) => known === input['dst_gap']) ?? 'run_once';
  const dstOverlap = OVERLAPS.find((known) => known === input['dst_overlap']) ?? 'first';
  const cron = reader.readCron(text, at, around, { dstGap, dstOverlap });
  if (cron?.kind === 'cron' && !isFixedTimeCron(cron.expression)) {
    for (const key of ['dst_gap', 'dst_overlap']) {
      if (input[key] === undefined) continue;
      reader.problems.add('JM2-S114', `${path}/${key}`, {
        detail: `"${text.trim()}" has a minute or hour field that starts with *, so it keeps elapsed time and \`${key}\` has no effect.`,
        label: 'no effect',
        hint: `Remove \`${key}\`, or name minute and hour.`,
      });
    }
  }
  return cron;
}

/** Keys that belong to another rule would do nothing. */
function checkBelonging(
  input: ScheduleObject,
  present: readonly string[],
  path: string,
  reader: ScheduleReader,
): void {
  if (present.length !== 1) return;
  const owners = { anchor: 'every', dst_gap: 'cron', dst_overlap: 'cron' } as const;
  for (const [key, owner] of Object.entries(owners)) {
    if (input[key] === undefined || present.includes(owner)) continue;
    reader.problems.add('JM2-S112', `${path}/${key}`, {
      detail: `\`${key}\` belongs to \`${owner}\` and has no meaning for \`${present[0] ?? ''}\`.`,
      label: `belongs to ${owner}`,
      hint: `Remove \`${key}\`.`,
    });
  }
}

function readSurroundings(
  input: ScheduleObject,
  path: string,
  reader: ScheduleReader,
): Surroundings {
  const timezone = readZone(input, path, reader);
  const moment = (key: 'from' | 'until'): number | null => {
    const text = input[key] === undefined ? null : textOf(input, key, path, reader);
    return text === null ? null : reader.readInstant(text, `${path}/${key}`, timezone);
  };
  const from = moment('from');
  const until = moment('until');
  if (from !== null && until !== null && until <= from) {
    reader.problems.add('JM2-S113', `${path}/until`, {
      detail: `The schedule is over (${String(input['until'])}) before it begins (${String(input['from'])}).`,
      label: 'not after from',
      hint: 'Write an `until` later than `from`.',
    });
  }
  const jitter = input['jitter'] === undefined ? null : textOf(input, 'jitter', path, reader);
  const jitterMs =
    jitter === null ? null : readDuration(jitter, `${path}/jitter`, 0, reader.problems);
  return { timezone, jitterMs: jitterMs ?? 0, from, until };
}

/** The zone in force; the surrounding one after a problem, so that the rest can be read on. */
function readZone(input: ScheduleObject, path: string, reader: ScheduleReader): string {
  const fallback = reader.context.timezone;
  if (input['timezone'] === undefined) return fallback;
  const name = textOf(input, 'timezone', path, reader);
  if (name === null) return fallback;
  if (isKnownZone(name)) return name;
  const near = nearestZones(name);
  reader.problems.add('JM2-S105', `${path}/timezone`, {
    detail: `"${name}" is ${zoneProblem(name)}.`,
    label: 'unknown time zone',
    hint:
      near.length === 0
        ? 'Write an IANA name such as Europe/Berlin, or UTC.'
        : `Did you mean ${near.join(' or ')}?`,
    mended: near[0] ?? null,
    place: { offset: 0, length: Math.max(1, name.length) },
  });
  return fallback;
}

function textOf(
  input: ScheduleObject,
  key: string,
  path: string,
  reader: ScheduleReader,
): string | null {
  const value = input[key];
  if (typeof value === 'string') return value;
  reader.problems.add('JM2-S115', `${path}/${key}`, {
    detail: `\`${key}\` of a schedule is a text.`,
    hint: 'Write the value in quotes.',
  });
  return null;
}
