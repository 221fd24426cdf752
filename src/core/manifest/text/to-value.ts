// A YAML document to plain values, in one pass that also finds what the schema
// cannot see: keys given twice, forbidden keys, tags, merge keys, aliases.
import {
  type Alias,
  type Node,
  type Pair,
  type ParsedNode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
} from 'yaml';
import type { Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/registry.ts';
import { segment } from '../pointer.ts';
import type { Positions } from './positions.ts';

const kept = 'The last good revision, if any, stays in force.';
/** Keys that reach into the program that reads them. */
export const forbiddenKeys: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
]);
// An anchor may hold this many aliases, all levels counted: enough for every
// honest use, and far below what makes nested aliases explode.
const expansionsMax = 100;
// What aliases add, in nodes, beyond one for each character of the file: room
// for every job to share a map, far below what takes a second to look through.
const expandedMax = 1_000_000;
const problemsMax = 1000;

interface Anchored {
  readonly node: Node;
  readonly value: unknown;
  /** Aliases within, all levels. */
  readonly expansions: number;
  /** Nodes within, aliases expanded. */
  readonly weight: number;
}

/** An unquoted scalar that older YAML reads differently. */
export interface Surprise {
  readonly pointer: string;
  readonly node: Scalar;
  readonly value: unknown;
}

export interface Converted {
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  readonly surprises: readonly Surprise[];
  /** Pointers of values that could not be told and stand as null. */
  readonly untold: ReadonlySet<string>;
  /** True when aliases went beyond the bounds: the value is incomplete. */
  readonly isExhausted: boolean;
  /** What each alias stands for, for finding places. */
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** True for an unquoted `<<`, the merge key. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

const surprising = /^(?:y|yes|n|no|on|off|[-+]?0[0-9_]+|[0-9]+(?::[0-5]?[0-9])+)$/i;

/** NUL and single surrogates: no argument, variable or path can have them. */
const unspeakable = /\0|[\ud800-\udfff]/u;

/** Of text that is not quoted. */
export function isSurprisingText(text: string): boolean {
  return text.length < 12 && surprising.test(text);
}

function isSurprising(node: Scalar): boolean {
  if (node.type !== 'PLAIN') return false;
  if (typeof node.value === 'string') return isSurprisingText(node.value);
  if (typeof node.value === 'number') return String(node.value) !== node.source;
  return false;
}

class Converter {
  readonly diagnostics: Diagnostic[] = [];
  readonly surprises: Surprise[] = [];
  readonly targets = new Map<Alias, Node>();
  readonly #anchors = new Map<string, Anchored>();
  readonly #open = new Set<string>();
  readonly #path: (string | number)[] = [];
  readonly #text: string;
  readonly #positions: Positions;
  readonly #file: string;
  readonly untold = new Set<string>();
  isExhausted = false;
  #expansions = 0;
  #weight = 0;
  #added = 0;

  constructor(text: string, positions: Positions, file: string) {
    this.#text = text;
    this.#positions = positions;
    this.#file = file;
  }

