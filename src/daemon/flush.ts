// Flushes what a person does not need any more: runs and logs by age, completed
// one-shots out of the list. In pages, so that starts come in between. What runs is
// never touched, nor, unless asked, the newest failure of a job.
import type { FlushInput, FlushView, JobView } from '../api/service.ts';
import { logBytesOf, removeLogs } from '../executor/log-files.ts';
import { findJob } from './find.ts';
import { removeRuns } from '../executor/remove-runs.ts';
import type { EndedRun, Store, StoreReader } from '../store/store.ts';

/** Looking at the files of one run takes some hundredths of a millisecond, removing them more. */
const pageRuns = 200;
/** Names of jobs in one entry of the audit. */
const auditedMax = 10;
const sliceOutcomes = 2_000;
/** Slices of the ledger in one page; what is left is within retention's reach. */
const slicesMax = 500;

export interface FlushParts {
  /** Only a dry run is content with a reader. */
  readonly store: StoreReader | Store;
  readonly runsDir: string;
  readonly now: () => number;
  readonly list: () => Promise<readonly JobView[]>;
}

export async function flushPage(parts: FlushParts, input: FlushInput): Promise<FlushView> {
  const { store } = parts;
  const history = input.history === null ? null : Date.parse(input.history);
  const logs = input.logs === null ? null : Date.parse(input.logs);
  const isFirst = input.after === null;
  const jobUids = input.jobs?.map((name) => findJob(store, name).uid);
  const only = jobUids === undefined ? {} : { jobUids };
  const oneShots = isFirst && input.oneShots ? await completedOneShots(parts, input.all) : [];
  const jobs = oneShots.filter(({ uid }) => jobUids?.includes(uid) ?? true);
  const endedBefore = Math.max(history ?? Number.MIN_SAFE_INTEGER, logs ?? Number.MIN_SAFE_INTEGER);
  const page =
    history === null && logs === null
      ? { runs: [], next: null }
      : store.endedRuns({
          ...only,
          endedBefore,
          failures: input.all,
          after: input.after,
          limit: pageRuns,
        });
  const goes = page.runs.filter(({ endedAt }) => history !== null && endedAt < history);
  const sizes = await logSizes(parts.runsDir, page.runs);
  const bare = page.runs.filter(
    (run) =>
      !goes.includes(run) && logs !== null && run.endedAt < logs && (sizes.get(run.id) ?? 0) > 0,
  );
  const bytes = [...goes, ...bare].reduce((sum, { id }) => sum + (sizes.get(id) ?? 0), 0);
  let outcomes = isFirst && history !== null ? store.countSettled(history, jobUids) : 0;
  if (!input.dryRun && isWritable(store)) {
    // Before anything goes, and once for all pages: a crash in between has recorded a
    // wish, never lost a deed.
    if (isFirst) auditFlush(store, input, parts.now());
    if (jobs.length > 0) {
      store.setFlushed(
        jobs.map(({ uid }) => uid),
        parts.now(),
      );
    }
    if (isFirst && history !== null) {
      outcomes = await removeSettled(store, history, jobUids);
    }
    // A crash between the two leaves directories without a row: the daemon sweeps them.
    store.removeRuns(goes.map(({ id }) => id));
    await removeRuns(
      parts.runsDir,
      goes.map(({ id }) => id),
    );
    for (const { id } of bare) await removeLog(parts, store, id);
  }
  return {
    runs: goes.length,
    outcomes,
    logs: bare.length,
    bytes,
    jobs: jobs.map(({ name }) => name),
    next: page.next,
  };
}

function auditFlush(store: Store, input: FlushInput, at: number): void {
  const { by, history, logs, oneShots, all, jobs = null } = input;
  const named = [
    ...(oneShots ? ['one-shots'] : []),
    ...(history === null ? [] : [`history before ${history}`]),
    ...(logs === null ? [] : [`logs before ${logs}`]),
    ...(all ? ['failures too'] : []),
    ...(jobs === null ? [] : [`only of ${someNames(jobs)}`]),
  ];
  const entry = { actor: by, action: 'flush.requested', target: 'store', detail: named.join(', ') };
  store.audit({ at, ...entry, facts: { history, logs } });
}

function someNames(names: readonly string[]): string {
  const more = names.length - auditedMax;
  return `${names.slice(0, auditedMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function isWritable(store: StoreReader | Store): store is Store {
  return 'removeRuns' in store;
}

/** One-shots that are over and still listed; with `failed`, those that failed as well. */
async function completedOneShots(
  { store, list }: FlushParts,
  failed: boolean,
): Promise<{ readonly uid: string; readonly name: string }[]> {
  const views = new Map((await list()).map((view) => [view.name, view]));
  return store.jobs().flatMap(({ uid, name, job }) => {
    const isOneShot =
      job.schedules.length > 0 && job.schedules.every((schedule) => schedule.kind === 'at');
    const view = views.get(name);
    if (!isOneShot || view === undefined || view.flushed) return [];
    const isOver = view.state === 'completed' || (failed && view.state === 'failed');
    return isOver ? [{ uid, name }] : [];
  });
}

async function logSizes(
  runsDir: string,
  runs: readonly EndedRun[],
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const { id } of runs) sizes.set(id, await logBytesOf(runsDir, id));
  return sizes;
}

async function removeSettled(
  store: Store,
  before: number,
  jobUids: readonly string[] | undefined,
): Promise<number> {
  let removed = 0;
  for (let slice = 0; slice < slicesMax; slice += 1) {
    const count = store.removeSettled(before, sliceOutcomes, jobUids);
    removed += count;
    if (count < sliceOutcomes) break;
    await new Promise((next) => setImmediate(next));
  }
  return removed;
}

async function removeLog({ runsDir, now }: FlushParts, store: Store, id: string): Promise<void> {
  await removeLogs(runsDir, id);
  const at = now();
  const text = `log removed by flush on ${new Date(at).toISOString().slice(0, 10)}`;
  store.transaction(() => {
    store.setLogBytes(id, 0);
    store.addRunNote(id, { code: 'log_removed', text, at });
  });
}
