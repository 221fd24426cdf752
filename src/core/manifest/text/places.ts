// Where the value of a JSON pointer stands in the text, also when it came
// through an alias or a merge key: then the place is where it is written.
import { type Alias, type Document, type Node, isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Scalar, YAMLMap } from 'yaml';
import type { Range } from '../../diagnostics/diagnostic.ts';
import type { Positions } from './positions.ts';
import { scalarOffset } from './scalar-offset.ts';
import { isMergeKey } from './to-value.ts';

interface Found {
  /** The key that leads to the value; null at the top and in lists. */
  readonly key: Node | null;
  readonly value: Node | null;
}

const hopsMax = 64;

interface MapIndex {
  /** The first pair of each key. */
  readonly pairs: ReadonlyMap<string, Found>;
  readonly merges: readonly Node[];
}

/** Answers for one document. Holds on to its syntax tree, so do not keep it for long. */
export class Places {
  readonly #document: Document.Parsed;
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #positions: Positions;
  readonly #text: string;
  /** A map of many jobs is looked through once, not once per problem. */
  readonly #indexes = new Map<YAMLMap, MapIndex>();

  constructor(
    document: Document.Parsed,
    targets: ReadonlyMap<Alias, Node>,
    positions: Positions,
    text: string,
  ) {
    this.#document = document;
    this.#targets = targets;
    this.#positions = positions;
    this.#text = text;
  }

  /** The value's place; its key's where the value is nothing; null for an unknown pointer. */
  value(pointer: string): Range | null {
    const found = this.#find(pointer);
    if (found === null) return null;
    const node = this.#behind(found.value) ?? found.key;
    if (node === null) return null;
    const [start, end] = node.range!;
    if (start === end && found.key !== null) return this.key(pointer);
    return this.#positions.range(start, this.#trimmedEnd(start, end));
  }

  /** The place of the key that leads to the value; the value's own where there is none. */
  key(pointer: string): Range | null {
    const found = this.#find(pointer);
    if (found === null) return null;
    const range = found.key?.range;
    if (range) return this.#positions.range(range[0], range[1]);
    const start = found.value?.range?.[0];
    return start === undefined ? null : this.#positions.range(start, start + 1);
  }

  /** A part of the text of a scalar; the whole value where that cannot be told. */
  part(pointer: string, offset: number, length: number): Range | null {
    const node = this.scalar(pointer);
    if (node === null) return this.value(pointer);
    const start = scalarOffset(this.#text, node, offset);
    const end = scalarOffset(this.#text, node, offset + length);
    if (start === null || end === null) return this.value(pointer);
    return this.#positions.range(start, Math.max(end, start + 1));
  }

  /** A key or a scalar as it is written, quotes and all; null for what is not one of these. */
  written(pointer: string, atKey: boolean): string | null {
    const found = this.#find(pointer);
    const node = atKey ? (found?.key ?? null) : this.#behind(found?.value ?? null);
    return isScalar(node) ? this.#text.slice(node.range![0], node.range![1]) : null;
  }

  scalar(pointer: string): Scalar | null {
    const node = this.#behind(this.#find(pointer)?.value ?? null);
    return isScalar(node) ? node : null;
  }

  // Block values reach over the line break behind them.
  #trimmedEnd(start: number, end: number): number {
    const text = this.#text.slice(start, end);
    return start + Math.max(1, text.trimEnd().length);
  }

  #behind(node: Node | null): Node | null {
    let current = node;
    for (let hop = 0; hop < hopsMax && isAlias(current); hop += 1) {
      current = this.#targets.get(current) ?? null;
    }
    return current;
  }

  #find(pointer: string): Found | null {
    let found: Found = { key: null, value: this.#document.contents };
    if (pointer === '') return found;
    for (const part of pointer.slice(1).split('/')) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const next = this.#child(found.value, name, 0);
      if (next === null) return null;
      found = next;
    }
    return found;
  }

  #child(parent: Node | null, name: string, hop: number): Found | null {
    const node = this.#behind(parent);
    if (isSeq(node)) {
      const item = node.items[Number(name)];
      return item === undefined ? null : { key: null, value: item as Node };
    }
    if (!isMap(node) || hop > hopsMax) return null;
    const { pairs, merges } = this.#indexOf(node);
    const own = pairs.get(name);
    if (own !== undefined) return own;
    for (const merge of merges) {
      const inherited = this.#child(merge, name, hop + 1);
      if (inherited !== null) return inherited;
    }
    return null;
  }

  #indexOf(node: YAMLMap): MapIndex {
    const known = this.#indexes.get(node);
    if (known !== undefined) return known;
    const pairs = new Map<string, Found>();
    const merges: Node[] = [];
    for (const { key, value } of node.items) {
      if (isMergeKey(key)) {
        merges.push(...((isSeq(value) ? value.items : [value]) as Node[]));
      } else if (isScalar(key) && !pairs.has(String(key.value))) {
        pairs.set(String(key.value), { key, value: value as Node | null });
      }
    }
    const index = { pairs, merges };
    this.#indexes.set(node, index);
    return index;
  }
}
