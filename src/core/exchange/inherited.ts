// What jobs from elsewhere take on from the manifest that they come into: its
// `defaults` and `env` hold for them as for all jobs, though nobody meant them to.
import type { Range } from '../diagnostics/diagnostic.ts';
import type { Job } from '../manifest/job.ts';
import { originsOf } from '../manifest/origins.ts';
import { resolvedFields } from '../manifest/resolved-fields.ts';
import type { Remark } from './imported.ts';

/** Jobs that a remark names. */
const namedMax = 5;

interface Inherited {
  readonly what: string;
  readonly line: number;
  readonly jobs: string[];
}

/**
 * One remark per field and variable, in the order of the manifest. `text` is that
 * manifest with the jobs in it, and `places` are its values.
 */
export function inheritedRemarks(
  jobs: readonly Job[],
  text: string,
  places: (pointer: string) => Range | null,
): Remark[] {
  const lines = text.split(/\r?\n/);
  const found = new Map<string, Inherited>();
  for (const job of jobs) {
    const pointers = resolvedFields(job).map(({ pointer }) => pointer);
    for (const [pointer, { from, line }] of Object.entries(originsOf(job.name, pointers, places))) {
      const [, section = '', field = ''] = pointer.split('/');
      const isVariable = section === 'env' && from === 'manifest';
      if (line === null || (from !== 'defaults' && !isVariable)) continue;
      // A section of the defaults counts once, whatever it holds.
      const key = isVariable ? pointer : `/defaults/${section}`;
      const one = found.get(key) ?? {
        what: isVariable
          ? `env ${field} of the manifest`
          : `${written(lines, section, places(key))} of its defaults`,
        line: places(key)?.start.line ?? line,
        jobs: [],
      };
      if (one.jobs.at(-1) !== job.name) one.jobs.push(job.name);
      found.set(key, one);
    }
  }
  return [...found.values()]
    .toSorted((a, b) => a.line - b.line)
    .map(({ what, line, jobs: names }) => ({
      kind: 'changed',
      line,
      text: `${what} holds for imported jobs, too: ${namesOf(names)}`,
    }));
}

/** `timeout: 10m`, as it stands there; the name alone for what takes several lines. */
function written(lines: readonly string[], field: string, range: Range | null): string {
  if (range === null || range.start.line !== range.end.line) return field;
  const value = lines[range.start.line - 1]?.slice(range.start.column - 1, range.end.column - 1);
  return `${field}: ${value?.trim() ?? ''}`;
}

function namesOf(names: readonly string[]): string {
  const more = names.length - namedMax;
  return names.slice(0, namedMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
