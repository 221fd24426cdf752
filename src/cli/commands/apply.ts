// Brings the manifest into force: shows the plan, asks, sends the basis it was
// shown from, and waits until the schedule really is the planned one.
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import { confirmWithinMaxMs } from '../../api/wire.ts';
import type { ApplyReply, ConfirmationView, PlanView, Service } from '../../api/service.ts';
import { inLines, noEvents, type ApplyEvents } from '../apply-events.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { ask, canAsk } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { wrongArguments } from '../usage-errors.ts';
import { applyAt, applyMoment } from '../apply-moment.ts';
import type { Approved } from '../apply-plan-file.ts';
import { notAccepted } from '../manifest-file.ts';
import { named, readSource, rejectionText } from '../plan-rejection.ts';
import { runSteps } from '../steps.ts';
import { pauseReason } from '../pauses.ts';
import { confirmationWords } from '../views/confirmation.ts';
import { planText } from '../views/plan.ts';
import { horizonDefaultMs } from './plan.ts';

const inForceWithinMs = 15_000;
const askEveryMs = 50;

export const applyCommand: CommandDefinition = {
  name: 'apply',
  summary: 'Bring the manifest into force',
  description:
    'Shows the plan and asks first; without a terminal it needs --auto-approve. A plan that was kept with `plan --out` has been reviewed: it is applied without a question, as it was, or not at all. Starts no run but those that jobs ask for with on_change and on_schedule_change, which the plan counts. Ends with 4 when what is in force or the manifest changed after the plan was shown, with 5 when it was not approved.',
  arguments: [
    {
      name: '[plan]',
      offers: 'files',
      description: 'a plan that was kept: applied as it was reviewed',
    },
  ],
  options: [
    { flags: '--auto-approve', description: 'apply without asking' },
    {
      flags: '--accept-hazard <code:job>',
      description: 'a hazard that what was approved did not have; may be given more than once',
      repeat: true,
      offers: 'nothing',
    },
    { flags: '--no-rebase', description: 'refuse a kept plan when another revision is in force' },
    {
      flags: '--expect-impact <digest>',
      offers: 'nothing',
      description: 'refuse unless the impact is this one, as it was approved',
    },
    { flags: '--approved <file>', description: 'refuse unless it does what this kept plan does' },
    {
      flags: '--allow-remove <job>',
      description: 'let this protected job go; may be given more than once',
      repeat: true,
      offers: 'jobs',
    },
    {
      flags: '--confirm-within <duration>',
      description: 'go back to what is in force now unless jm2 confirm comes in time: 10m',
    },
    {
      flags: '--confirm-when <what>',
      choices: ['succeeded'],
      description: 'with --confirm-within: it stays once each changed job has succeeded',
    },
    {
      flags: '--when <moment>',
      offers: ['now', 'idle'],
      description:
        'now, idle (none of the jobs that it changes runs), or after:TIME such as after:23:00',
    },
    {
      flags: '--yield-overrides',
      description: 'end the pause of a job whose suspension the manifest lifts',
    },
    {
      flags: '--no-rename-guard',
      description: 'without a terminal: remove a job even if a new one looks like it',
    },
    { flags: '--timeout <duration>', description: 'how long to wait for idle (default: 1h)' },
    {
      flags: '--format <name>',
      description: 'how to print it: jsonl tells it line by line (default: human)',
      choices: ['human', 'json', 'jsonl'],
    },
    {
      flags: '--reason <text>',
      description: 'why, for the audit, the revisions and whoever finds it held',
    },
  ],
  examples: [
    { command: 'jm2 apply', meaning: 'show the plan, ask, apply' },
    { command: 'jm2 apply change.jm2plan', meaning: 'exactly what was reviewed, or nothing' },
    {
      command: 'jm2 apply --auto-approve --approved change.jm2plan',
      meaning: 'after a merge: only if it does what was approved',
    },
    {
      command: 'jm2 apply --allow-remove billing',
      meaning: 'and take a protected job out of force',
    },
    { command: 'jm2 apply --confirm-within 10m', meaning: 'on trial: it goes back by itself' },
    {
      command: 'jm2 apply --confirm-within 1d --confirm-when succeeded',
      meaning: 'unless each job that it changes succeeds within a day',
    },
    {
      command: 'jm2 apply --auto-approve --when idle --timeout 2h',
      meaning: 'once none of its jobs runs',
    },
    { command: 'jm2 apply --auto-approve', meaning: 'in a pipeline' },
    {
      command: 'jm2 apply --auto-approve --format jsonl',
      meaning: 'each thing that happens, as a line of JSON',
    },
  ],
  run: (context, input) =>
    isInLines(context, input)
      ? inLines(context, (events) => apply(context, input, events))
      : apply(context, input, noEvents),
};

