// Looks at the runtime's time-zone data for some jobs, beside what is known and
// what the host's own data says. A daemon is asked at every status, so its answer
// is kept for a while.
import {
  hostZoneErrors,
  isReleaseName,
  joinErrors,
  zoneErrors,
  type ZoneError,
} from '../core/schedule/zone-data.ts';
import { zonesOf, zoneWarnings } from '../core/schedule/zone-warnings.ts';
import { toIso } from '../core/schedule/local-time.ts';
import { readZoneChange, type ZoneChange } from '../scheduler/zone-change.ts';
import type { StoreReader } from '../store/store.ts';
import { readHostRelease, readHostZones } from '../system/host-zone-data.ts';

const keptMs = 3_600_000;

/** What the host's data has against the runtime's, for these zones; asks a tool only when it is newer. */
export async function errorsByHost(
  release: string | undefined,
  zones: readonly string[],
  now: number,
): Promise<ZoneError[]> {
  const hostRelease = readHostRelease();
  if (!isReleaseName(release) || hostRelease === null || hostRelease <= release) return [];
  const year = new Date(now).getUTCFullYear();
  const until = year + 3;
  const host = await readHostZones(zones, { from: year - 1, to: until });
  const known = { release: hostRelease, zones: host, until: Date.UTC(until, 0, 1) };
  return hostZoneErrors(release, known);
}

const changeToldMs = 7 * 86_400_000;

/** For a week, that other zone data moved jobs; null when it moved none. */
export function zoneChangeNotice(change: ZoneChange | null, now: number): string | null {
  if (change === null || change.count === 0 || now - change.at > changeToldMs) return null;
  const { from, to, at, zones, jobs, count } = change;
  const others = count > jobs.length ? `, and ${count - jobs.length} more` : '';
  return `The time-zone data of Node.js changed from ${from} to ${to} (seen ${toIso(at)}): by it ${jobs.join(', ')}${others} run at another time (${zones.join(', ')}). What had run already was not repeated.`;
}

/** Sentences for `status`; the host's word on zones comes in when its tool has answered. */
export function createZoneNotices(parts: {
  readonly store: Pick<StoreReader, 'jobs' | 'latestRevisionHead' | 'fact'>;
  readonly now: () => number;
  readonly release: string | undefined;
}): () => readonly string[] {
  const { store, now, release } = parts;
  let kept: { revision: number; at: number; lines: readonly string[] } | null = null;
  return () => {
    const revision = store.latestRevisionHead()?.number ?? 0;
    const at = now();
    const isFresh = kept?.revision === revision && Math.abs(at - kept.at) < keptMs;
    if (kept !== null && isFresh) return kept.lines;
    const jobs = store.jobs().map(({ job }) => job);
    const zones = zonesOf(jobs);
    const known = zoneErrors(release, zones);
    const change = zoneChangeNotice(readZoneChange(store), at);
    const told = (errors: readonly ZoneError[]): readonly string[] => [
      ...zoneWarnings(release, errors, jobs, at),
      ...(change === null ? [] : [change]),
    ];
    const answer = { revision, at, lines: told(known) };
    kept = answer;
    void errorsByHost(release, zones, at).then((host) => {
      const joined = joinErrors(known, host);
      if (joined.length === known.length || kept !== answer) return;
      kept = { ...answer, lines: told(joined) };
    });
    return answer.lines;
  };
}
