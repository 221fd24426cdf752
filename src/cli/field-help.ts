// What the manifest's schema says of a field of a job, or of the manifest itself.

export interface FieldHelp {
  /** As one writes it: `retry.limit`. */
  readonly field: string;
  readonly title: string;
  readonly description: string;
  /** Null when there is none. */
  readonly default: unknown;
  readonly examples: readonly unknown[];
}

/** Null for a path that leads to no field. The names of variables are the author's own. */
export function fieldHelp(schema: unknown, path: readonly string[]): FieldHelp | null {
  if (path[0] === 'env' && path.length === 2) return fieldHelp(schema, ['env']);
  let found = at(schema, ['properties', 'jobs', 'additionalProperties']);
  for (const name of path) found = child(found, name);
  return path.length === 0 ? null : helpOf(found, path);
}

/**
 * Of the manifest: `groups`, `calendars.NAME.dates`, `defaults.timeout`. A name of the
 * author's own about which there is nothing to say leads to what is said of all of them.
 */
export function manifestFieldHelp(schema: unknown, path: readonly string[]): FieldHelp | null {
  let found = schema;
  for (const [depth, name] of path.entries()) {
    const next = child(found, name) ?? at(found, ['additionalProperties']);
    const isLast = depth === path.length - 1;
    if (isLast && depth > 0 && isRecord(next) && typeof next['title'] !== 'string') {
      return manifestFieldHelp(schema, path.slice(0, -1));
    }
    found = next;
  }
  return path.length === 0 ? null : helpOf(found, path);
}

function helpOf(found: unknown, path: readonly string[]): FieldHelp | null {
  if (!isRecord(found) || typeof found['title'] !== 'string') return null;
  const { title, description, examples } = found;
  return {
    field: path.join('.'),
    title,
    description: typeof description === 'string' ? description : '',
    default: found['default'] ?? null,
    examples: Array.isArray(examples) ? examples : [],
  };
}

/** Names of the fields of a job and of the manifest. */
export function allFieldNames(schema: unknown): string[] {
  const ofManifest = at(schema, ['properties']);
  const names = isRecord(ofManifest) ? Object.keys(ofManifest) : [];
  return [...new Set([...fieldNamesOf(schema), ...names])];
}

/** Names of the fields of a job. */
export function fieldNamesOf(schema: unknown): string[] {
  const fields = at(schema, ['properties', 'jobs', 'additionalProperties', 'properties']);
  return isRecord(fields) ? Object.keys(fields) : [];
}

/** A map may be one of several forms of a value. */
function child(schema: unknown, name: string): unknown {
  if (!isRecord(schema)) return null;
  const own = at(schema, ['properties', name]);
  if (own !== null) return own;
  const forms = Array.isArray(schema['anyOf']) ? schema['anyOf'] : [];
  for (const form of forms) {
    const found = at(form, ['properties', name]);
    if (found !== null) return found;
  }
  return null;
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (!isRecord(found) || !Object.hasOwn(found, name)) return null;
    found = found[name];
  }
  return found;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
