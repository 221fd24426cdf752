// Hazards of crowding: which changes make jobs of a group meet, or keep runs
// waiting for a slot. A forecast: each says on how many runs it rests.
import type { AdmissionLimits } from '../manifest/job.ts';
import { sayLocal } from '../schedule/local-time.ts';
import { hazard, roundDuration } from './hazards.ts';
import type { NewOverlap, QueueWait } from './impact.ts';
import type { Change, Hazard } from './plan.ts';

/** A wait that reaches so far, where there was a shorter one, is more than a delay. */
const saturatedMs = 10 * 60_000;

/** The change with what it does to others; waits of jobs that do not change are told by those that do. */
export function withLoadHazards(
  change: Change,
  load: { readonly newOverlaps: readonly NewOverlap[]; readonly queueWaits: readonly QueueWait[] },
  limits: AdmissionLimits,
): Change {
  if (change.action === 'delete') return change;
  const added = [
    ...overlapHazards(change, load, limits),
    ...saturationHazards(change, load, limits),
  ];
  return added.length === 0 ? change : { ...change, hazards: [...change.hazards, ...added] };
}

function overlapHazards(
  { job, timezone }: Change,
  load: { readonly newOverlaps: readonly NewOverlap[]; readonly queueWaits: readonly QueueWait[] },
  limits: AdmissionLimits,
): Hazard[] {
  const hazards: Hazard[] = [];
  for (const { jobs, group, at, basis } of load.newOverlaps) {
    if (!jobs.includes(job)) continue;
    const isFirst = jobs[0] === job;
    const other = isFirst ? jobs[1] : jobs[0];
    const max = limits.groups[group];
    const wait = load.queueWaits.find(
      (one) => one.group === group && (one.job === job || one.job === other),
    );
    // Within the limit of the group, meeting is what the group allows.
    if (wait === undefined || max === undefined) continue;
    const [own, others] = isFirst ? basis : [basis[1], basis[0]];
    hazards.push(
      hazard(
        'overlap_new',
        'medium',
        `From ${sayLocal(at, timezone)} on it meets ${other} in group "${group}", which runs ${max} at once: ${wait.job} waits up to ${roundDuration(wait.longestMs.after)} (basis: ${own} and ${others} runs).`,
        {
          at,
          remedies: [
            `Choose a time at which ${other} does not run.`,
            `Raise \`groups.${group}.max\`.`,
          ],
        },
      ),
    );
  }
  return hazards.slice(0, 3);
}

function saturationHazards(
  { job }: Change,
  { queueWaits }: { readonly queueWaits: readonly QueueWait[] },
  limits: AdmissionLimits,
): Hazard[] {
  const worst = queueWaits.find(
    (one) =>
      one.job === job &&
      one.longestMs.after >= saturatedMs &&
      one.longestMs.after >= 2 * one.longestMs.before,
  );
  if (worst === undefined) return [];
  const { group, longestMs, waits } = worst;
  const where =
    group === null
      ? `the ${limits.concurrencyMax} slots of all jobs`
      : `the ${limits.groups[group] ?? 0} slots of group "${group}"`;
  return [
    hazard(
      'queue_saturated',
      'medium',
      `It waits for ${where} up to ${roundDuration(longestMs.after)} (before: ${longestMs.before === 0 ? 'not at all' : roundDuration(longestMs.before)}), ${waits.after} times.`,
      {
        remedies: [
          'Spread the starts, for example with `H` in cron or with `jitter`.',
          group === null ? 'Raise `concurrency.max`.' : `Raise \`groups.${group}.max\`.`,
        ],
      },
    ),
  ];
}
