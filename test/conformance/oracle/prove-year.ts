// One year of the proof: every change of the clocks in every zone, and for
// zones without one a quiet stretch of days.
import { caseAround, compareAll, type Case, type Tally } from './compare.ts';
import { clockReader, daysOfChange } from './read-clocks.ts';

export interface YearProof extends Tally {
  readonly year: number;
  transitions: number;
  quiet: number;
}

/** Draws a share of the cases, the same ones for the same seed. */
export function shareOf(share: number, seed: string): (zone: string, day: number) => boolean {
  return (zone, day) => {
    let hash = 0x811c9dc5;
    for (const letter of `${seed} ${zone} ${day}`) {
      hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return ((hash ^ (hash >>> 13)) >>> 0) / 0x1_0000_0000 < share;
  };
}

const readers = new Map<string, (instant: number) => number>();

/** `wanted` draws from the cases, by zone and day; all of them by default. */
export function proveYear(
  year: number,
  zones: readonly string[],
  wanted: (zone: string, day: number) => boolean = () => true,
): YearProof {
  const proof = { year, transitions: 0, quiet: 0, comparisons: 0, disagreements: [] };
  const cases: Case[] = [];
  for (const [index, zone] of zones.entries()) {
    let read = readers.get(zone);
    if (read === undefined) readers.set(zone, (read = clockReader(zone)));
    const days = daysOfChange(read, year);
    // Another week of the year for each zone.
    const quiet = Date.UTC(year, 0, 1 + ((index * 7) % 364));
    for (const day of days.length === 0 ? [quiet] : days) {
      if (!wanted(zone, day)) continue;
      if (days.length === 0) proof.quiet += 1;
      else proof.transitions += 1;
      cases.push(caseAround(zone, read, day));
    }
  }
  compareAll(cases, proof);
  return proof;
}
