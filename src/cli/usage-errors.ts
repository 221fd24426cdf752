// Wrong calls: unknown commands, options and values, each with the nearest right
// one. All of them end with exit code 64.
import leven from 'leven';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { CommandDefinition } from './command.ts';

/** Candidates near enough to be what was meant, nearest first, at most `limit`. */
export function nearest(word: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = word.toLowerCase();
  // Two letters of three are another word, and so is every other single letter.
  const bound = wanted.length < 2 ? 0 : wanted.length <= 3 ? 1 : Math.floor(wanted.length / 3) + 1;
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
export const habits: Readonly<Record<string, readonly string[]>> = {
  abort: ['cancel'],
  check: ['validate'],
  create: ['add'],
  cron: ['explain-schedule', 'import'],
  crontab: ['import', 'list'],
  daemon: ['up', 'start', 'status'],
  del: ['remove'],
  delete: ['remove'],
  deploy: ['apply'],
  describe: ['show'],
  disable: ['pause'],
  'dry-run': ['plan'],
  enable: ['resume'],
  exec: ['run'],
  get: ['list', 'show'],
  info: ['show', 'status'],
  inspect: ['show'],
  jobs: ['list'],
  kill: ['cancel'],
  lint: ['validate'],
  ls: ['list'],
  next: ['preview'],
  ps: ['list', 'queue'],
  reload: ['apply', 'restart'],
  rename: ['edit'],
  replay: ['rerun', 'backfill'],
  retry: ['rerun'],
  rm: ['remove'],
  runs: ['history'],
  schedule: ['add', 'explain-schedule'],
  settings: ['config'],
  suspend: ['pause'],
  tail: ['logs'],
  test: ['validate', 'run'],
  trigger: ['run'],
  undo: ['rollback', 'undelete'],
  unpause: ['resume'],
  version: ['--version'],
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

/** What hands type that know another command, by the option of this one; the first that it has. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  '--auto-approve': ['--yes'],
  '--count': ['--limit', '--lines'],
  '--filter': ['--grep'],
  '--from': ['--since'],
  '--limit': ['--lines', '--count'],
  '--lines': ['--limit', '--count'],
  '--out': ['--output'],
  '--output': ['--out'],
  '--search': ['--grep'],
  '--since': ['--from'],
  '--tail': ['--lines'],
  '--timezone': ['--tz'],
  '--to': ['--until'],
  '--type': ['--kind'],
  '--until': ['--to'],
  '--yes': ['--auto-approve'],
  '--zone': ['--tz'],
  '-n': ['--lines', '--limit', '--count'],
  '-y': ['--auto-approve'],
};

/** Options of other job managers whose place here is a file. */
const heldInFiles: ReadonlyMap<string, string> = new Map([
  ['--log-max-files', 'Runs and their logs that are kept: jm2 config set keep_runs 1000'],
  [
    '--log-max-size',
    'The manifest says it, log: {max_size: 10MB}; for all logs together: jm2 config set keep_logs 2GiB',
  ],
  ['--max-concurrent', 'The manifest says it for all jobs: concurrency: {max: 64}'],
]);

/** Of a command, what an error needs to show the right way. */
type Usage = Pick<CommandDefinition, 'name' | 'arguments' | 'options' | 'examples'>;

/** What commander found wrong with a call, in our own terms; `command`: null before there is one. */
export function fromCommander(
  error: { readonly code: string; readonly message: string },
  command: Usage | null,
): Jm2Error {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const help = command === null ? 'jm2 --help' : `jm2 ${command.name} --help`;
  const example = command?.examples[0]?.command ?? help;
  const choices = /Allowed choices are (.+)\.$/.exec(first)?.[1]?.split(', ');
  if (choices !== undefined) return wrongChoice(first, choices, help);
  const missing = /^missing required argument '(.+)'$/.exec(first)?.[1];
  if (missing !== undefined) {
    const article = /^[aeiou]/.test(missing) ? 'an' : 'a';
    const words = missing.replaceAll('-', ' ');
    return wrongArguments(`jm2 ${command?.name} needs ${article} ${words} behind it.`, example);
  }
  const [, most, given] = /Expected (\d+) arguments? but got (\d+)\.$/.exec(first) ?? [];
  if (most !== undefined) {
    const words = most === '0' ? 'no' : most;
    return wrongArguments(
      `jm2 ${command?.name} takes ${words} ${most === '1' ? 'argument' : 'arguments'}, and got ${given}.`,
      example,
    );
  }
  const [, form, value] = /^option '.*?(--[\w-]+) (<[^']+>)' argument missing$/.exec(first) ?? [];
  if (form !== undefined) return wrongArguments(`${form} needs ${value} behind it.`, help);
  const unknown = /^unknown option '(-[^']*)'$/.exec(first)?.[1];
  const has = (form: string): boolean =>
    command?.options.some(({ flags }) => flags.split(/[ ,]+/).includes(form)) === true;
  const meant = Object.hasOwn(otherNames, unknown ?? '') ? otherNames[unknown ?? ''] : undefined;
  const suggestion =
    actionFor(unknown, command) ??
    heldInFiles.get(unknown ?? '') ??
    (rest.join(' ').replace(/[()]/g, '').trim() ||
      didYouMean(meant?.filter(has).slice(0, 1) ?? []));
  const detail = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`.replace(/\.\.$/, '.');
  return error.code === 'commander.invalidArgument'
    ? wrongValue(detail, suggestion ?? help)
    : wrongArguments(detail, suggestion ?? help);
}

/** `audit --verify` for `audit verify`: what a command does stands behind its name, without dashes. */
function actionFor(option: string | undefined, command: Usage | null): string | null {
  const [first] = command?.arguments ?? [];
  const offers = typeof first?.offers === 'function' ? first.offers([]) : first?.offers;
  const actions = first?.choices ?? (Array.isArray(offers) ? offers : []);
  const word = option?.replace(/^--/, '') ?? '';
  return actions.includes(word) ? didYouMean([`jm2 ${command?.name} ${word}`]) : null;
}

/** `message` is "option '--roll <how>' argument 'x' is …" or "command-argument value 'x' is … for argument 'shell'. …". */
function wrongChoice(message: string, choices: readonly string[], help: string): Jm2Error {
  const option = /^option '([^']*)' argument '(.*)' is invalid/.exec(message);
  const argument = /^command-argument value '(.*)' is invalid for argument '([^']*)'/.exec(message);
  const form = option?.[1]?.split(/,? /).find((word) => word.startsWith('--'));
  const [name, value = ''] =
    option === null ? [argument?.[2] ?? 'The argument', argument?.[1]] : [form ?? '', option[2]];
  return wrongValue(
    `${name} got "${value}", which is none of ${choices.join(', ')}.`,
    didYouMean(nearest(value, choices)) ?? help,
  );
}
