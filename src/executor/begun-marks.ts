// Remembers outside of the run directories which attempts have begun, for the
// case that somebody removes such a directory together with its start token: a
// start that only the removed files knew of must not be repeated. One small file
// beside the runs directory, of fixed size; a help on top of the token, which
// alone decides while it is there.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

interface Key {
  readonly runId: string;
  readonly attempt: number;
}

/** A run id, a blank, a number of six digits at most, and a margin. */
const slotBytes = 40;
/**
 * An attempt has one slot, by its hash, and a later one may take it. It is needed
 * until the store knows of the start, a matter of milliseconds, so a thousand
 * starts at once lose one mark in sixty-five.
 */
const slots = 65_536;

const openToWrite = constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;

/** For the one launcher; survives everything, as a mark that is missing only takes away a help. */
export class BegunMarks {
  #open: { readonly path: string; readonly descriptor: number } | null = null;

  /** To be called with the token in hand, before the command starts. */
  note(directory: string, key: Key): void {
    const path = fileFor(directory);
    try {
      if (this.#open?.path !== path) {
        if (this.#open !== null) closeSync(this.#open.descriptor);
        this.#open = null;
        this.#open = { path, descriptor: openSync(path, openToWrite, 0o600) };
      }
      writeSync(this.#open.descriptor, slotText(key), slotOf(key) * slotBytes);
    } catch {
      // A full disk, or a place that cannot be written.
    }
  }
}

/** False also when nobody can tell. `directory` is the attempt's own. */
export function hasBegun(directory: string, key: Key): boolean {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(fileFor(directory), constants.O_RDONLY | constants.O_NOFOLLOW);
    const slot = Buffer.alloc(slotBytes);
    const length = readSync(descriptor, slot, 0, slotBytes, slotOf(key) * slotBytes);
    return slot.toString('latin1', 0, length) === slotText(key);
  } catch {
    return false;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** `runs.begun` beside `runs`: out of reach of who empties that directory. */
function fileFor(directory: string): string {
  return `${dirname(dirname(directory))}.begun`;
}

function slotText({ runId, attempt }: Key): string {
  return `${runId} ${attempt}`.padEnd(slotBytes - 1).slice(0, slotBytes - 1) + '\n';
}

/** FNV-1a. */
function slotOf({ runId, attempt }: Key): number {
  let hash = 0x811c9dc5;
  for (const character of `${runId} ${attempt}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0) % slots;
}
