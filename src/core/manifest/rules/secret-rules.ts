// Warns of values that look like secrets in clear, and only of what is very
// likely, since a warning that is wrong too often is not read.
import { segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import { hasSecretPart, isSecretVariable } from '../secrets.ts';
import type { SoundManifest } from './sound-parts.ts';

function warn(reporter: Reporter, pointer: string, what: string): void {
  reporter.report({
    code: 'JM2-M305',
    severity: 'warning',
    pointer,
    // The value itself is not repeated: messages end up in logs.
    detail: `${what} looks like a secret in clear: whoever can read it can read the secret.`,
    label: 'a secret?',
  });
}

export function checkSecrets(manifest: SoundManifest, reporter: Reporter): void {
  const checkEnv = (env: Readonly<Record<string, unknown>>, pointer: string): void => {
    for (const [name, value] of Object.entries(env)) {
      if (isSecretVariable(name, value)) {
        warn(reporter, pointer + segment(name), `The value of ${name}`);
      }
    }
  };
  checkEnv(manifest.env, '/env');
  for (const { name, job } of manifest.jobs) {
    const pointer = `/jobs${segment(name)}`;
    if (job.env !== undefined) checkEnv(job.env, `${pointer}/env`);
    if (job.command === undefined) continue;
    const text = typeof job.command === 'string' ? job.command : job.command.join(' ');
    if (hasSecretPart(text)) {
      warn(reporter, `${pointer}/command`, `A part of the command of job "${name}"`);
    }
  }
}
