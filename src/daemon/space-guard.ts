// Watches the room on the disk of the state directory. When it runs out, starts
// are held, and a ballast file kept for that moment is given up, so that the
// ends of running commands can still be recorded. Mends by itself.
import { closeSync, openSync, statfsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomFillSync } from 'node:crypto';
import type { Condition } from '../core/diagnostics/condition.ts';
import { findEntry } from '../core/diagnostics/registry.ts';
import { isDiskFull } from '../executor/disk-full.ts';
import type { Clock } from '../system/clock.ts';

export interface Space {
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

export interface SpaceGuard {
  /** Why starts are held, in words; null when there is room. Looks at the disk now and then. */
  readonly holdStarts: () => string | null;
  /** The store was told that the disk is full, whatever the last look said. */
  readonly foundFull: () => void;
  readonly condition: () => Condition | null;
  /** Resolves when no ballast is being written any more. */
  readonly close: () => Promise<void>;
}

const mebibyte = 1024 * 1024;
const ballastBytes = 8 * mebibyte;
/** A disk this small has no room to spare for ballast. */
const ballastFromBytes = 64 * mebibyte;
/** With less than this, the next record or log line may be the one that fails. */
const shortBytes = mebibyte;
/** Starts go on when this much is free: the ballast comes out of it, and is not given up again at once. */
const enoughBytes = 16 * mebibyte;
const lookEveryMs = 10_000;
const lookAgainMs = 1_000;
const ballastFile = 'daemon.ballast';

export function createSpaceGuard(parts: {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: {
    warn(fields: object, message: string): void;
    info(fields: object, message: string): void;
  };
  readonly look?: () => Space | null;
}): SpaceGuard {
  const { stateDir, clock, log } = parts;
  const look = parts.look ?? (() => spaceOf(stateDir));
  const ballast = join(stateDir, ballastFile);
  /** Wall clock since which the disk is short of space. */
  let shortSince: number | null = null;
  let space: Space | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | null = null;
  let isClosed = false;
  let isFirstLook = true;

  function observe(): void {
    const now = clock.monotonic();
    if (now - lookedAt < (shortSince === null ? lookEveryMs : lookAgainMs)) return;
    lookedAt = now;
    space = look();
    if (space === null) return;
    // What a daemon before this one gave up is missing still.
    const bound = isFirstLook && wasGivenUp(ballast) ? enoughBytes : shortBytes;
    isFirstLook = false;
    if (shortSince === null) {
      if (space.freeBytes < scaled(bound, space)) becomeShort();
      else keepBallast(space);
    } else if (space.freeBytes >= scaled(enoughBytes, space)) {
      log.info({ freeBytes: space.freeBytes }, 'the disk has room again; starts go on');
      shortSince = null;
      keepBallast(space);
    }
  }

  function becomeShort(): void {
    if (shortSince !== null) return;
    shortSince = clock.now();
    log.warn({ freeBytes: space?.freeBytes ?? null }, 'the disk is full; starts are held');
    giveUp(ballast);
  }

  /** Written aside and renamed: a ballast that stands is whole. Random, as zeros may take no room. */
  function keepBallast({ freeBytes }: Space): void {
    if (writing !== null || isClosed || freeBytes < ballastFromBytes || sizeOf(ballast) > 0) return;
    const draft = `${ballast}.tmp`;
    writing = writeBallast(draft)
      .then(() => rename(draft, ballast))
      .catch(() => rm(draft, { force: true }))
      .catch(() => undefined)
      .then(() => {
        writing = null;
      });
  }

  function words(): string {
    const free = space === null ? '' : ` (${mebibytes(space.freeBytes)} free)`;
    return `The disk of ${stateDir} is full${free}: nothing starts; what runs goes on and its end is recorded.`;
  }

  return {
    holdStarts() {
      observe();
      return shortSince === null ? null : words();
    },
    foundFull() {
      space = look();
      becomeShort();
    },
    condition() {
      if (shortSince === null) return null;
      const remedy = findEntry('JM2-T104')?.remedy ?? null;
      return { code: 'JM2-T104', text: words(), since: shortSince, remedy };
    },
    async close() {
      isClosed = true;
      await writing;
    },
  };
}

/** In pieces: memory that is taken once stays with the process. */
async function writeBallast(path: string): Promise<void> {
  const piece = Buffer.alloc(ballastBytes / 64);
  const file = await open(path, 'w', 0o600);
  try {
    for (let written = 0; written < ballastBytes; written += piece.length) {
      await file.writeFile(randomFillSync(piece));
    }
  } finally {
    await file.close();
  }
}

/** On a small disk the bounds shrink with it. */
function scaled(bytes: number, { sizeBytes }: Space): number {
  return Math.min(bytes, Math.floor((sizeBytes / ballastFromBytes) * bytes));
}

/** Null when the file system does not tell. */
function spaceOf(directory: string): Space | null {
  try {
    const { bsize, blocks, bfree, bavail } = statfsSync(directory);
    // Root may use what is kept back from others.
    const free = process.geteuid?.() === 0 ? bfree : bavail;
    return { freeBytes: free * bsize, sizeBytes: blocks * bsize };
  } catch {
    return null;
  }
}

/** Before a daemon begins: on a full disk not even its lock can be taken. */
export function giveUpWhenFull(stateDir: string): void {
  if (isDiskFull(stateDir)) giveUp(join(stateDir, ballastFile));
}

/** Emptied, not removed: so the next daemon knows. */
function giveUp(ballast: string): void {
  try {
    closeSync(openSync(ballast, 'w', 0o600));
  } catch {
    // Not even a name fits on the disk; what is missing then is the reserve.
  }
}

function wasGivenUp(ballast: string): boolean {
  return sizeOf(ballast) === 0;
}

/** -1 for none. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}

function mebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}
