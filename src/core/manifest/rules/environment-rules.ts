// Rules about variables that their form alone does not tell.
import type { WrittenDefaults } from '../generated/written-manifest.ts';
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

function checkVariables(env: SoundManifest['env'], pointer: string, reporter: Reporter): void {
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === 'object') checkReference(value, pointer + segment(name), reporter);
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

type Reference = Extract<SoundManifest['env'][string], { readonly from: unknown }>;

/** Each kind of reference has fields of its own. */
function checkReference(reference: Reference, pointer: string, reporter: Reporter): void {
  const { from, path, mode_check: modeCheck } = reference;
  if (from === 'file' && path === undefined) {
    reporter.report({
      code: 'JM2-M202',
      pointer,
      atKey: true,
      detail: `${fieldPhrase(pointer)} takes its value from a file and names none.`,
      label: '"path" is missing',
      hint: 'Add `path:` with the name of the file.',
    });
  }
  const foreign = from === 'env' ? (['path', 'mode_check'] as const) : (['key'] as const);
  for (const field of foreign) {
    if (reference[field] === undefined) continue;
    const right = from === 'env' ? 'file' : 'env';
    reporter.report({
      code: 'JM2-M310',
      pointer: pointer + segment(field),
      atKey: true,
      detail: `"${field}" belongs to \`from: ${right}\`, and this value is \`from: ${from}\`.`,
      label: `not with from: ${from}`,
    });
  }
  if (from !== 'file' || modeCheck !== false) return;
  reporter.report({
    code: 'JM2-M321',
    severity: 'warning',
    pointer: `${pointer}/mode_check`,
    detail: `Nobody checks who can read the file of ${fieldPhrase(pointer)}.`,
    label: 'not checked',
  });
}

/** Fields beside `env` that say what a command sees. */
function checkInherited(
  fields: Partial<WrittenDefaults>,
  pointer: string,
  reporter: Reporter,
): void {
  (fields.inherit_env ?? []).forEach((name, index) => {
    if (!name.startsWith(ownPrefix)) return;
    reporter.report({
      code: 'JM2-M304',
      pointer: `${pointer}/inherit_env/${index}`,
      detail: `Variables that begin with ${ownPrefix} are set by jm2 itself.`,
      label: 'set by jm2',
    });
  });
}

/** `surprises` are the unquoted scalars that older YAML reads differently. */
export function checkEnvironment(
  manifest: SoundManifest,
  surprises: readonly Surprise[],
  reporter: Reporter,
): void {
  checkVariables(manifest.env, '/env', reporter);
  checkInherited(manifest.defaults, '/defaults', reporter);
  for (const { name, job } of manifest.jobs) {
    const pointer = `/jobs${segment(name)}`;
    if (job.env !== undefined) checkVariables(job.env, `${pointer}/env`, reporter);
    checkInherited(job, pointer, reporter);
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
      // Text stays the text that it is; a number may have been meant either way.
      mended: typeof value === 'string' ? { text: value } : null,
      hint: `Write "${source}" in quotes if that text is meant.`,
    });
  }
}
