// A small file system of its own that can be filled and made read-only, in a
// mount namespace that ends with the test: nothing of it is seen outside.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Only root on Linux may mount; tests that need this are skipped elsewhere. */
export const canMount =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

export interface SmallDisk {
  /** Where it is mounted, for programs inside. */
  readonly mount: string;
  /** The same place, seen from here. */
  readonly root: string;
  /** Words before a program that is to run inside. */
  readonly through: (cwd: string) => readonly string[];
  freeBytes(): number;
  /** Writes until nothing is left, but for `leave` bytes. */
  fill(leave?: number): void;
  /** Takes what `fill` wrote away. */
  empty(): void;
  remount(mode: 'ro' | 'rw'): void;
  close(): Promise<void>;
}

export async function aSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const mount = '/mnt';
  const script = `mount -t tmpfs -o size=${mebibytes}m,mode=700 none ${mount} && echo up && exec sleep 600`;
  const holder = spawn('unshare', ['-m', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const root = `/proc/${holder.pid}/root${mount}`;
  const through = (cwd: string): string[] => ['nsenter', '-m', '-t', String(holder.pid), '-W', cwd];
  const filler = join(root, 'filler');
  const freeBytes = (): number => {
    const { bfree, bsize } = statfsSync(root);
    return bfree * bsize;
  };
  return {
    mount,
    root,
    through,
    freeBytes,
    fill(leave = 0) {
      const descriptor = openSync(filler, 'a');
      try {
        for (let free = freeBytes(); free > leave; free = freeBytes()) {
          writeSync(descriptor, Buffer.alloc(Math.min(1024 * 1024, free - leave), 'x'));
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(descriptor);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    remount(mode) {
      const [command, ...words] = [...through('/'), 'mount', '-o', `remount,${mode}`, mount];
      const { status, stderr } = spawnSync(command, words);
      if (status !== 0) throw new Error(String(stderr));
    },
    async close() {
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
    },
  };
}
