// A daemon whose first manifest is not valid would run nothing and look alive.
// So the first start judges the manifest; later ones have a last good revision,
// and whoever starts is told that this is what runs.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import { hasErrors } from '../core/diagnostics/diagnostic.ts';
import type { Locations } from '../settings/locations.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { judgeManifest } from './manifest-file.ts';
import { firstProblem } from './first-problem.ts';
import { refusedManifest } from './refused-manifest.ts';

export interface StartVerdict {
  /** The refusal to start; null when there is something to run. */
  readonly refusal: Answer | null;
  /** Revision that stays in force because the manifest is not accepted; null when it is. */
  readonly lastGood: number | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** 0: there is none. */
async function lastGoodRevision(context: Context, place: Locations): Promise<number> {
  try {
    return (await context.read((service) => service.status())).value.revision.applied;
  } catch (error) {
    // After an upgrade nothing but the daemon to be started can read the store.
    const { revisionOfOlder } = await import('../daemon/older-revision.ts');
    const older = revisionOfOlder(place.database);
    if (older === null) throw error;
    return older;
  }
}

/** Judges the manifest before a start, and warns when the last good revision has to do. */
export async function judgeStart(context: Context, place: Locations): Promise<StartVerdict> {
  const judged = await judgeManifest(place.manifest, context.shownPath(place.manifest));
  const { diagnostics } = judged;
  if (judged.manifest !== null && !hasErrors(diagnostics)) {
    return { refusal: null, lastGood: null, diagnostics };
  }
  const lastGood = await lastGoodRevision(context, place);
  if (lastGood === 0) {
    const consequence = 'No earlier revision is in force, so there is nothing to run.';
    return { refusal: refusedManifest(judged, consequence), lastGood: null, diagnostics };
  }
  context.output.problem(
    `${context.terminal.style('yellow', 'warning')}: the manifest is not accepted, revision ${lastGood} stays in force.\n  ${firstProblem(diagnostics, (path) => path)}\n  See all of it with jm2 validate.`,
  );
  return { refusal: null, lastGood, diagnostics };
}
