// What is said of jobs that left the manifest: those that run on all the same, and
// those that seem to be there under another name.
import { hazard } from './hazards.ts';
import type { Job } from '../manifest/job.ts';
import type { Lookalike } from './lookalikes.ts';
import type { PlanInput } from './plan-input.ts';
import type { Hazard } from './plan.ts';
import type { RetainReason } from './removals.ts';

export function retainHazards(job: string, reason: RetainReason): Hazard[] {
  if (reason === 'protected') {
    return [
      hazard(
        'protected',
        'medium',
        'It left the manifest but is protected, so it runs on as it was.',
        {
          remedies: [
            `Write under \`removed:\` that it is meant: \`${job}: {reason: …}\`.`,
            `Name it: jm2 apply --allow-remove ${job}`,
            'Put it back into the manifest.',
          ],
        },
      ),
    ];
  }
  return [
    hazard('mass_remove', 'high', 'It left the manifest together with many, so it runs on.', {
      remedies: ['Restore the file if it was cut short; `jm2 apply` if they are meant.'],
    }),
  ];
}

/** Of more weight where a history would be left behind. */
export function lookalikeHazards(
  { name }: Job,
  lookalike: Lookalike | null,
  { durations }: PlanInput,
): Hazard[] {
  if (lookalike === null) return [];
  const { record, isSameCommand } = lookalike;
  const old = record.job.name;
  const runs = durations?.get(record.uid)?.runs ?? 0;
  const like = isSameCommand ? 'has the same command' : 'is nearly the same';
  return [
    hazard(
      'looks_like_rename',
      runs > 0 ? 'medium' : 'low',
      `The removed job "${old}" ${like}${runs > 0 ? ' and has run before' : ''}. If "${name}" is its new name, add \`renamed_from: ${old}\`, so that its history goes with it.`,
      {
        remedies: [
          `Add \`renamed_from: ${old}\` to "${name}".`,
          'Or let it be written: jm2 plan --write-renames',
        ],
      },
    ),
  ];
}
