// Where each value of a job comes from: the job itself, `defaults`, the top of
// the manifest, jm2's settings, or nobody, so that the built-in default holds.
import type { Range } from '../diagnostics/diagnostic.ts';
import { segment } from './pointer.ts';

export type OriginFrom = 'job' | 'defaults' | 'manifest' | 'settings' | 'override' | 'default';

export interface Origin {
  readonly from: OriginFrom;
  /** Line of the manifest, from 1, where the value is written; null where it is not. */
  readonly line: number | null;
}

/** The field within a section that a short form such as `retry: 3` gives. */
const shortForms: Readonly<Record<string, string>> = { retry: 'limit', catch_up: 'policy' };
/** What a job does not say, the top of the manifest may; and where it does. */
const atTheTop: Readonly<Record<string, string>> = {
  '/timezone': '/timezone',
  '/retention/runs': '/retention/runs',
  '/retention/age': '/retention/age',
  '/log/keep': '/retention/log_bytes',
};
const settingsDecide = new Set(['/retention/runs', '/retention/age', '/log/keep']);

/**
 * `pointers` are all of the job's resolved fields, `places` those of the manifest
 * that they were resolved from.
 */
export function originsOf(
  name: string,
  pointers: readonly string[],
  places: (pointer: string) => Range | null,
): Readonly<Record<string, Origin>> {
  const lineOf = (pointer: string): number | null => places(pointer)?.start.line ?? null;
  const job = `/jobs${segment(name)}`;

  const within = (base: string, pointer: string): number | null => {
    const line = lineOf(base + pointer);
    if (line !== null) return line;
    const [, section = '', field] = pointer.split('/');
    const isShort =
      field !== undefined &&
      shortForms[section] === field &&
      !pointers.some((one) => one.startsWith(`/${section}/`) && lineOf(base + one) !== null);
    return isShort ? lineOf(`${base}/${section}`) : null;
  };

  const originOf = (pointer: string): Origin => {
    const [, section = '', field] = pointer.split('/');
    if (section === 'env' && field !== undefined) {
      const own = lineOf(job + pointer);
      return own === null
        ? { from: 'manifest', line: lineOf(pointer) }
        : { from: 'job', line: own };
    }
    // A job's own section replaces that of `defaults` as a whole.
    const isOwn = lineOf(`${job}/${section}`) !== null;
    const line = within(isOwn ? job : '/defaults', pointer);
    if (line !== null) return { from: isOwn ? 'job' : 'defaults', line };
    const top = atTheTop[pointer];
    const topLine = top === undefined ? null : lineOf(top);
    if (topLine !== null) return { from: 'manifest', line: topLine };
    return { from: settingsDecide.has(pointer) ? 'settings' : 'default', line: null };
  };

  return Object.fromEntries(pointers.map((pointer) => [pointer, originOf(pointer)]));
}
