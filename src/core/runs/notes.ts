// How notes of a run come together: each is told once, and there are never many.
import type { RunNote } from './run.ts';

/** More than a run with many retries has to tell; what comes later is left out. */
export const notesMax = 20;

/** The notes with this one; the same list when it says nothing new or there is no room. */
export function withNote(notes: readonly RunNote[], note: RunNote): readonly RunNote[] {
  const isKnown = notes.some(({ code, text }) => code === note.code && text === note.text);
  return isKnown || notes.length >= notesMax ? notes : [...notes, note];
}
