// Fields of a job spec that came after the first release, with the value that
// means "as before". A spec stored without them reads as if it had them, and a
// job that does not use them keeps its digest: an upgrade is no change of the manifest.
import { sharedRule } from '../calendar/allowed-days.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Job } from './job.ts';

export const addedFields = {
  envFile: [],
  inheritEnv: [],
  umask: null,
  nice: null,
  limits: {},
  group: null,
  priority: 0,
  startDeadlineMs: null,
  retention: null,
  runbook: null,
  protect: false,
  onChange: 'finish',
  onScheduleChange: 'ignore',
} as const satisfies Partial<Job>;

/** The same for fields within a field that was there before. */
const addedParts = {
  kill: { leftovers: false },
} as const;

type Members = Readonly<Record<string, unknown>>;

/** A spec as it was stored, by this or an earlier program, as one of this program. */
export function completeSpec(stored: object): Job {
  // As this program writes them: of ten thousand none need be copied.
  const job = (isComplete(stored as Members) ? stored : completed(stored)) as Job;
  if (job.schedules.every(({ calendar }) => calendar === undefined)) return job;
  return { ...job, schedules: job.schedules.map(withSharedCalendar) };
}

const addedNames = Object.keys(addedFields);
const partNames = Object.entries(addedParts).map(
  ([name, parts]) => [name, Object.keys(parts)] as const,
);

function isComplete(stored: Members): boolean {
  return (
    addedNames.every((name) => Object.hasOwn(stored, name)) &&
    partNames.every(([name, parts]) => {
      const value = stored[name];
      return (
        typeof value === 'object' &&
        value !== null &&
        parts.every((part) => Object.hasOwn(value, part))
      );
    })
  );
}

function completed(stored: object): Record<string, unknown> {
  const spec: Record<string, unknown> = { ...addedFields, ...stored };
  for (const [name, parts] of Object.entries(addedParts)) {
    spec[name] = { ...parts, ...(spec[name] as object | undefined) };
  }
  return spec;
}

/** The spec as it was before these fields came, but for those that the job uses. */
export function withoutUnusedFields<Spec extends object>(spec: Spec): Spec {
  const used: Record<string, unknown> = withoutEqual(spec as Members, addedFields);
  for (const [name, parts] of Object.entries(addedParts)) {
    const value = used[name];
    if (typeof value === 'object' && value !== null) {
      used[name] = withoutEqual(value as Members, parts);
    }
  }
  return used as Spec;
}

/** Values here are scalars and empty lists and maps: their JSON tells them apart. */
function withoutEqual(members: Members, unused: Members): Record<string, unknown> {
  const used: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (Object.hasOwn(unused, name) && isEqual(unused[name], value)) continue;
    used[name] = value;
  }
  return used;
}

/** Most are equal by identity or of different kinds, and none of these is put into words. */
function isEqual(unused: unknown, value: unknown): boolean {
  if (unused === value) return true;
  if (typeof unused !== 'object' || typeof value !== 'object') return false;
  return JSON.stringify(unused) === JSON.stringify(value);
}

/** Many jobs have the same calendars: their days are kept once. */
function withSharedCalendar(schedule: Schedule): Schedule {
  const { calendar } = schedule;
  return calendar === undefined ? schedule : { ...schedule, calendar: sharedRule(calendar) };
}
