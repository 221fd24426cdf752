// How far apart the starts of a job are.

export interface Gaps {
  readonly least: number;
  readonly most: number;
}

/** Null for fewer than two starts. Instants oldest first. */
export function gapsOf(starts: readonly number[]): Gaps | null {
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  return gaps.length === 0 ? null : { least: Math.min(...gaps), most: Math.max(...gaps) };
}
