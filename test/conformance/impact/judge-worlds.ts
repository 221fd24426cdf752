// Many worlds, each from its seed alone.
import { Random } from '../../simulation/random.ts';
import { judgeWorld } from './judge.ts';

export interface Verdicts {
  readonly worlds: number;
  readonly comparisons: number;
  /** How many of the plans say so, by hazard and kind. */
  readonly seen: ReadonlyMap<string, number>;
  /** The first of them, with the seed that shows it again. */
  readonly disagreements: readonly string[];
  readonly disagreeing: number;
}

const shownMax = 50;

export function judgeWorlds(first: number, count: number): Verdicts {
  const seen = new Map<string, number>();
  const disagreements: string[] = [];
  let [comparisons, disagreeing] = [0, 0];
  for (let seed = first; seed < first + count; seed += 1) {
    const world = judgeWorld(new Random(`impact ${seed}`));
    comparisons += world.comparisons;
    const { change } = world;
    const kinds = [
      ...(change?.hazards.map(({ code }) => code) ?? []),
      ...(change?.impact.period == null ? [] : [`period ${change.impact.period.unit}`]),
      ...(change?.impact.catchUpRuns === 1 ? ['made up for'] : []),
      ...(change?.impact.pausedUntil === undefined ? [] : ['paused']),
    ];
    for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    if (world.disagreements.length === 0) continue;
    disagreeing += 1;
    if (disagreements.length < shownMax) {
      disagreements.push(`seed ${seed}: ${world.disagreements.join('; ')}\n  ${world.label}`);
    }
  }
  return { worlds: count, comparisons, seen, disagreements, disagreeing };
}
