// jm2's own options as one frozen object. Where each value came from is kept
// for `jm2 config list --origin`. The manifest is no part of this.

export type SettingOrigin = 'flag' | 'environment' | 'file' | 'default';

/** jm2's own options as one frozen object. */
export interface Settings {
  /** Home of jm2's state and of the user manifest; default ~/.jm2. */
  readonly home: string;
  /** Manifest given explicitly; null: discover. */
  readonly manifest: string | null;
  /** State directory given explicitly; null: derived from the manifest's place. */
  readonly stateDir: string | null;
  /** Who applies: `auto` applies each accepted save, `manual` waits for `jm2 apply`. */
  readonly sync: 'auto' | 'manual';
  /** What counts of the manifest: the file as saved, or what HEAD of its git work tree holds. */
  readonly worktree: 'files' | 'committed';
  /** How long stop lets attempts finish. */
  readonly graceMs: number;
  /** Level of the daemon log. */
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  /** Runs kept per job, and their age. */
  readonly keepRuns: number;
  readonly keepAgeMs: number;
  /** Bytes of all run logs together. */
  readonly keepLogBytes: number;
  /** `auto`: runs get cgroups where the system lets the daemon make some. */
  readonly cgroups: 'off' | 'auto';
  /** Whether the state directory may lie on a network file system. */
  readonly networkDisk: 'refuse' | 'allow';
}

export interface SettingValue {
  readonly key: keyof Settings;
  readonly value: string | number | null;
  readonly origin: SettingOrigin;
  /** The flag, variable or file that gave it; null for defaults. */
  readonly source: string | null;
}

export interface LoadedSettings {
  readonly settings: Settings;
  readonly values: readonly SettingValue[];
}
