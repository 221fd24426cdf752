// Notices a daemon that crashes again and again, so that the next one comes up
// in safe mode: it answers, looks after what runs, and starts nothing. A file lists the starts that
// have not been followed by an orderly end.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const crashesMax = 5;
const withinMs = 60_000;

export interface CrashLoop {
  /** True when the daemon crashed five times within the last minute. */
  readonly isSafeMode: boolean;
  /** To be called at an orderly end. */
  endedInOrder(): void;
}

/** Notes this start. A file that cannot be read or written counts as no crash. */
export function noteStart(stateDir: string, now: number): CrashLoop {
  const path = join(stateDir, 'starts');
  // Instants of the future come from a clock that was set back; they tell nothing.
  const crashed = readStarts(path).filter((at) => at <= now && now - at < withinMs);
  const starts = [...crashed, now].slice(-crashesMax);
  try {
    writeFileSync(`${path}.new`, `${starts.join('\n')}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // Safe mode is a help, not a condition.
  }
  return {
    isSafeMode: crashed.length >= crashesMax,
    endedInOrder: () => rmSync(path, { force: true }),
  };
}

function readStarts(path: string): number[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => Number.parseInt(line, 10))
      .filter((at) => Number.isSafeInteger(at));
  } catch {
    return [];
  }
}
