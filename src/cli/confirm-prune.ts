// Lets jobs go that left the manifest in too great a number to go by themselves.
// Only them: whatever else waits is for `jm2 apply`, where it is seen.
import type { StatusView } from '../api/service.ts';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { untilInForce } from './commands/apply.ts';
import { confirmed } from './confirm.ts';
import type { Context } from './context.ts';
import { notAccepted } from './manifest-file.ts';
import { planText } from './views/plan.ts';

const horizonMs = 7 * 86_400_000;

/** How everything stands afterwards. */
export async function confirmPrune(context: Context, isAgreed: boolean): Promise<StatusView> {
  const daemon = await context.daemon();
  const before = await daemon.status();
  const { sync, source, revision } = before;
  const shown = { sync, source, revision };
  const waiting = sync.orphaned.filter(({ reason }) => reason !== 'protected');
  if (waiting.length === 0) {
    context.output.note('No removed job waits for a confirmation.');
    return before;
  }
  const place = await context.locations();
  const { planFromStore } = await import('../daemon/plan-from-store.ts');
  const { now } = context.terminal;
  const planned = await planFromStore(place, { text: null, horizonMs, now });
  if (planned.kind === 'rejected') throw notAccepted(planned.diagnostics);
  const { plan } = planned;
  const pruned = new Set(waiting.map(({ job }) => job));
  const others = plan.changes.filter(
    ({ job, action }) => action !== 'retain' && !(action === 'delete' && pruned.has(job)),
  );
  if (others.length > 0 || (plan.manifestFields ?? []).length > 0) {
    throw operationalError('JM2-P201', {
      detail: `The manifest changes more than the removals that wait: ${
        others.length === 0
          ? 'what holds for all jobs'
          : others
              .slice(0, 5)
              .map(({ job }) => job)
              .join(', ')
      }. Nothing was changed.`,
      hint: 'jm2 plan, then jm2 apply',
      exitCode: ExitCode.conflict,
      data: shown,
    });
  }
  if (!context.output.json && !context.output.quiet) {
    const head = { source: context.shownPath(place.manifest), isVerbose: context.verbose };
    context.output.text(planText(plan, head, context.terminal));
  }
  if (!isAgreed) {
    const jobs = waiting.length === 1 ? 'this job' : `these ${waiting.length} jobs`;
    await confirmed(context, `Remove ${jobs}?`, shown);
  }
  const reply = await daemon.apply({
    by: context.actor,
    seen: { planId: null, impactDigest: plan.impactDigest },
    expected: { revision: plan.basis.revision, desiredDigest: plan.basis.desiredDigest },
    allowRemove: [],
  });
  if (reply.kind === 'rejected') throw notAccepted(reply.diagnostics);
  if (reply.kind === 'applied') await untilInForce(daemon, reply.revision, reply.plan);
  return daemon.status();
}
