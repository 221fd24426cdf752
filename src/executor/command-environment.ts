// The environment of a command, built from nothing: no
// variable of the daemon reaches a command unless it is declared.
import { findAccount, ownAccount, type Account } from '../system/accounts.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface EnvironmentInput {
  readonly account: Account;
  readonly runId: string;
  readonly job: string;
  /** From 1. */
  readonly attempt: number;
  /** Epoch ms; null for manual runs, whose commands get no JM2_NOMINAL_TIME. */
  readonly nominalTime: number | null;
  /** Variables of the daemon that the job asks for. */
  readonly inherited: Readonly<Record<string, string>>;
  /** As the job declares them; they win over everything, PATH included. */
  readonly declared: Readonly<Record<string, string>>;
  /** LANG of the daemon, the only thing taken from it unasked; C.UTF-8 when unset. */
  readonly lang: string | undefined;
}

/**
 * TZ is not set, not even to the zone of the schedule: when a job starts and what
 * `date` prints in it are two questions, and the second is the machine's, as with cron.
 */
export function commandEnvironment(input: EnvironmentInput): Record<string, string> {
  const { account, nominalTime } = input;
  const lang = input.lang === undefined || input.lang === '' ? 'C.UTF-8' : input.lang;
  const environment: Record<string, string> = {
    PATH: defaultPath,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: account.shell,
    LANG: lang,
  };
  Object.assign(environment, input.inherited, input.declared);
  // Last, because recovery finds a command by these.
  environment['JM2_RUN_ID'] = input.runId;
  environment['JM2_JOB'] = input.job;
  environment['JM2_ATTEMPT'] = String(input.attempt);
  if (nominalTime !== null) environment['JM2_NOMINAL_TIME'] = new Date(nominalTime).toISOString();
  return environment;
}

/**
 * The account whose HOME and SHELL a command gets. One that the machine does not
 * know gets a bare one here; the start itself then says that it is unknown.
 */
export function accountFor(user: string | null): Account {
  if (user === null) return ownAccount();
  return findAccount(user) ?? { name: user, uid: -1, gid: -1, home: '/', shell: '/bin/sh' };
}
