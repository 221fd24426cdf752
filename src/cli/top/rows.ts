// Which jobs the list of `jm2 top` shows, and in which order.
import type { JobView, QueueView } from '../../api/service.ts';
import { isPattern, selectJobs } from '../../core/selection/select-jobs.ts';
import { emptyLog } from './model.ts';
import type { Row, SortOrder, TopModel } from './model.ts';

type Listed = Pick<TopModel, 'jobs' | 'queue' | 'filter' | 'sort'>;

function rowsOf({ jobs, queue, filter, sort }: Listed): readonly Row[] {
  const waiting = waitingByJob(queue);
  return chosen(jobs, filter)
    .map((job): Row => ({ job, waiting: waiting.get(job.name) ?? 0 }))
    .toSorted((a, b) => orders[sort](a, b) || compareNames(a, b));
}

/** The selected job, or what stands in its place when it has gone; null for an empty list. */
export function selectedRow({
  rows,
  selected,
}: Pick<TopModel, 'rows' | 'selected'>): { readonly row: Row; readonly index: number } | null {
  const found = rows.findIndex(({ job }) => job.name === selected);
  const index = Math.max(0, found);
  const row = rows[index];
  return row === undefined ? null : { row, index };
}

/**
 * After a change of jobs, filter or order. Holds on to what is selected, so that
 * no key acts on a job that came in its place.
 */
export function relisted(changed: TopModel): TopModel {
  const model = { ...changed, rows: rowsOf(changed) };
  const found = selectedRow(model);
  if (found === null || found.row.job.name === model.selected) return model;
  return { ...model, selected: found.row.job.name, log: emptyLog };
}

/** Words to find in name, description or tags, or a pattern of names. */
function chosen(jobs: readonly JobView[], filter: string): readonly JobView[] {
  const text = filter.trim();
  if (text === '') return jobs;
  const asPattern = isPattern(text);
  const { names } = selectJobs(jobs, {
    names: asPattern ? [text] : [],
    tags: [],
    grep: asPattern ? null : text,
  });
  const wanted = new Set(names);
  return jobs.filter(({ name }) => wanted.has(name));
}

function waitingByJob(queue: QueueView | null): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { job } of queue?.queue ?? []) counts.set(job, (counts.get(job) ?? 0) + 1);
  return counts;
}

const orders: Readonly<Record<SortOrder, (a: Row, b: Row) => number>> = {
  state: (a, b) => urgency(a) - urgency(b) || next(a) - next(b),
  next: (a, b) => next(a) - next(b),
  name: () => 0,
  last: (a, b) => last(b) - last(a),
};

/** What happens now comes first, then what went wrong, then what is to come. */
function urgency({ job, waiting }: Row): number {
  if (job.state === 'running') return 0;
  if (waiting > 0) return 1;
  if (job.state === 'invalid') return 2;
  if (isFailing(job)) return 3;
  return job.state === 'scheduled' ? 4 : 5;
}

export function isFailing({ state, lastRun }: JobView): boolean {
  return (
    state === 'failed' ||
    lastRun?.state === 'failed' ||
    lastRun?.state === 'timed_out' ||
    lastRun?.state === 'lost'
  );
}

function next({ job }: Row): number {
  return job.nextRun === null ? Number.MAX_VALUE : Date.parse(job.nextRun);
}

function last({ job }: Row): number {
  const at = job.lastRun?.endedAt ?? job.lastRun?.startedAt ?? null;
  return at === null ? 0 : Date.parse(at);
}

function compareNames(a: Row, b: Row): number {
  return a.job.name < b.job.name ? -1 : 1;
}
