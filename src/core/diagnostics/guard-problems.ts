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
  {
    code: 'JM2-P222',
    area,
    summary: 'nothing waits for a confirmation',
    meaning:
      'Only what was applied with `--confirm-within` can be confirmed, once, and in time. When the time was over, the revision from before came back as a new one, and the manifest waits until it changes.',
    remedy: 'See `jm2 status`. To bring the manifest into force after all: `jm2 apply`.',
    example: 'jm2 confirm',
    corrected: 'jm2 apply --auto-approve --confirm-within 10m && jm2 confirm',
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P223',
    area,
    summary: 'the apply was taken back',
    meaning:
      'After an apply each changed job must be scheduled, with the start that was planned. For at least one it was not so, which is a fault of jm2 or of its host. What was in force before came back as a new revision, and what was applied is held: it does not come back by itself.',
    remedy: 'Read the daemon’s log. `jm2 plan` shows what waits; `jm2 apply` tries it again.',
    example: null,
    corrected: null,
    exitCode: ExitCode.rolledBack,
  },
  {
    code: 'JM2-P224',
    area,
    summary: 'what was applied could not be taken back',
    meaning:
      'An apply was not confirmed in time, or its jobs were not scheduled as planned, so that what was in force before should have come back. That was not possible: its text is not accepted any more and its specs are not kept, or the store lost it. What was applied stays in force, and `jm2 status` says so until another revision is.',
    remedy:
      'Look at what is in force (`jm2 list`, `jm2 revisions`). Correct the manifest and `jm2 apply`, or `jm2 rollback REVISION --reason TEXT`.',
    example: null,
    corrected: null,
    exitCode: ExitCode.rolledBack,
  },
  {
    code: 'JM2-P225',
    area,
    summary: 'jobs that would change are running',
    meaning:
      'With `--when idle` an apply waits until none of the jobs that it changes runs, and the time to wait is over. Nothing was applied; the revision that was in force stays in force.',
    remedy:
      'Wait longer with `--timeout`, or apply without `--when`: runs that go on keep their spec.',
    example: 'jm2 apply --when idle --timeout 1s',
    corrected: 'jm2 apply --when idle --timeout 2h',
    exitCode: ExitCode.timedOut,
  },
  {
    code: 'JM2-P226',
    area,
    summary: 'the job cannot be brought back',
    meaning:
      'A removed job can come back with its history for fourteen days, from the text of the revision that last had it. No job of this name was removed within that time, or its text is not kept any more. Nothing was changed.',
    remedy: 'See with `jm2 undelete` which jobs can come back; otherwise write the job anew.',
    example: 'jm2 undelete no-such-job',
    corrected: 'jm2 undelete dump-shop',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-P227',
    area,
    summary: 'a removed job looks renamed',
    meaning:
      'A job that has run before leaves the manifest, and a new one with the same command, or nearly the same in all, comes in the same apply. Without `renamed_from` the new job begins without the history, pause and statistics of the old one. Nobody could be asked, so nothing was applied.',
    remedy:
      'If it is the same job, let `jm2 plan --write-renames` write `renamed_from` into the manifest. If not, apply with `--no-rename-guard`.',
    example: 'jm2 apply --auto-approve < /dev/null',
    corrected: 'jm2 plan --write-renames && jm2 apply --auto-approve',
    exitCode: ExitCode.refused,
  },
];
