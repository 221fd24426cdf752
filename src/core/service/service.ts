// What a service manager has to know of one daemon, and how it is named there.

export type ServiceScope = 'user' | 'system';

export interface ServiceSpec {
  /** `jm2` for the user manifest, else with the project's directory and a hash. */
  readonly name: string;
  readonly scope: ServiceScope;
  /** Account to run as, where it is another one than that of the manager. */
  readonly account: string | null;
  /** Absolute words: node, its options, the program, its arguments. */
  readonly command: readonly string[];
  /** Absolute; where the manifest is. */
  readonly directory: string;
  readonly manifest: string;
  readonly stateDir: string;
  readonly daemonLog: string;
  readonly env: Readonly<Record<string, string>>;
  /** Longest time that an ordered stop takes: grace, TERM, kill graces. */
  readonly stopMs: number;
  /** Whether the daemon can tell the manager that it is up (systemd-notify is there). */
  readonly canNotify: boolean;
}

/** `base`: the last part of the state directory, such as `shop-1a2b3c4d`; null for the user manifest. */
export function serviceName(base: string | null): string {
  return base === null ? 'jm2' : `jm2-${base}`;
}

/**
 * The mark in front of a file that jm2 wrote: with the digest of the rest, so
 * that a file that somebody has edited is not taken for jm2's own.
 */
export function marked(text: string, digest: (text: string) => string): string {
  return `# Written by jm2 service install, digest ${digest(text).slice(0, 16)}\n${text}`;
}

/** The same as a comment of XML, behind its first line, where alone it may stand. */
export function markedXml(text: string, digest: (text: string) => string): string {
  const [first = '', ...rest] = text.split('\n');
  const mark = `<!-- Written by jm2 service install, digest ${digest(text).slice(0, 16)} -->`;
  return [first, mark, ...rest].join('\n');
}

/** Whether it is as jm2 wrote it, whichever version did. */
export function isUnedited(text: string, digest: (text: string) => string): boolean {
  const mark = /^(?:# |<!-- )Written by jm2 service install, digest ([0-9a-f]{16})(?: -->)?\n/m;
  const found = mark.exec(text);
  return found !== null && digest(text.replace(mark, '')).slice(0, 16) === found[1];
}
