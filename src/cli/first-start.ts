// A daemon whose first manifest is not valid would run nothing and look alive.
// So the first start judges the manifest; later ones have a last good revision.
import { existsSync } from 'node:fs';
import { hasErrors } from '../core/diagnostics/diagnostic.ts';
import type { Locations } from '../settings/locations.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { judgeManifest } from './manifest-file.ts';
import { refusedManifest } from './refused-manifest.ts';

/** The refusal to start, or null when there is something to run. */
export async function refuseFirstStart(context: Context, place: Locations): Promise<Answer | null> {
  const judged = await judgeManifest(place.manifest, context.shownPath(place.manifest));
  if (judged.manifest !== null && !hasErrors(judged.diagnostics)) return null;
  if (await hasLastGoodRevision(context, place)) return null;
  return refusedManifest(judged, 'No earlier revision is in force, so there is nothing to run.');
}

async function hasLastGoodRevision(context: Context, place: Locations): Promise<boolean> {
  if (!existsSync(place.database)) return false;
  const { value } = await context.read((service) => service.status());
  return value.revision.applied > 0;
}
