// Variables whose values are known only when a run starts: out of files and out
// of the daemon's environment. Says which of the values are secrets; keeping
// them for the mask is left to the secret book.
import type { EnvReference, EnvValue } from '../core/manifest/job.ts';
import { parseEnvFile } from '../core/manifest/env-file.ts';
import { isMaskedVariable } from '../core/manifest/secrets.ts';
import { readPrivateFile, type PrivateFile } from './read-private-file.ts';

/** What is read when an attempt starts. Paths are absolute. */
export interface LateEnvironment {
  /** In order: a later one wins. */
  readonly files: readonly string[];
  /** All declared variables; they win over those of the files. */
  readonly declared: Readonly<Record<string, EnvValue>>;
  /** Accounts to which a file with a secret may belong. */
  readonly owners: readonly number[];
}

export type ResolvedEnvironment =
  | {
      readonly ok: true;
      readonly variables: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
      /** For the daemon log: files with secrets that others may read. */
      readonly warnings: readonly string[];
    }
  /** A sentence that names the variable and the place, never a value. */
  | { readonly ok: false; readonly problem: string };

/** A file system that does not answer must not hold a run for ever. */
const withinMs = 10_000;

interface Surroundings {
  /** The environment of the daemon. */
  readonly daemon: Readonly<Record<string, string | undefined>>;
  readonly setTimer: (delayMs: number, fire: () => void) => () => void;
}

export async function resolveEnvironment(
  late: LateEnvironment,
  surroundings: Surroundings,
): Promise<ResolvedEnvironment> {
  let cancel = (): void => undefined;
  const tooLong = new Promise<ResolvedEnvironment>((resolve) => {
    const problem = 'the files with its variables could not be read within 10 seconds';
    cancel = surroundings.setTimer(withinMs, () => resolve({ ok: false, problem }));
  });
  try {
    return await Promise.race([resolveAll(late, surroundings), tooLong]);
  } finally {
    cancel();
  }
}

async function resolveAll(
  late: LateEnvironment,
  surroundings: Surroundings,
): Promise<ResolvedEnvironment> {
  const variables: Record<string, string> = {};
  const secrets: string[] = [];
  const warnings: string[] = [];
  const fail = (problem: string): ResolvedEnvironment => ({ ok: false, problem });
  for (const path of late.files) {
    const read = await readPatiently(path, late.owners, surroundings);
    const name = `env_file ${JSON.stringify(path)}`;
    if (!read.ok) return fail(`${name} ${read.problem}`);
    const file = parseEnvFile(read.text);
    if (!file.ok) return fail(`${name}: line ${file.line} ${file.problem}`);
    // Which of them are secrets nobody says, so that all are hidden.
    secrets.push(...file.variables.values());
    // Ordinary settings may be read by everybody.
    const hasSecret = [...file.variables].some(([key, value]) => isMaskedVariable(key, value));
    if (read.exposure !== null && hasSecret) warnings.push(`${name} ${read.exposure}`);
    Object.assign(variables, Object.fromEntries(file.variables));
  }
  for (const [name, value] of Object.entries(late.declared)) {
    if (typeof value === 'string') {
      variables[name] = value;
      continue;
    }
    const found = await resolveReference(value, late.owners, surroundings);
    if (!found.ok) return fail(`variable ${name}: ${found.problem}`);
    variables[name] = found.value;
    secrets.push(found.value);
  }
  return { ok: true, variables, secrets, warnings };
}

/** A machine that is short of descriptors gets as many tries as for a start. */
async function readPatiently(
  path: string,
  owners: readonly number[],
  { setTimer }: Surroundings,
): Promise<PrivateFile> {
  for (const delayMs of [100, 400, 1_600]) {
    const read = await readPrivateFile(path, owners);
    if (read.ok || !read.mayPass) return read;
    await new Promise<void>((resolve) => {
      setTimer(delayMs, resolve);
    });
  }
  return readPrivateFile(path, owners);
}

async function resolveReference(
  reference: EnvReference,
  owners: readonly number[],
  surroundings: Surroundings,
): Promise<{ ok: true; value: string } | { ok: false; problem: string }> {
  if (reference.from === 'env') {
    const value = surroundings.daemon[reference.key];
    return value === undefined
      ? { ok: false, problem: `${reference.key} is not set in the environment of the daemon` }
      : { ok: true, value };
  }
  const name = `the file ${JSON.stringify(reference.path)}`;
  const read = await readPatiently(reference.path, owners, surroundings);
  if (!read.ok) return { ok: false, problem: `${name} ${read.problem}` };
  if (reference.modeCheck && read.exposure !== null) {
    return { ok: false, problem: `${name} ${read.exposure}` };
  }
  const value = read.text.replace(/\r?\n$/, '');
  // What writes the secret has not done so yet, or failed: a command would try an empty password.
  return value === '' ? { ok: false, problem: `${name} is empty` } : { ok: true, value };
}
