// Plan files on disk: written so that only their owner reads them, read with a
// bound, judged by the core's rules. Applying one is left to apply-plan-file.ts.
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { replaceFile } from '../system/replace-file.ts';
import { makePlanFile, parsePlanFile, type PlanFile } from '../api/plan-file.ts';
import type { PlanView } from '../api/plan-views.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { shellWord } from '../core/exchange/shell-words.ts';
import type { Manifest } from '../core/manifest/job.ts';
import { hasSecretPart, isSecretVariable } from '../core/manifest/secrets.ts';
import { sha256 } from '../system/digest.ts';
import type { Context } from './context.ts';

/** A manifest's bound and what a plan says of it. */
const bytesMax = 256 * 1024 * 1024;
const namesShown = 5;

export const expiresDefaultMs = 24 * 3_600_000;

/** Throws JM2-P214 for a manifest with secrets in clear, JM2-C107 when it cannot be written. */
export async function writePlanFile(
  context: Context,
  file: string,
  parts: {
    readonly plan: PlanView;
    readonly source: string;
    readonly manifest: string;
    readonly parsed: Manifest;
    readonly gitCommit: string | null;
    readonly expiresMs: number;
  },
): Promise<PlanFile> {
  refuseSecrets(parts.parsed);
  const { week: _week, diagnostics: _diagnostics, hold: _hold, ...plan } = parts.plan;
  const { now } = context.terminal;
  const made = makePlanFile(
    {
      jm2: context.version,
      plannedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + parts.expiresMs).toISOString(),
      by: context.actor,
      manifest: parts.manifest,
      gitCommit: parts.gitCommit,
      sourceDigest: sha256(parts.source),
      source: parts.source,
      plan,
    },
    sha256,
  );
  const path = resolve(context.cwd, file);
  try {
    await replaceFile(path, `${JSON.stringify(made)}\n`, { mode: 0o600 });
  } catch (error) {
    throw operationalError('JM2-C107', {
      detail: `${context.shownPath(path)} cannot be written: ${(error as Error).message}.`,
      cause: error,
    });
  }
  return made;
}

/** The file holds the manifest's text, and is made to be passed on. */
function refuseSecrets({ jobs }: Manifest): void {
  const found = jobs.filter(
    ({ env, command }) =>
      Object.entries(env).some(([name, value]) => isSecretVariable(name, value)) ||
      (command.kind === 'shell' ? [command.text] : command.argv).some(hasSecretPart),
  );
  if (found.length === 0) return;
  const names = found.slice(0, namesShown).map(({ name }) => name);
  const more = found.length > namesShown ? ` and ${found.length - namesShown} more` : '';
  throw operationalError('JM2-P214', {
    detail: `The manifest has values that look like secrets in clear, in ${names.join(', ')}${more}. No plan file was written.`,
  });
}

/** Throws JM2-P213 for anything but a whole plan of a known format. */
export async function readPlanFile(context: Context, file: string): Promise<PlanFile> {
  const path = resolve(context.cwd, file);
  const shown = context.shownPath(path);
  const refuse = (why: string, cause?: unknown) =>
    operationalError('JM2-P213', {
      detail: `${shown} ${why}. Nothing was changed.`,
      // The manifest is what `jm2 apply` alone is about.
      ...(/\.ya?ml$/.test(path) ? { hint: `jm2 apply --manifest ${shellWord(shown)}` } : {}),
      ...(cause === undefined ? {} : { cause }),
    });
  const found = await stat(path).catch((error: unknown) => {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isAbsent ? 'there is no such file' : (error as Error).message;
    throw refuse(`cannot be read: ${why}`, error);
  });
  if (!found.isFile()) throw refuse('is no file');
  if (found.size > bytesMax) throw refuse('is larger than any plan');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw refuse(`cannot be read: ${(error as Error).message}`, error);
  });
  const parsed = parsePlanFile(text, sha256);
  switch (parsed.kind) {
    case 'whole':
      return parsed.file;
    case 'no_plan':
      throw refuse('is no plan of jm2');
    case 'cut_short':
      throw refuse('is only a part of a plan: it was cut short');
    case 'altered':
      throw refuse('is not as it was written: somebody changed it');
    case 'newer':
      throw refuse('was written by a newer jm2, in a format that this one does not know');
  }
}
