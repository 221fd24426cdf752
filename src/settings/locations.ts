// Where everything of one installation lives, derived from settings and the
// manifest's place. Only names: nothing is created or read here.
import { basename, dirname, join, resolve } from 'node:path';
import { sha256OfShort } from '../system/sha256.ts';
import type { Settings } from './settings.ts';

export interface Locations {
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** Directory that relative paths and jobs start from. */
  readonly manifestDir: string;
  /** True when no project manifest was found and the user manifest is used. */
  readonly isUserManifest: boolean;
  readonly stateDir: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly lockFile: string;
  readonly daemonLog: string;
  readonly database: string;
  readonly runsDir: string;
  readonly logsDir: string;
}

/** What the machine says about the user; needed only for very long paths. */
export interface LocationHost {
  /** `XDG_RUNTIME_DIR`; null when not set. */
  readonly runtimeDir: string | null;
  readonly uid: number;
}

/** Longest socket path in bytes that every supported system takes, with a margin. */
const socketPathBytesMax = 100;

/**
 * Names everything that belongs to a manifest. Equal paths as found give equal
 * places; nothing is created. When `socket` lies outside `stateDir`, its
 * directory is the user's alone: whoever creates it makes it 0700 and refuses
 * a symlink or a foreign owner.
 */
export function locationsFor(
  manifestPath: string,
  isUserManifest: boolean,
  settings: Pick<Settings, 'home' | 'stateDir'>,
  host: LocationHost = thisHost(),
): Locations {
  const manifest = resolve(manifestPath);
  const manifestDir = dirname(manifest);
  const stateDir = settings.stateDir ?? derivedStateDir(manifest, isUserManifest, settings.home);
  return {
    manifest,
    manifestDir,
    isUserManifest,
    stateDir,
    socket: socketPath(stateDir, host),
    pidFile: join(stateDir, 'daemon.pid'),
    lockFile: join(stateDir, 'lock.db'),
    daemonLog: join(stateDir, 'daemon.log'),
    database: join(stateDir, 'jm2.db'),
    runsDir: join(stateDir, 'runs'),
    logsDir: join(stateDir, 'logs'),
  };
}

function derivedStateDir(manifest: string, isUserManifest: boolean, home: string): string {
  if (isUserManifest) return home;
  return join(home, 'projects', `${projectName(manifest)}-${sha256OfShort(manifest).slice(0, 8)}`);
}

/** For people who look into the home; the hash alone tells projects apart. */
function projectName(manifest: string): string {
  const directory = dirname(manifest);
  const project = basename(directory) === '.jm2' ? dirname(directory) : directory;
  const plain = basename(project)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 40);
  return plain === '' ? 'root' : plain;
}

function socketPath(stateDir: string, host: LocationHost): string {
  const usual = join(stateDir, 'daemon.sock');
  if (Buffer.byteLength(usual) <= socketPathBytesMax) return usual;
  const name = `${sha256OfShort(stateDir).slice(0, 16)}.sock`;
  const runtime = host.runtimeDir === null ? null : join(host.runtimeDir, 'jm2', name);
  if (runtime !== null && Buffer.byteLength(runtime) <= socketPathBytesMax) return runtime;
  return join('/tmp', `jm2-${host.uid}`, name);
}

function thisHost(): LocationHost {
  const runtimeDir = process.env['XDG_RUNTIME_DIR'] ?? '';
  return {
    runtimeDir: runtimeDir.startsWith('/') ? runtimeDir : null,
    uid: process.getuid?.() ?? 0,
  };
}
