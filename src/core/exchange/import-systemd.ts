// Timers of systemd with their services as jobs. What is asked of systemd beyond
// times, a command and its surroundings is said to stay behind.
import type { Imported, ImportedJob, Remark } from './imported.ts';
import type { LocalMinute } from './local-minute.ts';
import { readCalendar, type Calendar } from './systemd-calendar.ts';
import { readUnit, splitExec, type Unit } from './systemd-unit.ts';

export interface SystemdOptions {
  /** Zone of the host of the timers. */
  readonly zone: string;
  /** Zone of the manifest that the jobs go to. */
  readonly manifestZone: string;
}

export interface UnitText {
  /** `backup.timer`. */
  readonly name: string;
  readonly text: string;
}

type Note = (kind: Remark['kind'], text: string) => void;

/** `services`: those that belong to the timer, and perhaps others. */
export function importTimer(
  timer: UnitText,
  services: readonly UnitText[],
  options: SystemdOptions,
): Imported {
  const jobs: ImportedJob[] = [];
  const remarks: Remark[] = [];
  const note: Note = (kind, text) => remarks.push({ kind, line: null, text });
  const unit = readUnit(timer.text);
  const base = timer.name.replace(/\.timer$/, '');
  const serviceName = unit.last('Timer', 'Unit') ?? `${base}.service`;
  const found = services.find(({ name }) => name === serviceName);
  if (found === undefined) {
    note('dropped', `its service ${serviceName} was not found`);
    return { jobs, remarks };
  }
  const service = readUnit(withNames(found.text, serviceName));
  const command = commandOf(service, note);
  const schedule = scheduleOf(unit, options, note);
  if (command === null || schedule === null) return { jobs, remarks };
  const description = service.last('Unit', 'Description') ?? unit.last('Unit', 'Description');
  jobs.push({
    name: nameOf(base),
    line: 1,
    zone: schedule.zone,
    fits: schedule.fits,
    secondsOf: schedule.secondsOf,
    fields: {
      // The export writes the name where a job has no description.
      ...(description === null || description === base
        ? {}
        : { description: literal(description).slice(0, 200) }),
      schedule: schedule.written,
      command,
      ...surroundings(service, note),
      ...(unit.last('Timer', 'Persistent') === 'true' ? {} : { catch_up: 'none' }),
    },
  });
  leftBehind(unit, service, note);
  return { jobs, remarks };
}

/** `%n` and its like are filled in where the name of the unit tells them; others stay. */
function withNames(text: string, unit: string): string {
  const base = unit.replace(/\.service$/, '');
  const [prefix = '', instance = ''] = base.split(/@(.*)/s);
  const values: Readonly<Record<string, string>> = { n: unit, N: base, p: prefix, i: instance };
  return text.replaceAll(/%([%nNpi])/g, (found, letter: string) => values[letter] ?? found);
}

export function serviceOf(timer: UnitText): string {
  const base = timer.name.replace(/\.timer$/, '');
  return readUnit(timer.text).last('Timer', 'Unit') ?? `${base}.service`;
}

function nameOf(base: string): string {
  const name = base.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  return name.replace(/^[^a-z0-9]+/, '').slice(0, 63) || 'job';
}

interface TimerSchedule {
  readonly written: unknown;
  readonly zone: string;
  readonly fits: ImportedJob['fits'];
  readonly secondsOf: NonNullable<ImportedJob['secondsOf']>;
}

function scheduleOf(unit: Unit, options: SystemdOptions, note: Note): TimerSchedule | null {
  const delay = spanOf(unit.last('Timer', 'RandomizedDelaySec'));
  const jitter = delay === null ? {} : { jitter: delay };
  const read = unit.all('Timer', 'OnCalendar').flatMap((text) => {
    const calendar = readCalendar(text);
    if (typeof calendar !== 'string') return [calendar];
    note('dropped', calendar);
    return [];
  });
  const intervals = ['OnUnitActiveSec', 'OnUnitInactiveSec'].flatMap((key) => {
    const interval = spanOf(unit.last('Timer', key));
    if (interval === null) return [];
    note('changed', `${key} counts from the last start or end there, and by the clock here`);
    return [interval];
  });
  const written = [
    ...read.map(({ expression, zone }) => {
      const own = zone ?? options.zone;
      const more = { ...(own === options.manifestZone ? {} : { timezone: own }), ...jitter };
      return Object.keys(more).length === 0 ? expression : { cron: expression, ...more };
    }),
    ...intervals.map((every) => (delay === null ? `every ${every}` : { every, ...jitter })),
  ];
  if (written.length === 0) {
    note('dropped', 'it has no times that a job can have');
    return null;
  }
  const zones = new Set(read.map(({ zone }) => zone ?? options.zone));
  const canTell = intervals.length === 0 && zones.size === 1;
  return {
    written: written.length === 1 ? written[0] : written,
    zone: [...zones][0] ?? options.zone,
    fits: canTell ? (local) => read.some(({ fits }) => fits(local)) : null,
    secondsOf: secondsOf(read),
  };
}

/** Seconds of a minute at which one of the calendars starts something. */
export function secondsOf(
  calendars: readonly Calendar[],
): (local: LocalMinute) => readonly number[] {
  return (local) => {
    const fitting = calendars.filter(({ fits }) => fits(local));
    return [...new Set(fitting.flatMap(({ seconds }) => seconds))].toSorted((a, b) => a - b);
  };
}

