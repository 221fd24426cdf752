// What is said of jobs that left the manifest and run on all the same.
import { hazard } from './hazards.ts';
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
