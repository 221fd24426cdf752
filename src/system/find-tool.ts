// Programs of the system that jm2 itself uses, found without PATH, which may
// name directories that others can write to.
import { accessSync, constants } from 'node:fs';

const directories = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/local/sbin'];
const found = new Map<string, string>();

/** Absolute path; null when the machine does not have it. */
export function findTool(name: string): string | null {
  const known = found.get(name);
  if (known !== undefined) return known;
  for (const directory of directories) {
    const path = `${directory}/${name}`;
    try {
      accessSync(path, constants.X_OK);
    } catch {
      continue;
    }
    found.set(name, path);
    return path;
  }
  return null;
}
