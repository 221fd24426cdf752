// Rules about names of jobs that need more than one name's own form.
import { segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

// Names that some systems give to devices, with or without an extension.
const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;

function formerNames(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function formerPointer(name: string, value: unknown, index: number): string {
  const field = `/jobs${segment(name)}/renamed_from`;
  return Array.isArray(value) ? `${field}/${index}` : field;
}

export function checkNames(manifest: SoundManifest, reporter: Reporter): void {
  // A job that bears a former name and was itself renamed makes a swap or a chain:
  // every history still has one place to go.
  const keepsItsName = new Set(
    manifest.jobs
      .filter(({ job }) => formerNames(job.renamed_from).length === 0)
      .map(({ name }) => name),
  );
  const claimed = new Map<string, string>();
  for (const { name, job } of manifest.jobs) {
    if (reserved.test(name)) {
      reporter.report({
        code: 'JM2-M301',
        pointer: `/jobs${segment(name)}`,
        atKey: true,
        detail: `"${name}" is the name of a device on some systems.`,
        label: 'reserved',
      });
    }
    formerNames(job.renamed_from).forEach((former, index) => {
      const claimant = claimed.get(former);
      let problem: string | null = null;
      if (former === name) problem = `"${name}" cannot be renamed from itself`;
      else if (keepsItsName.has(former)) problem = `"${former}" is still a job of this manifest`;
      else if (claimant !== undefined)
        problem = `job "${claimant}" was renamed from "${former}" too`;
      claimed.set(former, name);
      if (problem === null) return;
      reporter.report({
        code: 'JM2-M302',
        pointer: formerPointer(name, job.renamed_from, index),
        detail: `The history of "${former}" cannot go to "${name}": ${problem}.`,
        label: problem,
      });
    });
  }
}
