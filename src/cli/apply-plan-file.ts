// Applies a plan that was kept: exactly what was reviewed, or nothing. Whether it
// still holds is decided in api/plan-file.ts; this asks for the facts, says what
// is in the way, and hands the plan's own text to the daemon.
import {
  differenceOf,
  grownHazards,
  otherTimes,
  standingOf,
  type GrownHazard,
  type PlanDifference,
  type PlanFile,
  type PlanStanding,
} from '../api/plan-file.ts';
import type { ApplyReply, PlanView } from '../api/plan-views.ts';
import type { Service } from '../api/service.ts';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { isLasting } from '../core/plan/impact-key.ts';
import { shellWord } from '../core/exchange/shell-words.ts';
import type { ApplyEvents } from './apply-events.ts';
import type { Context } from './context.ts';
import { notAccepted } from './manifest-file.ts';
import { readPlanFile } from './plan-files.ts';
import { confirmationWords } from './views/confirmation.ts';
import { changeTitle } from './views/plan-change.ts';

const horizonMs = 7 * 86_400_000;
const shownMax = 10;

export interface AppliedPlan {
  readonly file: PlanFile;
  /** Null: it had been applied already. */
  readonly reply: ApplyReply | null;
  readonly revision: number;
  readonly remarks: readonly string[];
}

export interface PlanFileOptions {
  readonly mayRebase: boolean;
  /** `CODE:JOB` that somebody has seen. */
  readonly acceptedHazards: readonly string[];
  readonly reason: string | null;
  readonly confirmWithinMs: number | null;
  readonly confirmWhen?: 'succeeded';
}

export async function applyPlanFile(
  context: Context,
  path: string,
  options: PlanFileOptions,
  untilInForce: (daemon: Service, revision: number, plan: PlanView) => Promise<void>,
  events: ApplyEvents,
): Promise<AppliedPlan> {
  const file = await readPlanFile(context, path);
  const place = await context.locations();
  const daemon = await context.daemon();
  // Before anything is judged: without a daemon nothing can be applied.
  await daemon.status();
  const live = await livePlan(context, file);
  events.planned(live);
  const standing = standingOf(file, live, context.terminal.now);
  const remarks: string[] = [];
  switch (standing.kind) {
    case 'applied':
      // Nothing is applied; why and by which plan is recorded with the revision, once.
      await daemon.applyText(textOf(context, file, live, options));
      if (options.confirmWithinMs !== null) remarks.push(notOnTrial(live.basis.revision));
      return { file, reply: null, revision: live.basis.revision, remarks };
    case 'other_installation':
      throw refusedPlan('JM2-P215', path, 'It was made for another installation', live);
    case 'other_meaning':
      throw refusedPlan(
        'JM2-P216',
        path,
        'The same text means something else here than where it was planned: another version of jm2, other defaults, or a calendar that changed',
        live,
      );
    case 'expired':
      throw refusedPlan('JM2-P217', path, `It was good until ${file.expiresAt}`, live);
    case 'stale':
      throw refusedPlan('JM2-P218', path, stalenessWords(file, live, standing.difference), live);
    case 'rebased': {
      const words = `revision ${standing.from} was planned against, ${standing.to} is in force`;
      if (!options.mayRebase) throw refusedPlan('JM2-P218', path, `${words}; --no-rebase`, live);
      remarks.push(
        `Rebased from revision ${standing.from} to ${standing.to}: for what it changes, nothing is different.`,
      );
      break;
    }
    case 'ready':
      break;
  }
  await refuseOtherTimes(context, path, file, live);
  refuseGrownHazards(grownHazards(file.plan, live), options.acceptedHazards, {
    what: `${path} was not applied: it has hazards that it did not have when it was made.`,
    again: `jm2 apply ${shellWord(path)}`,
    live,
  });
  const { confirmWithinMs, confirmWhen } = options;
  events.started(live);
  const reply = await daemon.applyText({
    ...textOf(context, file, live, options),
    ...(confirmWithinMs === null ? {} : { confirmWithinMs }),
    ...(confirmWhen === undefined ? {} : { confirmWhen }),
  });
  if (reply.kind === 'rejected') throw notAccepted(reply.diagnostics);
  events.completed(reply);
  if (reply.kind === 'applied') {
    await untilInForce(daemon, reply.revision, reply.plan);
    events.verified(reply.revision);
  }
  const { sync } = await daemon.status();
  if (sync.confirmation !== null) {
    remarks.push(confirmationWords(sync.confirmation, context.terminal));
  }
  if (sync.hold !== null) {
    remarks.push(
      `${context.shownPath(place.manifest)} says something else (${sync.hold.jobs.slice(0, shownMax).join(', ')}): it waits until it changes, or for jm2 apply.`,
    );
  }
  return { file, reply, revision: reply.revision, remarks };
}

