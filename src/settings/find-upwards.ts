// Finds the nearest of some file names from a directory upwards: where it is, or
// what it says. Files are read by cosmiconfig; what it reads stays text, so nothing
// found is ever executed and no `$import` is followed. Judging it is left to the caller.
import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PublicExplorer } from 'cosmiconfig';

interface ExplorerOptions {
  readonly moduleName: string;
  readonly searchPlaces: readonly string[];
  readonly stopDir: string;
  readonly searchStrategy: 'global';
  readonly loaders: Readonly<Record<string, (path: string, text: string) => { text: string }>>;
  readonly transform: (result: unknown) => unknown;
  readonly ignoreEmptySearchPlaces: boolean;
  readonly cache: boolean;
  readonly mergeImportArrays: boolean;
  readonly mergeSearchPlaces: boolean;
  readonly metaConfigFilePath: null;
}

type ExplorerClass = new (options: ExplorerOptions) => Pick<PublicExplorer, 'search'>;

/**
 * The public entry reads options from the working directory's package.json and
 * would even run its .config/config.js. The class behind it does neither. Loaded
 * when there is something to find, since most calls find no settings file.
 */
async function loadExplorer(): Promise<ExplorerClass> {
  // The deep import has no types of its own; its options are those of the public
  // entry with every default spelled out. A CommonJS module: a bundler gives its
  // exports as the default alone.
  const loaded = (await import('cosmiconfig/dist/Explorer.js')) as unknown as {
    readonly Explorer?: ExplorerClass;
    readonly default: { readonly Explorer: ExplorerClass };
  };
  return loaded.Explorer ?? loaded.default.Explorer;
}

export interface FoundFile {
  readonly path: string;
  /** Null when something of that name is there but cannot be read as a file. */
  readonly text: string | null;
}

/** Directories from `from` upwards, up to and including `stopDir` or the root. */
export function directoriesUpwards(from: string, stopDir: string): string[] {
  const directories = [resolve(from)];
  // A path has fewer directories than characters, so this ends.
  for (;;) {
    const current = directories.at(-1) ?? '/';
    const parent = dirname(current);
    if (current === resolve(stopDir) || parent === current) return directories;
    directories.push(parent);
  }
}

export interface UpwardSearch {
  readonly places: readonly string[];
  readonly from: string;
  readonly stopDir: string;
}

/**
 * The first of `places` in the nearest directory, unread, and everywhere it looked.
 * Every command finds its manifest by this, so it loads no library.
 */
export function placeUpwards(input: UpwardSearch): {
  readonly found: string | null;
  readonly lookedAt: readonly string[];
} {
  const lookedAt = candidatesOf(input);
  return { found: firstPresent(lookedAt)?.path ?? null, lookedAt };
}

function candidatesOf({ places, from, stopDir }: UpwardSearch): readonly string[] {
  return directoriesUpwards(from, stopDir).flatMap((directory) =>
    places.map((place) => join(directory, place)),
  );
}

/** The same place with what it says. */
export async function findUpwards(
  input: UpwardSearch,
): Promise<{ readonly found: FoundFile | null; readonly lookedAt: readonly string[] }> {
  const candidates = candidatesOf(input);
  const first = firstPresent(candidates);
  if (first === null) return { found: null, lookedAt: candidates };
  // A search would wait for ever on a FIFO and step over what it may not read,
  // answering with a file further up that nobody meant.
  if (!first.readable) return { found: { path: first.path, text: null }, lookedAt: candidates };
  const Explorer = await loadExplorer();
  const result = await new Explorer({
    moduleName: 'jm2',
    searchPlaces: input.places,
    stopDir: resolve(input.stopDir),
    searchStrategy: 'global',
    loaders: { default: (_path, text) => ({ text }) },
    transform: (found) => found,
    ignoreEmptySearchPlaces: false,
    cache: false,
    mergeImportArrays: false,
    mergeSearchPlaces: false,
    metaConfigFilePath: null,
  }).search(resolve(input.from));
  // After the stop directory the search tries the system's configuration
  // directory, which is no place of jm2's.
  if (result === null || !candidates.includes(result.filepath)) {
    return { found: null, lookedAt: candidates };
  }
  const config = result.config as { readonly text: string } | undefined;
  return { found: { path: result.filepath, text: config?.text ?? '' }, lookedAt: candidates };
}

/**
 * Asked in place: each command does so before it can do anything else, and the
 * threads of asynchronous calls would cost it more than a dozen answers.
 */
function firstPresent(
  candidates: readonly string[],
): { readonly path: string; readonly readable: boolean } | null {
  for (const path of candidates) {
    const found = statOrCode(path);
    if (found === 'ENOTDIR' || found === 'EACCES') continue;
    if (found === 'ENOENT' && !isDanglingLink(path)) continue;
    if (typeof found === 'string') return { path, readable: false };
    // A directory of that name is not what was looked for.
    if (found.isDirectory()) continue;
    return { path, readable: found.isFile() && isReadable(path) };
  }
  return null;
}

function statOrCode(path: string): Stats | string {
  try {
    // Most places are empty: that is an answer, and an error object is not needed for it.
    return statSync(path, { throwIfNoEntry: false }) ?? 'ENOENT';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** A link whose target is missing was put there by somebody: it is found, not skipped. */
function isDanglingLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false;
  }
}
