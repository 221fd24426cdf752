import { expect, it } from 'vitest';
import { notesMax, withNote } from '../../../src/core/runs/notes.ts';
import type { RunNote } from '../../../src/core/runs/run.ts';

const note = (text: string): RunNote => ({ code: 'log_cut', text, at: 1 });

it('a note is told once, whenever it comes again', () => {
  const once = withNote([], note('a'));
  expect(once).toEqual([note('a')]);
  expect(withNote(once, { ...note('a'), at: 2 })).toBe(once);
  expect(withNote(once, note('b'))).toEqual([note('a'), note('b')]);
});

it('a run has a bounded number of notes', () => {
  let notes: readonly RunNote[] = [];
  for (let n = 0; n < 100; n += 1) notes = withNote(notes, note(String(n)));
  expect(notes).toHaveLength(notesMax);
  expect(notes[0]).toEqual(note('0'));
});
