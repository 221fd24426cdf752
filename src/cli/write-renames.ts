// Writes into the manifest that a new job is a removed one under another name, as
// the plan suspects: `renamed_from`, and nothing else.
import { readFile } from 'node:fs/promises';
import { replaceFile } from '../system/replace-file.ts';
import type { PlanView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { editManifest } from '../core/manifest/edit/edit-manifest.ts';

/** Names of the jobs that were written to, with the names that they had. */
export async function writeRenames(
  path: string,
  shown: string,
  plan: PlanView,
): Promise<readonly { readonly job: string; readonly from: string }[]> {
  const renames = plan.changes.flatMap(({ job, lookalike }) =>
    lookalike === undefined ? [] : [{ job, from: lookalike }],
  );
  if (renames.length === 0) return [];
  const before = await readFile(path, 'utf8');
  let text = before;
  for (const { job, from } of renames) {
    const edited = editManifest(text, { kind: 'set', name: job, fields: { renamed_from: from } });
    if (!edited.ok) {
      throw operationalError('JM2-P205', {
        detail: `${shown} was not changed: ${edited.problem}.`,
      });
    }
    text = edited.text;
  }
  if ((await readFile(path, 'utf8')) !== before) {
    throw operationalError('JM2-P206', {
      detail: `${shown} is not what it was when this command read it. Nothing was written.`,
    });
  }
  await replaceFile(path, text);
  return renames;
}
