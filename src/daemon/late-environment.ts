// What of a job's environment is read only when a run starts: which files, which
// references, and to whom the files may belong. The reading is the executor's.
import { isAbsolute, join } from 'node:path';
import type { EnvValue, Job } from '../core/manifest/job.ts';
import type { LateEnvironment } from '../executor/resolve-environment.ts';

/** Null when everything is in the spec. `manifestDir`: where relative paths start. */
export function lateEnvironment(
  job: Pick<Job, 'env' | 'envFile'>,
  manifestDir: string,
  /** Uid of the account that runs the command; it can read its own files anyway. */
  uid: number,
): LateEnvironment | null {
  const isLate = Object.values(job.env).some((value) => typeof value !== 'string');
  if (!isLate && job.envFile.length === 0) return null;
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(manifestDir, path));
  const placed = (value: EnvValue): EnvValue =>
    typeof value === 'object' && value.from === 'file'
      ? { ...value, path: absolute(value.path) }
      : value;
  return {
    files: job.envFile.map(absolute),
    declared: Object.fromEntries(
      Object.entries(job.env).map(([name, value]) => [name, placed(value)]),
    ),
    owners: [process.geteuid?.() ?? 0, 0, uid],
  };
}

/** The variables that the job takes over from the daemon, where they are set. */
export function inheritedVariables(
  job: Pick<Job, 'inheritEnv'>,
  daemon: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const name of job.inheritEnv) {
    const value = daemon[name];
    if (value !== undefined) inherited[name] = value;
  }
  return inherited;
}

/** The variables whose values are in the spec itself. */
export function plainVariables(job: Pick<Job, 'env'>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(job.env)) {
    if (typeof value === 'string') plain[name] = value;
  }
  return plain;
}
