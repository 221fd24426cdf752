// Reads the part of YAML that nearly all manifests are written in, line by line and
// without a syntax tree, which for ten thousand jobs is most of the work. It answers
// only where the YAML library would find nothing to report and the same values; a job,
// or a part of the manifest, that holds anything else is given to the library by itself,
// and everything is, by the answer null, when the lines do not tell where such a part ends.
import { Unusual, addEntry, isBlankOrComment, isKeyAt, readKey, readRest } from './plain-line.ts';

/** Of blocks; deeper ones are the library's, which bounds them. */
const depthMax = 12;

/**
 * The value of a map of one entry, as the library reads it alone; `parent` is the pointer
 * of the map that it belongs to. Throws Unusual where the whole must be read.
 */
export type ReadPart = (text: string, key: string, parent: '' | '/jobs') => unknown;

/** Offsets at which a key begins and ends. */
export type Span = readonly [start: number, end: number];

interface PlainText {
  readonly value: Record<string, unknown>;
  /** Where the name of each job stands. */
  readonly jobNames: ReadonlyMap<string, Span>;
}

/** Null where the text needs the library as a whole. */
export function readPlain(text: string, readPart: ReadPart): PlainText | null {
  // Line ends of another system and marks within the text are read by the library alone.
  if (/[\r\ufeff]|[\ud800-\udfff]/u.test(text)) return null;
  try {
    const reader = new PlainReader(text, readPart);
    return { value: reader.document(), jobNames: reader.jobNames };
  } catch (error) {
    if (error instanceof Unusual) return null;
    throw error;
  }
}

class PlainReader {
  readonly jobNames = new Map<string, Span>();
  readonly #text: string;
  readonly #readPart: ReadPart;
  /** The present line with content: its begin, its first character, its end; all at the end behind the last. */
  #start = 0;
  #first = 0;
  #end = -1;
  /** -1 behind the last line. */
  #indent = -1;

  constructor(text: string, readPart: ReadPart) {
    this.#text = text;
    this.#readPart = readPart;
  }

