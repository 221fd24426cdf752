// Codes of runs and of requests that concern them.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'runs' as const;
const none = { example: null, corrected: null } as const;

export const runProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-R101',
    area,
    summary: 'unknown job',
    meaning:
      'No job of that name is in force. It may be misspelt, may have been renamed or removed, or may stand in a manifest that has not been applied yet. Nothing was started or changed.',
    remedy:
      'See the names with `jm2 list`. When the job was added just now, look at `jm2 status` and `jm2 plan`.',
    example: 'jm2 run bakcup',
    corrected: 'jm2 run backup',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-R102',
    area,
    summary: 'unknown run',
    meaning:
      'No run with that id is in the store. It may be misspelt, or the run is older than what retention keeps. Nothing was changed.',
    remedy: 'See the runs of a job with `jm2 history JOB`.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-R103',
    area,
    summary: 'refused by the concurrency policy',
    meaning:
      'A run of this job has not ended, and its policy `forbid` allows one at a time. No second run was started; the running one goes on undisturbed.',
    remedy:
      'Wait for it (`jm2 logs -f JOB`), end it (`jm2 cancel JOB`), or start a second one on purpose with `jm2 run JOB --force`.',
    ...none,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-R104',
    area,
    summary: 'the run has ended already',
    meaning:
      'The request needs a run that is queued or running, and this one has its final state. That state stays as recorded.',
    remedy: 'See how it ended with `jm2 history JOB`; start a new run with `jm2 run JOB`.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-R105',
    area,
    summary: 'the run id is ambiguous',
    meaning:
      'Several runs begin with the characters given, so it is not clear which one is meant. Nothing was changed.',
    remedy: 'Give more characters of the id; `jm2 history --json` prints ids in full.',
    ...none,
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-R106',
    area,
    summary: 'timed out waiting',
    meaning:
      'What the command waited for did not happen in the time given. The command gave up waiting, nothing else: a run that was started goes on.',
    remedy: 'Look at `jm2 status` and `jm2 history JOB`; wait longer, or without a limit.',
    ...none,
    exitCode: ExitCode.timedOut,
  },
  {
    code: 'JM2-R107',
    area,
    summary: 'the queue is full',
    meaning:
      'As many runs wait already as may wait: one under the policy `queue`, `concurrency.queue_limit` runs of one job under the others, and 100,000 of all jobs. No further run was admitted; those that wait stay in line.',
    remedy:
      'See what waits and why with `jm2 queue`; end what is not needed with `jm2 cancel`, or raise the limit that holds the line up.',
    ...none,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-R108',
    area,
    summary: 'suspended in the manifest',
    meaning:
      'The job is not paused: its manifest says `suspend: true`, and what the manifest says is changed there. The job stays suspended; nothing was changed.',
    remedy: 'Take `suspend: true` out of the job, as with `jm2 edit JOB --unset suspend`.',
    ...none,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-R109',
    area,
    summary: 'there is no next run to skip',
    meaning:
      'The job has no schedule, is suspended, or its schedule has no occurrence left, so a pause until its next run would have no end. No job was paused.',
    remedy: 'See what is to come with `jm2 show JOB`; pause it until a time or until `forever`.',
    ...none,
    exitCode: ExitCode.conflict,
  },
];
