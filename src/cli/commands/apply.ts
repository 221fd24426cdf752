// Brings the manifest into force: shows the plan, asks, sends the basis it was
// shown from, and waits until the schedule really is the planned one.
import { createInterface } from 'node:readline/promises';
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { ApplyReply, PlanView, Service } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { notAccepted } from '../manifest-file.ts';
import { named, readSource, rejectionText } from '../plan-rejection.ts';
import { runSteps } from '../steps.ts';
import { planText } from '../views/plan.ts';
import { horizonDefaultMs } from './plan.ts';

const inForceWithinMs = 15_000;
const askEveryMs = 50;

export const applyCommand: CommandDefinition = {
  name: 'apply',
  summary: 'Bring the manifest into force',
  description:
    'Shows the plan and asks first; without a terminal it needs --auto-approve. Starts no run. Ends with 4 when what is in force or the manifest changed after the plan was shown, with 5 when it was not approved.',
  arguments: [],
  options: [{ flags: '--auto-approve', description: 'apply without asking' }],
  examples: [
    { command: 'jm2 apply', meaning: 'show the plan, ask, apply' },
    { command: 'jm2 apply --auto-approve', meaning: 'in a pipeline' },
  ],
  run: apply,
};

async function apply(context: Context, input: Input): Promise<Answer> {
  const { terminal, output } = context;
  const place = await context.locations();
  const daemon = await context.daemon();
  const { planFromStore } = await import('../../daemon/plan-from-store.ts');
  const planned = await planFromStore(place, {
    text: null,
    horizonMs: horizonDefaultMs,
    now: terminal.now,
  });
  if (planned.kind === 'rejected') return rejected(context, planned.diagnostics, place.manifest);
  const { plan } = planned;
  if (!output.quiet || !isEmptyPlanView(plan)) {
    output.text(planText(plan, { source: context.shownPath(place.manifest) }, terminal));
  }
  if (!isEmptyPlanView(plan)) await approve(context, plan, input.flag('autoApprove'));
  let reply: ApplyReply | undefined;
  await runSteps(context, [
    {
      title: 'Apply the plan',
      run: async () => {
        reply = await daemon.apply({
          by: context.actor,
          expected: {
            revision: plan.basis.revision,
            desiredDigest: plan.basis.desiredDigest,
          },
        });
      },
    },
    {
      title: 'Check that it is in force',
      run: async () => {
        if (reply?.kind === 'applied') await untilInForce(daemon, reply.revision, reply.plan);
      },
    },
  ]);
  return answerOf(reply, context, place.manifest);
}

async function answerOf(
  reply: ApplyReply | undefined,
  context: Context,
  manifest: string,
): Promise<Answer> {
  if (reply?.kind === 'rejected') return rejected(context, reply.diagnostics, manifest);
  if (reply?.kind === 'applied') {
    const { revision, plan } = reply;
    return {
      data: { applied: true, revision, plan },
      confirmation: true,
      text: (terminal) => `${terminal.style('green', 'applied')}: revision ${revision} is in force`,
    };
  }
  return {
    data: { applied: false, revision: reply?.revision ?? null },
    confirmation: true,
    text: () => `nothing to apply: revision ${reply?.revision ?? 0} is in force`,
  };
}

async function rejected(
  context: Context,
  found: readonly Diagnostic[],
  manifest: string,
): Promise<Answer> {
  const diagnostics = named(found, context.shownPath(manifest));
  return {
    data: { diagnostics },
    error: notAccepted(diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
    text: rejectionText(diagnostics, await readSource(manifest)),
  };
}

async function approve(context: Context, plan: PlanView, autoApprove: boolean): Promise<void> {
  if (autoApprove) return;
  const canAsk = process.stdin.isTTY && process.stderr.isTTY && !context.output.json;
  if (!canAsk) {
    throw operationalError('JM2-P202', {
      detail: 'Nobody can be asked here, and --auto-approve was not given. Nothing was changed.',
      exitCode: ExitCode.refused,
      data: plan,
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Ctrl-C and Ctrl-D close the prompt without an answer.
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    const answer = await Promise.race([
      prompt.question('\nApply this plan? Only "yes" will do it: '),
      closed,
    ]);
    if (answer.trim().toLowerCase() === 'yes') return;
  } finally {
    prompt.close();
  }
  throw operationalError('JM2-P204', {
    detail: 'The answer was not "yes". Nothing was changed.',
    exitCode: ExitCode.refused,
    data: plan,
  });
}

/**
 * Applied is what the schedule does, not what was stored: the jobs of the plan
 * must be listed (or gone), and armed where the plan expects a next run.
 */
async function untilInForce(daemon: Service, revision: number, plan: PlanView): Promise<void> {
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
        detail: `Revision ${revision} was recorded, but after ${inForceWithinMs / 1000} s these jobs were not scheduled as planned: ${missing.map(({ job }) => job).join(', ')}.`,
        hint: 'jm2 status',
        exitCode: ExitCode.timedOut,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}
