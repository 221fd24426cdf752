// Where the launcher's bundle lies: beside the program's entries. The build puts
// code that several entries share one level below them.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InternalError } from '../core/diagnostics/jm2-error.ts';

export function findLauncherFile(from: string = import.meta.url): string {
  for (const place of ['./launcher.js', '../launcher.js']) {
    const path = fileURLToPath(new URL(place, from));
    if (existsSync(path)) return path;
  }
  throw new InternalError('launcher.js is missing beside the program; build it again');
}
