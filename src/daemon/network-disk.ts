// Whether the state directory lies on a network file system. There, several hosts
// see one file and locks may not hold, so the store's WAL is not safe and two
// daemons could run the same jobs.
import { statfsSync } from 'node:fs';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Settings } from '../settings/settings.ts';

/** Numbers of statfs(2), Linux. FUSE is left out: most of what uses it is local. */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

/** Name of the network file system that a number of statfs(2) stands for; null for a local one. */
export function networkName(type: number): string | null {
  // Some systems give the number with its sign.
  return networkTypes.get(type >>> 0) ?? null;
}

/**
 * Throws JM2-D110 when the state directory lies on a network file system and that
 * is not allowed. Where it is, answers the warning; null on a local disk.
 */
export function judgeDisk(
  stateDir: string,
  allowed: Settings['networkDisk'],
  typeOf: (path: string) => number = (path) => statfsSync(path).type,
): string | null {
  const name = process.platform === 'linux' ? networkName(typeOf(stateDir)) : null;
  if (name === null) return null;
  const what = `The state directory ${stateDir} lies on a network file system (${name})`;
  if (allowed === 'allow') {
    return `${what}: the store may be damaged, and two daemons may run the same jobs.`;
  }
  throw operationalError('JM2-D110', { detail: `${what}. The daemon did not start.` });
}
