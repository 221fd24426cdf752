// The loop: look, wait until the source holds still, judge, plan, apply, until
// the recorded state equals the desired one. A hint says only "look again". How
// reading settles, manifests are judged and plans computed is left to others.
import { dirname } from 'node:path';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Manifest } from '../core/manifest/job.ts';
import { retainedPart, retainsOnly } from '../core/plan/compute-plan.ts';
import type { PlanInput, RemovalRights } from '../core/plan/plan-input.ts';
import type { Plan } from '../core/plan/plan.ts';
import { withConfirmation, type Confirmation } from '../core/sync/confirmation.ts';
import { heldJobs, isHeld, outlasting, type Hold } from '../core/sync/hold.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Store } from '../store/store.ts';
import type { CancelTimer, Clock } from '../system/clock.ts';
import type { Digest } from '../system/digest.ts';
import { readBeside } from '../system/read-beside.ts';
import type { Ids } from '../system/ids.ts';
import type { ManifestWatch } from '../watch/watch.ts';
import type { ApplyWork } from './apply-plan.ts';
import { recordPlan, runsOfRemoved, revisionInForce } from './apply-plan.ts';
import { commitWith, isGitBusy } from './git-work-tree.ts';
import { createFollowedFiles } from './followed-files.ts';
import { createManifestJudge } from './judge-manifest.ts';
import type { JudgedManifest, JudgeManifest } from './judged-manifest.ts';
import {
  confirmed,
  orphansOf,
  readOrphans,
  stopOf,
  unconfirmed,
  writeOrphans,
  type Orphans,
} from './orphans.ts';
import { createConfirmAlarm } from './confirm-alarm.ts';
import { createPasses } from './passes.ts';
import { corePlanner, planInput } from './planning.ts';
import type { Planner } from './planning.ts';
import { readSource } from './read-source.ts';
import type { SourceRead } from './read-source.ts';
import type {
  ApplyResult,
  PlanResult,
  Reconciler,
  ReconcilerEvent,
  SourceCondition,
  SyncCondition,
  TextToApply,
} from './reconciler.ts';
import { readSettled } from './settled-read.ts';
import {
  absentDiagnostic,
  isUnfinished,
  unfinished,
  acceptedCondition,
  readCondition,
  refusedCondition,
  writeCondition,
} from './source-condition.ts';
import { changeHold, readHold, writeHold } from './stored-hold.ts';
import { readConfirmation, writeConfirmation } from './stored-confirmation.ts';
import { rightsToGoBack, textOfRevision } from './take-back.ts';
import {
  nothingToConfirm,
  refuseStale,
  requireCarriedOut,
  requireIdle,
  takenBack,
} from './refusals.ts';
import { unarmedJobs } from './verify-apply.ts';
import { createWaits } from './waits.ts';

export interface ReconcilerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ReconcilerParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly store: Store;
  readonly watch: ManifestWatch;
  readonly scheduler: Pick<Scheduler, 'load' | 'apply' | 'nextStart'>;
  readonly sync: 'auto' | 'manual';
  /** Absolute. */
  readonly manifestPath: string;
  readonly log: ReconcilerLog;
  /** What follows has real versions of its own; tests give others. */
  readonly judge?: JudgeManifest;
  readonly planner?: Planner;
  readonly readSource?: () => Promise<SourceRead>;
  /** Watches a file that the manifest names; without it such changes are found by the hash. */
  readonly watchFile?: (path: string) => ManifestWatch;
  /** The commit that holds the manifest with these bytes. */
  readonly gitCommit?: (bytes: Uint8Array) => Promise<string | null>;
  readonly isGitBusy?: () => Promise<boolean>;
}

/** The watcher may miss a change, a content hash cannot. */
const hashEveryMs = 30_000;
/** What the plans of the watcher look ahead; nobody reads more of them. */
const watcherHorizonMs = 24 * 3_600_000;
/** The daemon measures no more jobs for whoever asks: the sums of a larger plan would hold up starts. */
const measuredMax = 500;

type Accepted = JudgedManifest & { readonly manifest: Manifest };
/** What is carried out at once. */
interface Work {
  readonly settled: ReadBytes;
  readonly input: PlanInput;
  readonly plan: Plan;
  readonly by: string;
  readonly gitHead: string | null;
  readonly hold: Omit<Hold, 'revision'> | null;
  readonly note?: NonNullable<ApplyWork['note']>;
  /** Of the file, where it is not the file that is applied; accepted otherwise. */
  readonly condition?: SourceCondition;
  readonly confirmWithinMs?: number | undefined;
  /** To what was before: it needs no word, and what it ends needs none any more. */
  readonly isReturn?: boolean;
}
type ReadBytes = Extract<SourceRead, { kind: 'read' }>;

