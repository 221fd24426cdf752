// The one table of jm2's own options: keys, flags, variables, types, bounds,
// defaults, descriptions. Loading, listing and documentation all follow it.
import type { Settings } from './settings.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export type SettingType =
  /** A path; `~/` is the home; relative to the working directory, in a file to the file. */
  | { readonly kind: 'path' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** Written as `30s` or `1h30m`, held in milliseconds; bounds inclusive. */
  | { readonly kind: 'duration'; readonly min: number; readonly max: number }
  /** Written as `100MB` or `2GiB`, held in bytes; bounds inclusive. */
  | { readonly kind: 'size'; readonly min: number; readonly max: number }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number };

export interface SettingDefinition {
  readonly key: keyof Settings;
  /** Key in a settings file. */
  readonly fileKey: string;
  /** Null: no option gives it. */
  readonly flag: string | null;
  readonly variable: string;
  readonly type: SettingType;
  /** As a person would write it; null when the value is derived or found. */
  readonly defaultText: string | null;
  /** Value when nothing gives one; `home` is computed from the user's home. */
  readonly defaultValue: string | number | null;
  readonly description: string;
}

/** In the order in which `jm2 config list` shows them. */
export const settingsSchema: readonly SettingDefinition[] = [
  {
    key: 'home',
    fileKey: 'home',
    flag: null,
    variable: 'JM2_HOME',
    type: { kind: 'path' },
    defaultText: '~/.jm2',
    defaultValue: null,
    description: 'Directory of the user manifest and of the state of all projects.',
  },
  {
    key: 'manifest',
    fileKey: 'manifest',
    flag: '--manifest',
    variable: 'JM2_MANIFEST',
    type: { kind: 'path' },
    defaultText: null,
    defaultValue: null,
    description: 'The manifest; without it, the nearest jobs.yaml upwards is taken.',
  },
  {
    key: 'stateDir',
    fileKey: 'state_dir',
    flag: '--state-dir',
    variable: 'JM2_STATE_DIR',
    type: { kind: 'path' },
    defaultText: null,
    defaultValue: null,
    description: 'State directory; without it, one below the home, named after the project.',
  },
  {
    key: 'sync',
    fileKey: 'sync',
    flag: '--sync',
    variable: 'JM2_SYNC',
    type: { kind: 'choice', choices: ['auto', 'manual'] },
    defaultText: 'auto',
    defaultValue: 'auto',
    description: 'Who applies a saved manifest: `auto` the daemon, `manual` only `jm2 apply`.',
  },
  {
    key: 'worktree',
    fileKey: 'worktree',
    flag: '--worktree',
    variable: 'JM2_WORKTREE',
    type: { kind: 'choice', choices: ['files', 'committed'] },
    defaultText: 'files',
    defaultValue: 'files',
    description:
      'What counts of a manifest in git: `files` each save, `committed` only what HEAD holds, with the calendar files that it names.',
  },
  {
    key: 'graceMs',
    fileKey: 'grace',
    flag: '--grace',
    variable: 'JM2_GRACE',
    type: { kind: 'duration', min: 0, max: day },
    defaultText: '30s',
    defaultValue: 30_000,
    description: 'How long stopping lets running attempts finish.',
  },
  {
    key: 'logLevel',
    fileKey: 'log_level',
    flag: '--log-level',
    variable: 'JM2_LOG_LEVEL',
    type: { kind: 'choice', choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] },
    defaultText: 'info',
    defaultValue: 'info',
    description: 'Least severe entries of the daemon log.',
  },
  {
    key: 'keepRuns',
    fileKey: 'keep_runs',
    flag: '--keep-runs',
    variable: 'JM2_KEEP_RUNS',
    type: { kind: 'integer', min: 10, max: 1_000_000 },
    defaultText: '1000',
    defaultValue: 1000,
    description: 'Ended runs kept per job; the last ten and the last failure always stay.',
  },
  {
    key: 'keepAgeMs',
    fileKey: 'keep_age',
    flag: '--keep-age',
    variable: 'JM2_KEEP_AGE',
    type: { kind: 'duration', min: hour, max: 3650 * day },
    defaultText: '90d',
    defaultValue: 90 * day,
    description: 'Age up to which ended runs are kept.',
  },
  {
    key: 'keepLogBytes',
    fileKey: 'keep_logs',
    flag: '--keep-logs',
    variable: 'JM2_KEEP_LOGS',
    type: { kind: 'size', min: 1_000_000, max: 2 ** 50 },
    defaultText: '2GiB',
    defaultValue: 2 ** 31,
    description:
      'Bytes of all run logs together; the oldest go first, those of the last ten runs and of the last failure of a job stay.',
  },
  {
    key: 'cgroups',
    fileKey: 'cgroups',
    flag: '--cgroups',
    variable: 'JM2_CGROUPS',
    type: { kind: 'choice', choices: ['off', 'auto'] },
    defaultText: 'off',
    defaultValue: 'off',
    description:
      '`auto` gives each run a cgroup where the daemon may make some, so that no process escapes an end; a start takes longer.',
  },
  {
    key: 'networkDisk',
    fileKey: 'network_disk',
    flag: '--network-disk',
    variable: 'JM2_NETWORK_DISK',
    type: { kind: 'choice', choices: ['refuse', 'allow'] },
    defaultText: 'refuse',
    defaultValue: 'refuse',
    description:
      '`allow` starts a daemon although its state directory lies on a network file system, where the store may be damaged.',
  },
];
