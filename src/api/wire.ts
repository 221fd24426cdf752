// What client and server must agree on beyond the shapes of service.ts: paths,
// the envelope, bounds, and how an error's exit code crosses HTTP. Knows
// neither fastify nor sockets.
import type { ErrorBody } from '../core/diagnostics/jm2-error.ts';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';

export const apiPrefix = '/api/v1';

/** Carries the exit code of an error beside its body; the body stays the published shape. */
export const exitCodeHeader = 'jm2-exit-code';

/** Bytes of any request body but a plan's text. */
export const bodyMaxBytes = 1024 * 1024;
/** Bytes of a manifest sent as a proposal: the input limit of a manifest. */
export const planTextMaxBytes = 64 * 1024 * 1024;
/** Runs on one page of history; the documented bound of `limit`. */
export const historyPageMax = 500;
/** Runs that one backfill may ask for. */
export const backfillMax = 1_000;
/** Rows of missed occurrences told at once. */
export const missedPageMax = 1_000;
/** Waiting runs told at once. */
export const queuePageMax = 1_000;
/** Jobs paused or resumed by one request: their names fit into its body. */
export const pausedAtOnceMax = 5_000;
/** Characters of the reason of a pause. */
export const reasonMaxLength = 500;
/** Characters of a person's note. */
export const noteMaxLength = 1_000;
/** Notes told at once. */
export const notePageMax = 500;
/** How long an apply may wait for its confirmation. */
export const confirmWithinMaxMs = 7 * 86_400_000;
/** Lines on one page of a run log. */
export const logPageMaxLines = 10_000;

export type Envelope =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: ErrorBody; readonly data?: unknown };

/** HTTP status that goes with an error: by its code where one fits, else by its exit code. */
export function httpStatusOf(error: { readonly code: string; readonly exitCode: number }): number {
  return statusOfCode[error.code] ?? statusOfExitCode[error.exitCode] ?? 500;
}

const statusOfCode: Readonly<Record<string, number>> = {
  'JM2-R101': 404,
  'JM2-R102': 404,
  'JM2-R104': 409,
  'JM2-R105': 409,
  'JM2-D106': 503,
  'JM2-D107': 400,
  'JM2-D109': 429,
  'JM2-T103': 503,
  'JM2-T104': 507,
};

const statusOfExitCode: Readonly<Record<number, number>> = {
  [ExitCode.usage]: 400,
  [ExitCode.refused]: 403,
  [ExitCode.conflict]: 409,
  [ExitCode.manifestNotAccepted]: 422,
  [ExitCode.daemonUnreachable]: 503,
  [ExitCode.timedOut]: 504,
  [ExitCode.rolledBack]: 409,
};
