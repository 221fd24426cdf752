// Values that look like secrets in clear. Best effort: it warns, and only of
// what is very likely, since a warning that is wrong too often is not read.
import { segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

const secretName = /PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL/i;
/** Names of places or kinds, not of the secret itself. */
const placeName = /_(?:FILE|PATH|DIR|URL|ID|NAME|COMMAND|ENV|TTL|TYPE)$/i;
/** References and places: paths, variables, placeholders. */
const reference = /^(?:\/|\.|~|\$|<|file:|env:)/;
const secretForms = [
  /\b(?:ghp|gho|ghs|ghr)_[A-Za-z0-9]{30,}/,
  /\bgithub_pat_[A-Za-z0-9_]{30,}/,
  /\bglpat-[A-Za-z0-9_-]{16,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bxox[abprs]-[A-Za-z0-9-]{16,}/,
  /\bsk-[A-Za-z0-9_-]{24,}/,
  /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/,
  /\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\./,
  /:\/\/[^/\s:@$]{1,64}:[^/\s@$]{3,128}@/,
];
const assignment =
  /\b[A-Z_]{0,40}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY)=["']?[^\s$"'/.;&|<`]{6,}/;
const scannedMax = 16 * 1024;

function hasSecretForm(text: string): boolean {
  const scanned = text.slice(0, scannedMax);
  return secretForms.some((form) => form.test(scanned));
}

function isSecretVariable(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (hasSecretForm(value)) return true;
  if (!secretName.test(name) || placeName.test(name)) return false;
  return value.length >= 6 && !reference.test(value) && !/\s/.test(value);
}

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
    if (hasSecretForm(text) || assignment.test(text.slice(0, scannedMax))) {
      warn(reporter, `${pointer}/command`, `A part of the command of job "${name}"`);
    }
  }
}
