// Jobs as they may be shown: secrets hidden, by the test that also warns of them.
// Values that come from references are never here: they are resolved at the start of a run.
import type { Job } from '../manifest/job.ts';
import { isMaskedVariable, maskedValue, withoutSecretParts } from '../manifest/secrets.ts';

/** The value, or the mask when its name or its form tells a secret. */
export function maskValue(name: string, value: string): string {
  return isMaskedVariable(name, value) ? maskedValue : value;
}

/** A copy for display; the order of names is kept. */
export function maskEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  // fromEntries defines own properties, also for names such as __proto__.
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, maskValue(name, value)]),
  );
}

/** A copy for display, with parts that look like secrets masked. */
export function maskCommand(command: Job['command']): Job['command'] {
  return command.kind === 'shell'
    ? { ...command, text: withoutSecretParts(command.text) }
    : { ...command, argv: command.argv.map(withoutSecretParts) };
}

/** A copy for display: variables and command masked. */
export function maskJob(job: Job): Job {
  return { ...job, env: maskEnv(job.env), command: maskCommand(job.command) };
}
