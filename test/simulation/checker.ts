// Judges a simulated world from outside: every commit of the store, every
// command of the host. It keeps its own picture of jobs and runs, made from
// what was written and from the manifests as people meant them; it shares no
// code with the scheduler.
import type { Pause } from '../../src/core/overrides/pause.ts';
import type { Attempt, KillIntent, Outcome, Run } from '../../src/core/runs/run.ts';
import type { JobWrite, RunEnd, Store } from '../../src/store/store.ts';
import type { Disturbances } from './disturbances.ts';
import type { Command, Host } from './host.ts';
import { isSameRule, type SimJob, type SimManifest } from './manifests.ts';
import { OccurrenceBook } from './occurrence-book.ts';
import type { Write } from './sim-store.ts';
import type { Daemon, World } from './world.ts';

export interface AttemptMirror {
  readonly number: number;
  kill: KillIntent | null;
  end: RunEnd | null;
  /** Time of the host when the intent was committed. */
  readonly begunAwake: number;
}

export interface RunMirror {
  readonly id: string;
  readonly uid: string;
  readonly trigger: Run['trigger'];
  readonly nominalTime: number | null;
  /** The job as it was when the run was admitted. */
  readonly spec: SimJob;
  readonly isForced: boolean;
  state: Run['state'];
  readonly attempts: AttemptMirror[];
  /** Time of the host before which it waits for its retry. */
  waitsUntilAwake: number;
  idleAudits: number;
}

export interface CheckerCounts {
  commits: number;
  occurrences: number;
  runs: number;
  commands: number;
  revisions: number;
}

export class Checker {
  readonly runs = new Map<string, RunMirror>();
  readonly open = new Set<RunMirror>();
  readonly #openOf = new Map<string, Set<RunMirror>>();
  activeCount = 0;
  readonly book: OccurrenceBook;
  readonly counts: CheckerCounts = {
    commits: 0,
    occurrences: 0,
    runs: 0,
    commands: 0,
    revisions: 0,
  };
  manifest: SimManifest | null = null;
  /** Wall clock of the last apply. */
  appliedAt = 0;
  isLoading = false;
  /** Set around a request by hand that may pass the concurrency policy. */
  isForcing = false;
  readonly #world: World;
  readonly #complete: ReadonlyMap<string, SimManifest>;
  host: Host | null = null;

  constructor(
    world: World,
    disturbances: Disturbances,
    complete: ReadonlyMap<string, SimManifest>,
  ) {
    this.#world = world;
    this.#complete = complete;
    this.book = new OccurrenceBook(world, disturbances);
  }

  /** Runs of a job that have not ended. */
  unfinishedOf(uid: string): RunMirror[] {
    return [...(this.#openOf.get(uid) ?? [])];
  }

  #hasUnfinished(uid: string): boolean {
    return (this.#openOf.get(uid)?.size ?? 0) > 0;
  }

  get queuedCount(): number {
    return this.open.size - this.activeCount;
  }

  /** False while as many run as may, in all or in the group that its job has now. */
  hasSlot(run: RunMirror): boolean {
    const limits = this.manifest?.limits;
    if (limits === undefined) return true;
    if (this.activeCount >= limits.max) return false;
    const groupOf = (one: RunMirror): string | null =>
      (this.book.find(one.uid)?.spec ?? one.spec).group;
    const group = groupOf(run);
    if (group === null) return true;
    let active = 0;
    for (const one of this.open) if (one.state === 'running' && groupOf(one) === group) active += 1;
    return active < (limits.groups[group] ?? Infinity);
  }

  committed(writes: readonly Write[], _daemon: Daemon): void {
    if (writes.length === 0) return;
    this.counts.commits += 1;
    // An apply first: rows of the same commit may close what it ended.
    for (const { name, args } of writes) {
      if (name === 'applyRevision') this.#applied(args[0] as Applied);
    }
    for (const { name, args, result } of writes) this.#write(name, args, result);
    this.book.flush((uid) => this.#hasUnfinished(uid) || this.#endedNow.has(uid));
    this.#endedNow.clear();
  }

  /** Jobs of which a run ended in this commit: it may have stood in the way before that. */
  readonly #endedNow = new Set<string>();

  #write(name: string, args: readonly unknown[], result: unknown): void {
    switch (name) {
      case 'recordOutcome':
        return this.#outcome(args[0] as Outcome);
      case 'setWatermark':
        return this.book.watermark(args[0] as string, args[1] as number, args[2] as number);
      case 'setPause':
        return this.book.paused(args[0] as string, args[1] as Pause | null);
      case 'setFault':
        return this.book.fault(args[0] as string, args[1] as string | null);
      case 'insertRun':
        return this.#inserted(args[0] as Run);
      case 'beginAttempt':
        return this.#begun(args[0] as Attempt);
      case 'setKillIntent':
        return this.#killed(args[0] as string, args[1] as number, args[2] as KillIntent);
      case 'endAttempt':
        return this.#attemptEnded(args[0] as string, args[1] as number, args[2] as RunEnd);
      case 'missOccurrence':
        return this.#missed(args[0] as Missed);
      case 'requeueRun':
        return this.#requeued(args[0] as string, args[1] as number);
      case 'endRun':
        return this.#ended(args[0] as string, args[1] as RunEnd);
      case 'prune':
        for (const id of result as string[]) {
          this.host?.forget(id, this.runs.get(id)?.attempts.length ?? 0);
          this.runs.delete(id);
        }
    }
  }

  #outcome(outcome: Outcome): void {
    this.counts.occurrences += outcome.count;
    this.#world.note(
      'outcome',
      `${outcome.job} ${outcome.disposition} ${outcome.reason ?? ''} ${new Date(outcome.nominalTime).toISOString()} x${outcome.count} e${outcome.epoch}`,
    );
    this.book.row(outcome);
  }

