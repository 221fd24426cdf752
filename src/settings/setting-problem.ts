// What passes between the readers of settings: a value as written, a value refused.
import type { SettingOrigin } from './settings.ts';

/** A value that was not accepted; `source` is the flag, the variable or `file:line`. */
export interface SettingProblem {
  /** As a settings file names it; '' when the whole file is meant. */
  readonly key: string;
  readonly origin: SettingOrigin;
  readonly source: string;
  readonly problem: string;
}

/** A value of a settings file before it is judged; `source` is `file:line`. */
export interface Written {
  readonly value: unknown;
  readonly source: string;
}
