// Files that a manifest names and that belong to its content. The core opens
// none: the caller supplies how they are read, and remembers what was.

export type BesideRead =
  | { readonly kind: 'read'; readonly text: string }
  /** `problem` ends a sentence that begins with the name of the file. */
  | { readonly kind: 'failed'; readonly problem: string };

/** Reads one file by its path as written, below the directory of the manifest. */
export type ReadBeside = (path: string) => BesideRead;

/** What one reading of a file was, so that a change of it is noticed. */
export interface FileRead {
  /** As written. */
  readonly path: string;
  /** Of its content, or of why there is none. */
  readonly digest: string;
}

/** For callers that have a text and no place. */
export const nothingBeside: ReadBeside = () => ({
  kind: 'failed',
  problem: 'cannot be read here, where the manifest has no place',
});

/** Reads each file once, and keeps what it read. */
export class BesideFiles {
  readonly #read: ReadBeside;
  readonly #digest: (content: string) => string;
  readonly #known = new Map<string, BesideRead>();

  constructor(read: ReadBeside, digest: (content: string) => string) {
    this.#read = read;
    this.#digest = digest;
  }

  get(path: string): BesideRead {
    let found = this.#known.get(path);
    if (found === undefined) {
      found = this.#read(path);
      this.#known.set(path, found);
    }
    return found;
  }

  get count(): number {
    return this.#known.size;
  }

  list(): FileRead[] {
    return [...this.#known].map(([path, read]) => ({ path, digest: digestOf(read, this.#digest) }));
  }
}

export function digestOf(read: BesideRead, digest: (content: string) => string): string {
  return digest(read.kind === 'read' ? `read ${read.text}` : `failed ${read.problem}`);
}
