// The zone in which a person reads times. The engine knows it, but the first question
// loads all that it has about zones, a fifth of a short command's time; a host in UTC,
// as most servers are, tells it without.
import { readlinkSync } from 'node:fs';

export function ownZone(env: Readonly<Record<string, string | undefined>>): string {
  return isUtc(env['TZ']) ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** False when it is not certain. */
function isUtc(variable: string | undefined): boolean {
  if (variable !== undefined) return variable === 'UTC';
  try {
    return /\/zoneinfo\/(?:Etc\/)?UTC$/.test(readlinkSync('/etc/localtime'));
  } catch {
    return false;
  }
}
