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
/** Lines on one page of a run log. */
export const logPageMaxLines = 10_000;

export type Envelope =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: ErrorBody; readonly data?: unknown };

/** HTTP status that goes with an error: by its exit code first, then by its code. */
export function httpStatusOf(error: { readonly code: string; readonly exitCode: number }): number {
  switch (error.exitCode) {
    case ExitCode.usage:
      return 400;
    case ExitCode.refused:
      return 403;
    case ExitCode.conflict:
      return 409;
    case ExitCode.manifestNotAccepted:
      return 422;
    case ExitCode.daemonUnreachable:
      return 503;
    case ExitCode.timedOut:
      return 504;
    default:
      break;
  }
  switch (error.code) {
    case 'JM2-R101':
    case 'JM2-R102':
      return 404;
    case 'JM2-R104':
    case 'JM2-R105':
      return 409;
    case 'JM2-D106':
    case 'JM2-T103':
      return 503;
    case 'JM2-T104':
      return 507;
    default:
      return 500;
  }
}
