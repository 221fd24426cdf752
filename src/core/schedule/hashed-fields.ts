// `H` in a cron expression: a value made from the job's name, so that jobs which
// mean "some time in the hour" spread over it, each always at its own time. What
// is written wrong is left as it stands, for cron-fields.ts to refuse.
import { FIELDS, type FieldSpec } from './cron-fields.ts';
import { jitterOf } from './jitter.ts';

const specs: readonly FieldSpec[] = [
  FIELDS.minute,
  FIELDS.hour,
  FIELDS.dayOfMonth,
  FIELDS.month,
  FIELDS.dayOfWeek,
];
/** Days that every month has. */
const lastCommonDay = 28;
const token = /^H(?:\((\d{1,2})-(\d{1,2})\))?(?:\/(\d{1,2}))?$/;

/** True when the expression may hold an `H`. */
export function hasHash(expression: string): boolean {
  return /(?:^|[\s,])H(?:[(/,\s]|$)/.test(expression);
}

/**
 * The expression with numbers for `H`, `H(0-29)`, `H/15` and `H(8-18)/2`. Equal
 * seeds give equal numbers, whatever else changes.
 */
export function resolveHashes(expression: string, seed: string): string {
  const words = expression.trim().split(/\s+/);
  const fields = words.length === 6 ? [FIELDS.second, ...specs] : specs;
  return words
    .map((word, index) => {
      const spec = fields[index];
      return spec === undefined
        ? word
        : word
            .split(',')
            .map((element) => resolved(element, spec, seed) ?? element)
            .join(',');
    })
    .join(' ');
}

function resolved(element: string, spec: FieldSpec, seed: string): string | null {
  const match = token.exec(element);
  if (match === null) return null;
  const [, lowText, highText, stepText] = match;
  const low = lowText === undefined ? spec.min : Number(lowText);
  const high = highText === undefined ? lastOf(spec) : Number(highText);
  if (low < spec.min || high > spec.max || high < low) return null;
  const name = `${seed} ${spec.name}`;
  if (stepText === undefined) return String(low + jitterOf(name, 0, high - low + 1));
  const step = Number(stepText);
  if (step < 1 || step > high - low + 1) return null;
  const start = low + jitterOf(name, 0, step);
  const end = highText === undefined ? Math.max(start, endOf(spec)) : high;
  return start === end ? String(start) : `${start}-${end}/${step}`;
}

function lastOf(spec: FieldSpec): number {
  return spec.name === FIELDS.dayOfMonth.name ? lastCommonDay : endOf(spec);
}

/** Sunday is 0; 7 would name it twice. */
function endOf(spec: FieldSpec): number {
  return spec.name === FIELDS.dayOfWeek.name ? 6 : spec.max;
}
