// Directories as they are typed, in the words of a manifest: what is relative here is
// relative to where the command is typed, and there to the manifest. And the directory
// that a command means which names its program by a relative path.
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';

export interface Place {
  /** Where the command was typed. */
  readonly cwd: string;
  readonly manifest: string;
}

/** Below the manifest's directory relative to it, so that a checkout can move; else absolute. */
export function directoryFor(typed: string, { cwd, manifest }: Place): string {
  const home = dirname(manifest);
  if (isAbsolute(typed) || /^[~$]/.test(typed) || cwd === home) return typed;
  const path = resolve(cwd, typed);
  const below = relative(home, path);
  if (below === '') return '.';
  return below === '..' || below.startsWith('../') ? path : below;
}

/** Null when the command runs from the manifest's directory as it would from here. */
export function directoryMeant(command: unknown, place: Place): string | null {
  const text = Array.isArray(command) ? (command as readonly unknown[])[0] : command;
  const program = typeof text === 'string' ? (/^[\w.+@-]*\/[\w./+@-]+/.exec(text)?.[0] ?? '') : '';
  if (program === '' || isAbsolute(program)) return null;
  const isThere = existsSync(resolve(dirname(place.manifest), program));
  return isThere || !existsSync(resolve(place.cwd, program)) ? null : directoryFor('.', place);
}
