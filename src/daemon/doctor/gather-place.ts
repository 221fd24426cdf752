// Facts about files: who may read and write them, when they were written, and
// the disk that they lie on.
import { existsSync, lstatSync, readdirSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DiskFacts, HostLimits, RightsFact, SourceFacts } from '../../core/doctor/facts.ts';
import { createManifestJudge } from '../../reconciler/judge-manifest.ts';
import { readSource } from '../../reconciler/read-source.ts';
import type { Locations } from '../../settings/locations.ts';
import { sha256 } from '../../system/digest.ts';
import { readOpenFilesMax, readSystemNumber } from '../../system/host-limits.ts';
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import type { Manifest } from '../../core/manifest/job.ts';
import { networkName } from '../network-disk.ts';

const stateFile = /^(daemon\.|jm2\.db|lock\.db|alive$|runs$|logs$)/;
/** A state directory has a dozen; a home with a project in it, more. */
const filesMax = 200;

export function gatherRights(places: Locations, settingsFile: string | null): RightsFact[] {
  const { stateDir } = places;
  const manifest = existsSync(places.manifest) ? realpathSync(places.manifest) : places.manifest;
  return [
    ...rightsOf(manifest, 'manifest'),
    ...rightsOf(dirname(manifest), 'manifest directory'),
    ...(settingsFile === null ? [] : rightsOf(settingsFile, 'settings file')),
    ...rightsOf(stateDir, 'state directory'),
    ...stateFiles(stateDir).flatMap((path) => rightsOf(path, 'state file')),
  ];
}

function rightsOf(path: string, what: RightsFact['what']): RightsFact[] {
  const isState = what === 'state directory' || what === 'state file';
  const found = (isState ? lstatSync : statSync)(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const { mode, uid } = found;
  return [
    {
      path,
      what,
      mode: mode & 0o7777,
      uid,
      isLink: found.isSymbolicLink(),
      isDirectory: found.isDirectory(),
    },
  ];
}

function stateFiles(stateDir: string): string[] {
  try {
    const names = readdirSync(stateDir).filter((name) => stateFile.test(name));
    return names.slice(0, filesMax).map((name) => join(stateDir, name));
  } catch {
    // Missing, or not to be entered: the directory itself says so.
    return [];
  }
}

export function gatherFuture(
  stateDir: string,
  now: number,
): { readonly path: string; readonly aheadMs: number }[] {
  return stateFiles(stateDir).flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found !== undefined && found.mtimeMs > now
      ? [{ path, aheadMs: found.mtimeMs - now }]
      : [];
  });
}

export function gatherDisk(stateDir: string): DiskFacts {
  let path = stateDir;
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path);
  const found = statfsSync(path);
  return {
    path,
    freeBytes: found.bavail * found.bsize,
    sizeBytes: found.blocks * found.bsize,
    freeFiles: found.files === 0 ? null : found.ffree,
    network: process.platform === 'linux' ? networkName(found.type) : null,
  };
}

export function gatherLimits(daemon: number | null): HostLimits {
  return {
    openFiles: readOpenFilesMax(daemon ?? process.pid),
    inotifyWatches: readSystemNumber('fs/inotify/max_user_watches'),
    inotifyInstances: readSystemNumber('fs/inotify/max_user_instances'),
  };
}

/** The manifest as it is now, whether or not it is the one in force. */
export async function gatherSource(
  path: string,
  revision: number,
): Promise<{ readonly facts: SourceFacts; readonly manifest: Manifest | null }> {
  const read = await readSource(path, sha256);
  if (read.kind !== 'read') {
    const facts = { path, state: read.kind, errors: [read.detail], warnings: [], revision };
    return { facts, manifest: null };
  }
  const { manifest, diagnostics } = await createManifestJudge()(read.bytes, path);
  const lines = (severity: Diagnostic['severity']): string[] =>
    diagnostics.filter((one) => one.severity === severity).map(lineOf);
  const state = manifest === null ? 'invalid' : 'accepted';
  const facts = {
    path,
    state,
    errors: lines('error'),
    warnings: lines('warning'),
    revision,
  } as const;
  return { facts, manifest };
}

function lineOf({ range, summary, detail, code }: Diagnostic): string {
  const place = range === null ? '' : `line ${range.start.line}: `;
  const [first = ''] = detail.split('\n');
  return `${place}${summary} (${code})${first === '' ? '' : `: ${first}`}`;
}