function textOf(
  context: Context,
  { source: text, gitCommit, plan, digest }: PlanFile,
  live: PlanView,
  { reason }: PlanFileOptions,
): Parameters<Service['applyText']>[0] {
  // What a plan does to its own base is what was reviewed, also where it is in force by now.
  const { impactDigest } = live.changes.length === 0 ? plan : live;
  return {
    by: context.actor,
    text,
    gitCommit,
    expected: { revision: live.basis.revision, desiredDigest: plan.basis.desiredDigest },
    cause: 'plan_file',
    mode: 'until_changed',
    reason,
    seen: { planId: digest, impactDigest },
  };
}

/** `unknown`: there is nothing here to compare it with. */
export type Standing = PlanStanding['kind'] | 'unknown';

export async function standingNow(context: Context, file: PlanFile): Promise<Standing> {
  try {
    const live = await livePlan(context, file);
    return standingOf(file, live, context.terminal.now).kind;
  } catch (error) {
    // A plan may be read where there is neither manifest nor store.
    if (!(error instanceof Jm2Error)) throw error;
    return context.terminal.now >= Date.parse(file.expiresAt) ? 'expired' : 'unknown';
  }
}

/** A trial begins with an apply; what is in force already has nothing to go back from. */
export function notOnTrial(revision: number): string {
  const back = revision > 1 ? ` To go back: jm2 rollback ${revision - 1} --reason WHY` : '';
  return `It is in force already, and not on trial: nothing goes back by itself.${back}`;
}

/** What an approval was about; null: not told. */
export interface Approved {
  readonly planId: string | null;
  readonly impactDigest: string;
}

/**
 * What was approved, where that is in force already because the watcher was quicker, or
 * somebody else; null where it is something else. `plan` has nothing to do.
 */
export async function approvedInForce(
  context: Context,
  plan: PlanView,
  { digest, path }: { readonly digest: string | null; readonly path: string | null },
): Promise<Approved | null> {
  const { basis } = plan;
  const file = path === null ? null : await readPlanFile(context, path);
  if (file !== null && file.plan.basis.desiredDigest !== basis.desiredDigest) return null;
  const impactDigest = digest ?? file?.plan.impactDigest ?? null;
  if (impactDigest === null || (file !== null && file.plan.impactDigest !== impactDigest)) {
    return null;
  }
  if (file !== null) return { planId: file.digest, impactDigest };
  return (await impactOfLatest(context, basis.revision)) === impactDigest
    ? { planId: null, impactDigest }
    : null;
}

/** Of the revision in force, as its own plan had it; null where there is nothing before it. */
async function impactOfLatest(context: Context, revision: number): Promise<string | null> {
  if (revision < 2) return null;
  const { planAgainst } = await import('./plan-base.ts');
  const { manifest, manifestDir } = await context.locations();
  const { revisionSource } = await import('../daemon/plan-from-store.ts');
  const text = await revisionSource(await context.locations(), revision);
  const file = context.shownPath(manifest);
  const { reply } = await planAgainst(
    context,
    `rev:${revision - 1}`,
    async () => ({ text, file, directory: manifestDir }),
    { now: context.terminal.now, horizonMs },
  );
  return reply.kind === 'planned' ? reply.plan.impactDigest : null;
}

/**
 * Digest of the kept plan. Throws JM2-P212, naming what differs, unless this one does the
 * same, and JM2-P219 where the moment has brought hazards that the kept one did not have.
 */
export async function requireSameImpact(
  context: Context,
  path: string,
  plan: PlanView,
  accepted: readonly string[],
): Promise<string> {
  const file = await readPlanFile(context, path);
  if (file.plan.impactDigest === plan.impactDigest) {
    refuseGrownHazards(grownHazards(file.plan, plan), accepted, {
      what: `Nothing was changed: the impact is that of ${path}, but it has hazards that ${path} did not have.`,
      again: `jm2 apply --auto-approve --approved ${shellWord(path)}`,
      live: plan,
    });
    return file.digest;
  }
  const { unplanned, different } = differenceOf(file.plan, plan);
  const planned = new Set(plan.changes.map(({ job }) => job));
  const gone = file.plan.changes.filter(({ job }) => !planned.has(job));
  const lines = [
    ...unplanned.map((change) => `not approved: ${change.action} ${changeTitle(change)}`),
    ...different.map((job) => `otherwise than approved: ${job}`),
    ...gone.map(
      (change) => `approved and not to be done any more: ${change.action} ${changeTitle(change)}`,
    ),
    ...grownHazards(file.plan, plan).map(({ code, job }) => `new hazard: ${code}:${job}`),
  ];
  if (lines.length === 0) lines.push('another state of what is in force');
  const told = lines.slice(0, shownMax).map((line) => `    ${line}`);
  if (lines.length > shownMax) told.push(`    and ${lines.length - shownMax} more`);
  throw operationalError('JM2-P212', {
    detail: `What ${path} has is not what would be applied. Nothing was changed.\n${told.join('\n')}`,
    exitCode: ExitCode.conflict,
    data: plan,
  });
}

