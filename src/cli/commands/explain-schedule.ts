// Says in words what a schedule means, with its next instants: for trying one
// out before it stands in a manifest. Needs no daemon, and a manifest only for the
// names it declares.
import type { CalendarRule, Roll } from '../../core/calendar/calendar.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { compileSchedule } from '../../core/schedule/compile-schedule.ts';
import { describeSchedules } from '../../core/schedule/describe-schedule.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import type { Manifest } from '../../core/manifest/job.ts';
import { isReservedName } from '../../core/schedule/named-schedules.ts';
import { parseSchedules } from '../../core/schedule/parse-schedule.ts';
import type { ScheduleContext } from '../../core/schedule/schedule-context.ts';
import type { Occurrence, Schedule } from '../../core/schedule/schedule.ts';
import { requireKnownZone } from '../given-zone.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { judgeManifest } from '../manifest-file.ts';
import { refusedManifest } from '../refused-manifest.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from '../usage-errors.ts';
import { scheduleExplanation } from '../views/schedule-explanation.ts';

const day = 86_400_000;
const countDefault = 5;
/** Counting stops here; beyond it a person only needs to know that it is many. */
const countMax = 10_000_000;

export const explainScheduleCommand: CommandDefinition = {
  name: 'explain-schedule',
  summary: 'Say what a schedule means, with its next starts',
  description:
    'Takes what a manifest takes as a text: a cron expression, "every 90s", "at 2026-12-31T23:59", "@daily". Names that the manifest declares, and its calendars, are looked up in the nearest one; everything else needs no manifest.',
  arguments: [{ name: '<expression>', description: 'the schedule, in quotes' }],
  options: [
    { flags: '--tz <zone>', description: 'its time zone (default: of this host)' },
    { flags: '-n, --count <number>', description: 'how many starts to show (default: 5)' },
    {
      flags: '--job <name>',
      description: 'the job whose name an H in it is made from',
      offers: 'jobs',
    },
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
    { flags: '--from <time>', description: 'starts after this time (default: now)' },
  ],
  examples: [
    { command: 'jm2 explain-schedule "*/20 9-17 * * 1-5"', meaning: 'in words, with five starts' },
    {
      command: 'jm2 explain-schedule "30 2 * * *" --tz Europe/Berlin --from 2027-03-27',
      meaning: 'what a clock change does to it',
    },
    {
      command: 'jm2 explain-schedule "0 9 1 * *" --except holidays --roll next',
      meaning: 'on the first, or on the next day that is no holiday',
    },
    { command: 'jm2 explain-schedule @nightly', meaning: 'what a name of the manifest means' },
  ],
  run: async (context, input) => explain(context, input),
};

async function explain(context: Context, input: Input): Promise<Answer> {
  const expression = input.needed(0);
  const found = await declared(context, input, expression);
  if (found !== null && 'refusal' in found) return found.refusal;
  const manifest = found?.manifest ?? null;
  const zone = input.text('tz') ?? manifest?.timezone ?? context.terminal.zone;
  requireKnownZone(zone);
  const count = input.count('count', { min: 1, max: 1_000 }) ?? countDefault;
  const from = input.instant('from', { zone, now: context.terminal.now }) ?? context.terminal.now;
  const named = manifest?.namedSchedules ?? {};
  const read = readSchedules(expression, {
    timezone: zone,
    named,
    seed: input.text('job') ?? 'job',
  });
  const calendar = manifest === null ? null : calendarRule(input, manifest);
  const schedules = calendar === null ? read : read.map((one) => ({ ...one, calendar }));
  const compiled = compileSchedule(schedules, 'schedule');
  const next: Occurrence[] = [];
  for (let after = from; next.length < count;) {
    const occurrence = compiled.next(after);
    if (occurrence === null) break;
    next.push(occurrence);
    after = occurrence.nominalTime;
  }
  const perYear = compiled.count(from, from + 365 * day, countMax);
  const clockChange = firstRemark(compiled.range(from, from + 366 * day), perYear);
  const facts = {
    expression,
    zone,
    next,
    perYear,
    clockChange,
    words: describeSchedules(schedules),
  };
  return {
    data: {
      expression,
      timezone: zone,
      words: facts.words,
      perYear,
      next: next.map((occurrence) => shown(occurrence, zone)),
      clockChange: clockChange === null ? null : shown(clockChange, zone),
    },
    text: (terminal) => scheduleExplanation(facts, terminal),
  };
}

function shown({ nominalTime, note }: Occurrence, zone: string): Record<string, unknown> {
  return {
    nominalTime: new Date(nominalTime).toISOString(),
    local: formatLocal(nominalTime, zone),
    note,
  };
}

/** The manifest when the call needs one; null when it does not. */
async function declared(
  context: Context,
  input: Input,
  expression: string,
): Promise<{ readonly manifest: Manifest } | { readonly refusal: Answer } | null> {
  const wantsCalendar = input.texts('except').length + input.texts('only').length > 0;
  if (input.text('roll') !== null && !wantsCalendar) {
    throw wrongArguments(
      '--roll says where a start goes that a calendar forbids, and none was named.',
      'Add --except CALENDAR or --only CALENDAR; jm2 calendars lists them.',
    );
  }
  const name = /^\s*@(\S+)\s*$/.exec(expression)?.[1] ?? null;
  const wantsName = name !== null && !isReservedName(name);
  if (!wantsCalendar && !wantsName) return null;
  const place = await context.locations().catch((error: unknown) => {
    // Built-in names, and what is wrong with others, can be told without a manifest.
    if (wantsCalendar) throw error;
    return null;
  });
  if (place === null) return null;
  const judged = await judgeManifest(place.manifest, context.shownPath(place.manifest));
  const { manifest } = judged;
  return manifest === null ? { refusal: refusedManifest(judged) } : { manifest };
}

function calendarRule(input: Input, manifest: Manifest): CalendarRule | null {
  const calendars = (names: readonly string[]): CalendarRule['only'] =>
    names.map((name) => {
      const found = manifest.calendars[name];
      if (found !== undefined) return { name, days: found.days };
      throw wrongValue(
        `The manifest has no calendar "${name}".`,
        didYouMean(nearest(name, Object.keys(manifest.calendars))) ?? 'jm2 calendars',
      );
    });
  const rule = { except: calendars(input.texts('except')), only: calendars(input.texts('only')) };
  if (rule.except.length + rule.only.length === 0) return null;
  return { ...rule, roll: (input.text('roll') ?? 'skip') as Roll };
}

function readSchedules(expression: string, context: ScheduleContext): readonly Schedule[] {
  const { schedules, problems } = parseSchedules(expression, context);
  const wrong = problems.find(({ severity }) => severity === 'error');
  if (wrong === undefined) return schedules;
  // In the same words as validate, with the place marked in the expression itself.
  const { offset, length, label } = wrong;
  const mark =
    offset === null
      ? ''
      : `\n\n    ${expression}\n    ${' '.repeat(offset)}${'^'.repeat(Math.max(1, length ?? 1))} ${label ?? ''}`;
  throw operationalError(wrong.code, {
    detail: `${wrong.detail}${mark}`,
    hint: wrong.hint,
    exitCode: ExitCode.usage,
  });
}

/** The first start that a clock change moves; a rhythm this fast has none worth naming. */
function firstRemark(range: Iterable<Occurrence>, perYear: number): Occurrence | null {
  if (perYear > 50_000) return null;
  for (const occurrence of range) {
    if (occurrence.note?.startsWith('dst_') === true) return occurrence;
  }
  return null;
}
