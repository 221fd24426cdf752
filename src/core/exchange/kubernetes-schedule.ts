// The schedule of a CronJob, read as its controller reads it: like cron, but for
// `?`, a step behind a single value, a star with a step, and Sunday, never 7.
import { readCrontabFields } from './crontab-fields.ts';
import type { LocalMinute } from './local-minute.ts';

export interface KubernetesSchedule {
  /** As a manifest writes it. */
  readonly written: string;
  /** Null for `@every`, whose times nobody can tell beforehand. */
  readonly fits: ((local: LocalMinute) => boolean) | null;
  /** The length of `@every`; null for cron fields. */
  readonly interval: string | null;
  /** Sentences on what is not as written. */
  readonly changed: readonly string[];
}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const lasts = [59, 23, 31, 12, 6];
const firsts = [0, 0, 1, 1, 0];

/** A sentence where it is none. */
export function readKubernetesSchedule(text: string, seed: string): KubernetesSchedule | string {
  const trimmed = text.trim();
  const every = /^@every\s+(\S+)$/.exec(trimmed)?.[1];
  if (every !== undefined) {
    return {
      written: `every ${every}`,
      fits: null,
      interval: every,
      changed: ['@every counts from the last start there, and by the clock here'],
    };
  }
  const words = (macros[trimmed] ?? trimmed).split(/\s+/);
  if (words.length !== 5) return `"${text}" is not a schedule of five fields`;
  if (/(^|[,-])7/.test(words[4]!)) return `the day of week "${words[4]!}" has a 7`;
  const fields = readCrontabFields(words.map(asCron), seed);
  if (typeof fields === 'string') return fields;
  return {
    written: fields.expression,
    fits: fields.fits,
    interval: null,
    changed: fields.changed,
  };
}

/** One field in the words of cron. */
function asCron(word: string, at: number): string {
  const elements = word.split(',').map((element) => {
    const [, base = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(element) ?? [];
    const isStar = base === '*' || base === '?';
    if (step === undefined || step === '1') return isStar ? '*' : element;
    // With a step it is a list of days: then one of both day fields is enough.
    if (isStar) return at === 2 || at === 4 ? `${firsts[at]}-${lasts[at]}/${step}` : `*/${step}`;
    return base.includes('-') ? element : `${base}-${lasts[at]}/${step}`;
  });
  return elements.includes('*') ? '*' : elements.join(',');
}
