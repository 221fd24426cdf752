// The parts of a manifest as written that passed the schema. Rules look only at
// these, so that a broken field hides no problem of its neighbours.
import type {
  WrittenDefaults,
  WrittenJob,
  WrittenManifest,
  WrittenSchedule,
} from '../generated/written-manifest.ts';
import type { SchemaFault } from '../schema-faults.ts';
import { pointerParts, segment } from '../pointer.ts';

type Env = NonNullable<WrittenJob['env']>;

export interface SoundManifest {
  readonly timezone: string | undefined;
  readonly env: Env;
  readonly defaults: Partial<WrittenDefaults>;
  readonly schedules: Readonly<Record<string, WrittenSchedule>>;
  readonly calendars: NonNullable<WrittenManifest['calendars']>;
  /** Names of all calendars, also of broken ones. */
  readonly calendarNames: readonly string[];
  readonly concurrency: NonNullable<WrittenManifest['concurrency']>;
  readonly groups: NonNullable<WrittenManifest['groups']>;
  readonly retention: NonNullable<WrittenManifest['retention']>;
  readonly removed: NonNullable<WrittenManifest['removed']>;
  readonly allowEmpty: boolean;
  readonly publicEnv: readonly string[];
  readonly drift: NonNullable<WrittenManifest['drift']>;
  /** Names of all groups, also of those whose limit is broken. */
  readonly groupNames: readonly string[];
  readonly jobs: readonly { readonly name: string; readonly job: Partial<WrittenJob> }[];
}

// Faults that concern a map's keys leave the values beside them sound.
const keyFaults: ReadonlySet<string> = new Set(['additionalProperties', 'required']);

const sections: ReadonlySet<string> = new Set([
  'defaults',
  'schedules',
  'calendars',
  'groups',
  'removed',
  'concurrency',
  'retention',
]);

/** Per map, the keys below which something is broken. */
function brokenKeys(faults: readonly SchemaFault[]): ReadonlySet<string> {
  const broken = new Set<string>();
  for (const fault of faults) {
    if (keyFaults.has(fault.keyword) && pointerParts(fault.instancePath).length < 3) continue;
    if (fault.propertyName !== undefined) {
      // A job or schedule under a bad name is still worth judging.
      if (fault.instancePath.endsWith('/env')) {
        broken.add(fault.instancePath + segment(fault.propertyName));
      }
      continue;
    }
    // The whole field is left out: /jobs/NAME/FIELD, /defaults/FIELD, /FIELD.
    const parts = fault.instancePath.split('/');
    for (let length = 2; length <= parts.length; length += 1) {
      const isInner = parts[1] === 'jobs' && length < 4 && length < parts.length;
      const isSection = sections.has(parts[1] ?? '') && length === 2;
      if (!isInner && !(isSection && parts.length > 2))
        broken.add(parts.slice(0, length).join('/'));
    }
  }
  return broken;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function soundOf(
  value: unknown,
  pointer: string,
  broken: ReadonlySet<string>,
): Record<string, unknown> {
  if (!isMap(value) || broken.has(pointer)) return {};
  if (broken.size === 0) return value;
  const sound = Object.create(null) as Record<string, unknown>;
  for (const [key, part] of Object.entries(value)) {
    const inner = pointer + segment(key);
    if (!broken.has(inner)) sound[key] = part;
  }
  return sound;
}

/** All of them or none: places are told by their number. */
function textsOf(list: unknown): string[] {
  return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : [];
}

/** `faults` are all faults of the schema in `root`. */
export function soundParts(root: unknown, faults: readonly SchemaFault[]): SoundManifest {
  const broken = brokenKeys(faults);
  const top = soundOf(root, '', broken) as Partial<WrittenManifest>;
  const jobs = isMap(top.jobs) ? Object.entries(top.jobs) : [];
  return {
    timezone: top.timezone,
    env: isMap(top.env) ? (top.env as Env) : {},
    defaults: soundOf(top.defaults, '/defaults', broken) as Partial<WrittenDefaults>,
    schedules: soundOf(top.schedules, '/schedules', broken) as Record<string, WrittenSchedule>,
    calendars: soundOf(top.calendars, '/calendars', broken) as SoundManifest['calendars'],
    calendarNames: isMap(root) && isMap(root['calendars']) ? Object.keys(root['calendars']) : [],
    concurrency: soundOf(top.concurrency, '/concurrency', broken),
    groupNames: isMap(root) && isMap(root['groups']) ? Object.keys(root['groups']) : [],
    retention: soundOf(top.retention, '/retention', broken),
    groups: soundOf(top.groups, '/groups', broken) as SoundManifest['groups'],
    removed: soundOf(top.removed, '/removed', broken) as SoundManifest['removed'],
    allowEmpty: top.allow_empty === true,
    publicEnv: textsOf(top.public_env),
    drift: soundOf(top.drift, '/drift', broken),
    jobs: jobs.map(([name, job]) => ({
      name,
      job: soundOf(job, `/jobs${segment(name)}`, broken) as Partial<WrittenJob>,
    })),
  };
}
