// What a plan is compared with, by the word given to --against: a file, a
// revision, a commit, a snapshot. Without one it is what is in force.
import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { PlanReply } from '../api/plan-views.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { filesOfCommit } from './commit-files.ts';
import { asRevision } from './compared.ts';
import type { Context } from './context.ts';
import { readOther, readProposal } from './manifest-file.ts';
import { relativeTime } from './views/durations.ts';
import { oneLine } from './views/foreign.ts';
import { wrongArguments } from './usage-errors.ts';

/** As much as a manifest may have. */
const manifestMaxBytes = 64 * 1024 * 1024;
const gitTimeoutMs = 20_000;
/** A snapshot this old tells little of what is in force. */
const oldMs = 24 * 3_600_000;

export interface PlanOfBase {
  readonly reply: PlanReply;
  /** How the base is named to people. */
  readonly base: string;
  /** The text that diagnostics are about, and how that is named. */
  readonly of: { readonly text: string | null; readonly file: string };
  /** A sentence about the base that a reader should know; null mostly. */
  readonly remark: string | null;
}

/** When and how far the plan looks. */
export interface Moment {
  readonly now: number;
  readonly horizonMs: number;
  readonly hasWeek?: boolean;
  readonly listsUnchanged?: boolean;
}

export interface Proposal {
  /** Null: the manifest's file. */
  readonly text: string | null;
  readonly file: string;
}

/** One whose text is known, and where files that it names lie. */
interface ProposedText extends Proposal {
  readonly text: string;
  readonly directory: string;
}

export async function planAgainst(
  context: Context,
  against: string,
  proposal: () => Promise<ProposedText>,
  at: Moment,
): Promise<PlanOfBase> {
  const [, kind, rest = ''] = /^(snapshot|rev|git):(.*)$/s.exec(asRevision(against)) ?? [];
  if (kind === 'snapshot') return againstSnapshot(context, rest, await proposal(), at);
  const base =
    kind === 'rev'
      ? await revisionText(context, rest)
      : kind === 'git'
        ? await committedText(context, rest)
        : await fileText(context, against);
  const text = await proposal();
  const { planBetween } = await import('../daemon/plan-between.ts');
  const reply = planBetween({ base, proposal: text, ...at });
  const files = reply.beside.map(oneLine).join(', ');
  const remark =
    kind === 'rev' && files !== ''
      ? `What ${base.file} read besides itself is taken as it is now: ${files}.`
      : null;
  return { reply, base: base.file, of: reply.of, remark };
}

async function fileText(context: Context, path: string) {
  const full = path === '-' ? path : resolve(context.cwd, path);
  const file = path === '-' ? 'standard input' : context.shownPath(full);
  const directory = path === '-' ? context.cwd : dirname(full);
  return { text: await readProposal(full, file), file, directory };
}

async function revisionText(context: Context, word: string) {
  const number = Number(word);
  if (!/^\d{1,9}$/.test(word) || number === 0) {
    throw wrongArguments(`"rev:${word}" names no revision.`, 'For example: --against rev:41');
  }
  const { revisionSource } = await import('../daemon/plan-from-store.ts');
  const locations = await context.locations();
  const { readMeaning } = await import('../daemon/read-revisions.ts');
  const text = await revisionSource(locations, number);
  const recorded = readMeaning(locations, number);
  return { text, file: `rev:${number}`, directory: dirname(locations.manifest), recorded };
}

/** The manifest as a commit has it; the work tree is not touched. */
async function committedText(context: Context, ref: string) {
  // What begins with a dash would be an option of git.
  if (ref === '' || ref.startsWith('-')) {
    throw wrongArguments(`"git:${ref}" names no commit.`, 'For example: --against git:origin/main');
  }
  const { manifest } = await context.locations();
  // A repository has of a symbolic link only its target's name.
  const path = await realpath(manifest).catch(() => manifest);
  const { askGit } = await import('../system/git.ts');
  const text = await askGit({
    args: ['show', '--no-textconv', '--end-of-options', `${ref}:./${basename(path)}`],
    cwd: dirname(path),
    outputMaxBytes: manifestMaxBytes,
    timeoutMs: gitTimeoutMs,
  });
  if (text === null) {
    throw operationalError('JM2-P210', {
      detail: `git does not have ${basename(path)} at "${ref}", as seen from ${dirname(path)}.`,
    });
  }
  const file = `git:${ref}`;
  const files = await filesOfCommit(dirname(path), ref, { text, file });
  return { text, file, directory: dirname(manifest), ...(files === null ? {} : { files }) };
}

async function againstSnapshot(
  context: Context,
  path: string,
  proposal: Proposal,
  at: Moment,
): Promise<PlanOfBase> {
  const full = path === '-' ? path : resolve(context.cwd, path);
  const file = path === '-' ? 'standard input' : context.shownPath(full);
  const text = await readOther(full, file, (detail) => operationalError('JM2-P211', { detail }));
  const { parseSnapshot } = await import('../core/plan/snapshot.ts');
  const snapshot = parseSnapshot(text);
  if (snapshot === null || snapshot === 'newer') {
    const why =
      snapshot === 'newer'
        ? 'was written by a newer jm2, in a format that this one does not know'
        : 'is no snapshot of jm2, or not a whole one';
    throw operationalError('JM2-P211', { detail: `${file} ${why}.` });
  }
  const { planAgainstSnapshot } = await import('../daemon/plan-from-store.ts');
  const reply = await planAgainstSnapshot({ manifest: proposal.file }, snapshot, {
    ...at,
    text: proposal.text,
  });
  const takenAt = Date.parse(snapshot.takenAt);
  const age = relativeTime(takenAt, at.now);
  return {
    reply,
    base: `revision ${snapshot.revision} by ${file}, taken ${age}`,
    of: proposal,
    remark:
      at.now - takenAt > oldMs
        ? `The snapshot was taken ${age}: what is in force may be something else by now.`
        : null,
  };
}
