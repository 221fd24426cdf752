// Opens a job, or the whole manifest, in the person's editor. What was written
// there counts only when it is valid; until then it can be edited again, and it
// is never lost: the file of the editor stays when the edit was given up.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operationalError } from '../core/diagnostics/registry.ts';
import { editManifest, jobText } from '../core/manifest/edit/edit-manifest.ts';
import { findJobs } from '../core/manifest/edit/find-jobs.ts';
import type { Answer } from './command.ts';
import { ask, canAsk } from './confirm.ts';
import type { Context } from './context.ts';
import { loadText, changeManifest, type ManifestText } from './manifest-change.ts';
import { rejectionText } from './plan-rejection.ts';

export async function editInEditor(
  context: Context,
  manifest: ManifestText,
  job: string | null,
  flags: { readonly dryRun: boolean; readonly yes: boolean },
): Promise<Answer> {
  const file = context.shownPath(manifest.place.manifest);
  const editor = process.env['VISUAL'] ?? process.env['EDITOR'] ?? '';
  if (editor.trim() === '') {
    throw operationalError('JM2-C102', {
      detail: 'No option says what to change, and neither VISUAL nor EDITOR names an editor.',
      hint: `EDITOR=vi jm2 edit ${job ?? ''}`.trim(),
    });
  }
  const before = job === null ? manifest.text : jobText(manifest.text, job);
  if (before === null) {
    throw operationalError('JM2-P205', {
      detail: `${file} was not changed: its jobs are written in braces.`,
      hint: 'jm2 edit',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'jm2-edit-'));
  const path = join(folder, `${job ?? 'jobs'}.yaml`);
  await writeFile(path, before, { mode: 0o600 });
  let isTaken = false;
  try {
    const after = await untilValid(context, { manifest, job, file, editor, path });
    const answer = await changeManifest(context, {
      before: manifest,
      after: after.text,
      touched: after.touched,
      ...flags,
      question: `Change ${job ?? file}?`,
      done: `changed ${job ?? file}`,
    });
    isTaken = answer.error === undefined;
    return answer;
  } finally {
    const written = await readFile(path, 'utf8').catch(() => before);
    if (isTaken || written === before) await rm(folder, { recursive: true, force: true });
    else context.output.note(`What the editor left is kept in ${path}.`);
  }
}

interface Session {
  readonly manifest: ManifestText;
  readonly job: string | null;
  readonly file: string;
  readonly editor: string;
  readonly path: string;
}

async function untilValid(
  context: Context,
  session: Session,
): Promise<{ text: string; touched: readonly string[] | null }> {
  const { manifest, job, file, editor, path } = session;
  for (;;) {
    await runEditor(editor, path);
    const written = await readFile(path, 'utf8');
    const result = job === null ? written : withJob(manifest.text, job, written, file);
    const judged = loadText(context, manifest.place, result);
    if (judged.manifest !== null) {
      return { text: result, touched: job === null ? null : [job, ...newNames(manifest, result)] };
    }
    context.output.problem(rejectionText(judged.diagnostics, result)(context.terminal));
    const again = canAsk(context) ? await ask('\nEdit it again? [Y/n] ') : null;
    if (again === null || !/^(y(es)?)?$/i.test(again.trim())) {
      throw operationalError('JM2-P205', {
        detail: `${file} was not changed: what the editor left is not accepted.`,
        hint: null,
      });
    }
  }
}

function withJob(text: string, job: string, written: string, file: string): string {
  if (written.trim() === '') {
    throw operationalError('JM2-P205', {
      detail: `${file} was not changed: the editor left nothing of the job.`,
      hint: `jm2 remove ${job}`,
    });
  }
  const edited = editManifest(text, { kind: 'replace', name: job, text: written });
  if (!edited.ok) {
    throw operationalError('JM2-P205', { detail: `${file} was not changed: ${edited.problem}.` });
  }
  // Another name in the editor is a rename: its history follows.
  const now = findJobs(edited.text).jobs;
  const [name, ...more] = [...now.keys()].filter((one) => !findJobs(text).jobs.has(one));
  if (now.has(job) || name === undefined || more.length > 0) return edited.text;
  if (/^\s+renamed_from:/m.test(written)) return edited.text;
  const renamed = editManifest(edited.text, {
    kind: 'set',
    name,
    fields: { renamed_from: job },
  });
  return renamed.ok ? renamed.text : edited.text;
}

function newNames({ text }: ManifestText, after: string): string[] {
  const before = findJobs(text).jobs;
  return [...findJobs(after).jobs.keys()].filter((name) => !before.has(name));
}

/** The variable may hold arguments, so a shell reads it; the path goes in apart. */
async function runEditor(editor: string, path: string): Promise<void> {
  // Ctrl-C reaches both; whether it ends the editing is the editor's to say.
  const leaveToEditor = (): void => undefined;
  process.on('SIGINT', leaveToEditor);
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...end) => resolve(end));
  }).finally(() => process.off('SIGINT', leaveToEditor));
  if (code === 0) return;
  throw operationalError('JM2-P205', {
    detail: `The editor ended with ${signal ?? `code ${code ?? ''}`}, so its text was not taken. Nothing was changed.`,
    hint: null,
  });
}
