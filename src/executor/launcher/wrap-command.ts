// How a command gets the attributes that Node cannot give to a child: priority,
// limits, supplementary groups. Small tools of the system stand before the
// command and each becomes the next by exec, so that the process stays the same
// one. A command that asks for none of this is started directly.
import type { ProcessLimits } from '../../core/manifest/job.ts';
import type { StartFailure } from '../../core/runs/run.ts';

export interface CommandAttributes {
  /** Three octal digits; null for the launcher's own. */
  readonly umask: string | null;
  readonly nice: number | null;
  readonly limits: ProcessLimits;
  /** Directory of the cgroup that the command enters; null: none. */
  readonly cgroup: string | null;
}

/** What is known of this process and this machine. */
export interface Surroundings {
  readonly isRoot: boolean;
  /** Present priority of this process. */
  readonly nice: number;
  /** Absolute path of a tool of the system; null when it is not installed. */
  readonly tool: (name: 'prlimit' | 'nice' | 'setpriv') => string | null;
}

/** The account a command runs as, when it is another one. */
export interface OtherAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** The account has groups beside its own. */
  readonly hasGroups: boolean;
}

export type WrappedCommand =
  | {
      readonly ok: true;
      readonly argv: readonly string[];
      /** Names under which the tools before the command complain; empty: started directly. */
      readonly tools: readonly string[];
      /** Given to Node, which drops all supplementary groups; null when a tool does it, or nobody. */
      readonly ids: { readonly uid: number; readonly gid: number } | null;
      /** For the daemon log; null: all is as declared. */
      readonly remark: string | null;
    }
  | { readonly ok: false; readonly failure: StartFailure };

export function wrapCommand(
  argv: readonly string[],
  { nice, limits, cgroup }: CommandAttributes,
  account: OtherAccount | null,
  around: Surroundings,
): WrappedCommand {
  const before: string[] = [];
  const tools: string[] = [];
  if (cgroup !== null) {
    // First, while the rights of the daemon are there.
    before.push('/bin/sh', '-c', enterText, enterName, `${cgroup}/cgroup.procs`);
    tools.push(enterName);
  }
  if (Object.keys(limits).length > 0) {
    const prlimit = around.tool('prlimit');
    before.push(...(prlimit === null ? byShell(limits) : [prlimit, ...byPrlimit(limits), '--']));
    tools.push(prlimit === null ? shellName : 'prlimit');
  }
  if (nice !== null && nice !== around.nice) {
    const denied = niceDenied(nice, around);
    if (denied !== null) return { ok: false, failure: denied };
    const tool = around.tool('nice');
    if (tool === null) return missing('nice', 'nice');
    before.push(tool, '-n', String(nice - around.nice));
    tools.push('nice');
  }
  if (account === null)
    return { ok: true, argv: [...before, ...argv], tools, ids: null, remark: null };
  const { name, uid, gid, hasGroups } = account;
  const setpriv = hasGroups || tools.length > 0 ? around.tool('setpriv') : null;
  if (setpriv !== null) {
    // Last, because limits and priority may need the rights that are given up here.
    before.push(setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--');
    tools.push('setpriv');
    return { ok: true, argv: [...before, ...argv], tools, ids: null, remark: null };
  }
  const remark = hasGroups
    ? `a command of user ${name} runs without the supplementary groups of that account: setpriv is not installed`
    : null;
  return { ok: true, argv: [...before, ...argv], tools, ids: { uid, gid }, remark };
}

function niceDenied(nice: number, around: Surroundings): StartFailure | null {
  if (nice > around.nice || around.isRoot) return null;
  const detail = `nice ${nice} is below that of the daemon (${around.nice}), and only root may go there`;
  return { code: 'limits_denied', detail };
}

function missing(field: string, tool: string): WrappedCommand {
  const detail = `${field} needs the program ${tool}, which this machine does not have`;
  return { ok: false, failure: { code: 'limits_denied', detail } };
}

const enterName = 'jm2-cgroup';
/** A command that cannot enter its cgroup runs without one. */
const enterText = '{ echo "$$" > "$1"; } 2>/dev/null; shift; exec "$@"';

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** Both limits are set, except of processor time, where KILL comes a little after XCPU. */
function byPrlimit(limits: ProcessLimits): string[] {
  const { openFiles, processes, fileSizeBytes, cpuTimeMs, memoryBytes, coreSizeBytes } = limits;
  const options: [string, string | undefined][] = [
    ['nofile', both(openFiles)],
    ['nproc', both(processes)],
    ['fsize', both(fileSizeBytes)],
    [
      'cpu',
      cpuTimeMs === undefined ? undefined : `${seconds(cpuTimeMs)}:${seconds(cpuTimeMs) + 5}`,
    ],
    ['as', both(memoryBytes)],
    ['core', both(coreSizeBytes)],
  ];
  return options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}

function both(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}:${value}`;
}

const shellName = 'jm2-limits';
/** Values come as arguments and are never part of the text. Shells call the limit of processes u or p. */
const shellText = [
  'while [ "$1" != -- ]; do',
  '  case $1 in',
  '  u) ulimit -u "$2" 2>/dev/null || ulimit -p "$2" || exit 126 ;;',
  '  *) ulimit "-$1" "$2" || exit 126 ;;',
  '  esac',
  '  shift 2',
  'done',
  'shift',
  'exec "$@"',
].join('\n');

/** Where prlimit is not installed. POSIX counts sizes of files in units of 512 bytes. */
function byShell(limits: ProcessLimits): string[] {
  const { openFiles, processes, fileSizeBytes, cpuTimeMs, memoryBytes, coreSizeBytes } = limits;
  const options: [string, number | undefined][] = [
    ['n', openFiles],
    ['u', processes],
    ['f', fileSizeBytes === undefined ? undefined : Math.ceil(fileSizeBytes / 512)],
    ['t', cpuTimeMs === undefined ? undefined : seconds(cpuTimeMs)],
    ['v', memoryBytes === undefined ? undefined : Math.ceil(memoryBytes / 1024)],
    ['c', coreSizeBytes === undefined ? undefined : Math.ceil(coreSizeBytes / 512)],
  ];
  const words = options.flatMap(([flag, value]) =>
    value === undefined ? [] : [flag, String(value)],
  );
  return ['/bin/sh', '-c', shellText, shellName, ...words, '--'];
}

/**
 * What a tool before the command said when it could not go on, if that is what
 * the log of an attempt with this exit code shows: its one line and nothing else.
 */
export function complaintOf(
  tools: readonly string[],
  exitCode: number | null,
  log: string,
): StartFailure | null {
  if (tools.length === 0 || ![1, 2, 125, 126, 127].includes(exitCode ?? -1)) return null;
  const line = log.trim();
  // Some tools call themselves by their path.
  const speaker = /^(?:\/[a-z/]+\/)?([a-z0-9-]+): /.exec(line)?.[1] ?? '';
  if (!tools.includes(speaker) || line.includes('\n')) return null;
  const code = exitCode === 127 ? 'command_missing' : 'limits_denied';
  return { code, detail: `could not be started: ${line}` };
}
