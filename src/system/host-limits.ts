// Bounds that the system sets: open files of a process, watches of files. Linux
// only; elsewhere nothing is known.
import { readFileSync } from 'node:fs';

/** How many files the process may have open at once; null when nobody knows. */
export function readOpenFilesMax(pid: number): number | null {
  const line = readText(`/proc/${pid}/limits`)
    .split('\n')
    .find((text) => text.startsWith('Max open files'));
  return number(line?.split(/\s{2,}/)[1]);
}

/** A number below /proc/sys, such as `fs/inotify/max_user_watches`. */
export function readSystemNumber(name: string): number | null {
  return number(readText(`/proc/sys/${name}`).trim());
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
