// Everything an executor needs for one attempt, out of the run and its spec.
import { isAbsolute, join } from 'node:path';
import type { Job } from '../core/manifest/job.ts';
import type { Run } from '../core/runs/run.ts';
import type { AttemptRequest } from '../dispatch/dispatcher.ts';
import { argvOf } from '../core/runs/given.ts';
import { accountFor, commandEnvironment } from '../executor/command-environment.ts';
import type { Account } from '../system/accounts.ts';
import type { Clock } from '../system/clock.ts';
import { inheritedVariables, lateEnvironment, plainVariables } from './late-environment.ts';

/** Looking an account up reads a file; a thousand starts at once ask for few accounts. */
const accountKnownMs = 10_000;

/** What of a run the request says. */
type RunOfAttempt = Pick<Run, 'id' | 'job' | 'given' | 'nominalTime'>;

export type MakeAttemptRequest = (run: RunOfAttempt, job: Job, attempt: number) => AttemptRequest;

export function createAttemptRequests(parts: {
  readonly manifestDir: string;
  /** The environment of the daemon. */
  readonly daemonEnv: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}): MakeAttemptRequest {
  const { manifestDir, clock, daemonEnv } = parts;
  let accounts = new Map<string | null, Account>();
  let forgetAt = 0;

  const account = (user: string | null): Account => {
    if (clock.monotonic() >= forgetAt) {
      accounts = new Map();
      forgetAt = clock.monotonic() + accountKnownMs;
    }
    const known = accounts.get(user) ?? accountFor(user);
    accounts.set(user, known);
    return known;
  };

  return (run, declared, attempt) => {
    const { given } = run;
    const job = given === null ? declared : { ...declared, env: { ...declared.env, ...given.env } };
    return {
      runId: run.id,
      attempt,
      job: run.job,
      argv: argvOf({ command: job.command, name: run.job }, given?.args),
      cwd: directoryOf(manifestDir, job.cwd),
      env: commandEnvironment({
        account: account(job.user),
        runId: run.id,
        job: run.job,
        attempt,
        nominalTime: run.nominalTime,
        inherited: inheritedVariables(job, daemonEnv),
        declared: plainVariables(job),
        lang: daemonEnv['LANG'],
      }),
      late: lateEnvironment(job, manifestDir, account(job.user).uid),
      user: job.user,
      umask: job.umask,
      nice: job.nice,
      limits: job.limits,
      logMaxBytes: job.log.maxSizeBytes,
      kill: job.kill,
    };
  };
}

function directoryOf(manifestDir: string, cwd: string | null): string {
  if (cwd === null) return manifestDir;
  return isAbsolute(cwd) ? cwd : join(manifestDir, cwd);
}
