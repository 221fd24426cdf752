// Notes of people out of a store: about what they are, how long they stay, and that
// what they say leaves with them.
import { beforeEach, expect, it } from 'vitest';
import {
  noteNamed,
  notesAbout,
  notesMax,
  removeNoteNumbered,
  withNotesAsEvidence,
  withPersonNotes,
} from '../../src/daemon/notes.ts';
import { runView } from '../../src/daemon/views.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anEndedRun, apply, create, noon } from '../support/store-records.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:', { clock: new FakeClock(noon), ids: systemIds });
  apply(store, create('dump'), create('web'));
  store.insertRun(anEndedRun('dump', '01run-a', {}));
  store.insertRun(anEndedRun('dump', '01run-b', {}));
});

const write = (about: string, text: string) =>
  noteNamed(store, { about, text, by: 'cli (alice)' }, noon);
const texts = (about: string | null, limit = 10) =>
  notesAbout(store, { about, limit }).notes.map(({ text }) => text);

it('is about a job, or about a run by the beginning of its id, oldest first', () => {
  write('dump', 'slow disk');
  expect(write('01run-a', 'my mistake')).toMatchObject({ id: 2, job: 'dump', run: '01run-a' });
  write('web', 'fine');
  expect(texts('dump')).toEqual(['slow disk', 'my mistake']);
  expect(texts('01run-a')).toEqual(['my mistake']);
  expect(texts(null, 2)).toEqual(['my mistake', 'fine']);
  expect(() => write('01run', 'which?')).toThrow(expect.objectContaining({ code: 'JM2-R105' }));
  expect(() => write('dmup', 'x')).toThrow(expect.objectContaining({ code: 'JM2-R102' }));
});

it('is removed by its number, which no later one gets, and its text leaves the store', () => {
  write('dump', 'the password is hunter2');
  expect(removeNoteNumbered(store, { id: 1, by: 'cli (bob)' }, noon).text).toContain('hunter2');
  expect(write('dump', 'next').id).toBe(2);
  expect(() => removeNoteNumbered(store, { id: 1, by: 'cli (bob)' }, noon)).toThrow(
    expect.objectContaining({ code: 'JM2-R130' }),
  );
  const audit = store.auditEntries({ action: 'note', jobUid: 'uid-dump', limit: 9 });
  expect(audit.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'cli (alice) note.added',
    'cli (bob) note.removed',
    'cli (alice) note.added',
  ]);
  expect(JSON.stringify(audit)).not.toContain('hunter2');
});

it('goes with its run', () => {
  write('01run-a', 'gone soon');
  write('dump', 'stays');
  store.removeRuns(['01run-a']);
  expect(texts(null)).toEqual(['stays']);
});

it('is refused where there are too many', () => {
  for (let count = 0; count < notesMax; count += 1) write('dump', `${count}`);
  expect(() => write('dump', 'one more')).toThrow(expect.objectContaining({ code: 'JM2-R129' }));
  expect(write('01run-a', 'a run has room of its own').run).toBe('01run-a');
});

it('stands behind what jm2 noticed of a run, and is evidence of why it became what it is', () => {
  write('01run-b', 'was me');
  write('dump', 'slow disk');
  const run = store.run('01run-b');
  if (run === null) throw new Error('the run is gone');
  const [view] = withPersonNotes(store, [runView(run)]);
  expect(view?.notes).toEqual([
    { code: 'person', text: 'was me', at: '2026-03-02T12:00:00.000Z', by: 'cli (alice)', id: 1 },
  ]);
  const why = withNotesAsEvidence(store, {
    job: 'dump',
    timezone: 'UTC',
    asked: null,
    remark: null,
    explanations: [
      {
        subject: 'run',
        verdict: 'failed',
        nominalTime: null,
        local: null,
        run: '01run-b',
        disposition: null,
        reason: null,
        count: 1,
        answer: 'It failed.',
        evidence: [
          { time: null, source: 'schedule', text: 'none' },
          { time: '2026-03-02T11:00:00.000Z', source: 'run', text: 'began' },
        ],
        hint: null,
        namesake: null,
      },
    ],
    more: 0,
    toCome: 0,
  });
  expect(why.explanations[0]?.evidence.map(({ text }) => text)).toEqual([
    'began',
    'cli (alice): was me',
    'none',
  ]);
  expect(why.personNotes?.map(({ text }) => text)).toEqual(['slow disk']);
});
