// Run logs on their way into a backup and out of it: in pieces of bounded size,
// so that no log has to fit into memory. What a backup is, is decided in store/.
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { logCutFile, logTailFile, openRegular } from '../executor/log-cut.ts';
import { attemptDirectory, logFile } from '../executor/run-directory.ts';
import type { LogPiece } from '../store/sqlite/backup-file.ts';

const pieceBytes = 1024 * 1024;
/** A log and what tells how it was cut. */
const logFiles: readonly string[] = [logFile, logTailFile, logCutFile];

/** The logs of all attempts of a run, as long as they are now. */
export function* logPieces(runsDir: string, run: string): Iterable<LogPiece> {
  for (const name of namesIn(join(runsDir, run))) {
    if (!/^[1-9]\d*$/.test(name)) continue;
    for (const file of logFiles) {
      yield* piecesOf(join(runsDir, run, name, file), { run, attempt: Number(name), file });
    }
  }
}

function* piecesOf(
  path: string,
  of: Pick<LogPiece, 'run' | 'attempt' | 'file'>,
): Iterable<LogPiece> {
  let descriptor: number;
  try {
    descriptor = openRegular(path, constants.O_RDONLY);
  } catch {
    // Never cut, removed meanwhile, or replaced by the job.
    return;
  }
  try {
    // What is printed from now on belongs to the next backup.
    const { size } = fstatSync(descriptor);
    for (let piece = 0, at = 0; piece === 0 || at < size; piece += 1) {
      const bytes = Buffer.alloc(Math.min(pieceBytes, size - at));
      const length = readSync(descriptor, bytes, 0, bytes.length, at);
      if (length === 0 && piece > 0) return;
      yield { ...of, piece, bytes: bytes.subarray(0, length) };
      at += length;
    }
  } finally {
    closeSync(descriptor);
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

export interface LogWriter {
  /** Pieces of a file come in order, one file after the other. */
  readonly put: (piece: LogPiece) => void;
  /** Gives the last file its name. */
  readonly end: () => void;
}

/**
 * Writes logs back. One that is there is at least as new and stays. Names are taken
 * from the backup only in the form in which jm2 makes them.
 */
export function createLogWriter(runsDir: string): LogWriter {
  let open: { readonly path: string; readonly descriptor: number } | null = null;

  /** By rename, so that a restore that was interrupted leaves no half log behind. */
  function end(): void {
    if (open === null) return;
    closeSync(open.descriptor);
    renameSync(`${open.path}.part`, open.path);
    open = null;
  }

  return {
    put({ run, attempt, file, piece, bytes }) {
      if (piece === 0) end();
      if (!/^[0-9a-z]{26}$/.test(run) || attempt < 1 || !logFiles.includes(file)) return;
      const path = join(attemptDirectory(runsDir, run, attempt), file);
      if (piece === 0 && !existsSync(path)) {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        const flags = constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY;
        open = { path, descriptor: openSync(`${path}.part`, flags | constants.O_NOFOLLOW, 0o600) };
      }
      if (open?.path === path) writeSync(open.descriptor, bytes);
    },
    end,
  };
}
