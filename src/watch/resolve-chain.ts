// What a path stands for right now: every symlink on the way, the file at the
// end, and the directories in which a change of any of them would show. Two
// equal signatures mean that nothing a reader could notice has changed.
import { lstat, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Chain {
  /** Differs whenever a link, the file, or the place where the path breaks off differs. */
  readonly signature: string;
  /** Real directories to watch, each with its identity (a re-created one is another). */
  readonly directories: ReadonlyMap<string, string>;
  /** Entries of those directories that lie on the way, as full paths. */
  readonly entries: ReadonlySet<string>;
  readonly hasLinks: boolean;
  /** Nothing, or nothing reachable, at the end. */
  readonly isBroken: boolean;
}

/** As many as Linux follows before it calls the path a loop. */
const linksMax = 40;
/** Directories of shared places such as /tmp, where strangers cause most events. */
const stickyBit = 0o1000n;

/** Follows an absolute path component by component, as the system does when it opens it. */
export async function resolveChain(path: string): Promise<Chain> {
  const directories = new Map<string, string>();
  const entries = new Set<string>();
  const signature: string[] = [];
  const walked: { readonly path: string; readonly id: string; readonly isShared: boolean }[] = [];
  let pending = path.split('/').filter((part) => part !== '');
  let real = '/';
  let links = 0;
  let isBroken = false;
  // Each step takes one component away; only links add some, and they are bounded.
  while (pending.length > 0) {
    const [part = '', ...rest] = pending;
    pending = rest;
    if (part === '.' || part === '') continue;
    if (part === '..') {
      real = dirname(real);
      continue;
    }
    const here = join(real, part);
    const found = await lstat(here, { bigint: true }).catch(
      (error: NodeJS.ErrnoException) => error.code ?? 'EIO',
    );
    entries.add(here);
    if (typeof found === 'string') {
      signature.push(`${here} ${found}`);
      isBroken = true;
      break;
    }
    const id = `${found.dev}:${found.ino}`;
    if (found.isSymbolicLink()) {
      links += 1;
      const target = await readlink(here).catch(() => '');
      signature.push(`${here} ${id} -> ${target}`);
      directories.set(real, '');
      if (links > linksMax || target === '') {
        isBroken = true;
        break;
      }
      if (target.startsWith('/')) real = '/';
      pending = [...target.split('/'), ...pending];
      continue;
    }
    if (found.isDirectory() && pending.length > 0) {
      walked.push({ path: here, id, isShared: (found.mode & stickyBit) !== 0n });
      real = here;
      continue;
    }
    // ctime moves with every change and cannot be set, unlike size and mtime.
    signature.push(`${here} ${id} ${found.mode} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`);
    isBroken = pending.length > 0;
    break;
  }
  chooseDirectories(real, walked, directories);
  return {
    signature: signature.join('\n'),
    directories,
    entries,
    hasLinks: links > 0,
    isBroken,
  };
}

/**
 * The file's directory and its parent (which sees the directory go and come),
 * those that hold links, and every other one above, in which a whole tree may
 * be exchanged; of the latter not the shared ones, which never rest.
 */
function chooseDirectories(
  last: string,
  walked: readonly { readonly path: string; readonly id: string; readonly isShared: boolean }[],
  directories: Map<string, string>,
): void {
  const needed = new Set([...directories.keys(), last, dirname(last)]);
  directories.clear();
  for (const { path, id, isShared } of walked) {
    if (needed.has(path) || !isShared) directories.set(path, id);
  }
  if (needed.has('/')) directories.set('/', '/');
}
