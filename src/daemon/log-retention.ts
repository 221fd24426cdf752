// Keeps run logs within their bounds: the bytes of one job, and of all. The
// oldest ended logs go first; the rows of their runs stay and say so. In slices,
// while the daemon is idle.
import { formatSize } from '../core/manifest/parse-size.ts';
import { logBytesOf, removeLogs } from '../executor/log-files.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';

/** Kept of each job whatever the bounds say, besides its newest failure. */
const keepLast = 10;
/** Runs looked at by one question to the store. */
const sliceRuns = 500;
/** Questions in one pass; what is left waits for the next. */
const slicesMax = 200;
/** Ended runs remembered until they are measured; beyond it all are looked through again. */
const endedMax = 100_000;

/** Measured for somebody who waits. */
const measuredAtOnce = 100;

export interface LogRetention {
  /** A run has ended: its logs grow no more. */
  noteEnded(runId: string): void;
  /** So that who asks now sees what ended just now; the rest of many waits for the pass. */
  measureEnded(): Promise<void>;
  /** One pass; resolves with the number of runs whose logs were removed. */
  pass(keepOf: ReadonlyMap<string, number>): Promise<number>;
}

export function createLogRetention(parts: {
  readonly store: Pick<
    Store,
    'unmeasuredRuns' | 'setLogBytes' | 'logTotals' | 'expendableLogs' | 'addRunNote' | 'transaction'
  >;
  readonly clock: Clock;
  readonly runsDir: string;
  /** Bytes of all run logs. */
  readonly keepBytes: number;
  readonly isStopped: () => boolean;
}): LogRetention {
  const { store, clock, runsDir, keepBytes } = parts;
  const ended = new Set<string>();
  /** Where the look through all runs goes on; null when it is done. */
  let unseen: string | null = '';

  const measure = async (ids: readonly string[]): Promise<void> => {
    const sizes: (readonly [string, number])[] = [];
    for (const id of ids) sizes.push([id, await logBytesOf(runsDir, id)]);
    store.transaction(() => {
      for (const [id, bytes] of sizes) store.setLogBytes(id, bytes);
    });
  };

  const measureAll = async (): Promise<void> => {
    const fresh = [...ended];
    ended.clear();
    for (let at = 0; at < fresh.length && !parts.isStopped(); at += sliceRuns) {
      await measure(fresh.slice(at, at + sliceRuns));
    }
    // What ended before this daemon, or was forgotten.
    for (let slice = 0; slice < slicesMax && unseen !== null && !parts.isStopped(); slice += 1) {
      const { ids, next } = store.unmeasuredRuns(unseen, sliceRuns);
      if (ids.length > 0) await measure(ids);
      unseen = next;
    }
  };

  /** Removes the oldest logs of a job, or of all, until they are within the bound. */
  const shrink = async (jobUid: string | null, bound: number, name: string): Promise<number> => {
    const bytesNow = (): number => {
      const { total, byJob } = store.logTotals();
      return jobUid === null ? total : (byJob.get(jobUid) ?? 0);
    };
    let removed = 0;
    let after: Parameters<Store['expendableLogs']>[0]['after'] = null;
    for (let slice = 0; slice < slicesMax && !parts.isStopped(); slice += 1) {
      if (bytesNow() <= bound) break;
      const { logs, next } = store.expendableLogs({ jobUid, after, keepLast, limit: sliceRuns });
      for (const { runId } of logs) {
        if (bytesNow() <= bound) break;
        await remove(runId, `${name} ${formatSize(bound)}`);
        removed += 1;
      }
      if (next === null) break;
      after = next;
    }
    return removed;
  };

  const remove = async (runId: string, why: string): Promise<void> => {
    // A crash between the two leaves a run whose log is gone and whose bytes count:
    // the next pass takes it up again.
    await removeLogs(runsDir, runId);
    const at = clock.now();
    const day = new Date(at).toISOString().slice(0, 10);
    const note = {
      code: 'log_removed',
      text: `log removed by retention on ${day} (${why})`,
      at,
    } as const;
    store.transaction(() => {
      store.setLogBytes(runId, 0);
      store.addRunNote(runId, note);
    });
  };

  return {
    noteEnded(runId) {
      if (ended.size >= endedMax) {
        ended.clear();
        unseen = '';
      }
      ended.add(runId);
    },
    async measureEnded() {
      const fresh = [...ended].slice(-measuredAtOnce);
      for (const id of fresh) ended.delete(id);
      if (fresh.length > 0) await measure(fresh);
    },
    async pass(keepOf) {
      await measureAll();
      let removed = 0;
      for (const [jobUid, bound] of keepOf) removed += await shrink(jobUid, bound, 'log.keep');
      removed += await shrink(null, keepBytes, 'keep_logs');
      return removed;
    },
  };
}
