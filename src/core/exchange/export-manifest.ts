// Jobs of a manifest as a manifest of their own, in YAML or JSON. The whole
// in YAML is the file itself, with its comments.
import { parseDocument, stringify } from 'yaml';

/** `text` was accepted; `names`: the jobs that stay, null for all. */
export function exportManifest(
  text: string,
  names: ReadonlySet<string> | null,
  format: 'yaml' | 'json',
): string {
  if (format === 'yaml' && names === null) return text;
  const document = parseDocument(text.replace(/^\ufeff/, ''), { merge: true, stringKeys: true });
  const top = document.toJS({ maxAliasCount: 100 }) as Readonly<Record<string, unknown>>;
  const jobs = Object.entries(top['jobs'] as Readonly<Record<string, unknown>>).filter(
    ([name]) => names === null || names.has(name),
  );
  const chosen = { ...top, jobs: Object.fromEntries(jobs) };
  return format === 'json'
    ? `${JSON.stringify(chosen, null, 2)}\n`
    : stringify(chosen, { lineWidth: 0, aliasDuplicateObjects: false });
}
