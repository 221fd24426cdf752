// Where the jobs of a manifest stand in its text, and in which style, so that an
// edit can follow it.
import { isAlias, isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Entry } from './extents.ts';

export interface FoundJobs {
  readonly document: Document.Parsed;
  /** The map of the manifest; null for a text without content. */
  readonly top: YAMLMap<Node, Node | null> | null;
  /** The entry `jobs`; null where there is none. */
  readonly pair: Entry | null;
  /** The jobs by name, in order. */
  readonly jobs: ReadonlyMap<string, Entry>;
}

export function findJobs(text: string): FoundJobs {
  const document = parseDocument(text, {
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    merge: true,
  });
  const top = isMap(document.contents)
    ? (document.contents as unknown as YAMLMap<Node, Node | null>)
    : null;
  const pair = top?.items.find(({ key }) => nameOf(key) === 'jobs') ?? null;
  const jobs = new Map<string, Entry>();
  if (isMap(pair?.value)) {
    for (const item of pair.value.items as Entry[]) {
      const name = nameOf(item.key);
      if (name !== null) jobs.set(name, item);
    }
  }
  return { document, top, pair, jobs };
}

export function nameOf(key: unknown): string | null {
  return isScalar(key) && typeof key.value === 'string' ? key.value : null;
}

/** An anchor within the entry that something outside of it refers to; null for none. */
export function neededAnchor(document: Document.Parsed, { key, value }: Entry): string | null {
  const inside = new Set<string>();
  const from = key.range![0];
  const to = value?.range?.[2] ?? from;
  const within = ({ range }: Node): boolean => range![0] >= from && range![0] <= to;
  visit(document, {
    Node(_key, node) {
      if (within(node) && 'anchor' in node && node.anchor !== undefined) inside.add(node.anchor);
    },
  });
  let needed: string | null = null;
  visit(document, {
    Alias(_key, node) {
      if (needed === null && inside.has(node.source) && !within(node)) needed = node.source;
    },
  });
  return needed;
}

/** True for an entry that only refers to another one. */
export function isReference(pair: Pair): boolean {
  return isAlias(pair.value);
}

/** A job's own fields as written, merges and aliases followed; null when there is no such job. */
export function writtenFields(
  text: string,
  name: string,
): Readonly<Record<string, unknown>> | null {
  const { document, jobs } = findJobs(text.replace(/^\ufeff/, ''));
  if (!jobs.has(name)) return null;
  const value = document.toJS({ maxAliasCount: 100 }) as {
    jobs?: Readonly<Record<string, unknown>>;
  } | null;
  const job = value?.jobs?.[name];
  return typeof job === 'object' && job !== null && !Array.isArray(job)
    ? (job as Readonly<Record<string, unknown>>)
    : null;
}
