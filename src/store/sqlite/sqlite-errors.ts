// Decides what an error of SQLite means to the rest of the program. Result
// codes are those of sqlite.org/rescode.html; the low byte is the primary one.
import { InternalError, Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';

const busy = 5;
const locked = 6;
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const constraint = 19;
const notADatabase = 26;

/** Extended codes. */
const uniqueConstraint = 2067;
const primaryKeyConstraint = 1555;
const triggerConstraint = 1811;

function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}

/** The file's content is damaged or is no database: setting it aside helps. */
export function isCorruption(error: unknown): boolean {
  const code = resultCode(error);
  return code !== null && ((code & 0xff) === corrupt || (code & 0xff) === notADatabase);
}

export function isCannotOpen(error: unknown): boolean {
  const code = resultCode(error);
  return code !== null && (code & 0xff) === cannotOpen;
}

export function isDuplicate(error: unknown): boolean {
  const code = resultCode(error);
  return code === uniqueConstraint || code === primaryKeyConstraint;
}

/** A trigger's refusal of a row that another row of the ledger covers. */
export function isCovered(error: unknown): boolean {
  return (
    resultCode(error) === triggerConstraint &&
    error instanceof Error &&
    error.message.includes('settled before')
  );
}

/** Turns what the binding threw into a Jm2Error; what is already one of ours passes. */
export function mapSqliteError(error: unknown, path: string): unknown {
  if (error instanceof Jm2Error || error instanceof InternalError) return error;
  const code = resultCode(error);
  if (code === null || !(error instanceof Error)) return error;
  const detail = `${path}: ${error.message} (SQLite result ${code})`;
  switch (code & 0xff) {
    case busy:
    case locked:
      return operationalError('JM2-T103', { detail, cause: error });
    case full:
      return operationalError('JM2-T104', { detail, cause: error });
    case readOnly:
    case ioError:
      return operationalError('JM2-T106', { detail, cause: error });
    case constraint:
      return new InternalError(`the store refused a row: ${error.message}`, { cause: error });
    case corrupt:
    case cannotOpen:
    case notADatabase:
      return operationalError('JM2-T101', { detail, cause: error });
    default:
      return new InternalError(`unexpected answer of SQLite: ${error.message} (${code})`, {
        cause: error,
      });
  }
}
