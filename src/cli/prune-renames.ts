// Takes `renamed_from` out of a manifest where this host has carried it out. Other
// hosts of the same manifest are not known here: whoever runs it knows them.
import { operationalError } from '../core/diagnostics/registry.ts';
import { editManifest } from '../core/manifest/edit/edit-manifest.ts';
import type { Manifest } from '../core/manifest/job.ts';
import { spentRenames, unknownRenames, type SpentRename } from '../core/plan/spent-renames.ts';
import { readRecordedNames } from '../daemon/read-recorded-names.ts';
import type { Locations } from '../settings/locations.ts';

export interface RenamesHere {
  readonly spent: readonly SpentRename[];
  /** Jobs whose former names nobody has. */
  readonly unknown: readonly string[];
}

export function renamesHere(places: Locations, manifest: Manifest, now: number): RenamesHere {
  const renamed = manifest.jobs.filter(({ renamedFrom }) => renamedFrom.length > 0);
  if (renamed.length === 0) return { spent: [], unknown: [] };
  const { jobs, removed } = readRecordedNames(places, now);
  return { spent: spentRenames(renamed, jobs), unknown: unknownRenames(renamed, jobs, removed) };
}

/** Throws JM2-P205 for a text that cannot be edited so. */
export function withoutSpent(text: string, spent: readonly SpentRename[], shown: string): string {
  let pruned = text;
  for (const { job, left } of spent) {
    const value = left.length === 0 ? null : left.length === 1 ? left[0] : left;
    const edited = editManifest(pruned, {
      kind: 'set',
      name: job,
      fields: { renamed_from: value },
    });
    if (!edited.ok) {
      throw operationalError('JM2-P205', {
        detail: `${shown} was not changed: ${edited.problem}.`,
      });
    }
    pruned = edited.text;
  }
  return pruned;
}
