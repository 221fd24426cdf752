// Takes named jobs of an earlier manifest into the one of now, and leaves the rest
// of it as it is. Whether they then mean what they meant is left to whoever can
// judge both texts.
import { editManifest, jobText, type EditedManifest } from './edit-manifest.ts';
import { writtenFields } from './find-jobs.ts';
import { leansOnNothing } from './job-snippet.ts';

/** A job that the earlier text does not have is taken out. */
export function restoreJobs(
  text: string,
  earlier: string,
  names: readonly string[],
): EditedManifest {
  let result = text;
  for (const name of names) {
    const edited = restoreJob(result, earlier, name);
    if (!edited.ok) return edited;
    result = edited.text;
  }
  return { ok: true, text: result };
}

function restoreJob(text: string, earlier: string, name: string): EditedManifest {
  const fields = writtenFields(earlier, name);
  const isThere = writtenFields(text, name) !== null;
  if (fields === null) {
    return isThere
      ? editManifest(text, { kind: 'remove', name })
      : { ok: false, problem: `neither of the two has a job "${name}"` };
  }
  if (!isThere) return editManifest(text, { kind: 'add', name, fields });
  const written = leansOnNothing(earlier, name) ? jobText(earlier, name) : null;
  const replaced =
    written === null ? null : editManifest(text, { kind: 'replace', name, text: written });
  if (replaced?.ok === true) return replaced;
  const removed = editManifest(text, { kind: 'remove', name });
  return removed.ok ? editManifest(removed.text, { kind: 'add', name, fields }) : removed;
}
