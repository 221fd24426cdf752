// A crontab as jobs: the user's format or the system's with its column of
// users. What a line means is cron's own reading; what cannot be carried over is
// a remark with its line.
import { readCrontabFields } from './crontab-fields.ts';
import type { Imported, ImportedJob, Remark } from './imported.ts';
import { nameFor } from './job-names.ts';
import type { LocalMinute } from './local-minute.ts';

export interface CrontabOptions {
  /** The system's format, with a user in front of each command. */
  readonly system: boolean;
  /** Zone in which cron reads the lines. */
  readonly zone: string;
  /** Zone of the manifest that the jobs go to. */
  readonly manifestZone: string;
  /** Where cron starts commands: the home of the crontab's owner; null when it is not known. */
  readonly home: string | null;
  /** Carry over also what jm2 does better by default: overlaps, and no catch-up. */
  readonly faithful: boolean;
}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@every_minute': '* * * * *',
};

/** A crontab is at most this long; beyond it is something else. */
const linesMax = 100_000;

interface State {
  readonly options: CrontabOptions;
  readonly jobs: ImportedJob[];
  readonly remarks: Remark[];
  /** Variables that stand above the present line. */
  readonly env: Map<string, string>;
  zone: string;
  shell: string | null;
  jitter: string | null;
  comment: string[];
}

export function importCrontab(text: string, options: CrontabOptions): Imported {
  const state: State = {
    options,
    jobs: [],
    remarks: [],
    env: new Map(),
    zone: options.zone,
    shell: null,
    jitter: null,
    comment: [],
  };
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .slice(0, linesMax);
  for (const [index, line] of lines.entries()) readLine(state, line, index + 1);
  if (!options.faithful && state.jobs.length > 0) {
    state.remarks.push({
      kind: 'changed',
      line: null,
      text: 'cron starts a job although it still runs, and forgets what it missed; jm2 skips the one and catches up the other unless a job says otherwise',
    });
  }
  return { jobs: state.jobs, remarks: state.remarks };
}