/** `json` is another name of `--json`, and known as such already. */
function isInLines({ output }: Context, input: Input): boolean {
  if (input.text('format') !== 'jsonl') return false;
  if (!output.json) return true;
  throw wrongArguments(
    '--json and --format jsonl both say what stdout holds.',
    'Leave out one of them.',
  );
}

async function apply(context: Context, input: Input, events: ApplyEvents): Promise<Answer> {
  const { terminal, output } = context;
  const kept = input.argument(0);
  if (kept !== null) return applyKept(context, input, kept, events);
  if (!input.flag('rebase')) {
    throw wrongArguments(
      '--no-rebase is about a plan that was kept.',
      'Name its file: jm2 apply change.jm2plan',
    );
  }
  const isApproved = input.text('expectImpact') !== null || input.text('approved') !== null;
  if (input.texts('acceptHazard').length > 0 && !isApproved) {
    throw wrongArguments(
      '--accept-hazard is about what was approved: a plan that was kept, or its impact.',
      'Name its file: jm2 apply change.jm2plan',
    );
  }
  const moment = applyMoment(context, input);
  const confirmWithinMs = confirmWithin(input);
  confirmWhen(input);
  const allowRemove = input.texts('allowRemove');
  const place = await context.locations();
  const daemon = await context.daemon();
  // Before anything is shown or asked: without a daemon nothing can be applied.
  await daemon.status();
  const { planFromStore } = await import('../../daemon/plan-from-store.ts');
  const planned = await planFromStore(place, {
    text: null,
    horizonMs: horizonDefaultMs,
    now: terminal.now,
    allowRemove,
  });
  if (planned.kind === 'rejected') return rejected(context, planned.diagnostics);
  const { plan } = planned;
  events.planned(plan);
  if (events === noEvents && (!output.quiet || !isEmptyPlanView(plan))) {
    output.text(
      planText(
        plan,
        { source: context.shownPath(place.manifest), isVerbose: context.verbose },
        terminal,
      ),
    );
  }
  const reason = pauseReason(input);
  const approved = await requireApproved(context, input, plan);
  if (!isEmptyPlanView(plan)) await approve(context, plan, input);
  let reply: ApplyReply | undefined;
  const tell = {
    waiting: (until: number | null, reason: string) => events.waiting(until, reason),
    started: () => events.started(plan),
  };
  await runSteps(context, [
    {
      title: 'Apply the plan',
      run: async () => {
        const request = {
          by: context.actor,
          ...(reason === null ? {} : { reason }),
          // Of a plan with nothing to do there is nothing that was seen.
          ...(approved === null && isEmptyPlanView(plan)
            ? {}
            : { seen: approved ?? { planId: null, impactDigest: plan.impactDigest } }),
          expected: {
            revision: plan.basis.revision,
            desiredDigest: plan.basis.desiredDigest,
          },
          allowRemove,
          ...(confirmWithinMs === null ? {} : { confirmWithinMs, ...confirmWhen(input) }),
        };
        reply = await applyAt(context, daemon, moment, request, tell);
        events.completed(reply);
      },
    },
    {
      title: 'Check that it is in force',
      run: async () => {
        if (reply?.kind !== 'applied') return;
        await untilInForce(daemon, reply.revision, reply.plan);
        events.verified(reply.revision);
      },
    },
  ]);
  await yielded(context, input, reply);
  const { confirmation } = (await daemon.status()).sync;
  if (confirmWithinMs !== null && confirmation === null && reply?.kind === 'unchanged') {
    const { notOnTrial } = await import('../apply-plan-file.ts');
    context.output.note(notOnTrial(reply.revision));
  }
  const answer = await answerOf(reply, context, confirmation);
  await unproved(context, input);
  return answer;
}

