// Folders for measures, removed when the last one is done. Not earlier, and
// spread over the disk: a file system without a journal does not give the inodes
// of removed files out again for some minutes, and skips them one by one, so that
// each round would be slowed by the files of the rounds before it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bases = new Map();

/** A folder for one measure, among the others of this run below `root`. */
export function makeFolder(name, root = tmpdir()) {
  let base = bases.get(root);
  if (base === undefined) {
    mkdirSync(root, { recursive: true });
    base = mkdtempSync(join(root, 'jm2-bench-'));
    bases.set(root, base);
    // Children then begin in different parts of the disk, where ext knows how.
    spawnSync('chattr', ['+T', base], { stdio: 'ignore' });
    process.once('exit', () => rmSync(bases.get(root), { recursive: true, force: true }));
  }
  return mkdtempSync(join(base, `${name}-`));
}
