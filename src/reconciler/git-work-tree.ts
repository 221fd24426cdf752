// What git says about the directory of the manifest: the commit HEAD names, and
// whether git is changing the work tree just now. Never fetches, never writes.
import { lstat, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { runTool } from '../system/run-tool.ts';
import type { RunTool } from '../system/run-tool.ts';

const timeoutMs = 2_000;
/** A lock this old was left behind by a git that died. */
const lockAgeMaxMs = 10_000;
const gitFileBytesMax = 4096;

/** Full id of the commit that HEAD names; null without a repository, a commit or git itself. */
export async function headCommit(
  directory: string,
  tools: { readonly run?: RunTool; readonly path?: string } = {},
): Promise<string | null> {
  const output = await (tools.run ?? runTool)({
    file: 'git',
    // The repository's own configuration must not make git start anything.
    args: [
      '-c',
      'core.hooksPath=/dev/null',
      '-c',
      'core.fsmonitor=false',
      '-c',
      'protocol.ext.allow=never',
      'rev-parse',
      '--verify',
      '--quiet',
      'HEAD^{commit}',
    ],
    cwd: directory,
    env: {
      PATH: tools.path ?? process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: process.env['HOME'] ?? '/',
      LC_ALL: 'C',
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
    },
    timeoutMs,
  });
  const commit = output?.trim() ?? '';
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit) ? commit : null;
}

/**
 * True while git holds the index of the work tree around `directory`, as it
 * does during a checkout, a merge or a stash. `now` is the wall clock.
 */
export async function isGitBusy(directory: string, now: number): Promise<boolean> {
  const gitDir = await gitDirectory(directory);
  if (gitDir === null) return false;
  return stat(join(gitDir, 'index.lock')).then(
    (lock) => Math.abs(now - lock.mtimeMs) < lockAgeMaxMs,
    () => false,
  );
}

async function gitDirectory(directory: string): Promise<string | null> {
  // A path has fewer directories than characters, so this ends.
  for (let current = resolve(directory); ; current = dirname(current)) {
    const entry = join(current, '.git');
    const found = await lstat(entry).catch(() => null);
    if (found?.isDirectory() === true) return entry;
    if (found?.isFile() === true && found.size <= gitFileBytesMax) {
      // A linked work tree or a submodule: the file names the real place.
      const text = await readFile(entry, 'utf8').catch(() => '');
      const named = /^gitdir: (.+)$/m.exec(text)?.[1];
      return named === undefined ? null : resolve(current, named.trim());
    }
    if (dirname(current) === current) return null;
  }
}
