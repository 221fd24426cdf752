// Carries out a change of the manifest that a command makes: judged, planned and
// shown before it is written, written whole or not at all, then applied. What
// the new text is was decided by the command.
import { access, constants, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { replaceFile } from '../system/replace-file.ts';
import { makeDirectory } from '../system/make-directory.ts';
import { isEmptyPlanView } from '../api/empty-plan-view.ts';
import type { PlanView } from '../api/service.ts';
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { type LoadedManifest, loadManifest } from '../core/manifest/load-manifest.ts';
import type { Locations } from '../settings/locations.ts';
import { sha256 } from '../system/digest.ts';
import { readBeside } from '../system/read-beside.ts';
import type { Answer } from './command.ts';
import { confirmed } from './confirm.ts';
import { alone } from './edit-lock.ts';
import type { Context } from './context.ts';
import { lostBesides } from './lost-besides.ts';
import { notAccepted } from './manifest-file.ts';
import { rejectionText } from './plan-rejection.ts';
import { diffText } from './views/diff.ts';
import { planText } from './views/plan.ts';

export interface ManifestText {
  readonly place: Locations;
  /** As the file is now; for a user manifest that does not exist yet, as it would begin. */
  readonly text: string;
  readonly exists: boolean;
}

export interface WantedChange {
  readonly before: ManifestText;
  readonly after: string;
  /** Jobs that may differ afterwards; null for any. */
  readonly touched: readonly string[] | null;
  readonly dryRun: boolean;
  /** Approved beforehand. */
  readonly yes: boolean;
  /** Something is lost by it, so it is asked for even where the plan is shown. */
  readonly question: string;
  /** What was done, when it is done. */
  readonly done: string;
  /** What is said when nothing was to be done; by default that the file says so already. */
  readonly unchanged?: string;
}

const horizonMs = 7 * 86_400_000;

/** Throws what `locations` throws, and JM2-M002 for a file that cannot be read. */
export async function readManifestText(
  context: Context,
  options: { readonly orUser: boolean },
): Promise<ManifestText> {
  const place = await context.locations(options);
  try {
    return { place, text: await readFile(place.manifest, 'utf8'), exists: true };
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isAbsent && place.isUserManifest) {
      const { emptyManifest } = await import('./user-manifest.ts');
      return { place, text: emptyManifest(context.terminal.zone), exists: false };
    }
    throw operationalError(isAbsent ? 'JM2-M001' : 'JM2-M002', {
      detail: `${context.shownPath(place.manifest)}: ${isAbsent ? 'there is no such file' : String((error as Error).message)}. Nothing was changed.`,
      cause: error,
    });
  }
}

/** A text as the manifest at its place, with the files that lie beside it. */
export function loadText(
  context: Context,
  { manifest }: Pick<Locations, 'manifest'>,
  text: string,
): LoadedManifest {
  const file = context.shownPath(manifest);
  return loadManifest(text, { file, digest: sha256, files: readBeside(dirname(manifest)) });
}

/** Refuses to go on from a manifest that is not accepted as it is. */
export function requireAccepted(
  context: Context,
  { place, text }: ManifestText,
): { readonly refusal: Answer | null; readonly digests: ReadonlyMap<string, string> } {
  const file = context.shownPath(place.manifest);
  const { manifest, diagnostics, jobDigests } = loadText(context, place, text);
  if (manifest !== null) return { refusal: null, digests: jobDigests };
  context.output.problem(
    `${file} is not accepted as it is, so it was left as it is; correct it first.`,
  );
  const data = { diagnostics };
  return {
    refusal: {
      data,
      error: notAccepted(diagnostics).toBody(),
      exitCode: notAccepted(diagnostics).exitCode,
      problem: true,
      text: rejectionText(diagnostics, text),
    },
    digests: jobDigests,
  };
}

