// JSON pointers into a manifest (RFC 6901).

/** A segment with its leading slash. */
export function segment(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function pointerParts(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value behind a pointer; undefined where it leads nowhere. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointerParts(pointer)) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** `"retry.limit" of job "backup"`. */
export function fieldPhrase(pointer: string): string {
  const parts = pointerParts(pointer);
  if (parts.length === 0) return 'the manifest';
  if (parts[0] !== 'jobs' || parts.length === 1) return `"${parts.join('.')}"`;
  const job = `job "${parts[1] ?? ''}"`;
  return parts.length === 2 ? job : `"${parts.slice(2).join('.')}" of ${job}`;
}