export function createReconciler(parts: ReconcilerParts): Reconciler {
  const { clock, store, log } = parts;
  const manifestDir = dirname(parts.manifestPath);
  const judge = parts.judge ?? createManifestJudge();
  const planner = parts.planner ?? corePlanner;
  const readManifest = parts.readSource ?? (() => readSource(parts.manifestPath, parts.digest));
  const files = createFollowedFiles({
    digest: parts.digest,
    directory: manifestDir,
    read: readBeside(manifestDir),
    watch: parts.watchFile ?? null,
    hint,
  });
  const read = async (): Promise<SourceRead> => files.digested(await readManifest());
  const gitCommit = parts.gitCommit ?? ((bytes) => commitWith(parts.manifestPath, bytes));
  const gitBusy = parts.isGitBusy ?? (() => isGitBusy(manifestDir, clock.now()));
  const waits = createWaits(clock);
  const listeners = new Set<(event: ReconcilerEvent) => void>();

  let applied = revisionInForce(store);
  /** Revision whose jobs the scheduler has; behind `applied` only after a failure. */
  let loadedRevision = 0;
  let source: SourceCondition = readCondition(store) ?? {
    kind: 'accepted',
    since: applied?.appliedAt ?? clock.now(),
  };
  /** False while the store has not taken the condition: it counts as news until then. */
  let isRemembered = true;
  let sync: SyncCondition = { kind: 'synced' };
  let hold = readHold(store);
  let orphans = readOrphans(store);
  let confirmation = readConfirmation(store);
  const alarm = createConfirmAlarm(clock, () => void passes.request('not confirmed'));
  let attempted: { sourceDigest: string | null; at: number | null } = {
    sourceDigest: null,
    at: null,
  };
  /** What the last pass came to a verdict on; looked at again, it changes nothing. */
  let concluded: string | null = null;
  let judged: { readonly sourceDigest: string; readonly result: JudgedManifest } | null = null;

  /** A look by order is no glance: even content with a verdict is judged again. */
  let isOrdered = false;
  let lastHintAt = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let applyWaiting = 0;
  let cancelHash: CancelTimer = () => {};
  const passes = createPasses({
    clock,
    pass,
    failed(error, why, retryInMs) {
      log.error({ err: error, why, retryInMs }, 'reconciling failed');
    },
  });

  /** True when the source as it is now has its verdict. */
  async function pass(why: string): Promise<boolean> {
    // Anew each time: an apply that failed half-way may have been recorded.
    applied = revisionInForce(store);
    await goBackWhenLate();
    if (isOrdered) {
      isOrdered = false;
      concluded = null;
      judged = null;
    }
    if (keyOf(await read()) === concluded) return true;
    const settled = await settle(applied?.sourceBytes ?? null);
    if (settled.kind === 'unsettled') return isStopped;
    if (settled.kind === 'read') {
      const verdict = await judgeAndAct(settled, why);
      concluded = verdict;
      return verdict !== null;
    }
    refuse(settled.kind, [absentDiagnostic(settled, place())]);
    concluded = keyOf(settled);
    return true;
  }

  function settle(lastGoodBytes: number | null, isVouchedFor = false) {
    return readSettled(
      {
        clock,
        read,
        sleep: (ms) => waits.sleep(ms),
        lastHintAt: () => (isVouchedFor ? Number.NEGATIVE_INFINITY : lastHintAt),
        isGitBusy: gitBusy,
        isCutShort: () => isStopped || (applyWaiting > 0 && !isVouchedFor),
      },
      lastGoodBytes,
    );
  }

  /** The key of what was judged; null when it was taken back and has to be judged again. */
  async function judgeAndAct(found: ReadBytes, why: string): Promise<string | null> {
    attempted = { sourceDigest: found.digest, at: clock.now() };
    // With orphans in force the same file still says something else.
    const isSame = found.digest === applied?.sourceDigest && orphans.size === 0;
    if (isSame && files.isKnownFor(found.bytes)) {
      accept();
      return found.digest;
    }
    // git first: it works in a process of its own while the manifest is judged here.
    const [gitHead, { settled, result }] = await Promise.all([
      gitCommit(found.bytes),
      judgeSource(found),
    ]);
    if (!isAccepted(result)) refuse('invalid', result.diagnostics);
    else if (result.digest === applied?.digest) accept();
    else if (isUnfinished(applied, settled.bytes)) refuse('invalid', [unfinished(place())]);
    else {
      const isHeldBack = hold !== null && isHeld(hold, result.jobDigests);
      const because = isHeldBack ? 'held' : parts.sync === 'manual' ? 'manual' : null;
      const removals = because === null ? unconfirmed(orphans) : confirmed();
      const input = planInput(store, result, { ...briefly(), removals });
      const plan = planner.plan(input);
      const by = why === 'start' ? 'start' : 'watcher';
      if (because !== null) wait(because, plan);
      else if (!(await actUnasked({ settled, input, plan, by, gitHead, hold: null }))) return null;
    }
    return settled.digest;
  }

  /** What a guard stops waits, and runs on; everything else comes into force. False: it was taken back. */
  async function actUnasked(work: Work): Promise<boolean> {
    const { plan, input } = work;
    const because = stopOf(plan);
    if (because !== null && (retainsOnly(plan) || plan.blockedNames !== undefined)) {
      keepOrphans(orphansOf(plan, input, orphans));
      loadJobs();
    } else {
      const done = await carryOutVerified(work);
      if (done.takenBack !== null) return false;
    }
    if (because !== null) wait(because, retainedPart(plan));
    return true;
  }

  /** Carries it out; where its jobs are then not scheduled as planned, what was before comes back. */
  async function carryOutVerified(
    work: Work,
  ): Promise<{ readonly revision: number; readonly takenBack: Jm2Error | null }> {
    const before = applied?.number ?? 0;
    const revision = carryOut(work);
    const unarmed = unarmedJobs(parts.scheduler, work.plan, store.jobs(), clock.now());
    if (unarmed.length === 0) return { revision, takenBack: null };
    log.error({ jobs: unarmed.slice(0, 20), count: unarmed.length }, 'jobs are not armed');
    // Of a first revision there is nothing to go back to.
    if (before === 0) return { revision, takenBack: null };
    const reason = `not scheduled as planned: ${unarmed.slice(0, 5).join(', ')}`;
    const inForce = await takeBack(before, 'verification', reason);
    return { revision, takenBack: takenBack({ revision, before, inForce, unarmed }) };
  }

  /** Another revision with the content of this one; the file waits where it says something else. */
  async function takeBack(to: number, by: string, reason: string): Promise<number> {
    const earlier = textOfRevision(store, to);
    const expected = { revision: applied?.number ?? 0, desiredDigest: null };
    const step = { by, expected, cause: 'taken_back', mode: 'until_changed', reason } as const;
    const result =
      earlier === null
        ? null
        : await applyTextNow({ ...step, ...earlier }, rightsToGoBack(store, orphans));
    concluded = null;
    if (result?.kind === 'applied') return result.revision;
    // Nothing to go back to, or that is not accepted any more: what is in force stays.
    keepConfirmation(null);
    if (result?.kind === 'unchanged') return result.revision;
    const diagnostics = result?.diagnostics.slice(0, 5) ?? [];
    log.error({ revision: to, diagnostics }, 'the earlier revision could not be brought back');
    return applied?.number ?? 0;
  }

  /** Before each look: what was applied on condition and not confirmed is no longer in force. */
  async function goBackWhenLate(): Promise<void> {
    if (confirmation === null || clock.now() < confirmation.deadline) return;
    const { returnsTo, revision, by, deadline } = confirmation;
    const late = new Date(deadline).toISOString();
    log.warn({ revision, returnsTo, by }, 'not confirmed in time');
    await takeBack(returnsTo, 'confirm-within', `not confirmed by ${late}, applied by ${by}`);
  }

  function keepConfirmation(next: Confirmation | null): void {
    writeConfirmation(store, next);
    confirmation = next;
    alarm.set(next);
  }

  function keepOrphans(next: Orphans): void {
    writeOrphans(store, next);
    orphans = next;
  }

  /** The verdict on the source, and the source with the digest of all that was read for it. */
  async function judgeSource(
    found: ReadBytes,
  ): Promise<{ readonly settled: ReadBytes; readonly result: JudgedManifest }> {
    const result = await judgeOnce(found);
    await files.follow(result.files);
    const settled = { ...found, digest: files.digestWith(found.bytes, result.files) };
    attempted = { ...attempted, sourceDigest: settled.digest };
    return { settled, result };
  }

  async function judgeOnce(settled: ReadBytes): Promise<JudgedManifest> {
    if (judged?.sourceDigest === settled.digest) return judged.result;
    const result = await judge(settled.bytes, parts.manifestPath);
    // By what was read for it: the same manifest with another file is judged anew.
    judged = { sourceDigest: files.digestWith(settled.bytes, result.files), result };
    return result;
  }

  /** The file means what is in force. */
  function accept(): void {
    loadJobs();
    release();
    if (orphans.size > 0) keepOrphans(new Map());
    const wasRefused = source.kind !== 'accepted' || !isRemembered;
    const wasPending = sync.kind === 'pending';
    sync = { kind: 'synced' };
    if (wasRefused) remember(acceptedCondition(source, clock.now()));
    if (wasRefused || wasPending) emit({ kind: 'manifest.restored' });
  }

  function refuse(
    kind: 'invalid' | 'missing' | 'unreadable',
    diagnostics: readonly Diagnostic[],
  ): void {
    sync = { kind: 'synced' };
    if (kind !== 'invalid') attempted = { sourceDigest: null, at: clock.now() };
    remember(refusedCondition(source, clock.now(), { kind, diagnostics }));
    log.warn({ source: kind, revision: applied?.number ?? 0 }, 'manifest not accepted');
    emit({ kind: 'manifest.rejected', diagnostics });
  }

  /** The file says what is in force: there is nothing left to hold. */
  function release(): void {
    if (hold === null || outlasting(hold) !== null) return;
    writeHold(store, null);
    log.info({ hold: hold.cause, by: hold.by }, 'the hold is over');
    hold = null;
  }

  function wait(because: Extract<SyncCondition, { kind: 'pending' }>['because'], plan: Plan): void {
    const since = sync.kind === 'pending' ? sync.since : clock.now();
    if (source.kind !== 'accepted' || !isRemembered)
      remember(acceptedCondition(source, clock.now()));
    sync = { kind: 'pending', since, because, plan };
    log.warn({ because, summary: plan.summary }, 'manifest waits for an apply');
    emit({ kind: 'manifest.pending', because, plan });
  }

  function remember(condition: SourceCondition): void {
    // Shown at once; when storing it fails, the retry of the pass stores it.
    source = condition;
    isRemembered = false;
    writeCondition(store, condition);
    isRemembered = true;
  }

  /** Gives the recorded jobs to the scheduler unless it has them. */
  function loadJobs(): void {
    if (applied === null || loadedRevision === applied.number) return;
    parts.scheduler.load(store.jobs(), applied);
    loadedRevision = applied.number;
  }

  function carryOut(work: Work): number {
    const returnsTo = applied?.number ?? 0;
    const { by, confirmWithinMs: withinMs } = work;
    const waitsFor = (revision: number): Confirmation | null => {
      if (work.isReturn === true) return null;
      if (withinMs === undefined) return confirmation && { ...confirmation, revision };
      return withConfirmation(confirmation, { withinMs, by, returnsTo }, revision, clock.now());
    };
    const condition = work.condition ?? acceptedCondition(source, clock.now());
    const removing = runsOfRemoved(work.input);
    const kept = orphansOf(work.plan, work.input, orphans);
    const { revision, inForce } = parts.scheduler.apply(() => {
      const number = recordPlan(
        { ...parts, planner },
        {
          ...work,
          condition,
          orphans: kept,
          confirmation: waitsFor,
        },
      );
      const recorded = revisionInForce(store);
      const { limits } = work.input.desired.manifest;
      return { revision: number, inForce: recorded, jobs: store.jobs(), limits, removing };
    });
    // A crash here finds the next daemon with the revision and all that follows from it.
    applied = inForce;
    loadedRevision = revision;
    source = condition;
    isRemembered = true;
    sync = { kind: 'synced' };
    hold = work.hold === null ? null : { ...work.hold, revision };
    orphans = kept;
    confirmation = readConfirmation(store);
    alarm.set(confirmation);
    log.info({ revision, by: work.by, summary: work.plan.summary }, 'manifest applied');
    emit({ kind: 'manifest.applied', revision, plan: work.plan, by: work.by });
    return revision;
  }

  async function applyNow(input: Parameters<Reconciler['apply']>[0]): Promise<ApplyResult> {
    const found = await settle(null, true);
    if (found.kind === 'unsettled') {
      throw refuseStale('the manifest kept changing while it was read', applied);
    }
    if (found.kind !== 'read') {
      const diagnostics = [absentDiagnostic(found, place())];
      refuse(found.kind, diagnostics);
      concluded = keyOf(found);
      return { kind: 'rejected', diagnostics };
    }
    attempted = { sourceDigest: found.digest, at: clock.now() };
    const [gitHead, { settled, result }] = await Promise.all([
      gitCommit(found.bytes),
      judgeSource(found),
    ]);
    if (!isAccepted(result)) {
      refuse('invalid', result.diagnostics);
      concluded = settled.digest;
      return { kind: 'rejected', diagnostics: result.diagnostics };
    }
    const { expected } = input;
    if (expected !== null && expected.desiredDigest !== result.digest) {
      throw refuseStale('the manifest is another than the one the plan was computed from', applied);
    }
    // Checked before the revision: when the watcher was quicker with the very
    // same manifest, the plan has been carried out.
    if (result.digest === applied?.digest) {
      accept();
      extendConfirmation(input.confirmWithinMs);
      concluded = settled.digest;
      return { kind: 'unchanged', revision: applied.number, diagnostics: result.diagnostics };
    }
    if (expected !== null && expected.revision !== (applied?.number ?? 0)) {
      throw refuseStale(`the plan was computed from revision ${expected.revision}`, applied);
    }
    const removals = confirmed(input.allowRemove);
    const basis = planInput(store, result, { ...briefly(), removals });
    const plan = planner.plan(basis);
    requireCarriedOut(plan);
    if (input.ifIdle === true) requireIdle(plan);
    const { by, confirmWithinMs } = input;
    const work = {
      settled,
      input: basis,
      plan,
      by,
      gitHead,
      hold: outlasting(hold),
      confirmWithinMs,
    };
    const done = await carryOutVerified(work);
    if (done.takenBack !== null) throw done.takenBack;
    const { revision } = done;
    concluded = settled.digest;
    return { kind: 'applied', revision, plan, diagnostics: result.diagnostics };
  }

  /** Asked for again with nothing to apply, it lasts longer. */
  function extendConfirmation(withinMs: number | undefined): void {
    if (withinMs === undefined || confirmation === null) return;
    keepConfirmation({ ...confirmation, deadline: clock.now() + withinMs });
  }

  async function confirmNow(by: string): Promise<Confirmation> {
    if (confirmation === null) throw nothingToConfirm(hold);
    const done = confirmation;
    store.transaction(() => {
      writeConfirmation(store, null);
      const { revision } = done;
      const target = `revision ${revision}`;
      store.audit({ at: clock.now(), actor: by, action: 'apply.confirmed', target, detail: null });
    });
    keepConfirmation(null);
    return done;
  }

  /** What the file says otherwise of the jobs is held back. */
  async function applyTextNow(
    input: TextToApply,
    removals: RemovalRights = confirmed(),
  ): Promise<ApplyResult> {
    const found = proposal(input.text);
    const result = await judge(found.bytes, parts.manifestPath);
    if (!isAccepted(result)) return { kind: 'rejected', diagnostics: result.diagnostics };
    const { diagnostics } = result;
    const { revision, desiredDigest } = input.expected;
    if (desiredDigest !== null && desiredDigest !== result.digest) {
      throw refuseStale('the text means something else than the plan says', applied);
    }
    if (result.digest === applied?.digest) {
      return { kind: 'unchanged', revision: applied.number, diagnostics };
    }
    if (revision !== (applied?.number ?? 0)) {
      throw refuseStale(`the plan was computed from revision ${revision}`, applied);
    }
    const basis = planInput(store, result, { ...briefly(), removals });
    const plan = planner.plan(basis);
    if (input.cause !== 'taken_back') requireCarriedOut(plan);
    const before = new Map(basis.recorded.jobs.map(({ job, digest }) => [job.name, digest]));
    const held = heldJobs((await digestsOfFile()) ?? before, result.jobDigests);
    const { by, cause, reason, restores = null, confirmWithinMs } = input;
    // Whoever keeps everything back keeps this back as well.
    const mode = outlasting(hold) === null ? input.mode : 'manual';
    const isReturn = cause === 'taken_back';
    const work: Work = {
      settled: found,
      input: basis,
      plan,
      by,
      gitHead: input.gitCommit,
      hold:
        Object.keys(held).length === 0
          ? null
          : { cause, mode, by, reason, since: clock.now(), held },
      ...(reason === null && restores === null ? {} : { note: { reason, restores } }),
      condition: source,
      confirmWithinMs,
      isReturn,
    };
    // What comes back was in force before: it is not taken back in its turn.
    const done = isReturn
      ? { revision: carryOut(work), takenBack: null }
      : await carryOutVerified(work);
    if (done.takenBack !== null) throw done.takenBack;
    return { kind: 'applied', revision: done.revision, plan, diagnostics };
  }

  /** Null for a file that is not accepted: it comes back, if at all, as what was in force. */
  async function digestsOfFile(): Promise<ReadonlyMap<string, string> | null> {
    const file = await read();
    if (file.kind !== 'read') return null;
    const result = await judgeOnce(file);
    return isAccepted(result) ? result.jobDigests : null;
  }

  async function planNow(input: Parameters<Reconciler['plan']>[0]): Promise<PlanResult> {
    const found = input.text === null ? await settle(null, true) : proposal(input.text);
    if (found.kind === 'unsettled') {
      throw refuseStale('the manifest kept changing while it was read', applied);
    }
    if (found.kind !== 'read') {
      return { kind: 'rejected', diagnostics: [absentDiagnostic(found, place())] };
    }
    const result = await judgeOnce(found);
    if (!isAccepted(result)) return { kind: 'rejected', diagnostics: result.diagnostics };
    const jobs = result.manifest.jobs.length;
    const at = { now: clock.now(), horizonMs: input.horizonMs, isBrief: jobs > measuredMax };
    const plan = planner.plan(planInput(store, result, at));
    return { kind: 'planned', plan, diagnostics: result.diagnostics };
  }

  /** Nobody reads more of what the loop plans for itself. */
  function briefly() {
    return { now: clock.now(), horizonMs: watcherHorizonMs, isBrief: true };
  }

  function proposal(text: string): ReadBytes {
    const bytes = new TextEncoder().encode(text);
    return { kind: 'read', bytes, digest: parts.digest(bytes), changedAt: clock.now() };
  }

  function place(): { readonly file: string; readonly revision: number } {
    return { file: parts.manifestPath, revision: applied?.number ?? 0 };
  }

  function emit(event: ReconcilerEvent): void {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        log.error({ err: error, event: event.kind }, 'a listener failed');
      }
    }
  }

  function armHash(): void {
    cancelHash = clock.setTimer(hashEveryMs, () => {
      void passes.request('content hash');
      armHash();
    });
  }

  return {
    async start() {
      // The last good revision comes first: whatever the file is now, its jobs run on.
      loadJobs();
      alarm.set(confirmation);
      // In place before the first look, so that no change falls between the two.
      await parts.watch.start(hint);
      await passes.request('start');
      armHash();
    },
    hint,
    reconcileNow(why) {
      isOrdered = true;
      return passes.request(why);
    },
    plan: planNow,
    async apply(input) {
      // A pass that waits for a suspicious file to hold still must not keep a
      // person waiting who has looked at it.
      applyWaiting += 1;
      waits.cutShort();
      try {
        return await passes.inTurn(() => applyNow(input));
      } catch (error) {
        await judgedAgain(error);
        throw error;
      } finally {
        applyWaiting -= 1;
      }
    },
    confirm: (by) => passes.inTurn(() => confirmNow(by)),
    async applyText(input) {
      const result = await passes
        .inTurn(() => applyTextNow(input))
        .catch(async (error: unknown) => {
          await judgedAgain(error);
          throw error;
        });
      // What the file says now has to be judged against what is in force now.
      concluded = null;
      await passes.request('applied text');
      return result;
    },
    async changeHold(request) {
      await passes.inTurn(async () => {
        hold = changeHold(parts, hold, { ...request, revision: applied?.number ?? 0 });
      });
      concluded = null;
      await passes.request(request.kind);
    },
    status() {
      return {
        source,
        sync,
        attempted,
        appliedRevision: applied?.number ?? 0,
        hold,
        orphans,
        confirmation,
      };
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      isStopped = true;
      cancelHash();
      alarm.set(null);
      waits.cutShort();
      await parts.watch.close();
      await files.close();
      await passes.stop();
    },
  };

  /** After an apply that was taken back, the file waits; its caller sees it so. */
  async function judgedAgain(error: unknown): Promise<void> {
    if (error instanceof Jm2Error && error.code === 'JM2-P223') await passes.request('taken back');
  }

  function hint(why: string): void {
    lastHintAt = clock.monotonic();
    void passes.request(why);
  }
}

function keyOf(read: SourceRead): string {
  return read.kind === 'read' ? read.digest : `${read.kind}: ${read.detail}`;
}

function isAccepted(result: JudgedManifest): result is Accepted {
  return result.manifest !== null;
}
