// What becomes of imported jobs in a manifest that may have jobs of the same
// names: which are added, changed, left alone, or in the way.
import { canonicalJson } from '../manifest/digest.ts';
import { editManifest } from '../manifest/edit/edit-manifest.ts';
import { findJobs, writtenFields } from '../manifest/edit/find-jobs.ts';
import type { ImportedJob } from './imported.ts';
import { uniqueName } from './job-names.ts';

/** What is done about a job that the manifest has with other fields. */
export type OnConflict =
  /** Nothing is imported. */
  | 'refuse'
  /** The manifest's job stays. */
  | 'skip'
  /** The imported job takes its place. */
  | 'force'
  /** Imported fields win, the others stay. */
  | 'merge'
  /** All jobs of the manifest go, also those that the import does not have. */
  | 'replace';

export type ImportAction = 'add' | 'unchanged' | 'skip' | 'overwrite' | 'merge';

export interface MergedImport {
  readonly text: string;
  /** In the order of the imported jobs: the name it has, and what is done. */
  readonly jobs: readonly { readonly name: string; readonly action: ImportAction }[];
  /** Jobs of the manifest that go. */
  readonly removed: readonly string[];
}

export type MergeResult =
  | { readonly kind: 'merged'; readonly merged: MergedImport }
  /** Names that both have, with different fields. */
  | { readonly kind: 'conflict'; readonly names: readonly string[] }
  /** A sentence on why the file cannot be edited. */
  | { readonly kind: 'refused'; readonly problem: string };

/** `text` is an accepted manifest. */
export function mergeImport(
  text: string,
  imported: readonly ImportedJob[],
  onConflict: OnConflict,
): MergeResult {
  const present = [...findJobs(text.replace(/^\ufeff/, '')).jobs.keys()];
  const byLowerCase = new Map(present.map((name) => [name.toLowerCase(), name]));
  const taken = new Set<string>();
  const named = imported.map((job) => {
    const name = uniqueName(job.name, taken);
    taken.add(name.toLowerCase());
    return { name, fields: job.fields, existing: byLowerCase.get(name.toLowerCase()) ?? null };
  });
  const isSame = (existing: string, fields: unknown): boolean =>
    canonicalJson(writtenFields(text, existing)) === canonicalJson(fields);

  const jobs: { name: string; action: ImportAction }[] = [];
  const conflicts: string[] = [];
  let after = text;
  const edit = (change: Parameters<typeof editManifest>[1]): string | null => {
    const edited = editManifest(after, change);
    if (!edited.ok) return edited.problem;
    after = edited.text;
    return null;
  };
  const removed =
    onConflict === 'replace' ? present.filter((name) => !taken.has(name.toLowerCase())) : [];
  for (const name of removed) {
    const problem = edit({ kind: 'remove', name });
    if (problem !== null) return { kind: 'refused', problem };
  }
  for (const { name, fields, existing } of named) {
    let problem: string | null = null;
    let action: ImportAction = 'add';
    if (existing === null) {
      problem = edit({ kind: 'add', name, fields });
    } else if (isSame(existing, fields)) {
      action = 'unchanged';
    } else if (onConflict === 'refuse') {
      conflicts.push(existing);
    } else if (onConflict === 'skip') {
      action = 'skip';
    } else if (onConflict === 'merge') {
      action = 'merge';
      problem = edit({ kind: 'set', name: existing, fields });
    } else {
      action = 'overwrite';
      problem = edit({ kind: 'set', name: existing, fields: replacing(text, existing, fields) });
    }
    if (problem !== null) return { kind: 'refused', problem };
    jobs.push({ name: existing ?? name, action });
  }
  if (conflicts.length > 0) return { kind: 'conflict', names: conflicts };
  return { kind: 'merged', merged: { text: after, jobs, removed } };
}

/** Fields that the imported job does not have are taken out. */
function replacing(
  text: string,
  existing: string,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const before = Object.keys(writtenFields(text, existing) ?? {});
  const gone = before.filter((key) => !(key in fields)).map((key) => [key, null]);
  return { ...Object.fromEntries(gone), ...fields };
}
