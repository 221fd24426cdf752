// Notes of people: about which job or run one is, how many there may be, and how they
// are told. They are for people: nothing that jm2 decides depends on them.
import type { NoteView, RunView, Service, WhyView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Note, Store, StoreReader } from '../store/store.ts';
import { findRun } from './find.ts';
import { iso } from './views.ts';

/** About one job itself, or about one run: more is a log, not a remark. */
export const notesMax = 100;
/** Notes about a job that stand beside what else is told of it. */
const besideMax = 20;

interface Subject {
  readonly jobUid: string;
  readonly runId: string | null;
}

/** A job of that name comes first, as everywhere. Throws JM2-R102, JM2-R105. */
function subjectNamed(store: StoreReader, about: string): Subject {
  const record = store.findJob(about);
  if (record !== null) return { jobUid: record.uid, runId: null };
  try {
    const run = findRun(store, about);
    return { jobUid: run.jobUid, runId: run.id };
  } catch (error) {
    if (!(error instanceof Jm2Error) || error.code !== 'JM2-R102') throw error;
    throw operationalError('JM2-R102', {
      detail: `There is no run and no job "${about}".`,
      hint: 'jm2 history',
      cause: error,
    });
  }
}

/** What stands about it; of a job also about its runs. */
export function notesAbout(
  store: StoreReader,
  { about, limit }: Parameters<Service['notes']>[0],
): { readonly notes: readonly NoteView[] } {
  const subject = about === null ? null : subjectNamed(store, about);
  const found =
    subject === null
      ? store.notes({ limit })
      : subject.runId === null
        ? store.notes({ jobUid: subject.jobUid, limit })
        : (store.notesOfRuns([subject.runId]).get(subject.runId) ?? []).slice(-limit);
  return { notes: found.map(noteView) };
}

/** Throws JM2-R129 when there are so many that nobody reads them. */
export function noteNamed(
  store: Store,
  { about, text, by }: Parameters<Service['note']>[0],
  at: number,
): NoteView {
  return store.transaction(() => {
    const { jobUid, runId } = subjectNamed(store, about);
    const present =
      runId === null
        ? store.notes({ jobUid, about: 'job', limit: notesMax }).length
        : (store.notesOfRuns([runId]).get(runId)?.length ?? 0);
    if (present >= notesMax) {
      throw operationalError('JM2-R129', {
        detail: `"${about}" has ${notesMax} notes. Nothing was written.`,
        hint: `jm2 note ${about}`,
      });
    }
    const id = store.addNote({ jobUid, runId, at, by, text });
    auditNote(store, { action: 'note.added', id, jobUid, runId, by, at });
    return noteOfId(store, id);
  });
}

/** Throws JM2-R130 for a number that no note has. */
export function removeNoteNumbered(
  store: Store,
  { id, by }: Parameters<Service['removeNote']>[0],
  at: number,
): NoteView {
  return store.transaction(() => {
    const removed = noteOfId(store, id);
    const { jobUid = '', runId = null } = store.note(id) ?? {};
    store.removeNote(id);
    auditNote(store, { action: 'note.removed', id, jobUid, runId, by, at });
    return removed;
  });
}

/** Without its text: what is removed must not stay in the audit. */
function auditNote(
  store: Store,
  note: Subject & {
    readonly action: string;
    readonly id: number;
    readonly by: string;
    readonly at: number;
  },
): void {
  store.audit({
    at: note.at,
    actor: note.by,
    action: note.action,
    target: note.runId ?? note.jobUid,
    detail: JSON.stringify({ note: note.id }),
  });
}

function noteOfId(store: StoreReader, id: number): NoteView {
  const note = store.note(id);
  if (note !== null) return noteView(note);
  throw operationalError('JM2-R130', { detail: `There is no note ${id}.`, hint: 'jm2 note' });
}

function noteView({ id, job, runId, at, by, text }: Note): NoteView {
  return { id, job, run: runId, at: iso(at), by, text };
}

/** About the job itself; absent where there are none. */
export function notesBeside(
  store: StoreReader,
  jobUid: string,
): { readonly personNotes?: readonly NoteView[] } {
  const found = store.notes({ jobUid, about: 'job', limit: besideMax });
  return found.length === 0 ? {} : { personNotes: found.map(noteView) };
}

/** Runs with what people wrote about them behind what jm2 noticed. */
export function withPersonNotes(store: StoreReader, runs: readonly RunView[]): readonly RunView[] {
  const found = store.notesOfRuns(runs.map(({ id }) => id));
  if (found.size === 0) return runs;
  return runs.map((run) => {
    const own = (found.get(run.id) ?? []).map(({ id, at, by, text }) => {
      return { code: 'person' as const, text, at: iso(at), by, id };
    });
    return own.length === 0 ? run : { ...run, notes: [...run.notes, ...own] };
  });
}

/** What people wrote about the runs that are explained is evidence like any other. */
export function withNotesAsEvidence(store: StoreReader, view: WhyView): WhyView {
  const ids = view.explanations.flatMap(({ run }) => (run === null ? [] : [run]));
  const found = store.notesOfRuns(ids);
  const record = store.findJob(view.job);
  const beside = record === null ? {} : notesBeside(store, record.uid);
  if (found.size === 0) return { ...view, ...beside };
  const explanations = view.explanations.map((one) => {
    const notes = one.run === null ? [] : (found.get(one.run) ?? []);
    const told = notes.map(({ at, by, text }) => {
      return { time: iso(at), source: 'note' as const, text: `${by}: ${text}` };
    });
    const evidence = [...one.evidence, ...told].toSorted((a, b) =>
      (a.time ?? '9') < (b.time ?? '9') ? -1 : (a.time ?? '9') > (b.time ?? '9') ? 1 : 0,
    );
    return { ...one, evidence };
  });
  return { ...view, explanations, ...beside };
}
