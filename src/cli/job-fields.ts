// Options of `add` and `edit` that stand for fields of a job, and what they
// become in the manifest. Judging the values is left to the manifest's own rules,
// but for times, which become absolute here.
import { parseDocument } from 'yaml';
import { changedSchedule, rezonedSchedule } from '../core/manifest/edit/changed-schedule.ts';
import { formatLocal } from '../core/schedule/local-time.ts';
import { parseDuration } from '../core/schedule/parse-duration.ts';
import { parseInstant, resolveInstant } from '../core/schedule/parse-instant.ts';
import { isKnownZone } from '../core/schedule/zone-names.ts';
import { directoryFor, type Place } from './given-directory.ts';
import { requireKnownZone } from './given-zone.ts';
import type { CommandOption } from './command.ts';
import type { Input } from './input.ts';
import { parseWhen } from './instants.ts';
import { wrongArguments, wrongValue } from './usage-errors.ts';
import { localTime } from './views/times.ts';

export const scheduleOptions: readonly CommandOption[] = [
  { flags: '-c, --cron <expression>', description: 'run by this cron expression' },
  { flags: '--every <duration>', description: 'run at this interval' },
  { flags: '-a, --at <time>', description: 'run once: 2026-12-31T23:59, tomorrow 14:30, 18:00' },
  { flags: '-i, --in <duration>', description: 'run once, this far from now' },
  { flags: '--delay <duration>', description: 'the same as --in', hidden: true },
  { flags: '--schedule <text>', description: 'as a manifest writes it: @daily, every 5m, at …' },
  { flags: '--tz <zone>', description: 'time zone of the schedule' },
];

export const fieldOptions: readonly CommandOption[] = [
  {
    flags: '--except <calendar>',
    description: 'not on days of this calendar; may be repeated',
    repeat: true,
  },
  {
    flags: '--only <calendar>',
    description: 'only on days of this calendar; may be repeated',
    repeat: true,
  },
  {
    flags: '--roll <how>',
    description: 'where a start on another day goes',
    choices: ['skip', 'next', 'previous'],
  },
  { flags: '--cwd <dir>', description: 'working directory, as seen from here' },
  { flags: '-e, --env <name=value>', description: 'a variable; may be repeated', repeat: true },
  { flags: '--shell <path>', description: 'shell that reads the command' },
  { flags: '--timeout <duration>', description: 'end an attempt that takes longer' },
  { flags: '--retry <number>', description: 'try again this often' },
  { flags: '--description <text>', description: 'what the job is for' },
  { flags: '--owner <name>', description: 'who looks after it' },
  {
    flags: '--set <field=value>',
    description: 'any other field, its value as YAML; may be repeated',
    repeat: true,
  },
];

/** Options of which each says the whole rule. */
const scheduleWords = ['cron', 'every', 'at', 'in', 'delay', 'schedule'] as const;

interface Reading {
  /** Zone in which the schedule will be read, unless --tz names another. */
  readonly zone: string;
  readonly now: number;
  /** The schedule that the job has, as it is written. */
  readonly before?: unknown;
}

/** The zone that the fields of a job name for it; null for none. */
export function zoneOfFields(fields: Readonly<Record<string, unknown>>): string | null {
  const zone = fields['timezone'];
  // What is no zone is refused where the manifest is judged.
  return typeof zone === 'string' && isKnownZone(zone) ? zone : null;
}

/**
 * The `schedule` that the options say; undefined when they say nothing of it. What
 * else the one before said stays.
 */
export function scheduleOf(input: Input, reading: Reading): unknown {
  const wanted = ruleOf(input, reading);
  return wanted === undefined ? undefined : changedSchedule(reading.before, wanted);
}

function ruleOf(input: Input, reading: Reading): unknown {
  const given = scheduleWords.filter((name) => input.text(name) !== null);
  const zone = input.text('tz');
  if (zone !== null) requireKnownZone(zone);
  const [first, second] = given;
  if (second !== undefined) {
    throw wrongArguments(
      `--${first ?? ''} and --${second} say two things.`,
      'A job has one schedule here; write a list of them into the manifest.',
    );
  }
  if (first === undefined) {
    if (zone === null) return undefined;
    const rezoned = rezonedSchedule(reading.before, zone);
    if (rezoned !== null) return rezoned;
    throw wrongArguments(
      '--tz says the zone of one schedule, and there is none.',
      `Add --cron, or set the zone of the job: --set timezone=${zone}`,
    );
  }
  const text = input.text(first) ?? '';
  const inZone = zone === null ? {} : { timezone: zone };
  const local = { zone: zone ?? reading.zone, now: reading.now };
  switch (first) {
    case 'cron':
      return zone === null ? text : { cron: text, ...inZone };
    case 'every':
      return zone === null ? `every ${text}` : { every: text, ...inZone };
    case 'schedule':
      if (zone === null) return text;
      throw wrongArguments('--tz does not go with --schedule.', 'Use --cron, --every or --at.');
    case 'at': {
      const instant = parseWhen(text, local);
      if (instant === null) {
        throw wrongValue(
          `--at got "${text}", which is not a time jm2 can read.`,
          'Write 2026-12-31T23:59, tomorrow 14:30 or 18:00.',
        );
      }
      return atInstant(instant, text, local, inZone);
    }
    case 'in':
    case 'delay': {
      const parsed = parseDuration(text);
      if (!parsed.ok) {
        throw wrongValue(
          `--${first} got "${text}": ${parsed.problem}.`,
          'Write a duration such as 90s, 1h30m or 2d.',
        );
      }
      return atInstant(reading.now + parsed.ms, text, local, inZone);
    }
  }
}

