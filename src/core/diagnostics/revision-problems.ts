// Codes of earlier manifests: naming them, going back to them, what is recorded of it.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'plan' as const;

export const revisionProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-P230',
    area,
    summary: 'there is no such revision',
    meaning:
      'What was named is no revision that the store (still) has, no name of one, and no commit that has the manifest. Nothing was changed.',
    remedy: 'See the revisions and their names with `jm2 revisions`.',
    example: 'jm2 rollback 9999 --reason "wrong hour"',
    corrected: 'jm2 rollback 41 --reason "wrong hour"',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-P231',
    area,
    summary: 'these jobs cannot be taken back by themselves',
    meaning:
      'With `--jobs` only the named jobs are taken from the earlier manifest, and the rest stays as it is in force. For at least one of them that would not be the job of that time: it leans on values for all jobs that have changed since, or the text cannot be taken apart. Nothing was changed.',
    remedy:
      'Go back as a whole, without `--jobs`, or bring the job back by hand with `jm2 edit`; `jm2 diff rev:A rev:B` shows what differs.',
    example: 'jm2 rollback 41 --jobs dump-shop --reason "wrong hour"',
    corrected: 'jm2 rollback 41 --reason "wrong hour"',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P232',
    area,
    summary: 'another revision has this name',
    meaning: 'A name stands for one revision, without regard to case. Nothing was changed.',
    remedy: 'Choose another name, or let it move with `--move`.',
    example: 'jm2 tag 43 golden',
    corrected: 'jm2 tag 43 golden --move',
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P233',
    area,
    summary: 'the audit is not whole',
    meaning:
      'An entry of the record of changes was altered, removed or moved, or the hash that was expected is not in it. Jobs are not touched by it: they run as they are in force.',
    remedy:
      'Find out who can write to the state directory. A backup, or an export that was kept elsewhere, tells what was there: `jm2 audit --export jsonl`.',
    example: 'jm2 audit verify --expect a1:0000',
    corrected: 'jm2 audit verify',
    exitCode: ExitCode.failure,
  },
];
