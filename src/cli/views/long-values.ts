// Values before and after a change, where they are too long to be shown whole: a
// script or a page of description is shown from where the two begin to differ.
import { oneLine } from './foreign.ts';

/** Of what both have in common, this much leads to the difference. */
const leadLength = 40;

/** Each no longer than `max` and a few words; what is left out is told. */
export function shownValues(before: unknown, after: unknown, max: number): [string, string] {
  const texts = [shown(before), shown(after)] as const;
  if (texts.every(({ length }) => length <= max)) return [...texts];
  const same = commonLength(...texts);
  const from = same > leadLength * 2 ? same - leadLength : 0;
  return [part(texts[0], from, max), part(texts[1], from, max)];
}

function shown(value: unknown): string {
  return value === null || value === undefined ? 'not set' : oneLine(JSON.stringify(value));
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a[at] === b[at]) at += 1;
  return at;
}

function part(text: string, from: number, max: number): string {
  if (from === 0 && text.length <= max) return text;
  const head = from === 0 ? '' : '…';
  const isCut = text.length > from + max;
  // The cut may go through a character of two units.
  const middle = text.slice(from, isCut ? from + max : undefined).replace(/\p{Cs}/gu, '');
  return `${head}${middle}${isCut ? '…' : ''} (${text.length.toLocaleString('en')} characters)`;
}