export async function changeManifest(context: Context, wanted: WantedChange): Promise<Answer> {
  const { before, after } = wanted;
  const { place } = before;
  const file = context.shownPath(place.manifest);
  const { refusal, digests } = requireAccepted(context, before);
  if (refusal !== null) return refusal;
  const judged = loadText(context, place, after);
  if (judged.manifest === null) {
    context.output.problem(`The change was not made: ${file} would not be accepted with it.`);
    return {
      data: { diagnostics: judged.diagnostics },
      error: notAccepted(judged.diagnostics).toBody(),
      exitCode: notAccepted(judged.diagnostics).exitCode,
      problem: true,
      text: rejectionText(judged.diagnostics, after),
    };
  }
  requireOthersUntouched(wanted.touched, digests, judged.jobDigests);
  const diff = createTwoFilesPatch(file, file, before.exists ? before.text : '', after, '', '');
  const plan = await planOf(context, after);
  if (after === before.text) {
    return {
      data: { changed: false, file: place.manifest, diff: '', plan, revision: null },
      confirmation: true,
      text: () => wanted.unchanged ?? `${file} says so already`,
    };
  }
  if (wanted.dryRun) {
    return {
      data: { changed: false, file: place.manifest, diff, plan, revision: null },
      text: (terminal) =>
        [diffText(diff, terminal), plan === null ? '' : planText(plan, { source: file }, terminal)]
          .filter((part) => part !== '')
          .join('\n\n'),
    };
  }
  await requireWritable(place, before.exists, diff, file);
  const lost = lostBesides(plan, wanted.touched);
  if (wanted.yes && lost.length > 0) {
    throw operationalError('JM2-P203', {
      detail: `${file} has lost ${lost.length} jobs that this edit is not about: ${lost.join(', ')}. Nothing was changed, and they run on.`,
      hint: 'jm2 plan',
      data: { file: place.manifest, diff, plan },
    });
  }
  // Before anything is shown that would not be done.
  if (wanted.yes) await requireUnchanged(before, file);
  if (!context.output.quiet) {
    context.output.text(diffText(diff, context.terminal));
    if (plan !== null) {
      context.output.text(`\n${planText(plan, { source: file }, context.terminal)}\n`);
    }
  }
  if (!wanted.yes) {
    const question =
      lost.length === 0
        ? wanted.question
        : `${wanted.question.replace(/\?$/, '')}, and let ${lost.length} jobs go that ${file} has lost?`;
    await confirmed(context, question, { file: place.manifest, diff, plan });
  }
  const brought = await alone(context, async () => {
    await write(before, after, file);
    return plan === null ? null : bringIntoForce(context, plan);
  });
  const revision = brought === 'uncommitted' ? null : brought;
  return {
    data: { changed: true, file: place.manifest, diff, plan, revision },
    confirmation: true,
    text: () => `${wanted.done}${inForce(plan, brought)}`,
  };
}

function inForce(plan: PlanView | null, revision: number | 'uncommitted' | null): string {
  if (revision === 'uncommitted') return '; in force once it is committed';
  if (revision !== null) return `; revision ${revision} is in force`;
  return plan !== null && isEmptyPlanView(plan) ? '' : '; in force with the next `jm2 start`';
}

/** The last guard of "nothing else changes": better no edit than a wrong one. */
function requireOthersUntouched(
  touched: readonly string[] | null,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): void {
  if (touched === null) return;
  const names = new Set([...before.keys(), ...after.keys()]);
  for (const name of names) {
    if (touched.includes(name) || before.get(name) === after.get(name)) continue;
    throw operationalError('JM2-P205', {
      detail: `The edit would have changed the job "${name}" as well. Nothing was changed.`,
    });
  }
}

/** Null when neither a daemon nor a store is there to compare with. */
async function planOf(context: Context, text: string): Promise<PlanView | null> {
  const { planFromStore } = await import('../daemon/plan-from-store.ts');
  const place = await context.locations({ orUser: true });
  const value = await planFromStore(place, { text, horizonMs, now: context.terminal.now });
  return value.kind === 'planned' ? value.plan : null;
}

async function requireWritable(
  place: Locations,
  exists: boolean,
  diff: string,
  file: string,
): Promise<void> {
  try {
    if (exists) await access(place.manifest, constants.W_OK);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'EROFS'
        ? 'it lies on a read-only file system'
        : 'this account may not write it';
    throw operationalError('JM2-P205', {
      detail: `${file} was not changed: ${reason}.`,
      hint: `Make this change where it is written:\n\n${diff}`,
      data: { file: place.manifest, diff },
      cause: error,
    });
  }
}

/** A user manifest that another command has begun meanwhile is a change as well. */
async function requireUnchanged(
  { place, text, exists }: ManifestText,
  file: string,
): Promise<void> {
  const present = await readFile(place.manifest, 'utf8').catch(() => null);
  if (exists ? present === text : present === null) return;
  throw operationalError('JM2-P206', {
    detail: `${file} is not what it was when this command read it. Nothing was written.`,
  });
}

/** By rename: whoever reads the file, and whatever fails, finds it old or new. */
async function write(before: ManifestText, after: string, file: string): Promise<void> {
  const path = before.place.manifest;
  await requireUnchanged(before, file);
  if (before.exists) return replaceFile(path, after);
  await makeDirectory(dirname(path), { mode: 0o700 });
  return replaceFile(path, after, { mode: 0o600 });
}

/** The revision in force after it; null when no daemon runs, 'uncommitted' where only commits count. */
async function bringIntoForce(
  context: Context,
  plan: PlanView,
): Promise<number | 'uncommitted' | null> {
  const { isNobodyListening } = await import('../api/client.ts');
  const daemon = await context.daemon();
  try {
    const { revision, desiredDigest } = plan.basis;
    const { source } = await daemon.status();
    if (source.committed !== undefined) return 'uncommitted';
    const reply = await daemon.apply({
      by: context.actor,
      seen: { planId: null, impactDigest: plan.impactDigest },
      expected: { revision, desiredDigest },
    });
    if (reply.kind === 'rejected') throw notAccepted(reply.diagnostics);
    return reply.revision;
  } catch (error) {
    if (isNobodyListening(error)) return null;
    if (!(error instanceof Jm2Error) || error.code !== 'JM2-P201') throw error;
    // The watcher may have taken the file first: then there is nothing left to plan.
    const now = await daemon.plan({ text: null, horizonMs });
    if (now.kind === 'planned' && isEmptyPlanView(now.plan)) return now.plan.basis.revision;
    throw error;
  }
}
