// Rules about variables that their form alone does not tell.
import { fieldPhrase, pointerParts, segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { Surprise } from '../text/to-value.ts';
import type { SoundManifest } from './sound-parts.ts';

/** Set by jm2 for every run. */
const ownPrefix = 'JM2_';

function isVariable(pointer: string): boolean {
  const parts = pointerParts(pointer);
  return (
    (parts.length === 2 && parts[0] === 'env') ||
    (parts.length === 4 && parts[0] === 'jobs' && parts[2] === 'env')
  );
}

function checkOwnNames(
  env: Readonly<Record<string, unknown>>,
  pointer: string,
  reporter: Reporter,
): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith(ownPrefix)) continue;
    reporter.report({
      code: 'JM2-M304',
      pointer: pointer + segment(name),
      atKey: true,
      detail: `Variables that begin with ${ownPrefix} are set by jm2 itself.`,
      label: 'set by jm2',
    });
  }
}

/** `surprises` are the unquoted scalars that older YAML reads differently. */
export function checkEnvironment(
  manifest: SoundManifest,
  surprises: readonly Surprise[],
  reporter: Reporter,
): void {
  checkOwnNames(manifest.env, '/env', reporter);
  for (const { name, job } of manifest.jobs) {
    if (job.env !== undefined) checkOwnNames(job.env, `/jobs${segment(name)}/env`, reporter);
  }
  for (const { pointer, node, value } of surprises) {
    if (!isVariable(pointer)) continue;
    const source = node.source ?? String(value);
    const meaning =
      typeof value === 'number' ? `the number ${String(value)}` : `the text "${String(value)}"`;
    reporter.report({
      code: 'JM2-M118',
      severity: 'warning',
      pointer,
      detail: `${source}, the value of ${fieldPhrase(pointer)}, is ${meaning} here; older YAML reads it differently.`,
      label: `is ${meaning}`,
      hint: `Write "${source}" in quotes if that text is meant.`,
    });
  }
}
