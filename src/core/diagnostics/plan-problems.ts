// Codes of planning and applying.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'plan' as const;

export const planProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-P201',
    area,
    summary: 'the plan is stale',
    meaning:
      'Between the plan and the apply, the manifest or the revision in force changed, so the plan no longer says what would happen. Nothing was applied; the revision that was in force stays in force.',
    remedy: 'Run `jm2 plan` again, read the new plan, then apply it.',
    example: null,
    corrected: null,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P202',
    area,
    summary: 'approval is needed',
    meaning:
      'Apply asks before it changes what runs, and there is no terminal to ask on. Nothing was applied; the revision that was in force stays in force.',
    remedy:
      'Run the command on a terminal and answer `yes`, or pass `--auto-approve` where a review has already taken place, such as a pipeline after a merge.',
    example: 'jm2 apply < /dev/null',
    corrected: 'jm2 apply --auto-approve',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P203',
    area,
    summary: 'a guard stopped the change',
    meaning:
      'The manifest became empty, vanished, or lost more jobs at once than the shrink guard lets through without a person (more than three and more than a tenth of them). That is how a truncated or half-written file looks, so the watcher does not take it. All jobs keep running as before.',
    remedy:
      'Look at `jm2 plan`. If the removals are meant, run `jm2 apply`; if not, restore the file.',
    example: null,
    corrected: null,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P204',
    area,
    summary: 'the change was declined',
    meaning:
      'The question whether to apply was not answered with `yes`. Nothing was applied; the revision that was in force stays in force.',
    remedy: 'Run `jm2 apply` again when the plan is right.',
    example: null,
    corrected: null,
    exitCode: ExitCode.refused,
  },
];
