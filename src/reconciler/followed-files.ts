// The files that the manifest names, such as calendars: which they are now, what
// they hold, and that a change of one is a change of the source. Reading them for
// their meaning is left to the judge.
import { join } from 'node:path';
import { digestOf, type FileRead, type ReadBeside } from '../core/manifest/beside.ts';
import type { Digest } from '../system/digest.ts';
import type { ManifestWatch } from '../watch/watch.ts';
import { createFileWatches } from './file-watches.ts';
import type { SourceRead } from './read-source.ts';

export interface FollowedFilesParts {
  readonly digest: Digest;
  /** Absolute. */
  readonly directory: string;
  readonly read: ReadBeside;
  /** Null: changes are found by the content hash alone. */
  readonly watch: ((path: string) => ManifestWatch) | null;
  readonly hint: (why: string) => void;
}

export interface FollowedFiles {
  /** The source with a digest that covers the files as they are now. */
  digested(source: SourceRead): SourceRead;
  /** From now on these files belong to the source. */
  follow(files: readonly FileRead[]): Promise<void>;
  /** False as long as the manifest may name files that nobody has looked for yet. */
  isKnownFor(bytes: Uint8Array): boolean;
  close(): Promise<void>;
}

/** Each watch holds directories open; what is beyond is found within half a minute. */
const watchedMax = 16;
const naming = Buffer.from('calendars');

/** The digest of a manifest whose files were read as told. */
export function digestWith(bytes: Uint8Array, files: readonly FileRead[], digest: Digest): string {
  return combined(digest(bytes), files, digest);
}

function combined(own: string, files: readonly FileRead[], digest: Digest): string {
  if (files.length === 0) return own;
  return digest([own, ...files.map((file) => `${file.digest} ${file.path}`)].join('\n'));
}

export function createFollowedFiles(parts: FollowedFilesParts): FollowedFiles {
  const { digest } = parts;
  /** Paths as written; null until the first manifest was judged. */
  let paths: readonly string[] | null = null;
  const watches = createFileWatches(parts.watch, parts.hint);

  return {
    digested(source) {
      if (source.kind !== 'read' || paths === null || paths.length === 0) return source;
      const files = paths.map((path) => ({ path, digest: digestOf(parts.read(path), digest) }));
      return { ...source, digest: combined(source.digest, files, digest) };
    },
    async follow(files) {
      paths = files.map(({ path }) => path);
      const within = join(parts.directory, '/');
      const wanted = paths
        .map((path) => join(parts.directory, path))
        .filter((path) => path.startsWith(within))
        .slice(0, watchedMax);
      if (await watches.set(wanted)) parts.hint('a calendar file is watched');
    },
    isKnownFor: (bytes) =>
      paths !== null ||
      !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(naming),
    close: () => watches.close(),
  };
}
