// What a change lets a command do that it could not do before: as whom it runs, what
// it is given, where it stands, how far it may go. Each in one sentence. Only what
// follows from the two specs is told; of a name that the host fills, nobody knows
// here what it means.
import type { EnvValue, Job, ProcessLimits } from '../manifest/job.ts';
import { hazard } from './hazards.ts';
import { isMaskedVariable } from '../manifest/secrets.ts';
import type { Hazard } from './plan.ts';
import { sameValue } from './same-value.ts';

export function securityWidened(before: Job, after: Job): Hazard[] {
  const told = [
    ...otherUser(before, after),
    ...shellTurnedOn(before, after),
    ...secretsGiven(before, after),
    ...placeWidened(before.cwd, after.cwd),
    ...maskLoosened(before.umask, after.umask),
    ...limitsLifted(before.limits, after.limits),
  ];
  const isRoot = before.user !== after.user && after.user === 'root';
  return told.length === 0
    ? []
    : [hazard('security_widened', isRoot ? 'high' : 'medium', told.join(' '))];
}

function otherUser({ user: before }: Job, { user: after }: Job): string[] {
  if (before === after) return [];
  const named = (user: string | null) => (user === null ? "the daemon's account" : `"${user}"`);
  return [`The command runs as ${named(after)} instead of ${named(before)}.`];
}

function shellTurnedOn({ command: before }: Job, { command: after }: Job): string[] {
  return before.kind === 'argv' && after.kind === 'shell'
    ? ['The command goes through a shell, which it did not.']
    : [];
}

/** References, and names that look like secrets, that are new or come from elsewhere. */
function secretsGiven(before: Job, after: Job): string[] {
  const names = Object.entries(after.env)
    .filter(([name, value]) => isSecret(name, value) && !isKnown(before.env[name], value))
    .map(([name]) => name);
  const inherited = after.inheritEnv.filter((name) => !before.inheritEnv.includes(name));
  const files = after.envFile.filter((path) => !before.envFile.includes(path));
  const given = [...names, ...inherited].toSorted();
  return [
    ...(given.length === 0 ? [] : [`It is given ${given.join(', ')}.`]),
    ...(files.length === 0 ? [] : [`It is given what ${files.join(', ')} holds.`]),
  ];
}

function isSecret(name: string, value: EnvValue): boolean {
  return typeof value !== 'string' || isMaskedVariable(name, value);
}

/** Another value under the same name is given nothing more; another source is. */
function isKnown(before: EnvValue | undefined, after: EnvValue): boolean {
  if (before === undefined) return false;
  return (typeof before === 'string' && typeof after === 'string') || sameValue(before, after);
}

/** A directory above the one of before; where the manifest lies is not known here. */
function placeWidened(before: string | null, after: string | null): string[] {
  if (before === null || after === null || before === after) return [];
  const above = after.endsWith('/') ? after : `${after}/`;
  return before.startsWith(above) ? [`It works in ${after}, above the ${before} of before.`] : [];
}

/** What the daemon's account usually has. */
const usualMask = '022';

function maskLoosened(before: string | null, after: string | null): string[] {
  const [from, to] = [before ?? usualMask, after ?? usualMask];
  // Bits that were taken away from the files it makes, and are no more.
  const opened = Number.parseInt(from, 8) & ~Number.parseInt(to, 8);
  return opened === 0 ? [] : [`Its files are made with umask ${to} instead of ${from}.`];
}

const limitNames = {
  openFiles: 'open_files',
  processes: 'processes',
  fileSizeBytes: 'file_size',
  cpuTimeMs: 'cpu_time',
  memoryBytes: 'memory',
  coreSizeBytes: 'core_size',
} as const satisfies { readonly [Name in keyof Required<ProcessLimits>]: string };

function limitsLifted(before: ProcessLimits, after: ProcessLimits): string[] {
  const lifted = (Object.keys(limitNames) as (keyof ProcessLimits)[]).filter((name) => {
    const [from, to] = [before[name], after[name]];
    return from !== undefined && (to === undefined || to > from);
  });
  return lifted.length === 0
    ? []
    : [`Its limits are lifted: ${lifted.map((name) => limitNames[name]).join(', ')}.`];
}
