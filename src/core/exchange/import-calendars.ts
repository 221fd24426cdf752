// Calendars of another manifest come along with the jobs that name them. One of
// the same name with other days is in the way: other jobs go by it.
import { parseDocument } from 'yaml';
import { canonicalJson } from '../manifest/digest.ts';
import { editManifest } from '../manifest/edit/edit-manifest.ts';

export type DeclaredCalendars =
  | { readonly kind: 'declared'; readonly text: string }
  /** Names that both have, with different days. */
  | { readonly kind: 'conflict'; readonly names: readonly string[] }
  /** A sentence on why the file cannot be edited. */
  | { readonly kind: 'refused'; readonly problem: string };

/** `text` is an accepted manifest. */
export function declareCalendars(
  text: string,
  calendars: Readonly<Record<string, unknown>>,
): DeclaredCalendars {
  const top = parseDocument(text.replace(/^\ufeff/, ''), { merge: true, stringKeys: true });
  const present = (top.toJS({ maxAliasCount: 100 }) as Readonly<Record<string, unknown>> | null)?.[
    'calendars'
  ] as Readonly<Record<string, unknown>> | undefined;
  const conflicts: string[] = [];
  let after = text;
  for (const [name, value] of Object.entries(calendars)) {
    const own = present?.[name];
    if (own !== undefined) {
      if (canonicalJson(own) !== canonicalJson(value)) conflicts.push(name);
      continue;
    }
    const edited = editManifest(after, { kind: 'declare', section: 'calendars', name, value });
    if (!edited.ok) return { kind: 'refused', problem: edited.problem };
    after = edited.text;
  }
  return conflicts.length > 0
    ? { kind: 'conflict', names: conflicts }
    : { kind: 'declared', text: after };
}
