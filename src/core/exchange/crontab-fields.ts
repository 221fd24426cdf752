// The five fields of a crontab line by the rules of cron itself, not of jm2:
// what the import is held to. Vixie's cron, cronie, Debian's and busybox agree
// on these but for what is noted here.
import type { LocalMinute } from './local-minute.ts';

export interface CrontabFields {
  /** The expression that means the same to jm2. */
  readonly expression: string;
  /** Whether cron starts the command in a minute with this local reading. */
  readonly fits: (local: LocalMinute) => boolean;
  /** Sentences on what is not as written. */
  readonly changed: readonly string[];
}

interface Field {
  readonly values: ReadonlySet<number>;
  /** As jm2 writes it. */
  readonly text: string;
  /** Begins with `*`: for cron it says nothing about days then, even with a step. */
  readonly hasStar: boolean;
  readonly chosen: string | null;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const specs = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of week', min: 0, max: 7, names: days },
] as const;
type Five<T> = [T, T, T, T, T];
type Spec = (typeof specs)[number];

/** `seed` decides a value of a random range (`10~30`) once and for all. */
export function readCrontabFields(words: readonly string[], seed: string): CrontabFields | string {
  const fields: Field[] = [];
  for (const [index, spec] of specs.entries()) {
    const field = readField(spec, words[index]!, `${seed} ${index}`);
    if (typeof field === 'string') return field;
    fields.push(field);
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields as Five<Field>;
  // cron: with a star in front of either, a day must fit both; else one is enough.
  const needsBoth = dayOfMonth.hasStar || dayOfWeek.hasStar;
  const isWritten = dayOfMonth.text !== '*' && dayOfWeek.text !== '*';
  const plus = needsBoth && isWritten ? '+' : '';
  return {
    expression: [minute, hour, dayOfMonth, month]
      .map(({ text }) => text)
      .concat(plus + dayOfWeek.text)
      .join(' '),
    changed: fields.flatMap(({ chosen }) => (chosen === null ? [] : [chosen])),
    fits: (local) => {
      const inMonth = dayOfMonth.values.has(local.day);
      const inWeek = dayOfWeek.values.has(local.weekday);
      return (
        minute.values.has(local.minute) &&
        hour.values.has(local.hour) &&
        month.values.has(local.month) &&
        (needsBoth ? inMonth && inWeek : inMonth || inWeek)
      );
    },
  };
}

function readField(spec: Spec, word: string, seed: string): Field | string {
  const values = new Set<number>();
  const texts: string[] = [];
  let chosen: string | null = null;
  for (const element of word.split(',')) {
    const read = readElement(spec, element.toLowerCase(), seed);
    if (typeof read === 'string') return read;
    for (const value of read.values) values.add(spec.max === 7 && value === 7 ? 0 : value);
    texts.push(read.text);
    chosen ??= read.chosen;
  }
  return { values, text: texts.join(','), hasStar: word.startsWith('*'), chosen };
}

function readElement(
  spec: Spec,
  element: string,
  seed: string,
): { values: number[]; text: string; chosen: string | null } | string {
  const wrong = `the ${spec.name} "${element}" is not one that cron takes`;
  const [, base = '', stepText] = /^([^/]+)(?:\/(\d+))?$/.exec(element) ?? [];
  if (base === '') return wrong;
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1) return wrong;
  const suffix = stepText === undefined ? '' : `/${Math.min(step, spec.max - spec.min + 1)}`;
  if (base === '*') {
    const last = spec.max === 7 ? 6 : spec.max;
    return { values: range(spec.min, last, step), text: `*${suffix}`, chosen: null };
  }
  const random = /^(\w*)~(\w*)$/.exec(base);
  if (random !== null) {
    const low = random[1] === '' ? spec.min : valueOf(spec, random[1]!);
    const high = random[2] === '' ? spec.max : valueOf(spec, random[2]!);
    if (low === null || high === null || high < low || stepText !== undefined) return wrong;
    const value = low + (hash(seed) % (high - low + 1));
    const text = `cron takes a random ${spec.name} of ${base} each time it loads the line; ${value} was chosen for good`;
    return { values: [value], text: String(value), chosen: text };
  }
  const [, lowText = '', highText] = /^(\w+)(?:-(\w+))?$/.exec(base) ?? [];
  const low = valueOf(spec, lowText);
  if (low === null) return wrong;
  if (highText === undefined) {
    if (stepText !== undefined) return `${wrong}: a step follows * or a range`;
    return { values: [low], text: String(low), chosen: null };
  }
  const high = valueOf(spec, highText);
  if (high === null || high < low) return wrong;
  return { values: range(low, high, step), text: `${low}-${high}${suffix}`, chosen: null };
}

function valueOf(spec: Spec, text: string): number | null {
  const named = (spec.names as readonly string[]).indexOf(text);
  if (named !== -1) return named + spec.min;
  if (!/^\d{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= spec.min && value <= spec.max ? value : null;
}

function range(low: number, high: number, step: number): number[] {
  const values: number[] = [];
  for (let value = low; value <= high; value += step) values.push(value);
  return values;
}

/** FNV-1a, 32 bits: the same choice at each import. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return value;
}
