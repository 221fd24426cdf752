// Warns of time-zone data that is old: it sits in the runtime and ages with it, so
// that some zones may be an hour off in what a command shows.
import { dirname } from 'node:path';
import type { JobSchedules } from '../core/schedule/zone-warnings.ts';
import type { Context } from './context.ts';

/** `further`: zones that are used for showing. */
export async function warnOfOldZones(
  context: Context,
  jobs: readonly JobSchedules[],
  further: readonly string[] = [],
): Promise<void> {
  const { zonesOf, zoneWarnings } = await import('../core/schedule/zone-warnings.ts');
  const release = process.versions['tz'];
  const { now } = context.terminal;
  const errors = await errorsIn([...zonesOf(jobs), ...further], now);
  for (const line of zoneWarnings(release, errors, jobs, now)) {
    context.output.note(`warning: ${line}`);
  }
}

/** The same for a manifest that somebody else has judged; loaded only when there is cause. */
export async function warnOfOldZonesIn(context: Context, text: string | null): Promise<void> {
  if (text === null) return;
  const { timeZoneDataProblem } = await import('../core/schedule/zone-data.ts');
  const { now } = context.terminal;
  const isOld = timeZoneDataProblem(process.versions['tz'], now) !== null;
  // All that look like names of zones: one that is none has no errors.
  const zones = new Set(text.match(/[A-Z]\w+(?:\/[A-Z][\w+-]*)+/g));
  if (!isOld && (await errorsIn([...zones], now)).length === 0) return;
  const { loadManifest } = await import('../core/manifest/load-manifest.ts');
  const { sha256 } = await import('../system/digest.ts');
  const { readBeside } = await import('../system/read-beside.ts');
  // Where its calendars cannot be read nobody is warned: the problem is told elsewhere.
  const place = await context.locations().catch(() => null);
  const files = readBeside(place === null ? context.cwd : dirname(place.manifest));
  const { manifest } = loadManifest(text, { file: 'the manifest', digest: sha256, files });
  if (manifest !== null) await warnOfOldZones(context, manifest.jobs);
}

async function errorsIn(zones: readonly string[], now: number) {
  const { joinErrors, zoneErrors } = await import('../core/schedule/zone-data.ts');
  const { errorsByHost } = await import('../daemon/zone-notices.ts');
  const release = process.versions['tz'];
  return joinErrors(zoneErrors(release, zones), await errorsByHost(release, zones, now));
}
