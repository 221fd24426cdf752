// Where everything of one installation lives, derived from settings and the
// manifest's place. Only names: nothing is created or read here.

export interface Locations {
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** Directory that relative paths and jobs start from. */
  readonly manifestDir: string;
  /** True when no project manifest was found and the user manifest is used. */
  readonly isUserManifest: boolean;
  readonly stateDir: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly lockFile: string;
  readonly daemonLog: string;
  readonly database: string;
  readonly runsDir: string;
  readonly logsDir: string;
}
