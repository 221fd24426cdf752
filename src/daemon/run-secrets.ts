// Which values are hidden in what a job printed: those that this process handed
// to its commands, and, since another daemon may have done so, those that its
// references lead to now. Best effort: a value that was replaced meanwhile is
// known only to the daemon that used it.
import type { EnvValue, Job } from '../core/manifest/job.ts';
import { isMaskedVariable, isSecretVariable } from '../core/manifest/secrets.ts';
import type { Run } from '../core/runs/run.ts';
import { accountFor } from '../executor/command-environment.ts';
import { redactionOf, type Redaction } from '../executor/redact-log.ts';
import { resolveEnvironment, type LateEnvironment } from '../executor/resolve-environment.ts';
import type { SecretBook } from '../executor/secret-book.ts';
import type { StoreReader } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import { inheritedVariables, lateEnvironment } from './late-environment.ts';

/** Who follows a log asks several times a second. */
const knownMs = 5_000;
const specsMax = 1_000;

export interface RunSecretsParts {
  readonly store: Pick<StoreReader, 'jobSpec'>;
  readonly manifestDir: string;
  readonly daemonEnv: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly book: SecretBook;
}

/** What to hide in the logs of a run; null: nothing. */
export type RedactionOf = (run: Run) => Promise<Redaction | null>;

export function createRunRedactions(parts: RunSecretsParts): RedactionOf {
  const { store, clock, book } = parts;
  let found = new Map<string, Promise<readonly string[]>>();
  let forgetAt = 0;
  const compiled = new Map<string, { key: string; redaction: Redaction | null }>();

  const valuesNow = (specDigest: string): Promise<readonly string[]> => {
    if (clock.monotonic() >= forgetAt || found.size >= specsMax) {
      found = new Map();
      forgetAt = clock.monotonic() + knownMs;
    }
    const known = found.get(specDigest) ?? secretsOf(store.jobSpec(specDigest), parts);
    found.set(specDigest, known);
    return known;
  };

  return async (run) => {
    const known = [...book.valuesOf(run.job), ...(await valuesNow(run.specDigest))];
    const values = [...new Set([...known, ...givenSecrets(run)])];
    if (values.length === 0) return null;
    const key = JSON.stringify(values);
    const last = compiled.get(run.job);
    if (last?.key === key) return last.redaction;
    if (compiled.size >= specsMax) compiled.clear();
    const redaction = redactionOf(values);
    compiled.set(run.job, { key, redaction });
    return redaction;
  };
}

/** Given for this run alone, and recorded with it. */
function givenSecrets({ given }: Run): string[] {
  return Object.entries(given?.env ?? {})
    .filter(([name, value]) => isMaskedVariable(name, value))
    .map(([, value]) => value);
}

/** What can be found out now; what cannot is left out. */
async function secretsOf(job: Job | null, parts: RunSecretsParts): Promise<readonly string[]> {
  if (job === null) return [];
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(inheritedVariables(job, parts.daemonEnv))) {
    if (isMaskedVariable(name, value)) secrets.push(value);
  }
  for (const [name, value] of Object.entries(job.env)) {
    if (typeof value === 'string' && isSecretVariable(name, value)) secrets.push(value);
  }
  const late = lateEnvironment(job, parts.manifestDir, accountFor(job.user).uid);
  if (late === null) return secrets;
  // One by one, because one that is missing must not keep the others in sight.
  for (const part of singleParts(late)) {
    const resolved = await resolveEnvironment(part, {
      daemon: parts.daemonEnv,
      setTimer: (delayMs, fire) => parts.clock.setTimer(delayMs, fire),
    });
    if (resolved.ok) secrets.push(...resolved.secrets);
  }
  return secrets;
}

function singleParts({ files, declared, owners }: LateEnvironment): LateEnvironment[] {
  return [
    ...files.map((file) => ({ files: [file], declared: {}, owners })),
    ...Object.entries(declared).map(([name, value]) => ({
      files: [],
      declared: { [name]: readable(value) },
      owners,
    })),
  ];
}

/** A file that others may read by now is no reason to show what it holds. */
function readable(value: EnvValue): EnvValue {
  return typeof value === 'object' && value.from === 'file'
    ? { ...value, modeCheck: false }
    : value;
}
