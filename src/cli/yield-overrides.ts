// Lets a pause of a person give way where the manifest that was applied asks for
// runs again. Done after the apply: a failure in between leaves jobs paused, which
// starts nothing, and `jm2 resume` ends that.
import type { ApplyReply } from '../api/service.ts';
import type { Context } from './context.ts';
import { fewNames } from './few-names.ts';
import { inPieces } from './pauses.ts';

export async function yieldOverrides(
  context: Context,
  reply: ApplyReply | undefined,
): Promise<void> {
  if (reply?.kind !== 'applied') return;
  const names = reply.plan.changes
    .filter(({ hazards }) => hazards.some(({ code }) => code === 'override_conflict'))
    .map(({ job }) => job);
  if (names.length === 0) return;
  const by = context.actor;
  await inPieces(context, names, (daemon, jobs) => daemon.resume({ jobs, by }));
  context.output.note(
    `The manifest asks for runs again: the pause of ${fewNames(names)} is over (--yield-overrides).`,
  );
}
