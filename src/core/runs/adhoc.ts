// Runs of a command that no manifest declares: their names, and the spec that such
// a run has. A slash stands in no name of a manifest, so that neither meets the other.
import type { Job } from '../manifest/job.ts';
import { plainJob } from '../manifest/normalise.ts';

const prefix = 'adhoc/';

/** What a person asks for besides the command; null: as the template, or by default. */
export interface AdhocWanted {
  readonly command: string;
  readonly cwd: string | null;
  readonly shell: string | null;
  readonly timeoutMs: number | null;
}

/** As for a command in a manifest. */
const commandMaxLength = 128 * 1024;
const pathMaxLength = 4_096;
/** Longer than anybody waits, and exact as a timer. */
const timeoutMaxMs = 366 * 86_400_000;

/** True for the uid, and for the name, of the job that stands for ad-hoc runs of a name. */
export function isAdhoc(jobUidOrName: string): boolean {
  return jobUidOrName.startsWith(prefix);
}

/** `adhoc/NAME`; null when the name is none: by the rule for names of jobs, with or without the prefix. */
export function adhocName(given: string): string | null {
  const name = given.startsWith(prefix) ? given.slice(prefix.length) : given;
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name) ? prefix + name : null;
}

/** In words what cannot be run; null when everything can. */
export function adhocProblem({ command, cwd, shell, timeoutMs }: AdhocWanted): string | null {
  if (command.trim() === '') return 'the command is empty';
  if (command.length > commandMaxLength) return 'the command is longer than 128 KiB';
  if (command.includes('\0')) return 'the command holds a NUL character';
  const paths = { 'the directory': cwd, 'the shell': shell };
  for (const [what, path] of Object.entries(paths)) {
    if (path === null) continue;
    if (path.trim() === '') return `${what} is empty`;
    if (path.length > pathMaxLength || path.includes('\0')) return `${what} is no path`;
  }
  if (timeoutMs !== null && (timeoutMs < 1 || timeoutMs > timeoutMaxMs)) {
    return 'the timeout is not between 1ms and 366 days';
  }
  return null;
}

/**
 * The spec of the run: that of the template with another command, or all defaults.
 * It has no schedule, and nothing of it keeps others of its name from running.
 */
export function adhocJob(
  name: string,
  wanted: AdhocWanted,
  { template, timezone }: { readonly template: Job | null; readonly timezone: string },
): Job {
  const base = template ?? plainJob(name, wanted.command, timezone);
  const { command } = base;
  return {
    ...base,
    name,
    description: null,
    schedules: [],
    suspend: false,
    concurrency: 'allow',
    retention: null,
    renamedFrom: [],
    onRemove: 'finish',
    command: {
      kind: 'shell',
      text: wanted.command,
      shell: wanted.shell ?? (command.kind === 'shell' ? command.shell : '/bin/sh'),
    },
    cwd: wanted.cwd ?? base.cwd,
    timeoutMs: wanted.timeoutMs ?? base.timeoutMs,
  };
}
