// Says in words what a schedule means, with its next instants: for trying one
// out before it stands in a manifest. Needs neither manifest nor daemon.
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { compileSchedule } from '../../core/schedule/compile-schedule.ts';
import { describeSchedules } from '../../core/schedule/describe-schedule.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { parseSchedules } from '../../core/schedule/parse-schedule.ts';
import type { Occurrence, Schedule } from '../../core/schedule/schedule.ts';
import { isKnownZone, nearestZones, zoneProblem } from '../../core/schedule/zone-names.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { didYouMean, wrongValue } from '../usage-errors.ts';
import { scheduleExplanation } from '../views/schedule-explanation.ts';

const day = 86_400_000;
const countDefault = 5;
/** Counting stops here; beyond it a person only needs to know that it is many. */
const countMax = 10_000_000;

export const explainScheduleCommand: CommandDefinition = {
  name: 'explain-schedule',
  summary: 'Say what a schedule means, with its next starts',
  description:
    'Takes what a manifest takes as a text: a cron expression, "every 90s", "at 2026-12-31T23:59", "@daily". Needs no manifest.',
  arguments: [{ name: '<expression>', description: 'the schedule, in quotes' }],
  options: [
    { flags: '--tz <zone>', description: 'its time zone (default: of this host)' },
    { flags: '-n, --count <number>', description: 'how many starts to show (default: 5)' },
    {
      flags: '--job <name>',
      description: 'the job whose name an H in it is made from',
      offers: 'jobs',
    },
    { flags: '--from <time>', description: 'starts after this time (default: now)' },
  ],
  examples: [
    { command: 'jm2 explain-schedule "*/20 9-17 * * 1-5"', meaning: 'in words, with five starts' },
    {
      command: 'jm2 explain-schedule "30 2 * * *" --tz Europe/Berlin --from 2027-03-27',
      meaning: 'what a clock change does to it',
    },
  ],
  run: async (context, input) => explain(context, input),
};

function explain(context: Context, input: Input): Answer {
  const expression = input.needed(0);
  const zone = input.text('tz') ?? context.terminal.zone;
  if (!isKnownZone(zone)) {
    throw wrongValue(
      `--tz got "${zone}": ${zoneProblem(zone)}.`,
      didYouMean(nearestZones(zone)) ?? 'Write a zone such as Europe/Berlin or UTC.',
    );
  }
  const count = input.count('count', { min: 1, max: 1_000 }) ?? countDefault;
  const from = input.instant('from', { zone, now: context.terminal.now }) ?? context.terminal.now;
  const schedules = readSchedules(expression, zone, input.text('job') ?? 'job');
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

function readSchedules(expression: string, zone: string, seed: string): readonly Schedule[] {
  const { schedules, problems } = parseSchedules(expression, { timezone: zone, named: {}, seed });
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
  for (const occurrence of range) if (occurrence.note !== null) return occurrence;
  return null;
}
