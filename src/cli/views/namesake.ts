// One of several jobs that had a name, in a table and in words.
import type { NamesakeView, RunView } from '../../api/service.ts';
import { tenureWords } from '../../core/why/tenures.ts';
import { oneLine } from './foreign.ts';

/** The job that has the name now needs no mark. */
export function isMarked({ until }: NamesakeView): boolean {
  return until !== null;
}

/** "(-r7)", "(r3-r7)": from which revision to which. */
export function namesakeMark({ since, until }: NamesakeView): string {
  return `(${since === null ? '' : `r${since}`}-r${until})`;
}

export function markedJob({ job, namesake }: Pick<RunView, 'job' | 'namesake'>): string {
  const mark = namesake === undefined || !isMarked(namesake) ? '' : ` ${namesakeMark(namesake)}`;
  return `${oneLine(job)}${mark}`;
}

/** "backup (until revision 7, now archive)" for the head of an explanation. */
export function bearerOf(name: string, namesake: NamesakeView | null): string {
  const when = namesake === null ? null : tenureWords(namesake);
  if (namesake === null || when === null) return oneLine(name);
  const isRenamed = namesake.name.toLowerCase() !== name.toLowerCase();
  return oneLine(`${name} (${when}${isRenamed ? `, now ${namesake.name}` : ''})`);
}
