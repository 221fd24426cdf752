// Codes of reports for pipelines.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

export const reportProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-P240',
    area: 'plan',
    summary: 'a report could not be written',
    meaning:
      'The command did what it was asked to, but a file named by `--format-into`, or one that the pipeline names for summary or outputs, could not be written. What the command found stands: it is on stdout, and the exit code is that of the result, or 1 where the result alone would have ended with 0. The file of before, if there was one, is as it was.',
    remedy: 'Create the folder, or name another file; see that the disk is not full.',
    example: 'jm2 plan --format-into sarif=missing/plan.sarif',
    corrected: 'jm2 plan --format-into sarif=plan.sarif',
    exitCode: ExitCode.failure,
  },
];
