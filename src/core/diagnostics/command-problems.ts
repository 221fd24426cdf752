// Codes of the command line and of jm2's own settings.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'command line' as const;

export const commandProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-C101',
    area,
    summary: 'unknown command',
    meaning: 'jm2 has no command of that name. Nothing was done.',
    remedy: 'See all commands with `jm2 --help`.',
    example: 'jm2 aply',
    corrected: 'jm2 apply',
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-C102',
    area,
    summary: 'options or arguments do not fit',
    meaning:
      'The command does not know this option, or was given more or fewer arguments than it takes. Nothing was done.',
    remedy: 'See what the command takes with `jm2 COMMAND --help`.',
    example: 'jm2 preview --cuont 5',
    corrected: 'jm2 preview --count 5',
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-C103',
    area,
    summary: 'invalid value of an option',
    meaning:
      'The option is known, but its value is not one it takes: not a number, not a duration such as `30s`, not an instant, or not one of the words allowed. Nothing was done.',
    remedy: 'Correct the value; `jm2 COMMAND --help` names the form.',
    example: 'jm2 preview --count many',
    corrected: 'jm2 preview --count 10',
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-C104',
    area,
    summary: 'the settings were not accepted',
    meaning:
      'A settings file, an environment variable or a flag holds an unknown key or a wrong value. All problems are named at once, with the place each value came from. The command did nothing; a running daemon keeps the settings it was started with.',
    remedy: 'Correct the value where it is set; `jm2 config list --origin` shows where that is.',
    example: 'JM2_SYNC=always jm2 status',
    corrected: 'JM2_SYNC=auto jm2 status',
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-C105',
    area,
    summary: 'unknown error code',
    meaning: 'The registry has no such code. Codes look like `JM2-M201`.',
    remedy: 'Copy the code from the message; docs/errors.md lists all of them.',
    example: 'jm2 explain M999',
    corrected: 'jm2 explain JM2-M201',
    exitCode: ExitCode.usage,
  },
  {
    code: 'JM2-C106',
    area,
    summary: 'the file exists already',
    meaning:
      'The command creates a file and never overwrites one unasked. The file that is there was not touched.',
    remedy:
      'Choose another directory with `--dir`, move the file away, or overwrite it on purpose with `--force`.',
    example: 'jm2 init && jm2 init',
    corrected: 'jm2 init --dir new-project',
    exitCode: ExitCode.refused,
  },
  {
    code: 'JM2-C107',
    area,
    summary: 'a file could not be used',
    meaning:
      'The system refused to read or write a file that the command needs: no permission, a full disk, a missing directory. What the command had not done by then was not done; a running daemon is not concerned.',
    remedy: 'Make the file or directory usable for this account, then run the command again.',
    example: 'jm2 init --dir /proc',
    corrected: 'jm2 init --dir ~/jobs',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-C108',
    area,
    summary: 'the doctor found what needs a hand',
    meaning:
      'At least one finding of `jm2 doctor` is critical or major: jobs do not run, run in another way than meant, or others may change what runs. Each finding has its own remedy. Nothing was changed. Minor findings alone end with 0.',
    remedy:
      'Do what stands under each finding; `jm2 doctor --fix` puts right what can be without a loss. Then run `jm2 doctor` again.',
    example: 'jm2 stop && jm2 doctor',
    corrected: 'jm2 start && jm2 doctor',
    exitCode: ExitCode.failure,
  },
  {
    code: 'JM2-C199',
    area,
    summary: 'this is a bug in jm2',
    meaning:
      "The command met a situation that jm2 takes for impossible and ended. What is in force and what runs is the daemon's and not concerned.",
    remedy:
      'Run the command again with `--verbose` and report what it prints, together with `jm2 --version`.',
    example: null,
    corrected: null,
    exitCode: ExitCode.failure,
  },
];
