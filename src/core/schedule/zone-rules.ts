// How the clocks of some zones run by the time-zone data of one release, small
// enough to be stored, so that a later start with other data sees what changed.
// What follows for the jobs is decided in core/runs/zone-change.ts.
import { offsetAt, transitionsBetween } from './zone.ts';

const DAY_MS = 86_400_000;
/** A year back for what was settled under the rules, three ahead for what is planned. */
const backMs = 366 * DAY_MS;
const aheadMs = 3 * 366 * DAY_MS;
/** Taken anew after this time, so that it always reaches ahead. */
const freshMs = 30 * DAY_MS;

export interface ZoneRules {
  /** Of the time-zone database, such as `2026c`. */
  readonly release: string;
  readonly takenAt: number;
  /** By zone: the offset (ms) from an instant on, oldest first; the first holds before it, too. */
  readonly zones: Readonly<Record<string, readonly (readonly [from: number, offset: number])[]>>;
}

export function takeZoneRules(release: string, zones: Iterable<string>, now: number): ZoneRules {
  const from = now - backMs;
  const steps = [...new Set(zones)].toSorted().map((zone) => {
    const changes = transitionsBetween(zone, from, now + aheadMs);
    const later = changes.map((change) => [change.at, change.offsetAfter] as const);
    return [zone, [[from, offsetAt(zone, from)] as const, ...later]] as const;
  });
  return { release, takenAt: now, zones: Object.fromEntries(steps) };
}

/** True while nothing has to be written: same release, all of the zones, not too old. */
export function coversZones(
  rules: ZoneRules | null,
  release: string,
  zones: Iterable<string>,
  now: number,
): boolean {
  if (rules?.release !== release || Math.abs(now - rules.takenAt) > freshMs) return false;
  return [...zones].every((zone) => Object.hasOwn(rules.zones, zone));
}

/** The offset by these rules; null for a zone or a time they do not cover. */
export function offsetByRules(rules: ZoneRules, zone: string, instant: number): number | null {
  const steps = Object.hasOwn(rules.zones, zone) ? rules.zones[zone] : undefined;
  const isCovered = instant >= rules.takenAt - backMs && instant < rules.takenAt + aheadMs;
  if (steps === undefined || !isCovered) return null;
  return steps.findLast(([from]) => from <= instant)?.[1] ?? steps[0]?.[1] ?? null;
}

/** The zones that run in another way by the present data within the time that is covered. */
export function changedZones(rules: ZoneRules): readonly string[] {
  const present = takeZoneRules('', Object.keys(rules.zones), rules.takenAt);
  return Object.keys(rules.zones)
    .filter((zone) => JSON.stringify(rules.zones[zone]) !== JSON.stringify(present.zones[zone]))
    .toSorted();
}

/** Null for a text that no version wrote, which is then as if there were none. */
export function parseZoneRules(text: string | null): ZoneRules | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { release, takenAt, zones } = value as Partial<ZoneRules>;
    const isWhole =
      typeof release === 'string' &&
      Number.isSafeInteger(takenAt) &&
      typeof zones === 'object' &&
      Object.values(zones).every((steps) => Array.isArray(steps) && steps.every(isStep));
    return isWhole ? (value as ZoneRules) : null;
  } catch {
    return null;
  }
}

function isStep(step: unknown): boolean {
  return Array.isArray(step) && step.length === 2 && step.every(Number.isSafeInteger);
}
