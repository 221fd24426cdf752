// From what a person typed to the job or run that is meant, or to an error that helps.
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Run } from '../core/runs/run.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';

/** A removed job is found too, because its history stays. Throws JM2-R101. */
export function findJob(store: StoreReader, name: string): JobRecord {
  const record = store.findJob(name);
  if (record !== null) return record;
  throw operationalError('JM2-R101', { detail: `There is no job "${name}".`, hint: 'jm2 list' });
}

/** Runs named where several are meant. */
const shownMax = 5;

function candidates(found: readonly Run[]): string {
  const shown = found.slice(0, shownMax).map(({ id, job, state }) => `${id} (${job}, ${state})`);
  return `${shown.join(', ')}${found.length > shownMax ? ' and more' : ''}`;
}

/** By its id or the beginning of it. Throws JM2-R102 or, when several begin so, JM2-R105. */
export function findRun(store: StoreReader, id: string): Run {
  const wanted = id.toLowerCase();
  const exact = store.run(wanted);
  if (exact !== null) return exact;
  const found = wanted === '' ? [] : store.runsByPrefix(wanted, shownMax + 1);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw operationalError('JM2-R102', {
      detail: `There is no run "${id}"; it may have been removed by retention.`,
      hint: 'jm2 history',
    });
  }
  throw operationalError('JM2-R105', {
    detail: `Several runs begin with "${id}": ${candidates(found)}.`,
    hint: 'Give more of the id.',
  });
}
