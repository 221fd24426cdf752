// Reads the fields of a cron expression one by one, so that a fault is told by
// its field and its place. What days the day fields mean together is left to
// cron-days.ts, whether the whole ever fires to parse-cron.ts.
import type { ScheduleProblemCode } from './schedule-problems.ts';

/** A fault within the text of an expression; `offset` counts from 0. */
export interface CronFault {
  readonly code: ScheduleProblemCode;
  readonly offset: number;
  readonly length: number;
  readonly label: string;
  readonly detail: string;
  readonly hint: string | null;
}

export interface FieldSpec {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** How many values there are, the most a step can be. */
  readonly size: number;
  /** Names of the values from `min` up. */
  readonly names: readonly string[];
}

export const FIELDS = {
  second: { name: 'second', min: 0, max: 59, size: 60, names: [] },
  minute: { name: 'minute', min: 0, max: 59, size: 60, names: [] },
  hour: { name: 'hour', min: 0, max: 23, size: 24, names: [] },
  dayOfMonth: { name: 'day of month', min: 1, max: 31, size: 31, names: [] },
  month: {
    name: 'month',
    min: 1,
    max: 12,
    size: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  dayOfWeek: {
    name: 'day of week',
    min: 0,
    max: 7,
    size: 7,
    names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  },
} as const satisfies Readonly<Record<string, FieldSpec>>;

/** One field read: its values for plain elements, and its text with names as numbers. */
export interface FieldReading {
  /** Sorted, without doubles. The day fields' special elements (`L`, `15W`, `5#2`) add none. */
  readonly values: readonly number[];
  readonly text: string;
  readonly faults: readonly CronFault[];
}

interface ElementReading {
  readonly values: readonly number[];
  readonly text: string;
}

type Refuse = (
  code: 'JM2-S101' | 'JM2-S103',
  label: string,
  hint: string | null,
  part?: { readonly from: number; readonly length: number },
) => null;

const MISSING = 'Write values with single commas, and ranges with both ends: 1,15,20-30.';

/** Reads one field that begins at `offset` of the expression. */
export function readField(spec: FieldSpec, text: string, offset: number): FieldReading {
  const values = new Set<number>();
  const texts: string[] = [];
  const faults: CronFault[] = [];
  // `+` in front of the day of week asks for both day fields to match.
  const plus = spec === FIELDS.dayOfWeek && text.startsWith('+') && text.length > 1;
  let position = plus ? 1 : 0;
  for (const element of text.slice(position).split(',')) {
    const start = offset + position;
    const refuse: Refuse = (code, label, hint, part) => {
      faults.push({
        code,
        offset: start + (part?.from ?? 0),
        length: Math.max(1, part?.length ?? element.length),
        label,
        detail: `In the ${spec.name} field "${text}", ${quote(element)} is not accepted: ${label}.`,
        hint,
      });
      return null;
    };
    const reading = readElement(spec, element, text, refuse);
    if (reading !== null) {
      texts.push(reading.text);
      for (const value of reading.values) values.add(value);
    }
    position += element.length + 1;
  }
  return {
    values: [...values].sort((a, b) => a - b),
    text: (plus ? '+' : '') + texts.join(','),
    faults,
  };
}

function readElement(
  spec: FieldSpec,
  element: string,
  field: string,
  refuse: Refuse,
): ElementReading | null {
  if (element === '') {
    return refuse('JM2-S103', 'a value is missing', MISSING);
  }
  const special = readSpecial(spec, element, field, refuse);
  if (special !== undefined) return special;
  if (/^h(?:\(|\/|$)/i.test(element)) {
    return refuse(
      'JM2-S103',
      'H is written otherwise',
      'Write H, H/15, H(0-29) or H(8-18)/2, within the bounds of the field.',
    );
  }
  const slash = element.indexOf('/');
  if (slash !== -1) return readStepped(spec, element, slash, refuse);
  if (element === '*') return { values: valuesBetween(spec.min, spec.max, 1), text: '*' };
  const dash = element.indexOf('-');
  if (dash > 0) return readRange(spec, element, refuse);
  const value = readValue(spec, element, refuse, 0);
  return value === null ? null : { values: [value], text: String(value) };
}

function readStepped(
  spec: FieldSpec,
  element: string,
  slash: number,
  refuse: Refuse,
): ElementReading | null {
  const base = element.slice(0, slash);
  const stepText = element.slice(slash + 1);
  const stepPart = { from: slash + 1, length: stepText.length };
  if (base === '') {
    return refuse('JM2-S103', 'a step follows * or a range', `Write *${element}.`);
  }
  const isRange = base.includes('-', 1);
  if (base !== '*' && !isRange) {
    return refuse(
      'JM2-S103',
      'a step follows * or a range',
      `Write ${base}-${spec.max}/${stepText} to begin at ${base}.`,
    );
  }
  if (!/^\d{1,3}$/.test(stepText) || Number(stepText) < 1 || Number(stepText) > spec.size) {
    const label = `step must be 1 to ${spec.size}`;
    return refuse('JM2-S101', label, `Write a step from 1 to ${spec.size}.`, stepPart);
  }
  const step = Number(stepText);
  if (base === '*') {
    const last = spec === FIELDS.dayOfWeek ? 6 : spec.max;
    return { values: valuesBetween(spec.min, last, step), text: `*/${step}` };
  }
  const range = readRange(spec, base, refuse);
  if (range === null) return null;
  const values = range.values.filter((_, index) => index % step === 0);
  return { values, text: `${range.text}/${step}` };
}

function readRange(spec: FieldSpec, element: string, refuse: Refuse): ElementReading | null {
  const dash = element.indexOf('-', 1);
  const lowText = element.slice(0, dash);
  const highText = element.slice(dash + 1);
  const low = readValue(spec, lowText, refuse, 0);
  if (low === null) return null;
  const read = readValue(spec, highText, refuse, dash + 1);
  if (read === null) return null;
  // A range up to Sunday ends on 7: FRI-SUN is 5 to 7.
  const high = spec === FIELDS.dayOfWeek && read === 0 && low > 0 ? 7 : read;
  if (high < low) {
    const before = low === spec.max ? lowText : `${lowText}-${nameOf(spec, lastOf(spec), lowText)}`;
    const after = high === spec.min ? highText : `${nameOf(spec, spec.min, highText)}-${highText}`;
    return refuse(
      'JM2-S103',
      'ranges do not wrap around',
      `Write the two parts as a list: ${before},${after}.`,
    );
  }
  return { values: valuesBetween(low, high, 1), text: `${low}-${high}` };
}

function readValue(spec: FieldSpec, text: string, refuse: Refuse, from: number): number | null {
  if (text === '') return refuse('JM2-S103', 'a value is missing', MISSING);
  const named = spec.names.indexOf(text.toLowerCase());
  if (named !== -1) return spec.min + named;
  if (/^\d+$/.test(text) && Number(text) >= spec.min && Number(text) <= spec.max) {
    return Number(text);
  }
  const range = describeRange(spec);
  const short = spec.names.find((name) => text.length > 3 && text.toLowerCase().startsWith(name));
  const hint =
    short === undefined
      ? `Write ${article(spec.name)} ${spec.name} from ${range}.`
      : `Write the name with three letters: ${short}.`;
  const code = /^\d+$/.test(text) || spec.names.length > 0 ? 'JM2-S101' : 'JM2-S103';
  return refuse(code, `${spec.name} must be ${range}`, hint, { from, length: text.length });
}

/** The elements that only the day fields have; undefined when the element is an ordinary one. */
function readSpecial(
  spec: FieldSpec,
  element: string,
  field: string,
  refuse: Refuse,
): ElementReading | null | undefined {
  if (element === '?') {
    const inDays = spec === FIELDS.dayOfMonth || spec === FIELDS.dayOfWeek;
    if (inDays && field === '?') return { values: valuesBetween(spec.min, spec.max, 1), text: '*' };
    return refuse('JM2-S103', '? stands alone in a day field', 'Write * for every value.');
  }
  if (spec === FIELDS.dayOfMonth) return readDayOfMonthSpecial(element, field, refuse);
  if (spec === FIELDS.dayOfWeek) return readDayOfWeekSpecial(element, refuse);
  return undefined;
}

function readDayOfMonthSpecial(
  element: string,
  field: string,
  refuse: Refuse,
): ElementReading | null | undefined {
  const upper = element.toUpperCase();
  if (upper === 'L') return { values: [], text: 'L' };
  if (upper === 'LW' || upper === 'WL') {
    if (upper === 'LW' && field.toUpperCase() === 'LW') return { values: [], text: 'LW' };
    return refuse('JM2-S103', 'LW stands alone', 'Write LW as the whole day-of-month field.');
  }
  if (upper.startsWith('L')) {
    return refuse(
      'JM2-S103',
      'L means the last day, without an addition',
      'Write L for the last day, or a day number.',
    );
  }
  if (!upper.endsWith('W')) return undefined;
  const day = element.slice(0, -1);
  if (!/^\d{1,2}$/.test(day)) {
    return refuse('JM2-S103', 'W follows one day number', 'Write the day before W, as in 15W.');
  }
  const value = readValue(FIELDS.dayOfMonth, day, refuse, 0);
  return value === null ? null : { values: [], text: `${value}W` };
}

function readDayOfWeekSpecial(element: string, refuse: Refuse): ElementReading | null | undefined {
  if (element.toUpperCase() === 'L') {
    return refuse(
      'JM2-S103',
      'L needs a day of week before it',
      'Write 5L for the last Friday, or L in the day-of-month field for the last day.',
    );
  }
  const hash = element.indexOf('#');
  const isLast = hash === -1 && /[^-]L$/i.test(element) && !element.includes('-');
  if (hash === -1 && !isLast) return undefined;
  const dayText = hash === -1 ? element.slice(0, -1) : element.slice(0, hash);
  const nth = hash === -1 ? 'L' : element.slice(hash + 1).toUpperCase();
  if (dayText.includes('-') || dayText.includes('*')) {
    const hint = 'Write each day with its own number: mon#1,tue#1.';
    return refuse('JM2-S103', '# follows one day of week', hint);
  }
  const day = readValue(FIELDS.dayOfWeek, dayText, refuse, 0);
  if (day === null) return null;
  if (!/^[1-5L]$/.test(nth)) {
    const part = { from: hash + 1, length: nth.length };
    const hint = 'Write 1 to 5 after #, or L for the last.';
    return refuse('JM2-S101', 'the number after # must be 1 to 5, or L', hint, part);
  }
  return { values: [], text: nth === 'L' ? `${day}L` : `${day}#${nth}` };
}

function valuesBetween(low: number, high: number, step: number): readonly number[] {
  const values: number[] = [];
  for (let value = low; value <= high; value += step) values.push(value);
  return values;
}

function lastOf(spec: FieldSpec): number {
  return spec === FIELDS.dayOfWeek ? 6 : spec.max;
}

/** The value in the manner of a sample: `sat` beside `fri`, `6` beside `5`. */
function nameOf(spec: FieldSpec, value: number, sample: string): string {
  const name = spec.names[value - spec.min] ?? String(value);
  if (/^\d/.test(sample)) return String(value);
  return sample === sample.toUpperCase() ? name.toUpperCase() : name;
}

function describeRange(spec: FieldSpec): string {
  const numbers = `${spec.min} to ${spec.max}`;
  const first = spec.names[0];
  return first === undefined ? numbers : `${numbers} or ${first} to ${spec.names.at(-1) ?? first}`;
}

function article(name: string): string {
  return name.startsWith('hour') ? 'an' : 'a';
}

function quote(element: string): string {
  return element === '' ? 'an empty element' : `"${element}"`;
}
