// What the reconciler needs of a loaded manifest: plain data, so that it can
// come from another thread.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { BesideRead, FileRead } from '../core/manifest/beside.ts';
import type { Manifest } from '../core/manifest/job.ts';

export interface JudgedManifest {
  /** Null when a diagnostic forbids it. */
  readonly manifest: Manifest | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Digest of the meaning; '' without a manifest. */
  readonly digest: string;
  readonly jobDigests: ReadonlyMap<string, string>;
  /** Line on which each job begins, by name, from 1. */
  readonly jobLines: ReadonlyMap<string, number>;
  /** Files that were read for it. */
  readonly files: readonly FileRead[];
}

/** Judges the bytes of a manifest; `file` is its place, and the name its diagnostics carry. */
export type JudgeManifest = (
  bytes: Uint8Array,
  file: string,
  /** The files that it may name; absent: those that lie beside it. */
  beside?: ReadonlyMap<string, BesideRead>,
) => Promise<JudgedManifest>;

/** What another thread is given to judge. */
export interface ManifestToJudge {
  readonly bytes: Uint8Array;
  readonly file: string;
  readonly beside?: ReadonlyMap<string, BesideRead>;
  /** Jobs with these digests need not be sent back, by name. */
  readonly inForce: ReadonlyMap<string, string>;
}
