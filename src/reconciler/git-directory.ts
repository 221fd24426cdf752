// Where git keeps what it knows of the work tree around a directory: also for
// linked work trees and submodules, in which `.git` is a file that names the place.
import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const gitFileBytesMax = 4096;

export interface GitDirectory {
  /** Top of the work tree. */
  readonly top: string;
  /** Of this work tree: HEAD, index, what goes on. */
  readonly own: string;
  /** Of all work trees of the repository: branches. */
  readonly common: string;
}

/** Null outside of any work tree. */
export async function findGitDirectory(directory: string): Promise<GitDirectory | null> {
  // A path has fewer directories than characters, so this ends.
  for (let current = resolve(directory); ; current = dirname(current)) {
    const own = await named(current);
    if (own !== null) return { top: current, own, common: await commonOf(own) };
    if (dirname(current) === current) return null;
  }
}

async function named(top: string): Promise<string | null> {
  const entry = join(top, '.git');
  const found = await lstat(entry).catch(() => null);
  if (found?.isDirectory() === true) return entry;
  if (found?.isSymbolicLink() === true) return entry;
  if (found?.isFile() !== true || found.size > gitFileBytesMax) return null;
  const text = await readFile(entry, 'utf8').catch(() => '');
  const place = /^gitdir: (.+)$/m.exec(text)?.[1];
  return place === undefined ? null : resolve(top, place.trim());
}

async function commonOf(own: string): Promise<string> {
  const text = await readFile(join(own, 'commondir'), 'utf8').catch(() => null);
  return text === null ? own : resolve(own, text.trim());
}

/** The branch that HEAD follows, as `refs/heads/main`; null for a commit by itself. */
export async function branchOf({ own }: GitDirectory): Promise<string | null> {
  const text = await readFile(join(own, 'HEAD'), 'utf8').catch(() => '');
  const ref = /^ref: (refs\/[^\n]{1,1000})$/m.exec(text)?.[1] ?? null;
  return ref === null || ref.includes('..') ? null : ref;
}