  #applied(input: Applied): void {
    this.counts.revisions += 1;
    const manifest = this.#complete.get(input.source);
    if (manifest === undefined) {
      return this.#world.violate('P5', 'a manifest was applied that nobody ever completed');
    }
    const names = new Map(manifest.jobs.map((job) => [job.name, job]));
    let [created, removed] = [0, 0];
    const before = this.book.inForce().length;
    for (const write of input.writes) {
      if (write.kind === 'create' || write.kind === 'restore') created += 1;
      if (write.kind === 'delete') removed += 1;
      this.#applyWrite(write, names);
    }
    const isGuarded =
      removed > Math.max(3, before / 10) || (removed > 0 && removed === before && created === 0);
    if (isGuarded && input.appliedBy !== 'cli') {
      this.#world.violate('P5', `the watcher took ${removed} of ${before} jobs away`);
    }
    this.manifest = manifest;
    this.appliedAt = this.#world.time.wall;
    this.#world.note('applied', `by ${input.appliedBy}, ${input.writes.length} writes`);
  }

  #applyWrite(write: JobWrite, names: ReadonlyMap<string, SimJob>): void {
    if (write.kind === 'delete') return this.book.removed(write.uid);
    const spec = names.get(write.job.name);
    if (spec === undefined) return this.#world.violate('P5', `${write.job.name} is in no manifest`);
    if (write.kind === 'create') return this.book.created(write.uid, spec, write.watermark);
    if (write.kind === 'restore') return this.book.restored(write.uid, spec, write.watermark);
    const known = this.book.find(write.uid);
    if (known === undefined) return this.#world.violate('P5', `${spec.name} was never created`);
    const isMoved = !isSameRule(known.spec, spec) || (known.spec.suspend && !spec.suspend);
    if (isMoved !== (write.watermark !== null)) {
      const what = isMoved ? 'kept its position' : 'was moved although its rule is the same';
      this.#world.violate('P9', `${spec.name} ${what}`);
    }
    this.book.updated(write.uid, spec, write.watermark);
  }

  #inserted(run: Run): void {
    this.counts.runs += 1;
    if (this.isLoading) this.#world.violate('P9', `an apply admitted run ${run.id} of ${run.job}`);
    const job = this.book.find(run.jobUid);
    if (job === undefined) return this.#world.violate('P2', `run ${run.id} of an unknown job`);
    const { spec } = job;
    const isForced = this.isForcing;
    if (this.#hasUnfinished(run.jobUid) && !isForced && spec.concurrency !== 'allow') {
      const others = this.unfinishedOf(run.jobUid);
      const isSerial = run.trigger === 'catch-up' && spec.catchUp.policy === 'all';
      const waiting = others.filter((other) => other.attempts.length === 0);
      if (spec.concurrency === 'forbid' && !isSerial) {
        this.#world.violate('policy', `${spec.name} forbids, and ${others[0]?.id} has not ended`);
      }
      if (spec.concurrency === 'queue' && waiting.length > 0 && !isSerial) {
        this.#world.violate('policy', `${spec.name} has ${waiting.length} waiting already`);
      }
    }
    const mirror: RunMirror = {
      id: run.id,
      uid: run.jobUid,
      trigger: run.trigger,
      nominalTime: run.nominalTime,
      spec,
      isForced,
      state: 'queued',
      attempts: [],
      waitsUntilAwake: 0,
      idleAudits: 0,
    };
    this.runs.set(run.id, mirror);
    this.open.add(mirror);
    const ofJob = this.#openOf.get(run.jobUid) ?? new Set<RunMirror>();
    this.#openOf.set(run.jobUid, ofJob.add(mirror));
  }

  #begun(input: { readonly runId: string; readonly attempt: number }): void {
    const run = this.runs.get(input.runId);
    if (run === undefined || run.state !== 'queued') {
      return this.#world.violate('P1', `attempt of run ${input.runId}, which is ${run?.state}`);
    }
    const { spec } = run;
    if (input.attempt !== run.attempts.length + 1) {
      this.#world.violate('P1', `attempt ${input.attempt} after ${run.attempts.length}`);
    }
    if (!this.hasSlot(run)) {
      this.#world.violate('max', `${spec.name} begins, and ${this.activeCount} run already`);
    }
    const tries = run.attempts.filter((attempt) => attempt.end?.state !== 'canceled');
    if (tries.length > spec.retry.limit) {
      this.#world.violate(
        'retry',
        `try ${tries.length + 1} of ${spec.name}, ${spec.retry.limit} retries allowed`,
      );
    }
    const last = tries.at(-1)?.end;
    if (last !== undefined && last !== null && !isAnswered(spec, last)) {
      this.#world.violate(
        'retry',
        `${spec.name} is tried again after ${last.state} ${last.exitCode}`,
      );
    }
    if (
      this.#world.time.awake < run.waitsUntilAwake - 5 &&
      !this.book.disturbances.since(run.waitsUntilAwake - 3_600_000)
    ) {
      this.#world.violate('retry', `${spec.name} is tried again too early`);
    }
    if (this.book.find(run.uid)?.isRemoved === true) {
      this.#world.violate('P9', `${spec.name} left the manifest and begins a run`);
    }
    run.state = 'running';
    this.activeCount += 1;
    const { awake } = this.#world.time;
    run.attempts.push({ number: input.attempt, kill: null, end: null, begunAwake: awake });
  }

  /** An admitted run that never began: its occurrence is missed after all. */
  #missed(missed: Missed): void {
    const run = this.runs.get(missed.runId);
    if (run === undefined || !this.open.has(run)) {
      return this.#world.violate('P2', `run ${missed.runId} is missed and ${run?.state}`);
    }
    const begun = run.attempts.find(
      ({ number }) => this.host?.find({ runId: run.id, attempt: number })?.started != null,
    );
    if (begun !== undefined) {
      this.#world.violate('P2', `run ${run.id} is missed, attempt ${begun.number} began`);
    }
    if (missed.reason === 'deadline' && run.spec.startDeadlineMs === null) {
      const now = this.book.find(run.uid)?.spec.startDeadlineMs ?? null;
      if (now === null) this.#world.violate('cause', `${run.spec.name} has no deadline`);
    }
    this.#world.note('missed', `${run.spec.name} ${run.id} ${missed.reason}`);
  }

  #killed(runId: string, number: number, intent: KillIntent): void {
    const attempt = this.runs.get(runId)?.attempts[number - 1];
    if (attempt === undefined) return this.#world.violate('P1', `kill of no attempt ${runId}`);
    this.#world.note('intent', `${runId}/${number} ${intent}`);
    attempt.kill ??= intent;
  }

  #attemptEnded(runId: string, number: number, end: RunEnd): void {
    const run = this.runs.get(runId);
    const attempt = run?.attempts[number - 1];
    if (run === undefined || attempt === undefined || attempt.end !== null) {
      return this.#world.violate('once', `attempt ${runId}/${number} ends, but is not open`);
    }
    attempt.end = end;
    const command = this.host?.find({ runId, attempt: number });
    const why = this.#untrue(run, attempt, command, end);
    if (why !== null) {
      const told = `${end.state} code ${end.exitCode} signal ${end.signal} (${end.reason})`;
      this.#world.violate('P3', `${run.spec.name} ${runId}/${number} recorded as ${told}: ${why}`);
    }
  }

  /** What of an end is not as the host knows it; null when all is true. */
  #untrue(
    run: RunMirror,
    attempt: AttemptMirror,
    command: Command | undefined,
    end: RunEnd,
  ): string | null {
    if (command?.isAlive === true) return 'its command runs';
    const exit = command?.exit ?? null;
    if (end.exitCode !== null && !(exit?.kind === 'exited' && exit.code === end.exitCode)) {
      return 'nobody saw that exit code';
    }
    const isSuccess = end.exitCode !== null && run.spec.successCodes.includes(end.exitCode);
    switch (end.state) {
      case 'succeeded':
        if (!isSuccess) return 'no success code';
        return attempt.kill === null ? null : `it was asked to end (${attempt.kill})`;
      case 'failed':
        if (isSuccess) return 'that is a success code';
        return exit === null || exit.kind === 'lost' ? 'its end is not known' : null;
      case 'timed_out':
        return attempt.kill === 'timeout' ? null : 'no timeout was intended';
      case 'canceled': {
        const hasBegun = command?.started !== null && command?.started !== undefined;
        if (attempt.kill === null && hasBegun) return 'nobody asked it to end';
        return attempt.kill === 'timeout' && hasBegun ? 'it was its timeout' : null;
      }
      case 'lost':
        if (exit !== null && command?.boot === this.#world.boot) return 'its exit file is there';
        return null;
    }
  }

  #requeued(runId: string, notBefore: number): void {
    const run = this.runs.get(runId);
    if (run === undefined || !this.open.has(run)) {
      return this.#world.violate('once', `run ${runId} waits again after its end`);
    }
    if (run.state === 'running') this.activeCount -= 1;
    run.state = 'queued';
    const { awake, wall } = this.#world.time;
    run.waitsUntilAwake = awake + Math.max(0, notBefore - wall);
  }

  #ended(runId: string, end: RunEnd): void {
    const run = this.runs.get(runId);
    if (run === undefined || !this.open.has(run)) {
      return this.#world.violate('once', `run ${runId} ends as ${end.state} after its end`);
    }
    const last = run.attempts.at(-1);
    if (last !== undefined && last.end === null) {
      this.#world.violate('once', `run ${runId} ends while its attempt is open`);
    }
    if (end.state === 'succeeded' && last?.end?.state !== 'succeeded') {
      this.#world.violate('P3', `run ${runId} succeeded without an attempt that did`);
    }
    this.#world.note('run ends', `${run.spec.name} ${runId} ${end.state} ${end.reason ?? ''}`);
    if (run.state === 'running') this.activeCount -= 1;
    run.state = end.state;
    this.open.delete(run);
    this.#openOf.get(run.uid)?.delete(run);
    this.#endedNow.add(run.uid);
  }

  /** A command begins in the host: the moment that counts for "at most once". */
  commandBegun(command: Command): void {
    this.counts.commands += 1;
    const run = this.runs.get(command.runId);
    const attempt = run?.attempts[command.attempt - 1];
    if (run === undefined || attempt === undefined || attempt.end !== null) {
      return this.#world.violate(
        'P1',
        `${command.job} ${command.runId}/${command.attempt} begins without an intent`,
      );
    }
    for (const other of this.host?.alive ?? []) {
      if (other === command) continue;
      const theirs = this.runs.get(other.runId);
      if (theirs === undefined || theirs.uid !== run.uid) continue;
      if (theirs === run) this.#world.violate('P1', `two attempts of run ${run.id} at once`);
      const isAllowed = [run, theirs].some(
        (one) => one.spec.concurrency === 'allow' || one.isForced,
      );
      if (!isAllowed) {
        this.#world.violate(
          'policy',
          `two commands of ${run.spec.name} at once: ${run.id} and ${theirs.id}`,
        );
      }
    }
  }

  /** Every row of the store is as the commits said. */
  compareWith(store: Store): void {
    const rows = store.jobs();
    const known = this.book.inForce();
    if (rows.length !== known.length) {
      this.#world.violate(
        'store',
        `${rows.length} jobs in the store, ${known.length} were written`,
      );
    }
    for (const row of rows) {
      const job = this.book.find(row.uid);
      if (job === undefined || job.cursor !== row.watermark || job.epoch !== row.epoch) {
        this.#world.violate(
          'store',
          `${row.name} stands at ${row.watermark}/${row.epoch}, written ${job?.cursor}/${job?.epoch}`,
        );
      }
    }
    const unfinished = store.unfinishedRuns();
    if (unfinished.length !== this.open.size) {
      this.#world.violate(
        'store',
        `${unfinished.length} unfinished runs, ${this.open.size} were written`,
      );
    }
    for (const row of unfinished) {
      const run = this.runs.get(row.id);
      if (run?.state !== row.state || run.attempts.length !== row.attempts) {
        this.#world.violate(
          'store',
          `run ${row.id} is ${row.state} in the store, ${run?.state} as written`,
        );
      }
    }
  }
}

function isAnswered(spec: SimJob, end: RunEnd): boolean {
  const { on } = spec.retry;
  if (end.state === 'timed_out') return on.includes('timeout');
  if (end.state !== 'failed') return false;
  if (end.signal !== null) return on.includes('signal');
  if (end.exitCode === null) return on.includes('start');
  return on.includes('exit') || on.includes(end.exitCode);
}

interface Missed {
  readonly runId: string;
  readonly reason: string;
}

interface Applied {
  readonly source: string;
  readonly appliedBy: string;
  readonly writes: readonly JobWrite[];
}