function readLine(state: State, line: string, number: number): void {
  const content = line.trim();
  if (content === '') {
    state.comment = [];
  } else if (content.startsWith('#')) {
    state.comment.push(content.replace(/^#+\s*/, ''));
  } else {
    const variable = readVariable(content);
    if (variable === null) readJob(state, content, number);
    else setVariable(state, variable, number);
    state.comment = [];
  }
}

/** `NAME = "value"`: as cron reads it, with quotes around either. */
function readVariable(content: string): readonly [string, string] | null {
  const match = /^(?:"([^"]+)"|'([^']+)'|([A-Za-z_]\w*))\s*=\s*(.*)$/.exec(content);
  if (match === null) return null;
  const [, double, single, plain, rest = ''] = match;
  const value = /^"(.*)"$/.exec(rest)?.[1] ?? /^'(.*)'$/.exec(rest)?.[1] ?? rest;
  return [(double ?? single ?? plain)!, value];
}

function setVariable(state: State, [name, value]: readonly [string, string], line: number): void {
  switch (name) {
    case 'SHELL':
      state.shell = value === '/bin/sh' ? null : value;
      return;
    case 'CRON_TZ':
      state.zone = value === '' ? state.options.zone : value.replace(/^:/, '');
      return;
    case 'RANDOM_DELAY':
      state.jitter = value === '0' ? null : `${value}m`;
      return;
    case 'MAILTO':
    case 'MAILFROM':
    case 'CONTENT_TYPE':
    case 'CONTENT_TRANSFER_ENCODING':
      if (value === '') return;
      state.remarks.push({
        kind: 'dropped',
        line,
        text: `${name}=${value}: output goes to the run log (jm2 logs), no mail is sent`,
      });
      return;
    case 'LOGNAME':
    case 'USER':
      state.remarks.push({ kind: 'dropped', line, text: `${name} is set by jm2 itself` });
      return;
    default:
      state.env.set(name, value);
  }
}

function readJob(state: State, content: string, line: number): void {
  const { options } = state;
  // A hyphen in front keeps some crons from logging the start.
  const words = content.replace(/^-(?=[\d*])/, '');
  const isMacro = words.startsWith('@');
  const pattern = isMacro ? /^(@\S+)\s+(.*)$/ : /^((?:\S+\s+){4}\S+)\s+(.*)$/;
  const [, times, behind = ''] = pattern.exec(words) ?? [];
  if (times === undefined || behind === '') {
    return drop(
      state,
      line,
      'this is neither a variable nor a line with five fields and a command',
    );
  }
  let rest = behind;
  let user: string | null = null;
  if (options.system) {
    const column = /^([^\s:]*)\S*\s+(.+)$/.exec(rest);
    if (column === null) return drop(state, line, 'the user or the command is missing');
    [user, rest] = [column[1]!, column[2]!];
  }
  const schedule = readSchedule(state, times, rest, line);
  if (schedule === null) return;
  const command = commandOf(rest);
  const exported = exportedName(state.comment);
  state.jobs.push({
    name: exported ?? nameFor(command.split('\n')[0]!),
    line,
    zone: state.zone,
    fits: schedule.fits,
    fields: {
      ...descriptionOf(state.comment),
      schedule: schedule.written,
      command,
      ...contextOf(state, user, line),
      ...(options.faithful ? { concurrency: 'allow', catch_up: 'none' } : {}),
    },
  });
}

function readSchedule(
  state: State,
  text: string,
  seed: string,
  line: number,
): { written: unknown; fits: (local: LocalMinute) => boolean } | null {
  if (text === '@reboot') {
    drop(state, line, '@reboot has no time; start it with the system, or by hand: jm2 run');
    return null;
  }
  const expression = text.startsWith('@') ? macros[text.toLowerCase()] : text;
  if (expression === undefined) {
    drop(state, line, `${text} is not a time that cron knows`);
    return null;
  }
  const fields = readCrontabFields(expression.split(/\s+/), seed);
  if (typeof fields === 'string') {
    drop(state, line, fields);
    return null;
  }
  for (const changed of fields.changed)
    state.remarks.push({ kind: 'changed', line, text: changed });
  const ownZone = state.zone === state.options.manifestZone ? {} : { timezone: state.zone };
  const extras = { ...ownZone, ...(state.jitter === null ? {} : { jitter: state.jitter }) };
  const written =
    Object.keys(extras).length === 0 ? fields.expression : { cron: fields.expression, ...extras };
  return { written, fits: fields.fits };
}

/** A percent sign ends the command and begins its input, further ones are line breaks. */
function commandOf(text: string): string {
  const [command = '', ...input] = splitAtPercents(text);
  if (input.length === 0) return command.trim();
  const lines = input.join('\n').replace(/\n$/, '');
  let end = 'INPUT';
  while (lines.split('\n').includes(end)) end += '_';
  return `{ ${command.trim()}\n} <<'${end}'\n${lines}\n${end}`;
}

/** A backslash takes the meaning from a percent sign, and from a backslash before one. */
function splitAtPercents(text: string): string[] {
  const parts = [''];
  let isEscaped = false;
  for (const letter of text) {
    const last = parts.length - 1;
    if (letter === '%' && isEscaped) parts[last] = `${parts[last]!.slice(0, -1)}%`;
    else if (letter === '%') parts.push('');
    else parts[last] += letter;
    isEscaped = letter === '\\' && !isEscaped;
  }
  return parts;
}

function contextOf(state: State, user: string | null, line: number): Record<string, unknown> {
  const { options } = state;
  const env = Object.fromEntries(state.env);
  const home = state.env.get('HOME') ?? options.home;
  if (home === null && options.system) {
    state.remarks.push({
      kind: 'changed',
      line,
      text: `cron starts it in the home of ${user ?? 'its user'}, jm2 in the directory of the manifest unless \`cwd\` is given`,
    });
  }
  return {
    ...(state.shell === null ? {} : { shell: state.shell }),
    ...(home === null ? {} : { cwd: home }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(user === null ? {} : { user }),
  };
}

/** `# jm2 job NAME: description`, as the export writes it. */
const marked = /^jm2 job ([a-z0-9][a-z0-9._-]{0,62})(?:: |$)/;

function exportedName(comment: readonly string[]): string | null {
  return marked.exec(comment.at(-1) ?? '')?.[1] ?? null;
}

function descriptionOf(comment: readonly string[]): { description?: string } {
  const lines = comment.map((line) => line.replace(marked, ''));
  const text = lines.filter((line) => line !== '' && !/^[-=*#~_]+$/.test(line)).join(' ');
  return text === '' ? {} : { description: text.slice(0, 200) };
}

function drop(state: State, line: number, text: string): void {
  state.remarks.push({ kind: 'dropped', line, text });
}
