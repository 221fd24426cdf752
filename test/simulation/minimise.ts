// Makes a broken world smaller: leaves out one kind of fault after the other, as
// long as the same promise is still broken. Each kind has a stream of chance of
// its own, so what is left happens as before until the worlds part.
import { faultKinds } from './faults.ts';
import { simulate, type SimulationResult } from './simulate.ts';

interface World {
  readonly seed: number;
  readonly days: number;
  readonly without: readonly string[];
}

/** At most one more simulation per kind of fault. */
export async function minimise(
  world: World,
  promise: string,
): Promise<{ readonly without: readonly string[]; readonly result: SimulationResult }> {
  let without = world.without;
  let result = await simulate({ ...world, without });
  for (const kind of faultKinds) {
    if (without.includes(kind)) continue;
    const fewer = [...without, kind];
    const again = await simulate({ ...world, without: fewer });
    if (again.violations[0]?.promise !== promise) continue;
    without = fewer;
    result = again;
  }
  return { without, result };
}
