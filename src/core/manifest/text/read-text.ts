// A text as values, by the quick reader where it can and else by the YAML library;
// which of the two it was cannot be told from the answer.
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import { parseYaml } from './parse-yaml.ts';
import { Places } from './places.ts';
import { Unusual } from './plain-line.ts';
import { Positions } from './positions.ts';
import { readPlain, type Span } from './read-plain.ts';
import { type Converted, type Surprise, toValue } from './to-value.ts';

/** Where values stand; made when the first place is asked for. */
export type PlacesOf = Pick<Places, 'value' | 'key' | 'part' | 'written'>;

export type ReadText =
  | { readonly kind: 'read'; readonly converted: Converted; readonly places: PlacesOf }
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'empty' };

export function readText(text: string, file: string): ReadText {
  const surprises: Surprise[] = [];
  const plain = readPlain(text, (part, key, parent) => {
    const read = readPart(part, key, file);
    for (const one of read.surprises) surprises.push({ ...one, pointer: parent + one.pointer });
    return read.value;
  });
  if (plain === null) return readByLibrary(text, file);
  const places = new LaterPlaces(text, file, plain.jobNames);
  return { kind: 'read', converted: plainly(plain.value, surprises), places };
}

/** All of it by the library; exported for the test that puts both beside each other. */
export function readByLibrary(text: string, file: string): ReadText {
  const positions = new Positions(text);
  const { document, diagnostics } = parseYaml(text, positions, file);
  if (hasErrors(diagnostics)) return { kind: 'rejected', diagnostics };
  if (document === null || document.contents === null) return { kind: 'empty' };
  const converted = toValue(document.contents, text, positions, file);
  // What was cut off halfway says nothing about fields.
  const isHopeless = hasErrors(converted.diagnostics) && converted.value === null;
  if (converted.isExhausted || isHopeless) {
    return { kind: 'rejected', diagnostics: converted.diagnostics };
  }
  if (converted.value === null) return { kind: 'empty' };
  return {
    kind: 'read',
    converted,
    places: new Places(document, converted.targets, positions, text),
  };
}

function plainly(value: unknown, surprises: readonly Surprise[]): Converted {
  return {
    value,
    diagnostics: [],
    surprises,
    untold: new Set(),
    isExhausted: false,
    targets: new Map(),
  };
}

/** Of values that the library's own bound on nesting would count from further out. */
const depthMax = 20;

/** Problems, and what aliases stand for, are a matter of the whole text. */
function readPart(
  text: string,
  key: string,
  file: string,
): { readonly value: unknown; readonly surprises: readonly Surprise[] } {
  const read = readByLibrary(text, file);
  if (read.kind !== 'read') throw new Unusual();
  const { value, diagnostics, surprises, targets, untold } = read.converted;
  const remarks = diagnostics.length + targets.size + untold.size;
  if (remarks > 0 || !isEntry(value, key) || isDeep(value, depthMax)) throw new Unusual();
  return { value: value[key], surprises };
}

function isEntry(value: unknown, key: string): value is Record<string, unknown> {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return !Array.isArray(value) && keys.length === 1 && keys[0] === key;
}

function isDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1));
}

/** Names of jobs have places at once: each is asked for. */
class LaterPlaces implements PlacesOf {
  readonly #text: string;
  readonly #file: string;
  readonly #positions: Positions;
  readonly #jobNames: ReadonlyMap<string, Span>;
  #places: PlacesOf | null = null;

  constructor(text: string, file: string, jobNames: ReadonlyMap<string, Span>) {
    this.#text = text;
    this.#file = file;
    this.#positions = new Positions(text);
    this.#jobNames = jobNames;
  }

  value(pointer: string): ReturnType<PlacesOf['value']> {
    return this.#made().value(pointer);
  }

  key(pointer: string): ReturnType<PlacesOf['key']> {
    const [, section, name, ...inner] = pointer.split('/');
    const isJob = section === 'jobs' && name?.includes('~') === false && inner.length === 0;
    const span = isJob ? this.#jobNames.get(name) : undefined;
    return span === undefined ? this.#made().key(pointer) : this.#positions.range(...span);
  }

  part(...args: Parameters<PlacesOf['part']>): ReturnType<PlacesOf['part']> {
    return this.#made().part(...args);
  }

  written(...args: Parameters<PlacesOf['written']>): ReturnType<PlacesOf['written']> {
    return this.#made().written(...args);
  }

  #made(): PlacesOf {
    if (this.#places !== null) return this.#places;
    const read = readByLibrary(this.#text, this.#file);
    this.#places = read.kind === 'read' ? read.places : nowhere;
    return this.#places;
  }
}

/** Not reached while both readers agree. */
const nowhere: PlacesOf = {
  value: () => null,
  key: () => null,
  part: () => null,
  written: () => null,
};
