// Folders for measures, removed when the last one is done. Not earlier, and
// spread over the disk: a file system without a journal does not give the inodes
// of removed files out again for some minutes, and skips them one by one, so that
// each round would be slowed by the files of the rounds before it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let base = null;

export function makeFolder(name) {
  if (base === null) {
    base = mkdtempSync(join(tmpdir(), 'jm2-bench-'));
    // Children then begin in different parts of the disk, where ext knows how.
    spawnSync('chattr', ['+T', base], { stdio: 'ignore' });
    process.once('exit', () => rmSync(base, { recursive: true, force: true }));
  }
  return mkdtempSync(join(base, `${name}-`));
}
