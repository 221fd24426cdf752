// The zone that --tz names, or the nearest ones in an error.
import { isKnownZone, nearestZones, zoneProblem } from '../core/schedule/zone-names.ts';
import { didYouMean, wrongValue } from './usage-errors.ts';

export function requireKnownZone(zone: string): void {
  if (isKnownZone(zone)) return;
  throw wrongValue(
    `--tz got "${zone}", which is ${zoneProblem(zone)}.`,
    didYouMean(nearestZones(zone)) ?? 'Write a zone such as Europe/Berlin or UTC.',
  );
}
