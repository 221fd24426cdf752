// Turns a cron expression into fields the engine can compute with, or says
// which field is wrong and where. The fields are checked here one by one;
// croner judges the expression as a whole.
import { CronPattern } from 'croner';
import { cronDays } from './cron-days.ts';
import { FIELDS, readField, type CronFault, type FieldReading } from './cron-fields.ts';

export interface CronFields {
  /** One blank between fields, names as numbers, `?` as `*`. */
  readonly expression: string;
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  /** Day of month, month and day of week as text, for croner. */
  readonly days: string;
  /** Neither the minute nor the hour field as written begins with `*`. */
  readonly isFixedTime: boolean;
}

export type ParsedCron =
  | { readonly ok: true; readonly fields: CronFields }
  | { readonly ok: false; readonly faults: readonly CronFault[] };

type Five = readonly [FieldReading, FieldReading, FieldReading, FieldReading, FieldReading];

const REMEMBERED = 2000;
const remembered = new Map<string, ParsedCron>();

/** Reads five or six fields (leading seconds); all faulty fields are told at once. */
export function parseCron(text: string): ParsedCron {
  let parsed = remembered.get(text);
  if (parsed === undefined) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    parsed = readExpression(text);
    remembered.set(text, parsed);
  }
  return parsed;
}

/**
 * Whether a cron expression names fixed times of day, so that the rules for
 * local times that do not exist or exist twice apply. Every other one, like
 * `every`, keeps elapsed time.
 */
export function isFixedTimeCron(expression: string): boolean {
  const fields = expression.trim().split(/\s+/);
  const [minute = '*', hour = '*'] = fields.length >= 6 ? fields.slice(1) : fields;
  return !minute.startsWith('*') && !hour.startsWith('*');
}

function readExpression(text: string): ParsedCron {
  const words = [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: match.index }));
  const miscount = checkCount(text, words);
  if (miscount !== null) return { ok: false, faults: [miscount] };
  const specs = Object.values(FIELDS).slice(-words.length);
  const readings = words.map((word, index) => readField(specs[index]!, word.text, word.at));
  const faults = readings.flatMap((reading) => reading.faults);
  if (faults.length > 0) return { ok: false, faults };
  const fields = assemble(readings);
  const verdict = judge(text, fields);
  return verdict === null ? { ok: true, fields } : { ok: false, faults: [verdict] };
}

function assemble(readings: readonly FieldReading[]): CronFields {
  const expression = readings.map((reading) => reading.text).join(' ');
  const [minute, hour, dayOfMonth, month, dayOfWeek] = readings.slice(-5) as [...Five];
  return {
    expression,
    seconds: readings.length === 6 ? readings[0]!.values : [0],
    minutes: minute.values,
    hours: hour.values,
    months: month.values,
    days: [dayOfMonth, month, dayOfWeek].map((reading) => reading.text).join(' '),
    isFixedTime: isFixedTimeCron(expression),
  };
}

/** croner's word on the whole, and whether any year has such a day. */
function judge(text: string, fields: CronFields): CronFault | null {
  const whole = { offset: 0, length: Math.max(1, text.length) };
  try {
    // With a mode, so that a text that looks like a date is not taken for one.
    new CronPattern(fields.expression, 'UTC', { mode: '5-or-6-parts' });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : '';
    const detail = `The expression "${text}" is not accepted: ${reason}`;
    return { code: 'JM2-S103', ...whole, label: 'not a cron expression', detail, hint: null };
  }
  if (cronDays(fields.days, fields.months).fires()) return null;
  const [dayOfMonth, month] = [...text.matchAll(/\S+/g)].slice(-3);
  const from = dayOfMonth!.index;
  const to = month!.index + month![0].length;
  return {
    code: 'JM2-S104',
    offset: from,
    length: to - from,
    label: 'no year has such a day',
    detail: `No year of the calendar has a day that fits "${text}", so it never fires.`,
    hint: 'Write a day that the month has, or L for the last day of the month.',
  };
}

function checkCount(
  text: string,
  words: readonly { readonly text: string; readonly at: number }[],
): CronFault | null {
  const place = (index: number): { offset: number; length: number } => {
    const word = words[index]!;
    return { offset: word.at, length: word.text.length };
  };
  const first = words[0]?.text ?? '';
  if (/^(?:CRON_)?TZ=/i.test(first)) {
    return {
      code: 'JM2-S103',
      ...place(0),
      label: 'the zone is not part of the expression',
      detail: `"${first}" stands where the minute belongs.`,
      hint: 'Name the zone with the key `timezone`.',
    };
  }
  const last = words.length - 1;
  const isYear = /^(?:19|20|21)\d\d(?:[-,/]|$)/.test(words[last]?.text ?? '');
  if ((words.length === 6 || words.length === 7) && (isYear || words[6]?.text === '*')) {
    return {
      code: 'JM2-S102',
      ...place(last),
      label: 'a year is not part of the expression',
      detail: `"${text}" ends with a year field; a sixth field is the second, and stands in front.`,
      hint: 'Leave the year out; bound the schedule with `from` and `until`, or use `at`.',
    };
  }
  if (words.length === 5 || words.length === 6) return null;
  const fields = `${words.length} ${words.length === 1 ? 'field' : 'fields'}`;
  const hasCommand = words.length > 6 && /[a-z.~]\w*|\//i.test(words[5]!.text);
  return {
    code: 'JM2-S102',
    offset: words[0]?.at ?? 0,
    length: Math.max(1, text.trim().length),
    label: `${fields} instead of 5 or 6`,
    detail: `"${text}" has ${fields}; a cron expression has minute, hour, day of month, month and day of week, or a second in front of them.`,
    hint: hasCommand
      ? 'Write the command of a crontab line under the key `command`.'
      : 'Write five fields, such as 0 3 * * * for every day at 03:00.',
  };
}
