// Operational errors: disk, network, process, refused requests. A manifest
// problem is a Diagnostic; a failing job is a run state; neither is thrown.

/** The shape that crosses the API and `--json`. */
export interface ErrorBody {
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly hint: string | null;
}

/** Exit codes of the command line; the table is part of the public contract. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  changes: 2,
  manifestNotAccepted: 3,
  conflict: 4,
  refused: 5,
  timedOut: 6,
  rolledBack: 7,
  daemonUnreachable: 8,
  usage: 64,
} as const;

/**
 * An operational error with a stable code from the registry. `exitCode` says
 * how a command ends that meets it; `data` may carry facts beside the error
 * (diagnostics, a refused plan) for `--json`.
 */
export class Jm2Error extends Error {
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly hint: string | null;
  readonly exitCode: number;
  readonly data: unknown;

  constructor(fields: {
    code: string;
    summary: string;
    detail: string;
    hint?: string | null;
    exitCode?: number;
    data?: unknown;
    cause?: unknown;
  }) {
    super(`${fields.summary}: ${fields.detail}`, { cause: fields.cause });
    this.name = 'Jm2Error';
    this.code = fields.code;
    this.summary = fields.summary;
    this.detail = fields.detail;
    this.hint = fields.hint ?? null;
    this.exitCode = fields.exitCode ?? ExitCode.failure;
    this.data = fields.data;
  }

  toBody(): ErrorBody {
    return { code: this.code, summary: this.summary, detail: this.detail, hint: this.hint };
  }
}

/** A bug in jm2: an invariant that code relies on did not hold. */
export class InternalError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(`This is a bug in jm2: ${message}`, options);
    this.name = 'InternalError';
  }
}
