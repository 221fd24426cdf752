// Jobs as they may be shown: secrets hidden, by the test that also warns of them.
// Values that come from references are never here: they are resolved at the start of a run.
import type { EnvValue, Job } from '../manifest/job.ts';
import { isMaskedVariable, maskedValue, withoutSecretParts } from '../manifest/secrets.ts';

/**
 * The value, or the mask when its name or its form tells a secret. A reference
 * says where a value is and is shown as it is.
 */
export function maskValue<Value extends EnvValue>(name: string, value: Value): Value | string {
  return typeof value === 'string' && isMaskedVariable(name, value) ? maskedValue : value;
}

/** A copy for display; the order of names is kept. */
export function maskEnv(env: Readonly<Record<string, EnvValue>>): Record<string, EnvValue> {
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
