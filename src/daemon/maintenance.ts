// What the daemon does now and then while it is idle: prune runs beyond the
// retention, remove their directories, rotate its log. In slices, so that no
// start has to wait for it.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRetention } from '../core/manifest/job.ts';
import { removeRuns } from '../executor/remove-runs.ts';
import type { JobRecord, Store } from '../store/store.ts';
import type { LogRetention } from './log-retention.ts';
import { untilBeat, type CancelTimer, type Clock } from '../system/clock.ts';

const firstAfterMs = 20_000;
const everyMs = 10 * 60_000;
/** The clock's timers are short; longer waits are counted in these. */
const stepMs = 20_000;
/** A daemon that is busy all day is looked after all the same, this much later. */
const busyStepsMax = 30;
/** Entries of the audit go when they are older than this and more are there than are kept. */
const auditAgeMs = 400 * 86_400_000;
const auditKept = 100_000;
const revisionAgeMs = 90 * 86_400_000;
const revisionsKept = 50;
const sliceRuns = 200;
/** Slices in one pass; what is left waits for the next. */
const slicesMax = 500;
/** A run whose directory has no row yet is being created; only older ones are leftovers. */
const leftoverAfterMs = 3_600_000;

export interface Maintenance {
  /** One pass now; resolves with the number of pruned runs. Never rejects. */
  runNow(): Promise<number>;
  start(): void;
  /** Resolves when a pass that is under way has ended. */
  stop(): Promise<void>;
}

export function createMaintenance(parts: {
  readonly store: Pick<Store, 'prune' | 'pruneAudit' | 'pruneRevisions' | 'run' | 'jobs'>;
  readonly logs: LogRetention;
  readonly clock: Clock;
  readonly runsDir: string;
  readonly keep: { readonly runs: number; readonly ageMs: number };
  /** True while runs start or end; then a pass waits for the next turn. */
  readonly isBusy: () => boolean;
  readonly rotateLog: () => void;
  readonly log: {
    warn(fields: object, message: string): void;
    info(fields: object, message: string): void;
  };
}): Maintenance {
  const { store, clock, runsDir, keep, log } = parts;
  let timer: CancelTimer | null = null;
  let stopped = false;
  let pass: Promise<number> = Promise.resolve(0);
  let swept = false;

  const prune = async (retentions: ReadonlyMap<string, JobRetention>): Promise<number> => {
    let pruned = 0;
    for (let slice = 0; slice < slicesMax && !stopped; slice += 1) {
      const ids = store.prune({
        perJob: keep.runs,
        olderThan: clock.now() - keep.ageMs,
        keepLast: 10,
        limit: sliceRuns,
        ofJob: boundsOf(retentions, keep, clock.now()),
      });
      if (ids.length === 0) break;
      // A crash between the two leaves directories without a row; sweep() finds them.
      await remove(ids);
      pruned += ids.length;
    }
    return pruned;
  };

  const remove = async (ids: readonly string[]): Promise<void> => {
    const { kept } = await removeRuns(runsDir, ids);
    if (kept.length > 0) log.warn({ kept: kept.slice(0, 20) }, 'some run directories stay');
  };

  /** Directories whose run is not in the store any more: once per life of the daemon. */
  const sweep = async (): Promise<void> => {
    const leftovers: string[] = [];
    for (const name of await readdir(runsDir)) {
      if (stopped || leftovers.length >= sliceRuns) break;
      if (store.run(name) !== null) continue;
      const { mtimeMs } = await stat(join(runsDir, name));
      if (clock.now() - mtimeMs > leftoverAfterMs) leftovers.push(name);
    }
    swept = leftovers.length < sliceRuns;
    if (leftovers.length > 0) await remove(leftovers);
  };

  const runPass = async (): Promise<number> => {
    try {
      parts.rotateLog();
      const retentions = retentionsOf(store.jobs());
      const pruned = await prune(retentions);
      const at = clock.now();
      store.pruneRevisions({ keep: revisionsKept, olderThan: at - revisionAgeMs });
      store.pruneAudit({ keep: auditKept, olderThan: at - auditAgeMs, at });
      if (pruned > 0) log.info({ pruned }, 'runs beyond the retention were removed');
      const logs = await parts.logs.pass(logBounds(retentions));
      if (logs > 0) log.info({ logs }, 'run logs beyond the retention were removed');
      if (!swept) await sweep();
      return pruned;
    } catch (error) {
      // A full disk or a busy store: the next pass tries again.
      log.warn({ err: error }, 'maintenance was given up until the next time');
      return 0;
    }
  };

  const runNow = (): Promise<number> => {
    pass = pass.then(runPass);
    return pass;
  };

  const sleep = (leftMs: number, busySteps = 0): void => {
    const waitMs = Math.min(leftMs, untilBeat(clock.monotonic(), stepMs));
    timer = clock.setTimer(waitMs, () => {
      const rest = leftMs - waitMs;
      if (rest > 0) sleep(rest);
      else if (busySteps < busyStepsMax && parts.isBusy()) sleep(stepMs, busySteps + 1);
      else void runNow().then(() => (stopped ? undefined : sleep(everyMs)));
    });
  };

  return {
    runNow,
    start: () => sleep(firstAfterMs),
    stop: async () => {
      stopped = true;
      timer?.();
      await pass;
    },
  };
}

/** For the jobs that say something; what one leaves open is as for all. */
function boundsOf(
  retentions: ReadonlyMap<string, JobRetention>,
  keep: { readonly runs: number; readonly ageMs: number },
  now: number,
): Map<string, { readonly perJob: number; readonly olderThan: number }> {
  const said = [...retentions].filter(([, { runs, ageMs }]) => runs !== null || ageMs !== null);
  return new Map(
    said.map(([uid, { runs, ageMs }]) => [
      uid,
      { perJob: runs ?? keep.runs, olderThan: now - (ageMs ?? keep.ageMs) },
    ]),
  );
}

/** What jobs in force say of how much of their past is kept, by uid. */
function retentionsOf(jobs: readonly JobRecord[]): Map<string, JobRetention> {
  const said = new Map<string, JobRetention>();
  for (const { uid, job } of jobs) if (job.retention !== null) said.set(uid, job.retention);
  return said;
}

function logBounds(retentions: ReadonlyMap<string, JobRetention>): Map<string, number> {
  return new Map(
    [...retentions].flatMap(([uid, { logBytes }]) => (logBytes === null ? [] : [[uid, logBytes]])),
  );
}
