// Whether a simulated world keeps its promises, in one line.
import { simulate, type SimulationOptions } from './simulate.ts';

/** What is broken first, or null; the summary has the command that shows it again. */
export async function broken(options: SimulationOptions): Promise<string | null> {
  const { violations } = await simulate(options);
  const [first] = violations;
  if (first === undefined) return null;
  const replay = `npm run simulate -- --seeds 1 --seed ${options.seed} --days ${options.days}`;
  return `${first.promise}: ${first.detail}. ${replay}`;
}
