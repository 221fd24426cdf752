// Notices every change of one path: chokidar tells that something happened
// near it, a comparison of stat results tells whether it concerns the path.
// What changed, and what follows from it, is the reconciler's question.
import { access, constants, statfs } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { watch as watchByChokidar } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import { untilBeat, type CancelTimer, type Clock } from '../system/clock.ts';
import { resolveChain } from './resolve-chain.ts';
import type { Chain } from './resolve-chain.ts';
import type { ManifestWatch } from './watch.ts';

export interface ManifestWatchParts {
  readonly clock: Clock;
  /** Told once when native watching fails or cannot be trusted, and polling takes over. */
  readonly report?: (problem: string) => void;
  /** False: poll only. */
  readonly native?: boolean;
  /** chokidar's, unless a test stands in for it: limits of the system cannot be lowered there. */
  readonly watchFiles?: typeof watchByChokidar;
}

/** Events come in bursts; one comparison answers for all of them. */
const gatherMs = 20;
/** Quiet enough to cost nothing, and the rhythm in which the daemon wakes anyway. */
const idlePollMs = 10_000;
/** For what gives no event: a path that breaks off, links into foreign mounts, a deaf watcher. */
const closePollMs = 250;
/** After a failure (descriptors, watches used up) native watching is tried again this late. */
const nativeRetryMs = 60_000;
/** Longer than any listing of a directory takes; without an answer by then it is polled. */
const readyMs = 5_000;

/** File systems whose changes may come from another machine and then give no event. */
const remoteFileSystems = new Map<number, string>([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
]);

/** `path` is absolute; it need not exist. Hints come at most every 20 ms. */
export function createManifestWatch(path: string, parts: ManifestWatchParts): ManifestWatch {
  const { clock, watchFiles = watchByChokidar } = parts;
  let hint: (why: string) => void = () => {};
  let chain: Chain | null = null;
  let watcher: FSWatcher | null = null;
  let watchedKey = '';
  let nativeFailedAt: number | null = null;
  let distrust: string | null = null;
  let reported = '';
  let isClosed = false;
  let cancelGather: CancelTimer | null = null;
  let cancelPoll: CancelTimer | null = null;
  /** One comparison at a time; what comes meanwhile asks for exactly one more. */
  let comparing: Promise<void> | null = null;
  let isAskedAgain = false;

  function somethingHappened(): void {
    if (isClosed || cancelGather !== null) return;
    cancelGather = clock.setTimer(gatherMs, () => {
      cancelGather = null;
      void compare('file system event');
    });
  }

  function compare(why: string): Promise<void> {
    if (comparing !== null) {
      isAskedAgain = true;
      return comparing;
    }
    comparing = compareOnce(why).finally(() => {
      comparing = null;
      if (isClosed) return;
      armPoll();
      if (isAskedAgain) {
        isAskedAgain = false;
        somethingHappened();
      }
    });
    return comparing;
  }

  async function compareOnce(why: string): Promise<void> {
    const before = chain;
    chain = await resolveChain(path);
    if (isClosed) return;
    if (before !== null && before.signature !== chain.signature) hint(why);
    await watchDirectories(chain);
  }

  /** Replaces the native watcher when a directory of the chain is another than before. */
  async function watchDirectories(now: Chain): Promise<void> {
    const key = [...now.directories].map(([name, id]) => `${name} ${id}`).join('\n');
    const mayRetry = nativeFailedAt === null || clock.monotonic() - nativeFailedAt >= nativeRetryMs;
    if (parts.native === false || !mayRetry || (key === watchedKey && watcher !== null)) return;
    watchedKey = key;
    nativeFailedAt = null;
    distrust = await reasonToDistrust(now);
    if (distrust !== null) say(distrust);
    // Closed before the next opens: chokidar shares one handle per path, and the
    // old one may listen to a directory that is gone.
    await watcher?.close();
    if (isClosed) return;
    watcher = await openWatcher(now);
    // What happened while no watcher was in place is seen by one more comparison.
    isAskedAgain = true;
  }

  async function openWatcher(now: Chain): Promise<FSWatcher | null> {
    const wanted = new Set([...now.directories.keys(), ...now.entries]);
    const names = new Set([...now.entries].map((entry) => basename(entry)));
    const next = watchFiles([...now.directories.keys()], {
      depth: 0,
      followSymlinks: false,
      ignoreInitial: true,
      ignorePermissionErrors: true,
      atomic: false,
      ignored: (candidate) => !wanted.has(candidate),
    });
    const isReady = new Promise<boolean>((resolve) => {
      next.on('ready', () => resolve(true));
      next.on('error', (error) => {
        nativeFailedAt = clock.monotonic();
        say(`watching failed (${codeOf(error)}), polling every ${closePollMs}ms instead`);
        resolve(false);
        if (watcher === next) {
          watcher = null;
          void next.close();
          armPoll();
        }
      });
    });
    next.on('all', somethingHappened);
    // chokidar drops what it takes for no change, such as a link that points
    // elsewhere; the raw event is there all the same.
    next.on('raw', (_event, name) => {
      if (typeof name !== 'string' || names.has(basename(name))) somethingHappened();
    });
    let cancelWait: CancelTimer = () => {};
    const isLate = new Promise<boolean>((resolve) => {
      cancelWait = clock.setTimer(readyMs, () => resolve(false));
    });
    const isUsable = await Promise.race([isReady, isLate]);
    cancelWait();
    if (isUsable) return next;
    await next.close();
    return null;
  }

  function say(problem: string): void {
    if (reported === problem) return;
    reported = problem;
    parts.report?.(problem);
  }

  function armPoll(): void {
    cancelPoll?.();
    if (isClosed) return;
    const isTrusted = watcher !== null && distrust === null;
    const isPlain = chain !== null && !chain.hasLinks && !chain.isBroken;
    const waitMs = isTrusted && isPlain ? untilBeat(clock.monotonic(), idlePollMs) : closePollMs;
    cancelPoll = clock.setTimer(waitMs, () => {
      void compare('poll');
    });
  }

  return {
    async start(listener) {
      hint = listener;
      await compare('start');
    },
    async close() {
      isClosed = true;
      cancelGather?.();
      cancelPoll?.();
      await comparing;
      await watcher?.close();
      watcher = null;
    },
  };
}

/** Why events of this chain's last directory may be missing; null when they can be relied on. */
async function reasonToDistrust(chain: Chain): Promise<string | null> {
  const directory = dirname([...chain.entries].at(-1) ?? '/');
  const type = await statfs(directory).then(
    (found) => remoteFileSystems.get(found.type),
    () => undefined,
  );
  if (type !== undefined) return `${type} gives no events for remote changes, polling as well`;
  const isReadable = await access(directory, constants.R_OK).then(
    () => true,
    () => false,
  );
  return isReadable ? null : 'the directory may not be listed, polling as well';
}

function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code ?? (error instanceof Error ? error.message : String(error));
}
