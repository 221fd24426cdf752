// What the registry keeps of each code. The entries stand in the tables
// *-problems.ts, one per area; registry.ts joins them.

/** The area a code's letter stands for. */
export type ProblemArea =
  | 'manifest'
  | 'schedule'
  | 'plan'
  | 'runs'
  | 'daemon'
  | 'store'
  | 'command line';

/** Everything fixed about one code: what its page in the documentation tells. */
export interface RegistryEntry {
  /** Stable code such as `JM2-M201`; never reused for another meaning. */
  readonly code: string;
  readonly area: ProblemArea;
  /** Fixed phrase without names. */
  readonly summary: string;
  /** What it looks like, what it means, and what still holds. */
  readonly meaning: string;
  /** The way out, in the imperative. */
  readonly remedy: string;
  /** A text that provokes it (a manifest, or a command); null where none is short enough. */
  readonly example: string | null;
  /** The same, put right. */
  readonly corrected: string | null;
  /** How a command ends that meets it. */
  readonly exitCode: number;
}
