// Names of variables that may be posted: each must be one, and none a secret.
import { isMaskedVariable } from '../secrets.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

export function checkPublicEnv(manifest: SoundManifest, reporter: Reporter): void {
  if (manifest.publicEnv.length === 0) return;
  const values = new Map<string, string[]>();
  for (const env of [manifest.env, ...manifest.jobs.map(({ job }) => job.env ?? {})]) {
    for (const [name, value] of Object.entries(env)) {
      const known = values.get(name) ?? [];
      if (typeof value === 'string') known.push(value);
      values.set(name, known);
    }
  }
  manifest.publicEnv.forEach((name, index) => {
    const known = values.get(name);
    const problem =
      known === undefined
        ? `No job has a variable "${name}".`
        : [...known, ''].some((value) => isMaskedVariable(name, value))
          ? `"${name}" looks like a secret, and such a value is never shown.`
          : null;
    if (problem === null) return;
    reporter.report({
      code: 'JM2-M311',
      severity: 'warning',
      pointer: `/public_env/${index}`,
      detail: problem,
      label: 'no effect',
    });
  });
}
