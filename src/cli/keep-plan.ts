// Keeps a plan that was just made as a file: with the text that was planned, which
// is read once more and must still mean the same.
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PlanView } from '../api/plan-views.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { shellWord } from '../core/exchange/shell-words.ts';
import type { Context } from './context.ts';
import type { KeptAs } from './formats/report.ts';
import type { Input } from './input.ts';

/** The text is read once more: it must still be the one that was planned. */
export async function keepPlan(
  context: Context,
  input: Input,
  out: string,
  plan: PlanView,
  of: { readonly text: string; readonly manifest: string; readonly isFile: boolean },
): Promise<KeptAs> {
  const [{ loadManifest }, { sha256 }, { expiresDefaultMs, writePlanFile }] = await Promise.all([
    import('../core/manifest/load-manifest.ts'),
    import('../system/digest.ts'),
    import('./plan-files.ts'),
  ]);
  const place = (await context.locations()).manifest;
  const { filesOfCommit } = await import('./commit-files.ts');
  const { readBeside } = await import('../system/read-beside.ts');
  const { committed } = plan;
  // A repository has of a symbolic link only its target's name.
  const directory = dirname(await realpath(place).catch(() => place));
  const named = { text: of.text, file: of.manifest };
  const files =
    committed === undefined ? null : await filesOfCommit(directory, committed.commit, named);
  const { manifest, digest } = loadManifest(of.text, {
    file: of.manifest,
    digest: sha256,
    files: files ?? readBeside(dirname(place)),
  });
  if (manifest === null || digest !== plan.basis.desiredDigest) {
    throw operationalError('JM2-P206', {
      detail: `${of.manifest} is not what it was when it was planned. No plan file was written.`,
    });
  }
  const { commitWith } = await import('../daemon/plan-from-store.ts');
  const gitCommit = of.isFile
    ? (committed?.commit ?? (await commitWith(place, new TextEncoder().encode(of.text))))
    : null;
  const file = await writePlanFile(context, out, {
    plan,
    source: of.text,
    manifest: of.manifest,
    parsed: manifest,
    gitCommit,
    expiresMs: input.duration('expires') ?? expiresDefaultMs,
  });
  context.output.note(`kept in ${out}, good until ${file.expiresAt}: jm2 apply ${shellWord(out)}`);
  return { file: out, expiresAt: file.expiresAt };
}
