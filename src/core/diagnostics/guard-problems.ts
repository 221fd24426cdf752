// Codes of what guards an apply: protection, confirmation, verification.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'plan' as const;

export const guardProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-P220',
    area,
    summary: 'a protected job stays',
    meaning:
      'A job with `protect: true` left the manifest. The protection is kept with what is in force, so that it does not go with the job: the job runs on as it was. Other changes of the manifest are applied all the same; here nothing else was left to apply, or the manifest gives its name to another job.',
    remedy:
      'If the removal is meant, write the job with a reason under `removed:`, where a review sees it, or name it with `jm2 apply --allow-remove JOB`. Otherwise put the job back into the manifest.',
    example: 'jm2 apply --auto-approve',
    corrected: 'jm2 apply --auto-approve --allow-remove billing',
    exitCode: ExitCode.refused,
  },
];
