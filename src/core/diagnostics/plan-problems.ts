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
  {
    code: 'JM2-P205',
    area,
    summary: 'the manifest cannot be edited by command',
    meaning:
      'The file is written in a way that a command cannot change without touching more than it was asked to, such as a job that is an alias of another one or an anchor that other jobs refer to; or it may not be written by this account. Nothing was changed.',
    remedy: 'Edit the file by hand, then run `jm2 plan` and `jm2 apply`.',
    example: null,
    corrected: null,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P206',
    area,
    summary: 'the manifest changed meanwhile',
    meaning:
      'Between reading the manifest and writing the change, somebody else saved it. Nothing was written; their change stands.',
    remedy: 'Run the command again.',
    example: null,
    corrected: null,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P207',
    area,
    summary: 'a job of this name exists',
    meaning:
      'Names are unique in a manifest, without regard to case. Nothing was changed; the job that has the name stays as it is.',
    remedy:
      'Choose another name, let jm2 find one with `--auto-suffix`, or change the job with `jm2 edit`.',
    example: null,
    corrected: null,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-P208',
    area,
    summary: 'confirmation is needed',
    meaning:
      'The command asks before it changes something, and there is no terminal to ask on, or the answer was no. Nothing was changed.',
    remedy: 'Run the command on a terminal, or pass `--yes`.',
    example: 'jm2 remove dump-shop < /dev/null',
    corrected: 'jm2 remove dump-shop --yes',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P209',
    area,
    summary: 'imported jobs would start at other times',
    meaning:
      'An import compares when each job starts with when its source would have started it, for a year. For at least one job the times differ, so nothing was changed: the jobs run where they ran.',
    remedy:
      'Look at the first differences with `--dry-run`. Often a job that is there gives its own `timezone` to imported times: leave it alone with `--skip`, or let the import take its place with `--force`, which also takes jobs at other times.',
    example: 'jm2 import crontab.txt --merge --yes',
    corrected: 'jm2 import crontab.txt --force --yes',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-P210',
    area,
    summary: 'there is no such base',
    meaning:
      'A plan compares with a base, and the one that was named is not there: a revision that the store does not have (any more), or a commit, branch or tag that has no such manifest. Nothing was planned.',
    remedy:
      'See the revisions with `jm2 revisions`, the commits with `git log -- jobs.yaml`. A shallow clone has the newest commit only: fetch the base first.',
    example: 'jm2 plan --against rev:9999',
    corrected: 'jm2 plan --against rev:41',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-P211',
    area,
    summary: 'the snapshot cannot be used',
    meaning:
      'The file cannot be read, is no snapshot of jm2, was cut short, or was written by a newer jm2 in a format that this one does not know. Nothing was planned.',
    remedy: 'Take it again where the jobs are in force: `jm2 snapshot --out FILE`.',
    example: 'jm2 plan --against snapshot:jobs.yaml',
    corrected: 'jm2 plan --against snapshot:production.json',
    exitCode: ExitCode.failure,
  },
];
