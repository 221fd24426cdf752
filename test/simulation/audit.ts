// What must hold when nothing was wrong for a while: everything that is due is
// settled, nothing waits or runs without a cause, the scheduler's memory says
// what the store says, and the newest good manifest is in force.
import type { Checker, RunMirror } from './checker.ts';
import type { Running } from './daemon.ts';
import type { Host } from './host.ts';
import type { SimManifest } from './manifests.ts';
import { iso } from './occurrence-book.ts';
import type { Source } from './source.ts';
import type { World } from './world.ts';

/** After trouble, so long until promises about time hold again. */
export const settledAfterMs = 60_000;
const commandGoneMs = 45_000;

export interface AuditParts {
  readonly world: World;
  readonly host: Host;
  readonly checker: Checker;
  readonly source: Source;
  readonly running: Running;
  readonly calmMs: number;
}

export function audit(parts: AuditParts): void {
  parts.checker.book.audit(parts.checker.appliedAt, parts.calmMs);
  auditMemory(parts);
  for (const run of parts.checker.open) {
    if (run.state === 'running') auditRunning(parts, run);
    else auditWaiting(parts, run);
  }
  auditManifest(parts);
}

function auditMemory({ world, checker, running }: AuditParts): void {
  const { scheduler } = running;
  if (scheduler.runningCount !== checker.activeCount) {
    world.violate(
      'memory',
      `${scheduler.runningCount} run in memory, ${checker.activeCount} in the store`,
    );
  }
  if (scheduler.queuedCount !== checker.queuedCount) {
    world.violate(
      'memory',
      `${scheduler.queuedCount} wait in memory, ${checker.queuedCount} in the store`,
    );
  }
  for (const job of checker.book.inForce()) {
    if (job.isTampered && job.fault === null) continue;
    const next = scheduler.nextStart(job.uid);
    if (job.pause !== null && job.fault === null) {
      const until = job.pause.until ?? Infinity;
      if (next === null || next >= until) continue;
      world.violate('pause', `${job.spec.name} is paused and comes next at ${iso(next)}`);
      continue;
    }
    const due = job.fault !== null || job.spec.suspend ? null : checker.book.nextOf(job);
    const isRight =
      next === null || due === null ? next === due : next >= due && next <= due + job.spec.jitterMs;
    if (isRight) continue;
    const told = [next, due].map((at) => (at === null ? 'never' : iso(at)));
    world.violate(
      'memory',
      `${job.spec.name} comes next at ${told[0]} in memory, ${told[1]} by its rule`,
    );
  }
}

function auditRunning({ world, host, calmMs }: AuditParts, run: RunMirror): void {
  const attempt = run.attempts.at(-1);
  if (attempt === undefined) return;
  const { awake } = world.time;
  const command = host.find({ runId: run.id, attempt: attempt.number });
  const ageMs = Math.min(calmMs, awake - attempt.begunAwake);
  if (command?.isAlive !== true) {
    if (
      ageMs > commandGoneMs &&
      (command === undefined || awake - command.endedAwake > commandGoneMs)
    ) {
      world.violate('stuck', `${run.spec.name} ${run.id} runs in the store, its command is gone`);
    }
    return;
  }
  const { timeoutMs, graceMs } = run.spec;
  if (timeoutMs !== null && ageMs > timeoutMs + graceMs + 30_000) {
    world.violate(
      'timeout',
      `${run.spec.name} ${run.id} runs for ${ageMs}ms, ${timeoutMs}ms and ${graceMs}ms of grace were given`,
    );
  }
}

function auditWaiting({ world, checker, running }: AuditParts, run: RunMirror): void {
  // When the clock was set back, a new daemon lets a retry wait anew, up to its longest delay.
  const longestMs = Math.max(300_000, run.spec.retry.delayMs);
  const againUntil = run.attempts.length > 0 ? running.upAwake + longestMs : 0;
  const hasCause =
    !checker.hasSlot(run) ||
    checker.unfinishedOf(run.uid).some((other) => other !== run) ||
    world.time.awake < Math.max(run.waitsUntilAwake, againUntil) + 5_000;
  const { startDeadlineMs } = run.spec;
  const isForFirst = run.nominalTime !== null && run.attempts.length === 0;
  if (startDeadlineMs !== null && isForFirst && checker.book.find(run.uid)?.spec === run.spec) {
    const lateMs = world.time.wall - (run.nominalTime ?? 0) - startDeadlineMs;
    if (lateMs > 15_000)
      world.violate('deadline', `${run.spec.name} ${run.id} waits ${lateMs}ms too long`);
  }
  run.idleAudits = hasCause ? 0 : run.idleAudits + 1;
  if (run.idleAudits >= 3) {
    world.violate('stuck', `${run.spec.name} ${run.id} waits and nothing is in its way`);
  }
}

function auditManifest({ world, checker, source, running }: AuditParts): void {
  const { awake } = world.time;
  if (awake - source.changedAwake < settledAfterMs) return;
  const status = running.reconciler.status();
  const isRefused = status.source.kind !== 'accepted';
  if ((source.content === 'broken' || source.content === 'missing') !== isRefused) {
    const why =
      status.source.kind === 'accepted'
        ? ''
        : status.source.diagnostics.find((one) => one.severity === 'error')?.detail;
    world.violate(
      'P5',
      `the file is ${source.content}, its condition is ${status.source.kind} ${why}`,
    );
  }
  if (isRefused || source.content !== 'complete' || status.sync.kind === 'pending') return;
  if (checker.manifest !== null && meaningOf(checker.manifest) !== meaningOf(source.wanted)) {
    world.violate('P5', 'the newest good manifest is not in force');
  }
}

const meanings = new WeakMap<SimManifest, string>();

/** The order of jobs and their former names mean nothing. */
function meaningOf(manifest: SimManifest): string {
  let meaning = meanings.get(manifest);
  if (meaning === undefined) {
    const jobs = manifest.jobs.map((job) => JSON.stringify({ ...job, renamedFrom: null }));
    meaning = `${JSON.stringify(manifest.limits)} ${jobs.toSorted((a, b) => (a < b ? -1 : 1)).join('\n')}`;
    meanings.set(manifest, meaning);
  }
  return meaning;
}
