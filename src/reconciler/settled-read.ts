// Reads the source until it holds still, so that a half-written file is never
// judged. Syntax cannot tell: a manifest cut between two jobs is valid.
import type { Clock } from '../system/clock.ts';
import type { SourceRead } from './read-source.ts';

/** The file kept changing until the bound; another look has to follow. */
export interface Unsettled {
  readonly kind: 'unsettled';
}

export interface SettleParts {
  readonly clock: Clock;
  readonly read: () => Promise<SourceRead>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Monotonic time of the newest hint. */
  readonly lastHintAt: () => number;
  readonly isGitBusy: () => Promise<boolean>;
  /** Gives the read up, because of a stop or an apply that waits for its turn. */
  readonly isCutShort: () => boolean;
}

const quietMs = 100;
const equalReadsMs = 50;
/** For content that looks torn: much shorter than before, or with conflict markers. */
const suspiciousMs = 2_000;
/** Links and files that are swapped in two steps are gone for a moment. */
const absentMs = 500;
/** Hints that go on without a change of content are not waited out longer than this. */
const quietWaitMaxMs = 1_000;
const settleMaxMs = 10_000;
/** Below this share of the last good size a file is taken for possibly cut. */
const shrunkShare = 0.8;

/**
 * The source once two reads 50 ms apart agree and 100 ms passed without a
 * hint. `lastGoodBytes` is the size of the manifest in force, null when there
 * is none or when the caller vouches for the file.
 */
export async function readSettled(
  parts: SettleParts,
  lastGoodBytes: number | null,
): Promise<SourceRead | Unsettled> {
  const { clock } = parts;
  const begunAt = clock.monotonic();
  let last: SourceRead | null = null;
  let sameSince = begunAt;
  while (clock.monotonic() - begunAt <= settleMaxMs && !parts.isCutShort()) {
    const readBegunAt = clock.monotonic();
    const read = await parts.read();
    const now = clock.monotonic();
    if (last === null || !isSameRead(last, read)) sameSince = now;
    last = read;
    const sameMs = readBegunAt - sameSince;
    // Two reads have to agree in any case; beyond that, a file that nobody has
    // touched for long has held still before the first look. Not so for content
    // that looks torn: the host may have slept in the middle of the save.
    const isSuspicious = stillFor(read, lastGoodBytes) > equalReadsMs;
    const ageMs = read.kind === 'read' && !isSuspicious ? clock.now() - read.changedAt : 0;
    const stillMs = Math.max(
      equalReadsMs - sameMs,
      stillFor(read, lastGoodBytes) - Math.max(sameMs, ageMs),
    );
    const hushMs = Math.min(quietMs - (now - parts.lastHintAt()), quietWaitMaxMs - (now - begunAt));
    const waitMs = Math.max(stillMs, hushMs);
    if (waitMs <= 0 && !(await parts.isGitBusy())) return read;
    await parts.sleep(Math.min(Math.max(waitMs, 25), 200));
  }
  return { kind: 'unsettled' };
}

/** How long this content must hold still before it is believed. */
function stillFor(read: SourceRead, lastGoodBytes: number | null): number {
  if (read.kind !== 'read') return absentMs;
  const isShrunk = lastGoodBytes !== null && read.bytes.length < lastGoodBytes * shrunkShare;
  return isShrunk || hasConflictMarkers(read.bytes) ? suspiciousMs : equalReadsMs;
}

function isSameRead(a: SourceRead, b: SourceRead): boolean {
  if (a.kind === 'read') return b.kind === 'read' && a.digest === b.digest;
  return b.kind !== 'read' && a.kind === b.kind && a.detail === b.detail;
}

const conflictStart = Buffer.from('\n<<<<<<< ');
const conflictEnd = Buffer.from('\n>>>>>>> ');

/** True when git left both sides of a merge in the text. */
function hasConflictMarkers(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts =
    text.includes(conflictStart) || text.subarray(0, 8).equals(conflictStart.subarray(1));
  return starts && text.includes(conflictEnd);
}