/** `1h 30min`, `90` as a duration; null for none. */
function spanOf(text: string | null): string | null {
  if (text === null || text === '0') return null;
  if (/^\d+$/.test(text)) return `${text}s`;
  const units: Readonly<Record<string, string>> = {
    min: 'm',
    sec: 's',
    hr: 'h',
    day: 'd',
    week: 'w',
  };
  const parts = [...text.matchAll(/(\d+)\s*([a-z]+)/g)].map(([, number = '', unit = '']) => {
    const singular = unit
      .replace(/(?<=..)s$/, '')
      .replace(/^(hour|minute|second)$/, (whole) => whole.charAt(0));
    return `${number}${units[singular] ?? singular}`;
  });
  return parts.length === 0 ? null : parts.join('');
}

function commandOf(service: Unit, note: Note): string | string[] | null {
  const lines = service.all('Service', 'ExecStart').map(splitExec);
  const [first] = lines;
  if (first === undefined) {
    note('dropped', 'its service has no ExecStart');
    return null;
  }
  const bad = lines.find((line) => typeof line === 'string');
  if (typeof bad === 'string') {
    note('dropped', bad);
    return null;
  }
  const all = lines.filter((line) => typeof line !== 'string');
  const [only] = all;
  if (all.length === 1 && only !== undefined && !only.mayFail && !only.hasVariables) {
    const [shell, flag, text] = only.words;
    const isShell = only.words.length === 3 && shell === '/bin/sh' && flag === '-c';
    return isShell && text !== undefined ? text : [...only.words];
  }
  return all.map(({ shell, mayFail }) => (mayFail ? `{ ${shell} || true; }` : shell)).join(' &&\n');
}

function surroundings(service: Unit, note: Note): Readonly<Record<string, unknown>> {
  const env: Record<string, string> = {};
  for (const text of service.all('Service', 'Environment')) {
    const words = splitExec(text);
    for (const word of typeof words === 'string' ? [] : words.words) {
      const at = word.indexOf('=');
      if (at > 0) env[word.slice(0, at)] = word.slice(at + 1);
    }
  }
  const files = service.all('Service', 'EnvironmentFile').map((path) => {
    if (path.startsWith('-')) note('changed', `${path.slice(1)} must be there now`);
    return literal(path.replace(/^-/, ''));
  });
  const timeout =
    service.last('Service', 'RuntimeMaxSec') ?? service.last('Service', 'TimeoutStartSec');
  const span = timeout === 'infinity' ? null : spanOf(timeout);
  const grace = spanOf(service.last('Service', 'TimeoutStopSec'));
  const killedBy = service.last('Service', 'KillSignal')?.replace(/^SIG/, '') ?? null;
  const signal = killedBy !== null && signals.has(killedBy) ? killedBy : null;
  if (killedBy !== signal) note('dropped', `KillSignal=${killedBy}: a job is not ended by that`);
  const codes = service
    .all('Service', 'SuccessExitStatus')
    .flatMap((text) => text.split(/\s+/))
    .map(Number)
    .filter((code) => Number.isInteger(code) && code > 0 && code < 256);
  const cwd = service.last('Service', 'WorkingDirectory');
  const user = service.last('Service', 'User');
  const nice = service.last('Service', 'Nice');
  const umask = service.last('Service', 'UMask');
  return {
    cwd: cwd === null || cwd.startsWith('~') ? '/' : literal(cwd.replace(/^-/, '')),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(files.length === 0 ? {} : { env_file: files.length === 1 ? files[0] : files }),
    ...(user === null ? {} : { user }),
    ...(nice === null ? {} : { nice: Number(nice) }),
    ...(umask === null ? {} : { umask: umask.replace(/^0(?=\d{3}$)/, '') }),
    ...(span === null ? {} : { timeout: span }),
    ...(grace === null && signal === null
      ? {}
      : { kill: { ...(signal === null ? {} : { signal }), ...(grace === null ? {} : { grace }) } }),
    ...(codes.length === 0 ? {} : { success_codes: [0, ...codes] }),
  };
}

/** Those that a manifest takes. */
const signals = new Set(['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'KILL']);

/** A doubled percent sign stands for itself. */
function literal(text: string): string {
  return text.replaceAll('%%', '%');
}

const carried = new Set(
  `Timer.OnCalendar Timer.OnUnitActiveSec Timer.OnUnitInactiveSec Timer.RandomizedDelaySec
  Timer.AccuracySec Timer.Persistent Timer.Unit Unit.Description Unit.Documentation Install.WantedBy Service.Type
  Service.ExecStart Service.Environment Service.EnvironmentFile Service.RuntimeMaxSec
  Service.TimeoutStartSec Service.TimeoutStopSec Service.WorkingDirectory Service.User
  Service.Nice Service.UMask Service.KillSignal Service.SuccessExitStatus`.split(/\s+/),
);

function leftBehind(timer: Unit, service: Unit, note: Note): void {
  const keys = [...timer.keys(), ...service.keys()].filter((key) => !carried.has(key));
  if (keys.length > 0) {
    const names = [...new Set(keys.map((key) => key.slice(key.indexOf('.') + 1)))];
    note('dropped', `${names.join(', ')}: nothing here stands for it`);
  }
}