/** What was approved elsewhere must be what would be applied here, or what is in force; null: nothing was. */
async function requireApproved(
  context: Context,
  input: Input,
  plan: PlanView,
): Promise<Approved | null> {
  const expected = input.text('expectImpact');
  const approved = input.text('approved');
  if (expected === null && approved === null) return null;
  const { approvedInForce, refuseHazardsOfMoment, requireSameImpact } =
    await import('../apply-plan-file.ts');
  if (isEmptyPlanView(plan)) {
    const inForce = await approvedInForce(context, plan, { digest: expected, path: approved });
    if (inForce !== null) {
      context.output.note(`What was approved is in force, as revision ${plan.basis.revision}.`);
      return inForce;
    }
  }
  if (expected !== null && expected !== plan.impactDigest) {
    throw operationalError('JM2-P212', {
      detail: `Approved was ${expected}, this is ${plan.impactDigest}. Nothing was changed.`,
      exitCode: ExitCode.conflict,
      data: plan,
    });
  }
  const accepted = input.texts('acceptHazard');
  const { impactDigest } = plan;
  if (approved !== null) {
    const planId = await requireSameImpact(context, approved, plan, accepted);
    context.output.note('The impact is the one that was approved.');
    return { planId, impactDigest };
  }
  // Whoever waits until nothing runs has no run in the way.
  const isIdle = input.text('when') === 'idle';
  const seen = isIdle ? plan.changes.map(({ job }) => `removes_running:${job}`) : accepted;
  const told = refuseHazardsOfMoment(plan, impactDigest, seen);
  context.output.note('The impact is the one that was approved.');
  if (told.length > 0) {
    const named = told.slice(0, 10).map(({ code, job }) => `${code}:${job}`);
    const more = told.length > named.length ? ` and ${told.length - named.length} more` : '';
    context.output.note(`Hazards of this moment, not part of it: ${named.join(', ')}${more}.`);
  }
  return { planId: null, impactDigest };
}

async function applyKept(
  context: Context,
  input: Input,
  path: string,
  events: ApplyEvents,
): Promise<Answer> {
  if (input.text('when') !== null || input.texts('allowRemove').length > 0) {
    throw wrongArguments(
      'A plan that was kept is applied as it is, now.',
      'Leave out --when and --allow-remove.',
    );
  }
  if (input.text('expectImpact') !== null || input.text('approved') !== null) {
    throw wrongArguments(
      'A plan that was kept is what was approved.',
      'Leave out --expect-impact and --approved.',
    );
  }
  const { applyPlanFile } = await import('../apply-plan-file.ts');
  const applied = await applyPlanFile(
    context,
    path,
    {
      mayRebase: input.flag('rebase'),
      acceptedHazards: input.texts('acceptHazard'),
      reason: pauseReason(input),
      confirmWithinMs: confirmWithin(input),
      ...confirmWhen(input),
    },
    untilInForce,
    events,
  );
  for (const remark of applied.remarks) context.output.note(remark);
  const { reply, revision } = applied;
  await yielded(context, input, reply ?? undefined);
  await unproved(context, input);
  if (reply?.kind === 'applied') {
    return {
      data: { applied: true, revision, plan: reply.plan },
      confirmation: true,
      text: (terminal) =>
        `${terminal.style('green', 'applied')}: revision ${revision} is in force, as it was planned ${applied.file.plannedAt} by ${applied.file.by}`,
    };
  }
  return {
    data: { applied: false, revision },
    confirmation: true,
    text: () => `nothing to apply: this plan is in force, as revision ${revision}`,
  };
}

async function unproved(context: Context, input: Input): Promise<void> {
  if (input.text('confirmWhen') === null) return;
  const { noteUnproved } = await import('../note-unproved.ts');
  await noteUnproved(context);
}

/** Pauses hold over every apply, unless whoever applies says otherwise. */
async function yielded(
  context: Context,
  input: Input,
  reply: ApplyReply | undefined,
): Promise<void> {
  if (!input.flag('yieldOverrides')) return;
  const { yieldOverrides } = await import('../yield-overrides.ts');
  await yieldOverrides(context, reply);
}

async function answerOf(
  reply: ApplyReply | undefined,
  context: Context,
  confirmation: ConfirmationView | null,
): Promise<Answer> {
  if (confirmation !== null) context.output.note(confirmationWords(confirmation, context.terminal));
  if (reply?.kind === 'rejected') return rejected(context, reply.diagnostics);
  if (reply?.kind === 'applied') {
    const { revision, plan } = reply;
    return {
      data: { applied: true, revision, plan, confirmation },
      confirmation: true,
      text: (terminal) =>
        `${terminal.style('green', 'applied')}: revision ${revision} is in force${keptWords(plan)}`,
    };
  }
  return {
    data: { applied: false, revision: reply?.revision ?? null, confirmation },
    confirmation: true,
    text: () => `nothing to apply: revision ${reply?.revision ?? 0} is in force`,
  };
}

