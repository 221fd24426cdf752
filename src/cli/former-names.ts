// What a name stood for before: whoever asks for a job's log by a name of the past,
// or by one that several jobs had, is told whose runs there are.
import type { RunView } from '../api/service.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Context } from './context.ts';
import { oneLine } from './views/foreign.ts';
import { bearerOf, isMarked } from './views/namesake.ts';

/** The newest runs under a name; an earlier bearer is found among them, or in jm2 history. */
const runsLookedAt = 100;

export interface FormerName {
  /** What to say about the name; null for a name that only ever stood for one job. */
  readonly note: string | null;
  /** Newest run of a job that had the name before, where the one that has it now never ran. */
  readonly onlyRun: RunView | null;
}

export async function formerName(context: Context, name: string): Promise<FormerName> {
  try {
    const { value } = await context.read(async (service) => ({
      present: (await service.show(name)).name,
      runs: (await service.history({ job: name, limit: runsLookedAt, namesakes: true })).runs,
    }));
    const isOfBefore = ({ namesake }: RunView): boolean =>
      namesake !== undefined && isMarked(namesake);
    const earlier = value.runs.find(isOfBefore) ?? null;
    if (earlier !== null) {
      const bearer = bearerOf(name, earlier.namesake ?? null);
      const note = `Another job had the name before, ${bearer}: jm2 logs --run ${earlier.id}`;
      return { note, onlyRun: value.runs.every(isOfBefore) ? earlier : null };
    }
    const isFormer = value.present.toLowerCase() !== name.toLowerCase();
    const now = oneLine(value.present);
    return { note: isFormer ? `${oneLine(name)} is called ${now} now.` : null, onlyRun: null };
  } catch (error) {
    // A remark is not worth an error: the name may be nobody's by now.
    if (error instanceof Jm2Error) return { note: null, onlyRun: null };
    throw error;
  }
}
