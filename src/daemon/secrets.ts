// Secrets of the daemon's jobs: reading them at the start of an attempt, and
// remembering them, so that they are hidden wherever something is shown.
import type { StoreReader } from '../store/store.ts';
import {
  resolveEnvironment,
  type LateEnvironment,
  type ResolvedEnvironment,
} from '../executor/resolve-environment.ts';
import { SecretBook } from '../executor/secret-book.ts';
import type { Clock } from '../system/clock.ts';
import { createRunRedactions, type RedactionOf } from './run-secrets.ts';

export interface Secrets {
  readonly book: SecretBook;
  readonly resolve: (job: string, late: LateEnvironment) => Promise<ResolvedEnvironment>;
  readonly redactions: (store: Pick<StoreReader, 'jobSpec'>) => RedactionOf;
  /** Files with secrets that others may read, as met within the last day. */
  readonly notices: () => string[];
}

/** The same file is not complained of at every start. */
const remindMs = 86_400_000;
const noticesMax = 100;

export function createSecrets(parts: {
  readonly manifestDir: string;
  readonly daemonEnv: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly warn: (message: string, job: string) => void;
}): Secrets {
  const { clock, daemonEnv, manifestDir } = parts;
  const book = new SecretBook();
  const handsOutSince = clock.now();
  /** When each was met, by text. */
  const met = new Map<string, number>();

  const note = (warning: string, job: string): void => {
    const now = clock.monotonic();
    const last = met.get(warning);
    if (last !== undefined && now - last < remindMs) return;
    if (met.size >= noticesMax) met.clear();
    met.set(warning, now);
    parts.warn(warning, job);
  };

  return {
    book,
    async resolve(job, late) {
      const resolved = await resolveEnvironment(late, {
        daemon: daemonEnv,
        setTimer: (delayMs, fire) => clock.setTimer(delayMs, fire),
      });
      if (!resolved.ok) return resolved;
      // Before the command can print any of it.
      book.learn(job, resolved.secrets);
      for (const warning of resolved.warnings) note(warning, job);
      return resolved;
    },
    redactions: (store) =>
      createRunRedactions({ store, manifestDir, daemonEnv, clock, book, handsOutSince }),
    notices: () => {
      const since = clock.monotonic() - remindMs;
      return [...met].filter(([, at]) => at >= since).map(([warning]) => `${warning}.`);
    },
  };
}