function keptWords({ summary }: PlanView): string {
  const kept = summary.retain ?? 0;
  if (kept === 0) return '';
  return `; ${kept} protected ${kept === 1 ? 'job runs' : 'jobs run'} on (--allow-remove)`;
}

const confirmMinMs = 1_000;

function confirmWithin(input: Input): number | null {
  const ms = input.duration('confirmWithin');
  if (ms === null || (ms >= confirmMinMs && ms <= confirmWithinMaxMs)) return ms;
  throw wrongArguments(
    'The time to confirm must be between 1s and 7d.',
    'For example: jm2 apply --confirm-within 10m',
  );
}

function confirmWhen(input: Input): { readonly confirmWhen?: 'succeeded' } {
  if (input.text('confirmWhen') === null) return {};
  if (input.text('confirmWithin') !== null) return { confirmWhen: 'succeeded' };
  throw wrongArguments(
    '--confirm-when goes with --confirm-within.',
    'For example: jm2 apply --confirm-within 1d --confirm-when succeeded',
  );
}

async function rejected(context: Context, found: readonly Diagnostic[]): Promise<Answer> {
  const place = await context.locations();
  const diagnostics = named(found, context.shownPath(place.manifest));
  return {
    data: { diagnostics },
    error: notAccepted(diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
    text: rejectionText(diagnostics, await readSource(place)),
  };
}

async function approve(context: Context, plan: PlanView, input: Input): Promise<void> {
  if (input.flag('autoApprove')) {
    if (input.flag('renameGuard')) refuseLookalikes(plan);
    return;
  }
  if (!canAsk(context)) {
    throw operationalError('JM2-P202', {
      detail: 'Nobody can be asked here, and --auto-approve was not given. Nothing was changed.',
      exitCode: ExitCode.refused,
      data: plan,
    });
  }
  const answer = await ask('\nApply this plan? Only "yes" will do it: ');
  if (answer?.trim().toLowerCase() === 'yes') return;
  throw operationalError('JM2-P204', {
    detail: 'The answer was not "yes". Nothing was changed.',
    exitCode: ExitCode.refused,
    data: plan,
  });
}

/** Nobody is there to see that a history would be left behind. */
function refuseLookalikes(plan: PlanView): void {
  if (process.stdin.isTTY) return;
  const left = plan.changes.filter(({ hazards }) =>
    hazards.some(({ code, severity }) => code === 'looks_like_rename' && severity !== 'low'),
  );
  if (left.length === 0) return;
  const named = left.slice(0, 5).map(({ job, lookalike }) => `"${job}" looks like "${lookalike}"`);
  const more = left.length > named.length ? ` and ${left.length - named.length} more` : '';
  throw operationalError('JM2-P227', {
    detail: `${named.join(', ')}${more}, which left the manifest and has run before. Nothing was changed.`,
    exitCode: ExitCode.refused,
    data: plan,
  });
}

/**
 * Applied is what the schedule does, not what was stored: the jobs of the plan
 * must be listed (or gone), and armed where the plan expects a next run.
 */
export async function untilInForce(
  daemon: Service,
  revision: number,
  plan: PlanView,
): Promise<void> {
  const deadline = performance.now() + inForceWithinMs;
  for (;;) {
    const [status, { jobs }] = await Promise.all([daemon.status(), daemon.list()]);
    const byName = new Map(jobs.map((job) => [job.name, job]));
    const missing = plan.changes.filter(({ job, action, impact }) => {
      const listed = byName.get(job);
      if (action === 'delete') return listed !== undefined;
      if (listed === undefined) return true;
      const expected = impact.nextRun.after;
      // A next run that has come meanwhile is no sign of a fault.
      const isAhead = expected !== null && Date.parse(expected) > Date.now() + 1_000;
      return isAhead && listed.nextRun === null && listed.state === 'scheduled';
    });
    // A newer revision has replaced this one already: then this plan has been in force.
    if (status.revision.applied > revision) return;
    if (status.revision.applied === revision && missing.length === 0) return;
    if (performance.now() > deadline) {
      throw operationalError('JM2-R106', {
        detail: `Revision ${revision} was recorded, but after ${inForceWithinMs / 1000}s these jobs were not scheduled as planned: ${missing.map(({ job }) => job).join(', ')}.`,
        hint: 'jm2 status',
        exitCode: ExitCode.timedOut,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}
