// Whether a disk takes anything at all. Commands write their logs themselves, so
// nobody sees their writes fail; this is how it is noticed all the same.
import { statfsSync } from 'node:fs';

/** The smallest piece that a file grows by on common file systems. */
const blockBytes = 4_096;

/** False when the file system does not tell. */
export function isDiskFull(directory: string): boolean {
  try {
    const { bsize, bfree, bavail } = statfsSync(directory);
    // Root may use what is kept back from others.
    return (process.geteuid?.() === 0 ? bfree : bavail) * bsize < blockBytes;
  } catch {
    return false;
  }
}
