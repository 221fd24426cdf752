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
  {
    code: 'JM2-R110',
    area,
    summary: 'the log may hold a secret that cannot be hidden',
    meaning:
      'Secrets are hidden when a log is shown, and for that their values are read again from where they are. A variable or a file that this run had cannot be read here: it is not in the environment of the daemon or, while none runs, of this command, or the file is gone or unreadable. The lines are withheld. A run that is going on is left alone.',
    remedy:
      'Start the daemon with the variable, or put the file back; or look at the log as it is with `jm2 logs --run RUN --unmasked`.',
    ...none,
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-R121',
    area,
    summary: 'the request id belongs to another run',
    meaning:
      'A request id stands for one request: sent again, it answers with the run that it started. This one started something else, so nothing was started now.',
    remedy: 'Take a new id for a new request, such as the one `uuidgen` prints.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-R122',
    area,
    summary: 'the command takes no arguments',
    meaning:
      'The job\'s command is the text of a shell, which gets arguments as `$1`, `$2` and `"$@"`, and it names none of them: what was given would be dropped without a word. Nothing was started.',
    remedy:
      'Write `"$@"` where the arguments belong, such as `./report.sh "$@"`, or write the command as a list, which gets them at its end.',
    ...none,
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-R123',
    area,
    summary: 'the run has not ended yet',
    meaning: 'Only a run that has ended can be repeated. This one goes on undisturbed.',
    remedy: 'Wait for it with `jm2 wait RUN`, or end it with `jm2 cancel RUN`.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-R124',
    area,
    summary: 'what the run executed is not known any more',
    meaning:
      'A run is repeated with the spec that it had, and that spec is not in the store. Nothing was started.',
    remedy: 'Repeat it with the spec in force: `jm2 rerun RUN --current`.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-R125',
    area,
    summary: 'what was given cannot be passed on',
    meaning:
      'Arguments and variables for one run go to the command as they are: names of variables are letters, digits and `_`, those that begin with `JM2_` are set by jm2 itself, neither holds a NUL character, and either is at most 128 KiB in all. Nothing was started.',
    remedy: 'Correct the name, or hand large data over in a file.',
    example: 'jm2 run report --env 2FAST=1',
    corrected: 'jm2 run report --env FAST=1',
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-R126',
    area,
    summary: 'the job has no schedule',
    meaning:
      'A backfill runs the occurrences that a schedule has in a past range, and this job has no schedule. Nothing was started.',
    remedy: 'Start it by hand with `jm2 run JOB`.',
    ...none,
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-R127',
    area,
    summary: 'no manifest is in force yet',
    meaning:
      'Limits on what runs at once, and the revision that a run is recorded under, come from a manifest, and none has been accepted yet. Nothing was started.',
    remedy:
      'Look at what is wrong with `jm2 validate`; `jm2 init` writes a manifest to begin with.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-R128',
    area,
    summary: 'the ad-hoc run is not described well',
    meaning:
      'An ad-hoc run needs a command that is not empty, and a name, a directory, a shell and a timeout that can be used. A name has letters, digits, `.`, `_` and `-`, at most 63, and begins with a letter or a digit. Nothing was started.',
    remedy: 'Correct what is named.',
    example: 'jm2 run --adhoc "df -h" --name "Disk space"',
    corrected: 'jm2 run --adhoc "df -h" --name disk-space',
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-R129',
    area,
    summary: 'there are too many notes already',
    meaning:
      'A job and a run have room for a hundred notes each: what comes regularly belongs into the output of the job. The note was not written; those that are there stay.',
    remedy:
      'See them with `jm2 note JOB`, and take away what is over with `jm2 note --remove NUMBER`.',
    ...none,
    exitCode: ExitCode.conflict,
  },
  {
    code: 'JM2-R130',
    area,
    summary: 'unknown note',
    meaning:
      'No note has that number. It may have been removed, or it went with its run. Nothing was changed.',
    remedy: 'See the numbers with `jm2 note` or `jm2 note JOB`.',
    example: 'jm2 note --remove 99',
    corrected: 'jm2 note --remove 3',
    exitCode: ExitCode.failure,
  },
];
