// Wrong calls: unknown commands, options and values, each with the nearest right
// one. All of them end with exit code 64.
import leven from 'leven';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';

/** Candidates near enough to be what was meant, nearest first, at most `limit`. */
export function nearest(word: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = word.toLowerCase();
  const bound = Math.max(1, Math.floor(wanted.length / 3) + 1);
  const scored: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    const distance =
      wanted.length >= 3 && name.startsWith(wanted)
        ? 0.5
        : leven(wanted, name, { maxDistance: bound + 1 });
    if (distance <= bound) scored.push({ candidate, distance });
  }
  return scored
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** "Did you mean a, b or c?", or null when nothing is near. */
export function didYouMean(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const last = names.at(-1) ?? '';
  return names.length === 1
    ? `Did you mean ${last}?`
    : `Did you mean ${names.slice(0, -1).join(', ')} or ${last}?`;
}

/** What hands type that know other tools; no command of ours is near by its letters. */
const habits: Readonly<Record<string, readonly string[]>> = {
  check: ['validate'],
  crontab: ['import', 'list'],
  create: ['add'],
  del: ['remove'],
  delete: ['remove'],
  disable: ['pause'],
  enable: ['resume'],
  exec: ['run'],
  info: ['show', 'status'],
  jobs: ['list'],
  kill: ['cancel'],
  lint: ['validate'],
  ls: ['list'],
  next: ['preview'],
  ps: ['list', 'queue'],
  reload: ['apply', 'restart'],
  rm: ['remove'],
  runs: ['history'],
  tail: ['logs'],
  trigger: ['run'],
};

export function unknownCommand(name: string, known: Iterable<string>): Jm2Error {
  const meant = Object.hasOwn(habits, name) ? habits[name] : undefined;
  return operationalError('JM2-C101', {
    detail: `jm2 has no command "${name}".`,
    hint: didYouMean(meant ?? nearest(name, known)) ?? 'jm2 --help',
    exitCode: ExitCode.usage,
  });
}

export function wrongArguments(detail: string, hint: string): Jm2Error {
  return operationalError('JM2-C102', { detail, hint, exitCode: ExitCode.usage });
}

export function wrongValue(detail: string, hint: string): Jm2Error {
  return operationalError('JM2-C103', { detail, hint, exitCode: ExitCode.usage });
}

/** What commander found wrong with a call, in our own terms. */
export function fromCommander(
  error: { readonly code: string; readonly message: string },
  command: string | null,
): Jm2Error {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest.join(' ').replace(/[()]/g, '').trim();
  const detail = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`.replace(/\.\.$/, '.');
  const help = command === null ? 'jm2 --help' : `jm2 ${command} --help`;
  const hint = suggestion === '' ? help : suggestion;
  return error.code === 'commander.invalidArgument'
    ? wrongValue(detail, hint)
    : wrongArguments(detail, hint);
}
