// Which texts name a time zone, and which zone was perhaps meant. Answers from
// the runtime's own data, so a name that passes here can be computed with.
import leven from 'leven';

/** Abbreviations and old one-word names (in capitals), with the zones they most often mean. */
const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  GMT: ['UTC', 'Europe/London'],
  UCT: ['UTC'],
  ZULU: ['UTC'],
  Z: ['UTC'],
  BST: ['Europe/London'],
  WET: ['Europe/Lisbon'],
  WEST: ['Europe/Lisbon'],
  CET: ['Europe/Berlin', 'Europe/Paris'],
  CEST: ['Europe/Berlin', 'Europe/Paris'],
  MET: ['Europe/Berlin'],
  EET: ['Europe/Athens', 'Europe/Helsinki'],
  EEST: ['Europe/Athens', 'Europe/Helsinki'],
  MSK: ['Europe/Moscow'],
  EST: ['America/New_York'],
  EDT: ['America/New_York'],
  EST5EDT: ['America/New_York'],
  CST: ['America/Chicago', 'Asia/Shanghai'],
  CDT: ['America/Chicago'],
  CST6CDT: ['America/Chicago'],
  MST: ['America/Denver', 'America/Phoenix'],
  MDT: ['America/Denver'],
  MST7MDT: ['America/Denver'],
  PST: ['America/Los_Angeles'],
  PDT: ['America/Los_Angeles'],
  PST8PDT: ['America/Los_Angeles'],
  AKST: ['America/Anchorage'],
  HST: ['Pacific/Honolulu'],
  IST: ['Asia/Kolkata'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  AEST: ['Australia/Sydney', 'Australia/Brisbane'],
  AEDT: ['Australia/Sydney'],
  GB: ['Europe/London'],
  EIRE: ['Europe/Dublin'],
  ICELAND: ['Atlantic/Reykjavik'],
  PORTUGAL: ['Europe/Lisbon'],
  POLAND: ['Europe/Warsaw'],
  TURKEY: ['Europe/Istanbul'],
  EGYPT: ['Africa/Cairo'],
  ISRAEL: ['Asia/Jerusalem'],
  IRAN: ['Asia/Tehran'],
  PRC: ['Asia/Shanghai'],
  HONGKONG: ['Asia/Hong_Kong'],
  ROC: ['Asia/Taipei'],
  ROK: ['Asia/Seoul'],
  JAPAN: ['Asia/Tokyo'],
  SINGAPORE: ['Asia/Singapore'],
  NZ: ['Pacific/Auckland'],
  JAMAICA: ['America/Jamaica'],
  CUBA: ['America/Havana'],
};

const NAME = /^[A-Z][A-Za-z_-]*(?:\/[A-Z][A-Za-z0-9_+-]*)+$/;
const OFFSET = /^(?:UTC|GMT)?\s?[+-]\d/i;
const REMEMBERED = 2000;
const verdicts = new Map<string, boolean>();

/**
 * True for `UTC` and for IANA names with an area (`Europe/Berlin`, links such
 * as `US/Eastern` too) that the runtime's data knows, in their own spelling.
 * Abbreviations, single-word links (`Japan`) and offsets are refused: the
 * runtime reads `EST` as America/Panama, and older ones reject `+01:00`.
 */
export function isKnownZone(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  if (verdicts.size >= REMEMBERED) verdicts.clear();
  const verdict = name === 'UTC' || (NAME.test(name) && hasOwnSpelling(name));
  verdicts.set(name, verdict);
  return verdict;
}

/** The zones that were most likely meant, best first; empty when nothing is near. */
export function nearestZones(name: string): readonly string[] {
  const wanted = name.trim();
  if (OFFSET.test(wanted)) return [];
  const meant = SHORT_NAMES[wanted.toUpperCase()];
  if (meant !== undefined) return meant;
  const resolved = resolve(wanted);
  if (resolved !== null && isKnownZone(resolved)) return [resolved];
  if (wanted.length < 3 || wanted.length > 64) return [];
  const lower = wanted.toLowerCase().replaceAll(' ', '_');
  const limit = Math.max(2, Math.floor(lower.length / 4));
  return ['UTC', ...Intl.supportedValuesOf('timeZone')]
    .map((zone) => ({ zone, distance: distanceTo(zone.toLowerCase(), lower) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.zone < b.zone ? -1 : 1))
    .slice(0, 3)
    .map(({ zone }) => zone);
}

/** Why a text is no zone, in words that follow "is". */
export function zoneProblem(name: string): string {
  if (OFFSET.test(name)) return 'an offset, not a zone with its rules';
  if (Object.hasOwn(SHORT_NAMES, name.toUpperCase())) {
    return 'a short name, not a zone named by area and place';
  }
  return 'not a time zone that this runtime knows';
}

/** The city alone counts too, so that "berlin" finds Europe/Berlin. */
function distanceTo(zone: string, wanted: string): number {
  const city = zone.slice(zone.lastIndexOf('/') + 1);
  return Math.min(leven(zone, wanted), leven(city, wanted));
}

function hasOwnSpelling(name: string): boolean {
  const resolved = resolve(name);
  if (resolved === null) return false;
  return resolved === name || resolved.toLowerCase() !== name.toLowerCase();
}

function resolve(name: string): string | null {
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
