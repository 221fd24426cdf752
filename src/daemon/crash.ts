// The end after an unexpected error: without a drain, as going on after an unknown
// failure could break a promise. What runs is adopted by the next daemon.
import { writeSync } from 'node:fs';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';

/** The log must be synchronous, as nothing is waited for. */
export function crash(
  error: unknown,
  log: { fatal(fields: object, message: string): void },
): never {
  log.fatal({ err: error }, 'daemon ends after an unexpected error');
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  try {
    writeSync(2, `jm2: ${text}\n`);
  } catch {
    // Nobody listens.
  }
  process.exit(ExitCode.failure);
}
