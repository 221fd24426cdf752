// The judge of "no silent gap": for each job, how far its occurrences have
// dispositions. A row is right only when it begins at the very next instant that
// the independent enumeration yields, counts what that counts, and has a cause.
import type { Pause } from '../../src/core/overrides/pause.ts';
import type { Outcome } from '../../src/core/runs/run.ts';
import type { DisturbanceKind, Disturbances } from './disturbances.ts';
import type { SimJob } from './manifests.ts';
import { countDue, isFixed, nextDue } from './oracle.ts';
import type { World } from './world.ts';

export interface BookedJob {
  readonly uid: string;
  spec: SimJob;
  /** Newest nominal time with a disposition, or where counting began. */
  cursor: number;
  epoch: number;
  isRemoved: boolean;
  /** In words, when the scheduler took it out. */
  fault: string | null;
  /** The engine was made to fail for it since its last change. */
  isTampered: boolean;
  /** Rows since then for instants that its rule does not have. */
  invented: number;
  /** Rules that a change ended, as long as their rows may still come. */
  outgoing: Outgoing[];
  /** Suspended at some time since the last row. */
  wasSuspended: boolean;
  /** As a person made it; the rows that came under it are counted here as well. */
  pause: Pause | null;
  pausedRows: number;
  /** By the wall clock. */
  removedAt: number | null;
  next: { readonly after: number; readonly due: number | null } | null;
}

interface Outgoing {
  readonly spec: SimJob;
  cursor: number;
  readonly until: number;
  readonly isTampered: boolean;
}

const countMax = 100_000;
/** A row in ordinary times comes this late at most. */
const lateMaxMs = 1_500;
const absences: readonly DisturbanceKind[] = ['down', 'asleep', 'blocked', 'disk'];

export class OccurrenceBook {
  readonly disturbances: Disturbances;
  /** Whether the engine was made to fail for a job of this name. */
  isBroken: (name: string) => boolean = () => false;
  readonly #world: World;
  readonly #jobs = new Map<string, BookedJob>();
  readonly #rows = new Map<string, Outcome[]>();

  constructor(world: World, disturbances: Disturbances) {
    this.#world = world;
    this.disturbances = disturbances;
  }

  find(uid: string): BookedJob | undefined {
    return this.#jobs.get(uid);
  }

  named(name: string): BookedJob | undefined {
    return this.inForce().find((job) => job.spec.name === name);
  }