  document(): Record<string, unknown> {
    this.#nextLine();
    if (this.#line() === '---') this.#nextLine();
    // Also without a line: an empty manifest is the library's to tell.
    if (this.#indent !== 0) throw new Unusual();
    const value = this.#map(0, 0);
    if (this.#line() === '...') this.#nextLine();
    if (!this.#isOver()) throw new Unusual();
    return value;
  }

  #isOver(): boolean {
    return this.#indent === -1;
  }

  #line(): string {
    return this.#text.slice(this.#start, this.#end);
  }

  /** Goes on to the next line that is neither blank nor a comment. */
  #nextLine(): void {
    const text = this.#text;
    for (let start = this.#end + 1; start < text.length;) {
      const found = text.indexOf('\n', start);
      const end = found === -1 ? text.length : found;
      let first = start;
      while (first < end && text.charCodeAt(first) === 32) first += 1;
      const code = first === end ? 35 : text.charCodeAt(first);
      if (code === 9) throw new Unusual();
      if (code !== 35) {
        this.#start = start;
        this.#first = first;
        this.#end = end;
        this.#indent = first - start;
        return;
      }
      start = end + 1;
    }
    this.#start = text.length;
    this.#first = text.length;
    this.#end = text.length;
    this.#indent = -1;
  }

  #map(indent: number, depth: number, isOfJobs = false): Record<string, unknown> {
    if (depth > depthMax) throw new Unusual();
    const map = Object.create(null) as Record<string, unknown>;
    while (this.#indent === indent) {
      if (depth === 0 && this.#line() === '...') break;
      const { key, end } = readKey(this.#text, this.#first, this.#end);
      if (isOfJobs) this.jobNames.set(key, [this.#first, end - 1]);
      const isPart = isOfJobs || (depth === 0 && key !== 'jobs');
      const isJobs = depth === 0 && key === 'jobs';
      addEntry(
        map,
        key,
        isPart ? this.#part(key, end, depth) : this.#value(end, indent, depth, isJobs),
      );
    }
    if (this.#indent > indent) throw new Unusual();
    return map;
  }

  /** An entry that the library can read by itself, should it have to. */
  #part(key: string, behind: number, depth: number): unknown {
    const start = this.#start;
    const end = this.#end;
    const indent = this.#indent;
    try {
      const value = this.#value(behind, indent, depth, false);
      if (this.#indent > indent) throw new Unusual();
      return value;
    } catch (error) {
      if (!(error instanceof Unusual)) throw error;
      this.#end = end;
      this.#skipBelow(indent);
      const part = this.#text.slice(start, this.#start);
      return this.#readPart(part, key, depth === 0 ? '' : '/jobs');
    }
  }

  /** To the first line with content that is indented no deeper. Tabs may be anywhere between. */
  #skipBelow(indent: number): void {
    const text = this.#text;
    for (let start = this.#end + 1; start < text.length;) {
      const found = text.indexOf('\n', start);
      const end = found === -1 ? text.length : found;
      let first = start;
      while (first < end && first - start <= indent && text.charCodeAt(first) === 32) first += 1;
      if (first - start <= indent && !isBlankOrHash(text, first, end)) {
        this.#end = start - 1;
        this.#nextLine();
        return;
      }
      start = end + 1;
    }
    this.#end = text.length;
    this.#nextLine();
  }

  /** What stands behind a colon, and the lines that belong to it; then the next line is the present one. */
  #value(behind: number, indent: number, depth: number, isOfJobs: boolean): unknown {
    const text = this.#text;
    if (isBlankOrComment(text, behind, this.#end)) {
      this.#nextLine();
      const isList = this.#isItem();
      if (this.#indent > indent) {
        return isList
          ? this.#list(this.#indent, depth + 1)
          : this.#map(this.#indent, depth + 1, isOfJobs);
      }
      return isList && this.#indent === indent ? this.#list(indent, depth + 1) : null;
    }
    let at = behind;
    while (text.charCodeAt(at) === 32) at += 1;
    const code = text.charCodeAt(at);
    if (code === 124 || code === 62) return this.#block(text.slice(at, this.#end), indent);
    const value = readRest(text, at, this.#end);
    this.#nextLine();
    return value;
  }

  #isItem(): boolean {
    return (
      this.#text.charCodeAt(this.#first) === 45 &&
      (this.#first + 1 === this.#end || this.#text.charCodeAt(this.#first + 1) === 32)
    );
  }

  #list(indent: number, depth: number): unknown[] {
    const list: unknown[] = [];
    while (this.#indent === indent && this.#isItem()) {
      let at = this.#first + 1;
      while (at < this.#end && this.#text.charCodeAt(at) === 32) at += 1;
      if (at === this.#end) throw new Unusual();
      if (isKeyAt(this.#text, at)) {
        // The rest of the line is the first one of a map, indented as far as it stands.
        this.#first = at;
        this.#indent = at - this.#start;
        list.push(this.#map(this.#indent, depth + 1));
        continue;
      }
      list.push(readRest(this.#text, at, this.#end));
      this.#nextLine();
    }
    if (this.#indent > indent) throw new Unusual();
    return list;
  }

  /** Lines as they stand, below `|` or `|-`; made one line, below `>` or `>-`. */
  #block(header: string, parentIndent: number): string {
    const isFolded = header.startsWith('>');
    if (!/^[|>]-?$/.test(header)) throw new Unusual();
    const text = this.#text;
    const lines: string[] = [];
    let indent = -1;
    let start = this.#end + 1;
    while (start < text.length) {
      const found = text.indexOf('\n', start);
      const end = found === -1 ? text.length : found;
      let first = start;
      while (first < end && text.charCodeAt(first) === 32) first += 1;
      if (first === end) {
        // Blanks beyond the indentation would belong to the text.
        if (first > start) throw new Unusual();
        lines.push('');
      } else {
        if (indent === -1) indent = first - start;
        if (first - start < indent || indent <= parentIndent) break;
        const line = text.slice(start + indent, end);
        if (line.includes('\t') || (isFolded && line.startsWith(' '))) throw new Unusual();
        lines.push(line);
      }
      start = end + 1;
    }
    while (lines.at(-1) === '') lines.pop();
    // A blank line within would stay one.
    if (lines.length === 0 || (isFolded && lines.includes(''))) throw new Unusual();
    this.#end = start - 1;
    this.#nextLine();
    return lines.join(isFolded ? ' ' : '\n') + (header.endsWith('-') ? '' : '\n');
  }
}

/** As far as the end of a part is concerned: a comment, or nothing. */
function isBlankOrHash(text: string, first: number, end: number): boolean {
  return first === end || text.charCodeAt(first) === 35;
}
