// Which values are hidden in what a job printed: those that this process handed
// to its commands, and, since another daemon may have done so, those that its
// references lead to now. Best effort: a value that was replaced meanwhile is
// known only to the daemon that used it. What cannot be read any more is named,
// because a log may hold it.
import { stat } from 'node:fs/promises';
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
  /** Runs that began at or after this had their secrets from this process; null: none had. */
  readonly handsOutSince: number | null;
}

export interface RunRedaction {
  /** What to hide in the logs of the run; null: nothing. */
  readonly redaction: Redaction | null;
  /** Variables and files whose values it may have printed and that cannot be read now. */
  readonly unreadable: readonly string[];
  /** Variables, and files of them, whose file was written after the run began: what it held then is not hidden. */
  readonly replaced: readonly string[];
}

export type RedactionOf = (run: Run) => Promise<RunRedaction>;

interface Found {
  readonly values: readonly string[];
  readonly unreadable: readonly string[];
  /** When files were last written, by what they give; epoch ms. */
  readonly written: ReadonlyMap<string, number>;
}

export function createRunRedactions(parts: RunSecretsParts): RedactionOf {
  const { store, clock, book, handsOutSince } = parts;
  let found = new Map<string, Promise<Found>>();
  let forgetAt = 0;
  const compiled = new Map<string, { key: string; redaction: Redaction | null }>();

  const foundNow = (specDigest: string): Promise<Found> => {
    if (clock.monotonic() >= forgetAt || found.size >= specsMax) {
      found = new Map();
      forgetAt = clock.monotonic() + knownMs;
    }
    const known = found.get(specDigest) ?? secretsOf(store.jobSpec(specDigest), parts);
    found.set(specDigest, known);
    return known;
  };

  const compile = (job: string, values: readonly string[]): Redaction | null => {
    if (values.length === 0) return null;
    const key = JSON.stringify(values);
    const last = compiled.get(job);
    if (last?.key === key) return last.redaction;
    if (compiled.size >= specsMax) compiled.clear();
    const redaction = redactionOf(values);
    compiled.set(job, { key, redaction });
    return redaction;
  };

  /** One that has not begun yet will have them from this process, if it has them at all. */
  const isInBook = ({ startedAt }: Run): boolean =>
    handsOutSince !== null && (startedAt === null || startedAt >= handsOutSince);

  return async (run) => {
    const now = await foundNow(run.specDigest);
    const known = [...book.valuesOf(run.job), ...now.values, ...givenSecrets(run)];
    const redaction = compile(run.job, [...new Set(known)]);
    if (isInBook(run)) return { redaction, unreadable: [], replaced: [] };
    const begun = run.startedAt ?? Number.POSITIVE_INFINITY;
    const replaced = [...now.written].filter(([, at]) => at > begun).map(([name]) => name);
    return { redaction, unreadable: now.unreadable, replaced };
  };
}

/** Given for this run alone, and recorded with it. */
function givenSecrets({ given }: Run): string[] {
  return Object.entries(given?.env ?? {})
    .filter(([name, value]) => isMaskedVariable(name, value))
    .map(([, value]) => value);
}

/** What can be found out now, and what cannot. */
async function secretsOf(job: Job | null, parts: RunSecretsParts): Promise<Found> {
  if (job === null) return { values: [], unreadable: [], written: new Map() };
  const secrets: string[] = [];
  const written = new Map<string, number>();
  const inherited = inheritedVariables(job, parts.daemonEnv);
  for (const [name, value] of Object.entries(inherited)) {
    if (isMaskedVariable(name, value)) secrets.push(value);
  }
  const unreadable = job.inheritEnv.filter(
    (name) => inherited[name] === undefined && isMaskedVariable(name, ''),
  );
  for (const [name, value] of Object.entries(job.env)) {
    if (typeof value === 'string' && isSecretVariable(name, value)) secrets.push(value);
  }
  const late = lateEnvironment(job, parts.manifestDir, accountFor(job.user).uid);
  if (late === null) return { values: secrets, unreadable, written };
  // One by one, because one that is missing must not keep the others in sight.
  for (const { name, part } of singleParts(late)) {
    const resolved = await resolveEnvironment(part, {
      daemon: parts.daemonEnv,
      setTimer: (delayMs, fire) => parts.clock.setTimer(delayMs, fire),
    });
    if (!resolved.ok) {
      unreadable.push(name);
      continue;
    }
    secrets.push(...resolved.secrets);
    const value = part.declared[name];
    const path = typeof value === 'object' && value.from === 'file' ? value.path : part.files[0];
    const found = path === undefined ? null : await stat(path).catch(() => null);
    if (found !== null) written.set(name, found.mtimeMs);
  }
  return { values: secrets, unreadable, written };
}

function singleParts({
  files,
  declared,
  owners,
}: LateEnvironment): { readonly name: string; readonly part: LateEnvironment }[] {
  return [
    ...files.map((file) => ({
      name: `env_file ${JSON.stringify(file)}`,
      part: { files: [file], declared: {}, owners },
    })),
    ...Object.entries(declared).map(([name, value]) => ({
      name,
      part: { files: [], declared: { [name]: readable(value) }, owners },
    })),
  ];
}

/** A file that others may read by now is no reason to show what it holds. */
function readable(value: EnvValue): EnvValue {
  return typeof value === 'object' && value.from === 'file'
    ? { ...value, modeCheck: false }
    : value;
}
