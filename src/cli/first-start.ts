// A daemon whose first manifest is not valid would run nothing and look alive.
// So the first start judges the manifest; later ones have a last good revision.
import { existsSync } from 'node:fs';
import { hasErrors } from '../core/diagnostics/diagnostic.ts';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import type { Locations } from '../settings/locations.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { judgeManifest, notAccepted } from './manifest-file.ts';
import { validationText } from './views/validation.ts';

/** The refusal to start, or null when there is something to run. */
export async function refuseFirstStart(context: Context, place: Locations): Promise<Answer | null> {
  const judged = await judgeManifest(place.manifest, context.shownPath(place.manifest));
  if (judged.manifest !== null && !hasErrors(judged.diagnostics)) return null;
  if (await hasLastGoodRevision(context, place)) return null;
  return {
    data: { diagnostics: judged.diagnostics },
    error: notAccepted(judged.diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    text: (terminal) =>
      `${validationText([{ ...judged, accepted: false }], terminal)}\nNo earlier revision is in force, so there is nothing to run.`,
  };
}

async function hasLastGoodRevision(context: Context, place: Locations): Promise<boolean> {
  if (!existsSync(place.database)) return false;
  const { value } = await context.read((service) => service.status());
  return value.revision.applied > 0;
}
