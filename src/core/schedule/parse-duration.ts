// The one grammar of durations: `90s`, `1h30m`, `2d`. Which durations make
// sense where (a shortest interval, say) is left to the reader of the field.

const UNITS = [
  { name: 'w', ms: 604_800_000 },
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
  { name: 's', ms: 1000 },
  { name: 'ms', ms: 1 },
] as const;

/** Ten years of 365 days; longer durations are slips of the pen. */
export const DURATION_MAX_MS = 3650 * 86_400_000;

/**
 * RegExp source of the grammar, for the JSON schema. It lets `0s` and ten
 * thousand years pass; `parseDuration` has the last word.
 */
export const durationPattern =
  '^(?=[0-9])(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m(?!s))?(?:[0-9]+s)?(?:[0-9]+ms)?$';

export type ParsedDuration =
  | { readonly ok: true; readonly ms: number }
  /** `column` counts from 1 within the text. */
  | { readonly ok: false; readonly problem: string; readonly column: number };

const WORDS: Readonly<Record<string, string>> = {
  msec: 'ms',
  millisecond: 'ms',
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hr: 'h',
  hour: 'h',
  day: 'd',
  week: 'w',
};

/** Reads a duration; the result is a whole number of milliseconds from 1 to `DURATION_MAX_MS`. */
export function parseDuration(text: string): ParsedDuration {
  if (text.trim() === '') return fail('a duration is missing, such as 90s or 1h30m', 1);
  if (text.startsWith('-')) return fail('a duration must be above zero', 1);
  let ms = 0;
  let position = 0;
  let lastUnit = -1;
  while (position < text.length) {
    const part = /^([0-9]+)([a-z]*)/.exec(text.slice(position));
    if (part === null) return fail(describeStray(text, position), position + 1);
    const [whole, digits = '', unit = ''] = part;
    const unitColumn = position + digits.length + 1;
    const index = UNITS.findIndex((known) => known.name === unit);
    if (index === -1) return fail(describeUnit(text, position + digits.length, unit), unitColumn);
    if (index === lastUnit) return fail(`the unit ${unit} appears twice`, unitColumn);
    if (index < lastUnit) return fail('the largest unit comes first, as in 1h30m', unitColumn);
    lastUnit = index;
    ms += Number(digits) * (UNITS[index]?.ms ?? 0);
    position += whole.length;
  }
  if (ms === 0) return fail('a duration must be above zero', 1);
  if (ms > DURATION_MAX_MS) return fail('a duration must not exceed ten years (3650d)', 1);
  return { ok: true, ms };
}

/** The shortest text that `parseDuration` reads as the same duration; `0s` for zero, rounded to ms. */
export function formatDuration(ms: number): string {
  let rest = Math.round(Math.abs(ms));
  if (rest === 0) return '0s';
  let text = ms < 0 ? '-' : '';
  for (const unit of UNITS) {
    // A week reads well only when nothing but weeks is meant: 14d30m is kept in days.
    if (unit.name === 'w' && rest % unit.ms !== 0) continue;
    const amount = Math.floor(rest / unit.ms);
    if (amount > 0) text += `${amount}${unit.name}`;
    rest -= amount * unit.ms;
  }
  return text;
}

function describeStray(text: string, position: number): string {
  const rest = text.slice(position);
  if (/^\s/.test(rest)) return 'a duration has no blanks, as in 1h30m';
  if (/^[.,][0-9]/.test(rest)) return 'a duration has whole numbers only, as in 1h30m';
  return 'a duration is a whole number with a unit, such as 90s or 1h30m';
}

function describeUnit(text: string, position: number, unit: string): string {
  const rest = text.slice(position);
  if (/^[.,][0-9]/.test(rest)) return 'a duration has whole numbers only, as in 1h30m';
  const word = /^\s*([A-Za-z]+)/.exec(rest)?.[1] ?? '';
  const meant = WORDS[word.toLowerCase().replace(/s$/, '')] ?? word.toLowerCase();
  if (word !== '' && UNITS.some((known) => known.name === meant)) {
    return `write the unit as ${meant}, right after the number`;
  }
  if (unit === '' && rest === '') return 'the unit is missing: one of w, d, h, m, s, ms';
  return `the unit ${word === '' ? 'is missing' : `"${word}" is not known`}: one of w, d, h, m, s, ms`;
}

function fail(problem: string, column: number): ParsedDuration {
  return { ok: false, problem, column };
}