/** Throws JM2-P218 where other time-zone data give the planned text other times. */
async function refuseOtherTimes(
  context: Context,
  path: string,
  file: PlanFile,
  live: PlanView,
): Promise<void> {
  const { timezoneData } = file.plan;
  if (timezoneData === live.timezoneData) return;
  const then = await livePlan(context, file, {
    now: Date.parse(file.plan.at),
    horizonMs: file.plan.horizonMs,
  });
  const jobs = otherTimes(file.plan, then);
  if (jobs.length === 0) return;
  const named = jobs.slice(0, shownMax).join(', ');
  const more = jobs.length > shownMax ? ` and ${jobs.length - shownMax} more` : '';
  throw refusedPlan(
    'JM2-P218',
    path,
    `It was made with the time-zone data ${timezoneData ?? 'of no release'}; by ${live.timezoneData ?? 'none'} these jobs would run at other times than planned: ${named}${more}`,
    live,
  );
}

/** The plan's own text against what is in force now. */
export async function livePlan(
  context: Context,
  file: PlanFile,
  at: { readonly now: number; readonly horizonMs: number } = {
    now: context.terminal.now,
    horizonMs,
  },
): Promise<PlanView> {
  const { planFromStore } = await import('../daemon/plan-from-store.ts');
  const place = await context.locations();
  const reply = await planFromStore(place, {
    text: file.source,
    ...at,
  });
  if (reply.kind === 'rejected') throw notAccepted(reply.diagnostics);
  return reply.plan;
}

function refusedPlan(code: string, path: string, why: string, live: PlanView) {
  return operationalError(code, {
    detail: `${path} was not applied. ${why}. Revision ${live.basis.revision} stays in force.`,
    exitCode: ExitCode.conflict,
    data: live,
  });
}

function stalenessWords(file: PlanFile, live: PlanView, difference: PlanDifference): string {
  const { unplanned, different } = difference;
  const lines = [
    `It was planned against revision ${file.plan.basis.revision}; since then ${live.basis.revision} came into force`,
    ...unplanned
      .slice(0, shownMax)
      .map(
        (change) =>
          `    not planned: ${change.action} ${changeTitle(change)}, by which others' work would be undone`,
      ),
    ...different.slice(0, shownMax).map((job) => `    otherwise than planned: ${job}`),
  ];
  const rest = unplanned.length + different.length - (lines.length - 1);
  if (rest > 0) lines.push(`    and ${rest} more`);
  return lines.join('\n');
}

/**
 * What a digest alone cannot have seen, since it holds nothing of the moment. Throws
 * JM2-P219 where a job goes whose run goes on; answers the others, to be told.
 */
export function refuseHazardsOfMoment(
  plan: PlanView,
  digest: string,
  accepted: readonly string[],
): readonly GrownHazard[] {
  const ofMoment = plan.changes.flatMap(({ job, hazards }) =>
    hazards.filter(({ code }) => !isLasting(code)).map((hazard) => ({ job, ...hazard })),
  );
  const removing = ofMoment.filter(({ code }) => code === 'removes_running');
  refuseGrownHazards(removing, accepted, {
    what: 'Nothing was changed: it is the impact that was approved, but a job goes that runs now.',
    again: `jm2 apply --auto-approve --expect-impact ${digest}`,
    live: plan,
  });
  return ofMoment.filter(({ code }) => code !== 'removes_running');
}

function refuseGrownHazards(
  grown: readonly GrownHazard[],
  accepted: readonly string[],
  { what, again, live }: { readonly what: string; readonly again: string; readonly live: PlanView },
): void {
  const open = grown.filter(({ code, job }) => !accepted.includes(`${code}:${job}`));
  if (open.length === 0) return;
  const told = open
    .slice(0, shownMax)
    .map(({ code, job, severity, detail }) => `    ${code}:${job} (${severity})  ${detail}`);
  const more = open.length > told.length ? `\n    and ${open.length - told.length} more` : '';
  const flags = open
    .slice(0, 3)
    .map(({ code, job }) => `--accept-hazard ${code}:${job}`)
    .join(' ');
  throw operationalError('JM2-P219', {
    detail: `${what}\n${told.join('\n')}${more}`,
    hint: `Wait, or make the plan again, or: ${again} ${flags}`,
    exitCode: ExitCode.refused,
    data: live,
  });
}
