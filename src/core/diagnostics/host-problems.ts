// Codes of what a manifest asks of the host that runs it: found by
// `validate --deep` alone, since a reviewer's machine has none of it.
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

const area = 'manifest' as const;
const exitCode = ExitCode.manifestNotAccepted;
const asked =
  'Only `jm2 validate --deep` says so: the manifest itself is in order, and the daemon takes it.';

export const hostProblems: readonly RegistryEntry[] = [
  {
    code: 'JM2-M401',
    area,
    summary: 'the command cannot start on this host',
    meaning: `The program is not there or may not be executed, or the working directory is missing, in the environment that the job would get. Each of its runs would end as failed. ${asked}`,
    remedy:
      'Install the program, correct its path or `cwd`, or set `env.PATH`; then run `jm2 validate --deep` again.',
    example: null,
    corrected: null,
    exitCode,
  },
  {
    code: 'JM2-M402',
    area,
    summary: 'the account of a job cannot be used on this host',
    meaning: `There is no account of that name here, or a daemon of this account may not run commands as it. Each run of the job would end as failed. ${asked}`,
    remedy: 'Create the account, correct `user`, or run the daemon as root.',
    example: null,
    corrected: null,
    exitCode,
  },
  {
    code: 'JM2-M403',
    area,
    summary: 'a variable or secret is not to be had on this host',
    meaning: `A reference under \`env\`, or \`env_file\`, leads to nothing here: no such variable in the environment of this call, or no such file. No value is shown. Each run of the job would end as failed. ${asked}`,
    remedy:
      'Provide what the reference names. A variable must be in the environment of the daemon, and of this call.',
    example: null,
    corrected: null,
    exitCode,
  },
  {
    code: 'JM2-M404',
    area,
    summary: 'others on this host can read a secret',
    meaning: `A file under \`env_file\` holds a secret and may be read by other accounts. This is a warning. ${asked}`,
    remedy: 'Take the right to read away from others: `chmod 600 FILE`.',
    example: null,
    corrected: null,
    exitCode,
  },
];