function atInstant(
  instant: number,
  written: string,
  { zone, now }: Reading,
  inZone: { timezone?: string },
): unknown {
  // A whole second at or after it: the manifest has no use for parts of one.
  const rounded = Math.ceil(instant / 1000) * 1000;
  if (rounded <= now) {
    const isTimeOfDay = /^\d{1,2}:\d{2}(:\d{2})?$/.test(written.trim());
    throw wrongValue(
      `"${written}" is ${localTime(rounded, zone)}, which has passed.`,
      isTimeOfDay
        ? `Did you mean "tomorrow ${written.trim()}"?`
        : 'Name a time that is still to come.',
    );
  }
  const local = formatLocal(rounded, zone).slice(0, 19).replace(' ', 'T');
  const parsed = parseInstant(local);
  // A local time that the zone has twice would be read as the other one.
  const isPlain = parsed.ok && resolveInstant(parsed, zone).instant === rounded;
  const text = isPlain ? local : new Date(rounded).toISOString().replace('.000Z', 'Z');
  return inZone.timezone === undefined ? `at ${text}` : { at: text, ...inZone };
}

/** Fields that the options name; `env` is merged over what the job has. */
export function fieldsOf(
  input: Input,
  present: Readonly<Record<string, unknown>>,
  place: Place,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const directory = input.text('cwd');
  if (directory !== null) fields['cwd'] = directoryFor(directory, place);
  for (const name of ['shell', 'timeout', 'description', 'owner']) {
    const text = input.text(name);
    if (text !== null) fields[name] = text;
  }
  const calendar = calendarOf(input, present['calendar']);
  if (calendar !== null) fields['calendar'] = calendar;
  const retry = input.count('retry', { min: 0, max: 1000 });
  if (retry !== null) fields['retry'] = retry;
  const env = input.texts('env').map(assignment);
  if (env.length > 0) {
    const before = present['env'];
    fields['env'] = {
      ...(typeof before === 'object' && before !== null ? before : {}),
      ...Object.fromEntries(env),
    };
  }
  for (const pair of input.texts('set')) {
    const [name, text] = assignment(pair);
    const isSaid = name === 'schedule' && scheduleWords.some((one) => input.text(one) !== null);
    if (Object.hasOwn(fields, name) || isSaid) {
      throw wrongArguments(
        `--set ${name} says what another option says, too.`,
        'Leave one of them out.',
      );
    }
    const document = parseDocument(text, { prettyErrors: false });
    if (document.errors.length > 0) {
      throw wrongValue(
        `--set got "${pair}", whose value is no YAML.`,
        "Write --set 'tags=[a, b]'.",
      );
    }
    fields[name] = document.toJS() as unknown;
  }
  return fields;
}

/** What is given replaces what the job has of the same kind; null when nothing is. */
function calendarOf(input: Input, present: unknown): object | null {
  const [except, only] = [input.texts('except'), input.texts('only')];
  const roll = input.text('roll');
  if (except.length + only.length === 0 && roll === null) return null;
  const before = typeof present === 'object' && present !== null ? present : {};
  if (except.length + only.length === 0 && !('except' in before) && !('only' in before)) {
    throw wrongArguments(
      '--roll says where a start goes that a calendar forbids, and the job has none.',
      'Add --except CALENDAR or --only CALENDAR; jm2 calendars lists them.',
    );
  }
  const names = (given: readonly string[]): string | readonly string[] =>
    given.length === 1 ? (given[0] ?? '') : [...given];
  return {
    ...before,
    ...(except.length === 0 ? {} : { except: names(except) }),
    ...(only.length === 0 ? {} : { only: names(only) }),
    ...(roll === null ? {} : { roll }),
  };
}

function assignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw wrongValue(`"${text}" is no assignment.`, 'Write NAME=value.');
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
