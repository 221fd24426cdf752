// Jobs of another manifest of jm2, in YAML or JSON. What stood at its top for
// all jobs goes into each of them; a name that the other file does not know goes.
import { parseDocument } from 'yaml';
import type { Imported, ImportedJob, Remark } from './imported.ts';

export interface ManifestImportOptions {
  /** Zone of the manifest that the jobs go to. */
  readonly manifestZone: string;
  /** Groups that it declares. */
  readonly groups: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** `text` was accepted as a manifest. */
export function importManifest(text: string, options: ManifestImportOptions): Imported {
  const document = parseDocument(text.replace(/^\ufeff/, ''), { merge: true, stringKeys: true });
  const top = asFields(document.toJS({ maxAliasCount: 100 }));
  const remarks: Remark[] = [];
  for (const key of ['concurrency', 'retention']) {
    if (top[key] === undefined) continue;
    const told = `\`${key}\` at the top of the file is for all of its jobs together`;
    remarks.push({ kind: 'dropped', line: null, text: told });
  }
  const jobs = Object.entries(asFields(top['jobs'])).map(([name, value]): ImportedJob => {
    const own: Record<string, unknown> = { ...asFields(top['defaults']), ...asFields(value) };
    const env = { ...asFields(top['env']), ...asFields(own['env']) };
    if (Object.keys(env).length > 0) own['env'] = env;
    const group = own['group'];
    if (typeof group === 'string' && !options.groups.has(group)) {
      delete own['group'];
      const told = `${name}: the manifest declares no group "${group}"`;
      remarks.push({ kind: 'dropped', line: null, text: told });
    }
    const zone = typeof top['timezone'] === 'string' ? top['timezone'] : 'UTC';
    if (own['schedule'] !== undefined) {
      const schedule = named(own['schedule'], asFields(top['schedules']));
      own['schedule'] = zone === options.manifestZone ? schedule : inZone(schedule, zone);
    }
    return { name, fields: own, line: 1, zone, fits: null };
  });
  return { jobs, calendars: calendarsOf(jobs, asFields(top['calendars'])), remarks };
}

/** Those that a job names, as the file declares them. */
function calendarsOf(jobs: readonly ImportedJob[], declared: Fields): Fields {
  const rules = jobs.flatMap(({ fields }) =>
    [fields['schedule']]
      .flat()
      .concat(fields)
      .map((one) => asFields(one)['calendar']),
  );
  const names = rules.flatMap((rule) => [asFields(rule)['except'], asFields(rule)['only']]).flat();
  return Object.fromEntries(Object.entries(declared).filter(([name]) => names.includes(name)));
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** With schedules that the other file names put in place. */
function named(schedule: unknown, declared: Fields): unknown {
  if (Array.isArray(schedule)) return schedule.flatMap((one: unknown) => named(one, declared));
  if (typeof schedule !== 'string' || !schedule.startsWith('@')) return schedule;
  return declared[schedule.slice(1)] ?? schedule;
}

function inZone(schedule: unknown, zone: string): unknown {
  if (Array.isArray(schedule)) return schedule.map((one: unknown) => inZone(one, zone));
  if (typeof schedule !== 'string') return { timezone: zone, ...asFields(schedule) };
  const [, kind, rest] = /^(every|at)\s+(.*)$/.exec(schedule) ?? [];
  return kind === undefined || rest === undefined
    ? { cron: schedule, timezone: zone }
    : { [kind]: rest, timezone: zone };
}