  value(node: Node | null | undefined): unknown {
    if (node === null || node === undefined || this.isExhausted) return null;
    if (isAlias(node)) return this.#alias(node);
    const anchor = 'anchor' in node ? node.anchor : undefined;
    const expansionsBefore = this.#expansions;
    const weightBefore = this.#weight;
    this.#weight += 1;
    if (anchor !== undefined) this.#open.add(anchor);
    const value = this.#plain(node);
    if (anchor !== undefined) {
      this.#open.delete(anchor);
      this.#anchors.set(anchor, {
        node,
        value,
        expansions: this.#expansions - expansionsBefore,
        weight: this.#weight - weightBefore,
      });
    }
    return value;
  }

  #plain(node: Node): unknown {
    if ('tag' in node && typeof node.tag === 'string') this.#tag(node);
    if (isMap(node)) return this.#map(node);
    if (isSeq(node)) return this.#list(node);
    if (!isScalar(node)) return null;
    if (typeof node.value === 'string') this.#checkText(node, node.value);
    if (isSurprising(node)) {
      this.surprises.push({ pointer: this.#path.map(segment).join(''), node, value: node.value });
    }
    return node.value;
  }

  /** Escapes can make what the bytes of the file cannot hold. */
  #checkText(node: Scalar, text: string): void {
    const at = text.search(unspeakable);
    if (at === -1) return;
    const code = text.charCodeAt(at);
    const what =
      code === 0
        ? 'An escape stands for NUL, which ends a text for the system'
        : `The escape of U+${code.toString(16).toUpperCase()} is half of a character`;
    this.#report('JM2-M123', node, `${what}.`, code === 0 ? 'holds NUL' : 'half of a character');
  }

  #list(node: YAMLSeq): unknown[] {
    return node.items.map((item, index) => {
      this.#path.push(index);
      const value = this.value(item as Node | null);
      this.#path.pop();
      return value;
    });
  }

  #map(node: YAMLMap): Record<string, unknown> {
    // Without a prototype, so that no key can mean more than itself.
    const result = Object.create(null) as Record<string, unknown>;
    const keys = new Map<string, Node>();
    const merged: Record<string, unknown>[] = [];
    for (const pair of node.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const { key } = pair;
      if (isMergeKey(key)) {
        if (keys.has('<<'))
          this.#report(
            'JM2-M115',
            key,
            'A second << in one map would be ignored.',
            'only one << per map',
          );
        keys.set('<<', key);
        merged.push(...this.#merge(pair.value));
        continue;
      }
      const name = this.#keyOf(key);
      if (name === null) continue;
      this.#checkText(key as Scalar, name);
      this.#path.push(name);
      const earlier = keys.get(name);
      if (earlier !== undefined) this.#duplicate(name, earlier, key);
      else keys.set(name, key);
      if (forbiddenKeys.has(name)) {
        this.#report(
          'JM2-M110',
          key,
          `The key "${name}" is refused everywhere in a manifest.`,
          null,
        );
      } else {
        result[name] = this.value(pair.value);
      }
      this.#path.pop();
    }
    for (const source of merged) {
      for (const [name, value] of Object.entries(source)) {
        if (!Object.hasOwn(result, name)) result[name] = value;
      }
    }
    return result;
  }

  #keyOf(key: Node | null): string | null {
    if (isScalar(key) && typeof key.value === 'string' && key.tag === undefined) return key.value;
    if (key === null) return null;
    this.#report('JM2-M117', key, 'A key of the manifest is a word.', null);
    return null;
  }

  #duplicate(name: string, earlier: Node, key: Node): void {
    const first = this.#positions.at(earlier.range![0]);
    this.#report(
      'JM2-M109',
      key,
      `"${name}" stands already in line ${first.line}, column ${first.column}; one of the two would be lost.`,
      `first in line ${first.line}`,
    );
  }

  #merge(value: Node | null): Record<string, unknown>[] {
    const parts = isSeq(value) ? (value.items as (Node | null)[]) : [value];
    const maps: Record<string, unknown>[] = [];
    for (const part of parts) {
      const source = this.value(part);
      if (source !== null && typeof source === 'object' && !Array.isArray(source)) {
        maps.push(source as Record<string, unknown>);
      } else if (!this.isExhausted && (!isAlias(part) || this.targets.has(part))) {
        // An alias without anchor has been reported already.
        this.#report(
          'JM2-M115',
          part ?? value,
          'Only a map can be merged into a map.',
          'not a map',
        );
      }
    }
    return maps;
  }

  #alias(node: Alias): unknown {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      this.untold.add(this.#path.map(segment).join(''));
      this.#unresolved(node);
      return null;
    }
    this.targets.set(node, target.node);
    this.#expansions += 1 + target.expansions;
    this.#weight += target.weight;
    this.#added += target.weight;
    if (target.expansions > expansionsMax || this.#added > expandedMax + this.#text.length) {
      this.isExhausted = true;
      this.#report(
        'JM2-M105',
        node,
        `What *${node.source} stands for expands to too many values.`,
        null,
      );
      return null;
    }
    return target.value;
  }

  #unresolved(node: Alias): void {
    const name = node.source;
    const isSelf = this.#open.has(name);
    if (!isSelf && !/^[A-Za-z][\w.-]*$/.test(name)) {
      this.#report(
        'JM2-M113',
        node,
        `An unquoted * begins an alias.`,
        'quote the value',
        `Write "*${name}"`,
      );
      return;
    }
    const detail = isSelf
      ? `*${name} stands within the value that is marked &${name}.`
      : `No value above is marked &${name}.`;
    const near = [...this.#anchors.keys()]
      .slice(0, 20)
      .map((anchor) => `*${anchor}`)
      .join(', ');
    const hint =
      near === '' ? undefined : `Write one of the anchors above (${near}), or quote the value.`;
    this.#report('JM2-M114', node, detail, isSelf ? 'refers to itself' : 'no such anchor', hint);
  }

  #tag(node: Node): void {
    const end = node.range![0];
    const start = Math.max(0, this.#text.lastIndexOf('!', end));
    const word = /^![^\s,[\]{}]*/.exec(this.#text.slice(start, start + 100))?.[0] ?? '!';
    const first = word.startsWith('!') && this.#text.charAt(start - 1) === '!' ? start - 1 : start;
    this.#push(
      diagnostic('JM2-M108', {
        file: this.#file,
        path: this.#path.map(segment).join(''),
        detail: `The tag ${first === start ? '' : '!'}${word} asks for a special type; a manifest has none. ${kept}`,
        range: this.#positions.range(first, start + word.length),
      }),
    );
  }

  #report(
    code: string,
    node: Node | null,
    detail: string,
    label: string | null,
    hint?: string,
  ): void {
    const [start = 0, end = 0] = node?.range ?? [];
    this.#push(
      diagnostic(code, {
        file: this.#file,
        path: this.#path.map(segment).join(''),
        detail: `${detail} ${kept}`,
        range: node?.range ? this.#positions.range(start, end) : null,
        label,
        ...(hint === undefined ? {} : { hint }),
      }),
    );
  }

  #push(problem: Diagnostic): void {
    if (this.diagnostics.length < problemsMax) this.diagnostics.push(problem);
  }
}

/** Plain values with null prototypes; aliases share the value they stand for. */
export function toValue(
  contents: Node | null,
  text: string,
  positions: Positions,
  file: string,
): Converted {
  const converter = new Converter(text, positions, file);
  const value = converter.value(contents);
  return {
    value,
    diagnostics: converter.diagnostics,
    surprises: converter.surprises,
    untold: converter.untold,
    isExhausted: converter.isExhausted,
    targets: converter.targets,
  };
}