  inForce(): BookedJob[] {
    return [...this.#jobs.values()].filter((job) => !job.isRemoved);
  }

  created(uid: string, spec: SimJob, watermark: number): void {
    this.#near(spec.name, watermark);
    this.#jobs.set(uid, {
      uid,
      spec,
      cursor: watermark,
      epoch: 0,
      isRemoved: false,
      fault: null,
      isTampered: this.isBroken(spec.name),
      invented: 0,
      outgoing: [],
      wasSuspended: spec.suspend,
      pause: this.#archived(spec.name),
      pausedRows: 0,
      removedAt: null,
      next: null,
    });
  }

  updated(uid: string, spec: SimJob, watermark: number | null): void {
    const job = this.#jobs.get(uid);
    if (job === undefined) return;
    if (watermark !== null) {
      this.#near(spec.name, watermark);
      this.#setAside(job, watermark);
      job.cursor = Math.max(job.cursor, watermark);
      job.isTampered = this.isBroken(job.spec.name) || this.isBroken(spec.name);
      job.invented = 0;
      job.fault = null;
    }
    job.wasSuspended ||= spec.suspend || job.spec.suspend;
    job.spec = spec;
    job.next = null;
  }

  removed(uid: string): void {
    const job = this.#jobs.get(uid);
    if (job === undefined) return;
    this.#setAside(job, this.#world.time.wall);
    job.isRemoved = true;
    job.removedAt = this.#world.time.wall;
  }

  /** The same job again: with its pause, and from now on. */
  restored(uid: string, spec: SimJob, watermark: number): void {
    const job = this.#jobs.get(uid);
    if (job === undefined || !job.isRemoved) {
      return this.#world.violate('P2', `${spec.name} came back and never left`);
    }
    this.#near(spec.name, watermark);
    job.pause = this.#archived(spec.name);
    job.isRemoved = false;
    job.removedAt = null;
    job.cursor = Math.max(job.cursor, watermark);
    job.isTampered = this.isBroken(spec.name);
    job.invented = 0;
    job.fault = null;
    job.wasSuspended = spec.suspend;
    job.spec = spec;
    job.next = null;
  }

  /** A job that comes back under its name finds the pause that it had when it left. */
  #archived(name: string): Pause | null {
    const { wall } = this.#world.time;
    const gone = [...this.#jobs.values()].filter(
      (job) => job.spec.name === name && job.removedAt !== null,
    );
    const newest = Math.max(...gone.map(({ removedAt }) => removedAt ?? 0));
    const pause = gone.find(({ removedAt }) => removedAt === newest)?.pause ?? null;
    if (pause === null || newest <= wall - 14 * 86_400_000) return null;
    return pause.until !== null && pause.until <= wall ? null : { ...pause, skipped: 0 };
  }

  #setAside(job: BookedJob, until: number): void {
    const { spec, cursor, isTampered } = job;
    if (job.fault === null) job.outgoing.push({ spec, cursor, until, isTampered });
  }

  /** Positions begin now, never in the past or the future. */
  #near(name: string, watermark: number): void {
    const byMs = this.#world.time.wall - watermark;
    if (byMs >= 0 && byMs < 1_000) return;
    if (this.disturbances.explains(watermark, this.#world.time.wall)) return;
    this.#world.violate('P9', `the position of ${name} was set ${byMs}ms from now`);
  }

  fault(uid: string, detail: string | null): void {
    const job = this.#jobs.get(uid);
    if (job === undefined) return;
    this.#world.note('fault', `${job.spec.name} ${detail ?? 'cleared'}`);
    if (detail !== null && !job.isTampered) {
      this.#world.violate('engine', `${job.spec.name} was taken out: ${detail}`);
    }
    job.fault = detail;
  }

  paused(uid: string, pause: Pause | null): void {
    const job = this.#jobs.get(uid);
    if (job === undefined) return this.#world.violate('pause', `of no job ${uid}`);
    const { name } = job.spec;
    this.#world.note('pause', `${name} ${pause === null ? 'over' : JSON.stringify(pause)}`);
    const before = job.pause;
    if (pause !== null && before === null) job.pausedRows = 0;
    const counted = pause ?? before;
    // The end of a pause is written without the rows of its last moment.
    if (pause !== null && counted?.skipped !== job.pausedRows) {
      const told = `${counted?.skipped} skipped, ${job.pausedRows} in the ledger`;
      this.#world.violate('pause', `${name}: ${told}`);
    }
    job.pause = pause;
  }

  /** Judged as it is written: one commit may hold the end of a pause and what comes after it. */
  #checkPause(job: BookedJob, row: Outcome): void {
    const { name } = job.spec;
    const { pause } = job;
    const until = pause === null ? -Infinity : (pause.until ?? Infinity);
    const told = `${name} ${iso(row.nominalTime)} is ${row.disposition} (${row.reason})`;
    if (row.reason === 'paused') {
      job.pausedRows += row.count;
      if (row.lastNominalTime >= until) this.#world.violate('pause', `${told} under no pause`);
      return;
    }
    const isOther = job.wasSuspended || row.reason === 'restored' || row.reason === 'zone_data';
    if (row.nominalTime < until && !isOther) this.#world.violate('pause', `${told} under a pause`);
  }

  row(outcome: Outcome): void {
    const job = this.#jobs.get(outcome.jobUid);
    if (job !== undefined && !job.isTampered) this.#checkPause(job, outcome);
    else if (job !== undefined && outcome.reason === 'paused') job.pausedRows += outcome.count;
    const rows = this.#rows.get(outcome.jobUid);
    if (rows === undefined) this.#rows.set(outcome.jobUid, [outcome]);
    else rows.push(outcome);
  }

  watermark(uid: string, watermark: number, epoch: number): void {
    const job = this.#jobs.get(uid);
    if (job === undefined) return this.#world.violate('store', `watermark of no job ${uid}`);
    this.#flushJob(uid, null);
    if (epoch > job.epoch) return this.#newEpoch(job, watermark, epoch);
    if (epoch < job.epoch || watermark < job.cursor) {
      const { name } = job.spec;
      return this.#world.violate(
        'watermark',
        `${name} goes from ${job.cursor}/${job.epoch} back to ${watermark}/${epoch}`,
      );
    }
    if (watermark === job.cursor) return;
    const due = this.nextOf(job);
    if (due !== null && due <= watermark && !job.isTampered && job.fault === null) {
      this.#world.violate('P2', `${job.spec.name} passes over ${iso(due)} without a row`);
    }
    job.cursor = watermark;
  }

  #newEpoch(job: BookedJob, watermark: number, epoch: number): void {
    this.#near(job.spec.name, watermark);
    this.#world.note('epoch', `${job.spec.name} ${epoch} at ${iso(watermark)}`);
    if (epoch !== job.epoch + 1 || job.cursor <= watermark || this.disturbances.backwardMs === 0) {
      this.#world.violate(
        'epoch',
        `${job.spec.name} begins epoch ${epoch} without a clock set back`,
      );
    }
    job.epoch = epoch;
    job.cursor = watermark;
    job.outgoing = [];
  }

  /** At the end of a commit; `isBusy` tells whether the job had a run that had not ended. */
  flush(isBusy: (uid: string) => boolean): void {
    for (const uid of this.#rows.keys()) this.#flushJob(uid, isBusy);
    this.#rows.clear();
    for (const check of this.#later.splice(0)) check(isBusy);
  }

  readonly #later: ((isBusy: (uid: string) => boolean) => void)[] = [];

  #flushJob(uid: string, isBusy: ((uid: string) => boolean) | null): void {
    const rows = this.#rows.get(uid);
    this.#rows.delete(uid);
    const job = this.#jobs.get(uid);
    if (rows === undefined) return;
    if (job === undefined) return this.#world.violate('P2', `rows of no job ${uid}`);
    rows.sort((a, b) => a.nominalTime - b.nominalTime);
    for (const row of rows) this.#check(job, row);
    const check = (busy: (uid: string) => boolean): void => {
      for (const row of rows) this.#checkPolicy(job, row, rows, busy);
    };
    if (isBusy === null) this.#later.push(check);
    else check(isBusy);
  }

  #check(job: BookedJob, row: Outcome): void {
    const { name } = job.spec;
    const { nominalTime: first, lastNominalTime: last, count } = row;
    if (row.epoch !== job.epoch) {
      return this.#world.violate('epoch', `${name} row of epoch ${row.epoch}, ${job.epoch} is on`);
    }
    const outgoing = job.outgoing.find((one) => first > one.cursor && first <= one.until);
    if (outgoing?.isTampered === true) {
      outgoing.cursor = last;
      job.cursor = Math.max(job.cursor, last);
      return;
    }
    if (job.isTampered) return this.#checkTampered(job, row);
    const rule = outgoing ?? job;
    const expected = nextDue(rule.spec.schedules, rule.cursor);
    if (first !== expected) {
      const what = expected !== null && first > expected ? 'passes over' : 'does not have';
      this.#world.violate(
        'P2',
        `${name} ${what}: row at ${iso(first)}, due at ${expected === null ? 'never' : iso(expected)} after ${iso(rule.cursor)}${outgoing === undefined ? '' : ' (outgoing)'}`,
      );
    }
    if (first !== last || count !== 1) {
      const counted = countDue(rule.spec.schedules, first, last, countMax);
      if (counted.count !== count || (counted.count < countMax && counted.last !== last)) {
        this.#world.violate(
          'P2',
          `${name} row of ${count} up to ${iso(last)}, enumerated ${counted.count} up to ${counted.last === null ? 'never' : iso(counted.last)}`,
        );
      }
    }
    rule.cursor = last;
    if (rule !== job) job.cursor = Math.max(job.cursor, last);
    job.next = null;
    this.#checkCause(job, row, outgoing ?? null);
  }

  /** The guard may let one wrong answer pass, as long as it is not known to be wrong. */
  #checkTampered(job: BookedJob, row: Outcome): void {
    if (nextDue(job.spec.schedules, row.nominalTime - 1) !== row.nominalTime) job.invented += 1;
    if (job.invented > 1 || row.nominalTime <= job.cursor) {
      const what = `${job.invented} invented, last ${iso(row.nominalTime)} after ${iso(job.cursor)}`;
      this.#world.violate('engine', `${job.spec.name} goes on with a broken engine: ${what}`);
    }
    job.cursor = Math.max(job.cursor, row.lastNominalTime);
    job.next = null;
  }

  #checkCause(job: BookedJob, row: Outcome, outgoing: Outgoing | null): void {
    const { name, jitterMs } = job.spec;
    const { nominalTime: first, lastNominalTime: last, recordedAt, reason } = row;
    const explains = (kinds: readonly DisturbanceKind[] | null): boolean =>
      this.disturbances.explains(first, Math.max(recordedAt, last + jitterMs), kinds);
    if (reason === 'deadline') {
      const { startDeadlineMs } = job.spec;
      if (startDeadlineMs === null || recordedAt - last <= startDeadlineMs) {
        this.#world.violate('cause', `${name} ${iso(first)}: its deadline has not passed`);
      }
    }
    if (row.disposition === 'admitted' || reason === 'forbid' || reason === 'queue_full') {
      if (recordedAt < last) {
        this.#world.violate('early', `${name} of ${iso(last)} was settled at ${iso(recordedAt)}`);
      }
      if (recordedAt - first > jitterMs + lateMaxMs && !explains(null)) {
        this.#world.violate(
          'late',
          `${name} of ${iso(first)} was settled at ${iso(recordedAt)} without a cause`,
        );
      }
      return;
    }
    if (reason === 'clock_step') {
      if (!explains(['forward']))
        this.#world.violate('cause', `${name} ${iso(first)}: no clock was set forward`);
    } else if (reason === 'suspended') {
      if (!job.wasSuspended && outgoing?.spec.suspend !== true) {
        this.#world.violate('cause', `${name} ${iso(first)}: it is not suspended`);
      }
    } else if (reason === 'schedule_changed' || reason === 'removed') {
      if (outgoing === null) this.#world.violate('cause', `${name} ${iso(first)}: nothing changed`);
    } else if (
      reason?.startsWith('catch_up') === true &&
      !explains(absences) &&
      !explains(['forward', 'backward'])
    ) {
      this.#world.violate('cause', `${name} ${iso(first)}: nobody was absent (${reason})`);
    }
    job.wasSuspended = job.spec.suspend;
  }

  #checkPolicy(
    job: BookedJob,
    row: Outcome,
    rows: readonly Outcome[],
    isBusy: (uid: string) => boolean,
  ): void {
    const { name, catchUp } = job.spec;
    if ((row.reason === 'forbid' || row.reason === 'queue_full') && !isBusy(job.uid)) {
      this.#world.violate('cause', `${name} ${iso(row.nominalTime)}: no run stood in its way`);
    }
    const missed = rows.some((one) => one.reason?.startsWith('catch_up') === true);
    if (!missed || catchUp.policy !== 'all') return;
    if (rows.filter((one) => one.disposition === 'admitted').length > catchUp.limit + 10) {
      this.#world.violate('catch-up', `${name} catches up more than ${catchUp.limit}`);
    }
  }

  /** The next instant that has no disposition. */
  nextOf(job: BookedJob): number | null {
    if (job.next === null || job.next.after !== job.cursor) {
      job.next = { after: job.cursor, due: nextDue(job.spec.schedules, job.cursor) };
    }
    return job.next.due;
  }

  /** In calm times everything that is due has its row, and nobody is ahead of the clock. */
  audit(loadedAt: number, calmMs: number): void {
    const { wall } = this.#world.time;
    for (const job of this.#jobs.values()) {
      for (const one of job.outgoing.splice(0)) this.#auditOutgoing(one);
      if (job.isRemoved || job.fault !== null || job.isTampered) continue;
      const due = this.nextOf(job);
      const isSkipped = job.spec.suspend || job.pause !== null;
      const slackMs = job.spec.jitterMs + (isSkipped ? 75_000 : 5_000);
      // A reload puts off the next look at a job whose occurrences are skipped anyway.
      const from = isSkipped ? Math.max(due ?? 0, loadedAt) : (due ?? 0);
      const isLooked = !isSkipped || calmMs > 180_000;
      const end = job.pause?.until ?? null;
      if (end !== null && end + 15_000 < wall) {
        this.#world.violate(
          'pause',
          `${job.spec.name} is paused until ${iso(end)}, it is ${iso(wall)}`,
        );
      }
      if (due !== null && isLooked && from + slackMs < wall) {
        this.#world.violate('P2', `${job.spec.name} of ${iso(due)} has no row at ${iso(wall)}`);
      }
      const aheadMs = isFixed(job.spec.schedules) ? this.disturbances.backwardMs : 0;
      if (job.cursor > wall + aheadMs + 5_000) {
        this.#world.violate(
          'T4',
          `${job.spec.name} stands at ${iso(job.cursor)}, it is ${iso(wall)}`,
        );
      }
    }
  }

  #auditOutgoing(one: Outgoing): void {
    if (one.isTampered) return;
    const due = nextDue(one.spec.schedules, one.cursor);
    if (due === null || due + one.spec.jitterMs > one.until) return;
    this.#world.violate(
      'P2',
      `${one.spec.name} of ${iso(due)} was due before a change at ${iso(one.until)} and has no row`,
    );
  }
}

export const iso = (instant: number): string =>
  new Date(instant).toISOString().replace('.000Z', 'Z');
